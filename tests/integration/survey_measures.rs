//! What a published survey says about its groups and about the wave before: from protected cells only.

use candour::domain::account::Role;
use candour::domain::organisation::OdsCode;
use serde_json::{Value, json};

use crate::support::{App, Client, on_both_databases};

/// A published survey of 120 people, 60 White and 60 Asian, of whom so many have been harassed by the public; gives its
/// identifier.
fn published(app: &App, hr: &Client, ods: &OdsCode, harassed: [usize; 2]) -> String {
    app.mailbox.empty();
    let (survey, tokens) = app.open_survey(hr, ods, 120);
    for (person, token) in tokens.iter().enumerate() {
        let (group, of_group) = (person % 2, person / 2);
        let often = if of_group < harassed[group] { "1_to_2" } else { "never" };
        let ethnicity = ["white", "asian"][group];
        let answers = json!({ "answers": { "ethnicity_group": [ethnicity], "harassed_by_public": [often] } });
        app.client.post(&format!("/api/v1/respond/{token}"), &answers).expect(201);
    }
    hr.send("POST", &format!("/api/v1/surveys/{survey}/close"), None).expect(200);
    hr.send("POST", &format!("/api/v1/surveys/{survey}/publish"), None).expect(200);
    survey
}

fn entry<'a>(list: &'a Value, name: &str, value: &str) -> &'a Value {
    let list = list.as_array().expect("a list");
    list.iter().find(|entry| entry[name] == value).unwrap_or_else(|| panic!("no {name} {value}"))
}

on_both_databases! {
    fn groups_and_waves_are_compared_with_intervals_and_adjusted_significance(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let viewer = app.signed_in(Role::Viewer, Some(&ods));
        let earlier = published(&app, &hr, &ods, [20, 40]);
        viewer.get(&format!("/api/v1/surveys/{earlier}/trend")).expect(404);

        let found = viewer.get(&format!("/api/v1/surveys/{earlier}/indicators")).expect(200).json();
        let fifth = &entry(&found["indicators"], "code", "wres5")["figures"];
        assert_eq!((fifth["white"]["count"].clone(), fifth["white"]["base"].clone()), (20.into(), 60.into()));
        assert_eq!((fifth["bme"]["count"].clone(), fifth["bme"]["base"].clone()), (40.into(), 60.into()));
        assert!((fifth["experience_gap"].as_f64().expect("points") - 100.0 / 3.0).abs() < 1e-9, "{fifth}");
        assert_eq!(fifth["relative_likelihood"]["value"], 2.0);
        let sixth = &entry(&found["indicators"], "code", "wres6")["figures"];
        assert!(sixth["white"].get("not_calculable").or(sixth["white"].get("withheld")).is_some(), "{sixth}");

        // The survey was closed today: its indicators are those of the year that ends next.
        let today = candour::services::today();
        let year = today.year() + i32::from(today.month() > time::Month::March);
        let wres = hr.get(&format!("/api/v1/organisations/{ods}/wres/{year}")).expect(200).json();
        assert_eq!(wres["years"][0]["survey"], earlier.as_str());
        assert_eq!(&entry(&wres["years"][0]["indicators"], "code", "wres5")["figures"], fifth);
        let medical = hr.get(&format!("/api/v1/organisations/{ods}/wres/{year}?variant=medical")).expect(200).json();
        let of_doctors = &entry(&medical["years"][0]["indicators"], "code", "wres5")["figures"]["white"];
        assert!(of_doctors.get("base").is_none(), "nobody said that they are a doctor: {of_doctors}");
        viewer.get(&format!("/api/v1/organisations/{ods}/wres/{year}")).expect(404);

        let question = entry(&found["questions"], "question", "harassed_by_public");
        let group = entry(&question["groups"], "group", "minority_ethnic");
        // Favourable is never: 20 of 60 against 40 of 60.
        assert!((group["gap"]["points"].as_f64().expect("points") + 100.0 / 3.0).abs() < 1e-9, "{group}");
        let interval = group["gap"]["interval"].as_array().expect("an interval");
        assert!(interval[1].as_f64().is_some_and(|high| high < 0.0), "{group}");
        assert!(group["gap"]["adjusted_p"].as_f64().is_some_and(|p| p < 0.01), "{group}");
        assert_eq!(group["relative_likelihood"]["direction"], "minority_ethnic_over_white");
    }
}

on_both_databases! {
    fn a_later_wave_is_compared_with_the_one_that_is_named(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let (earlier, later) = (published(&app, &hr, &ods, [20, 40]), published(&app, &hr, &ods, [20, 20]));
        let trend = hr.get(&format!("/api/v1/surveys/{later}/trend?with={earlier}")).expect(200).json();
        let changes: Vec<&Value> = trend["changes"].as_array().expect("a list").iter().filter(|change| change["question"] == "harassed_by_public").collect();
        let points = |group: &str| changes.iter().find(|change| change["group"] == group).map(|change| change["change"]["points"].clone());
        assert!(points("minority_ethnic").and_then(|points| points.as_f64()).is_some_and(|points| (points - 100.0 / 3.0).abs() < 1e-9), "{changes:?}");
        assert_eq!(points("white"), Some(json!(0.0)));

        let stranger = app.signed_in(Role::HrLead, Some(&app.organisation("RYY")));
        stranger.get(&format!("/api/v1/surveys/{later}/trend?with={earlier}")).expect(404);
    }
}

on_both_databases! {
    fn respondents_are_compared_with_the_workforce_and_weighted_to_it(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let survey = published(&app, &hr, &ods, [20, 40]);
        let path = format!("/api/v1/surveys/{survey}/representativeness");
        hr.get(&path).expect(404);
        let cell = |ethnic_category: &str, headcount: u64| {
            json!({ "pay_band": "5", "staff_group": "nursing_and_midwifery", "ethnic_category": ethnic_category, "headcount": headcount })
        };
        let workforce = json!([cell("A", 300), cell("H", 100), cell("Z", 9)]);
        hr.json("PUT", &format!("/api/v1/organisations/{ods}/workforce/2026-03-31"), &workforce).expect(204);

        let found = hr.get(&path).expect(200).json();
        let groups = &found["by_ethnicity"]["groups"];
        assert_eq!(entry(groups, "group", "white")["response_rate"], 0.2);
        assert_eq!(entry(groups, "group", "asian")["response_rate"], 0.6);
        // Rates 0.2 of 300 and 0.6 of 100: 1 − 2 √((300 × 0.1² + 100 × 0.3²) ÷ 399).
        let indicator = found["by_ethnicity"]["r_indicator"].as_f64().expect("a number");
        assert!((indicator - (1.0 - 2.0 * (12.0_f64 / 399.0).sqrt())).abs() < 1e-12, "{indicator}");
        assert!(found.get("weighting").is_none());
        hr.get(&format!("{path}?question=no_such")).expect(422);
        let weighted = hr.get(&format!("{path}?question=harassed_by_public")).expect(200).json();
        assert!(weighted["weighting"]["by_ethnicity_and_staff_group"]["weighted"].is_object(), "nobody stated a staff group: {weighted}");
        app.signed_in(Role::Viewer, Some(&ods)).get(&path).expect(404);
    }
}
