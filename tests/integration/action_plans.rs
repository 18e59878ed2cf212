//! The action plan, and what a trust publishes for everybody.

use candour::domain::account::{Role, TenantScope};
use candour::domain::published_summary::PublishedSummary;
use serde_json::json;

use crate::support::{App, on_both_databases};

on_both_databases! {
    fn actions_belong_to_one_organisation(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let (hr, viewer) = (app.signed_in(Role::HrLead, Some(&ods)), app.signed_in(Role::Viewer, Some(&ods)));
        let plan = format!("/api/v1/organisations/{ods}/actions");
        let body = json!({ "action": "Train managers", "prong": "support_staff", "indicator": "wres6", "due": "2027-06-30" });
        let added = hr.post(&plan, &body).expect(201).json();
        let undated = json!({ "action": "Meet the staff network", "prong": "create_conditions" });
        hr.post(&plan, &undated).expect(201);
        viewer.post(&plan, &body).expect(404);
        let problem = hr.post(&plan, &json!({ "action": "", "prong": "none", "indicator": "wres0" })).expect(422).json();
        let pointers: Vec<&str> = problem["errors"].as_array().expect("errors").iter().filter_map(|error| error["pointer"].as_str()).collect();
        assert_eq!(pointers, ["/action", "/prong", "/indicator"]);

        let listed = viewer.get(&plan).expect(200).json();
        assert_eq!((listed[0]["action"].clone(), listed[1]["action"].clone()), (json!("Train managers"), json!("Meet the staff network")));
        assert_eq!(listed[0]["status"], "planned");
        let one = format!("{plan}/{}", added["id"].as_str().expect("an id"));
        let done = json!({ "action": "Train managers", "prong": "support_staff", "status": "done", "evidence": "94 of 97" });
        assert_eq!(hr.json("PUT", &one, &done).expect(200).json()["evidence"], "94 of 97");

        let stranger = app.signed_in(Role::HrLead, Some(&app.organisation("RYY")));
        let foreign = format!("/api/v1/organisations/RYY/actions/{}", added["id"].as_str().expect("an id"));
        stranger.json("PUT", &foreign, &done).expect(404);
        stranger.send("DELETE", &foreign, None).expect(404);
        assert_eq!(stranger.get("/api/v1/organisations/RYY/actions").expect(200).json(), json!([]));
        hr.send("DELETE", &one, None).expect(204);
        hr.send("DELETE", &one, None).expect(404);
        assert_eq!(viewer.get(&plan).expect(200).json().as_array().map(Vec::len), Some(1));
    }
}

on_both_databases! {
    fn nothing_is_public_before_a_release_and_before_the_trust_says_so(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let (survey, tokens) = app.open_survey(&hr, &ods, 40);
        for (person, token) in tokens.iter().enumerate() {
            let often = if person % 2 == 0 { "never" } else { "1_to_2" };
            let ethnicity = if person < 4 { "black" } else { "white" };
            let answers = json!({ "answers": { "ethnicity_group": [ethnicity], "harassed_by_staff": [often] } });
            app.client.post(&format!("/api/v1/respond/{token}"), &answers);
        }
        let id = || survey.parse::<candour::domain::identifier::SurveyId>().expect("an id");
        let scope = || TenantScope::of_operator(ods.clone());
        let words = |public| PublishedSummary { heard_en: "We heard you".to_owned(), public, ..PublishedSummary::default() };
        let save = |public| app.run(app.services.results.replace_summary(scope(), id(), words(public)));
        let page = format!("/published/{survey}");
        assert!(save(true).is_err(), "there is no release yet");
        app.client.get(&page).expect(404);
        hr.send("POST", &format!("/api/v1/surveys/{survey}/close"), None).expect(200);
        hr.send("POST", &format!("/api/v1/surveys/{survey}/publish"), None).expect(200);
        save(false).expect("saved");
        app.client.get(&page).expect(404);
        save(true).expect("published");
        let shown = app.client.get(&page).expect(200).body;
        assert!(shown.contains("We heard you") && shown.contains("100 %"), "{shown}");
        assert!(shown.contains("[c]"), "four Black respondents are withheld: {shown}");
        let read = app.client.get(&page).expect(200);
        let again = app.client.with_header("if-none-match", read.header("etag").expect("a tag")).get(&page);
        assert_eq!((again.expect(304).body.as_str(), read.header("cache-control")), ("", Some("no-cache")));
        assert!(app.client.get(&format!("{page}?lang=cy")).expect(200).body.contains("Yr hyn a glywsom"));
        let stranger = TenantScope::of_operator(app.organisation("RYY"));
        assert!(app.run(app.services.results.replace_summary(stranger, id(), words(false))).is_err());
        save(false).expect("taken back");
        app.client.get(&page).expect(404);
    }
}
