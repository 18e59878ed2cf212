//! Populations through the API, and workforces compared with them.

use candour::domain::account::Role;
use serde_json::{Value, json};

use crate::support::{Answer, App, Client, on_both_databases};

const AREAS: &str = "area_code,area_name,total,asian,black,mixed,other,white\n\
    E1,North,100,10,10,5,5,70\nE2,South,200,100,20,10,10,60\n";

fn import(hr: &Client, query: &str, csv: &str) -> Answer {
    hr.send("POST", &format!("/api/v1/populations?{query}"), Some(("text/csv", csv.to_owned())))
}

fn line<'a>(report: &'a Value, group: &str) -> &'a Value {
    let groups = report["groups"].as_array().expect("groups");
    groups.iter().find(|line| line["group"] == group).expect("a line")
}

on_both_databases! {
    fn areas_catchments_and_own_tables_are_named_populations(database) {
        let app = App::spawn(database);
        let hr = app.signed_in(Role::HrLead, Some(&app.organisation("RXX")));

        assert_eq!(import(&hr, "id=e1&areas=E1&dry_run=true", AREAS).expect(200).json()["people"], 100.0);
        hr.get("/api/v1/populations/e1").expect(404);
        import(&hr, "id=e1&areas=E1", AREAS).expect(201);
        import(&hr, "id=e2&areas=E2&name=The+South&version=2", AREAS).expect(201);
        import(&hr, "id=e2&areas=E2&name=The+South&version=2", AREAS).expect(201);
        let south = hr.get("/api/v1/populations/e2").expect(200).json();
        assert_eq!((south["name"].clone(), south["version"].clone()), ("The South".into(), "2".into()));
        assert_eq!(south["groups"]["asian"], 0.5);

        let shares = "share,area_code,ods_code\n0.5,E1,RXX\n0.5,E2,RXX\n1,E2,RYY\n";
        let catchment = import(&hr, "organisation=RXX", shares).expect(201);
        assert_eq!(catchment.header("location"), Some("/api/v1/populations/catchment-rxx"));
        // Half of 10 % and half of 50 %.
        assert!((catchment.json()["groups"]["asian"].as_f64().expect("a share") - 0.3).abs() < 1e-12);
        import(&hr, "organisation=RZZ", shares).expect(422);

        let own = "ethnic_category,people\nwhite,60\nasian,40\n";
        assert_eq!(import(&hr, "id=births&name=Births&date=2026-03-31", own).expect(201).json()["base"]["kind"], "own");
        import(&hr, "", own).expect(422);
        import(&hr, "id=births", "ethnic_category,people\nwhite,60%\n").expect(422);
        let totals = AREAS.replace("E1,North,100", "E1,North,900");
        assert!(import(&hr, "id=e1", &totals).expect(422).body.contains("the categories sum to 100"));
        let ids = hr.get("/api/v1/populations").expect(200).json();
        assert_eq!(ids, json!(["births", "catchment-rxx", "e1", "e2", "england-and-wales-2021"]));
    }
}

on_both_databases! {
    fn staff_by_decile_of_deprivation_stand_beside_the_population_by_decile(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        import(&hr, "id=e1&areas=E1", AREAS).expect(201);
        import(&hr, "id=e2&areas=E2", AREAS).expect(201);
        let deciles = "deprivation_decile,people\n1,75\n10,25\n";
        assert!(import(&hr, "id=nowhere&version=IMD+2019", deciles).expect(422).body.contains("by ethnic group first"));
        import(&hr, "id=england-and-wales-2021", deciles).expect(422);
        assert_eq!(import(&hr, "id=e1&dry_run=true", deciles).expect(200).json()["deprivation_deciles"]["1"], 0.75);
        assert_eq!(hr.get("/api/v1/populations/e1").expect(200).json()["deprivation"], Value::Null);
        let done = import(&hr, "id=e1&version=IMD+2019&date=2019-09-26", deciles).expect(201).json();
        assert_eq!((done["deprivation"].clone(), done["people"].clone()), ("IMD 2019".into(), 100.0.into()));
        assert!(import(&hr, "id=e1", "area_code,deprivation_decile,people\nE1,1,75\n").expect(422).body.contains("several areas"));
        // A catchment has deciles where every area of it has, of one version.
        let shares = "share,area_code,ods_code\n0.5,E1,RXX\n0.5,E2,RXX\n";
        assert_eq!(import(&hr, "organisation=RXX", shares).expect(201).json()["deprivation_deciles"], json!({}));
        import(&hr, "id=e2&version=IMD+2019", "deprivation_decile,people\n10,25\n").expect(201);
        assert_eq!(import(&hr, "organisation=RXX", shares).expect(201).json()["deprivation_deciles"]["1"], 0.375);

        let cell = |group: &str, decile: Value, headcount: u64| {
            json!({ "pay_band": "5", "staff_group": "nursing_and_midwifery", "ethnic_category": group,
                "deprivation_decile": decile, "headcount": headcount })
        };
        let cells = json!([cell("A", json!("1"), 40), cell("H", json!("1"), 20), cell("A", json!("10"), 140),
            cell("H", json!("5"), 4), cell("A", json!("5"), 3), cell("A", Value::Null, 30)]);
        hr.json("PUT", &format!("/api/v1/organisations/{ods}/workforce/2026-03-31"), &cells).expect(204);
        let own = hr.get(&format!("/api/v1/organisations/{ods}/representation?population=e1")).expect(200).json();
        let decile = |report: &Value, code: &str| {
            let lines = report["deprivation"].as_array().expect("lines");
            lines.iter().find(|line| line["group"] == code).expect("a line").clone()
        };
        assert_eq!((decile(&own, "5")["workforce"].clone(), own["base"]["deprivation"].clone()), (7.into(), "IMD 2019".into()));

        let published = format!("/api/v1/organisations/{ods}/published-representation/2026");
        hr.post(&published, &json!({})).expect(200);
        let shown = hr.get(&format!("{published}?population=e1")).expect(200).json();
        assert_eq!(decile(&shown, "5")["workforce"], json!({ "withheld": true }), "seven people");
        assert_eq!(shown["deprivation"].as_array().map(Vec::len), Some(10));
        assert_eq!(decile(&shown, "1")["population_share"], 0.75);
        let without = hr.get(&published).expect(200).json();
        assert_eq!(decile(&without, "1")["ratio"], json!({ "not_calculable": "missing_input" }));
        assert_eq!(without["population_deprivation"], Value::Null);
    }
}

on_both_databases! {
    fn a_workforce_is_compared_with_each_with_profile_and_trajectory(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        import(&hr, "id=e2&areas=E2", AREAS).expect(201);
        let cell = |band: &str, group: &str, unit: &str, headcount: u64| {
            json!({ "pay_band": band, "staff_group": "nursing_and_midwifery", "ethnic_category": group, "unit": unit, "headcount": headcount })
        };
        let cells = json!([cell("5", "A", "MED", 60), cell("5", "H", "MED", 30), cell("8a", "A", "MAT", 10)]);
        let workforce = format!("/api/v1/organisations/{ods}/workforce/2026-03-31");
        assert_eq!(hr.json("PUT", &format!("{workforce}?dry_run=true"), &cells).expect(200).json()["people"], 100);
        hr.get(&workforce).expect(404);
        hr.json("PUT", &workforce, &cells).expect(204);

        let at = |query: &str| hr.get(&format!("/api/v1/organisations/{ods}/representation?{query}"));
        let report = at("population=e2&parity_in=5&turnover=0.1").expect(200).json();
        assert_eq!(report["snapshot"], "2026-03-31");
        let asian = line(&report, "asian");
        assert_eq!((asian["workforce_share"].clone(), asian["population_share"].clone()), (0.3.into(), 0.5.into()));
        assert!((asian["ratio"].as_f64().expect("a ratio") - 0.6).abs() < 1e-12);
        assert_eq!(asian["gap_people"], 20);
        assert!(report["trajectory"]["appointments_per_year"].as_f64().is_some_and(|number| number > 0.0));
        assert_eq!(report["disparity_ratio"]["lower_to_upper"], json!({ "not_calculable": "zero_rate" }));
        for list in ["by_pay_band", "by_pay_band_cluster", "by_unit"] {
            assert_eq!(report[list].as_array().map(Vec::len), Some(2), "{list}");
        }
        let by_unit = at("population=e2&by=unit").expect(200).json();
        assert_eq!(by_unit["by_pay_band"], json!([]));
        at("population=e2&parity_in=5").expect(422);
        at("population=e2&parity_in=5&turnover=12").expect(422);
        at("population=no-such").expect(404);
        let table = at("population=e2&format=csv").expect(200);
        assert!(table.body.starts_with("part,group,workforce,workforce_share"), "{}", table.body);
    }
}

on_both_databases! {
    fn what_is_shown_beyond_hr_has_protected_counts_only(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let viewer = app.signed_in(Role::Viewer, Some(&ods));
        let cell = |band: &str, group: &str, headcount: u64| {
            json!({ "pay_band": band, "staff_group": "nursing_and_midwifery", "ethnic_category": group, "headcount": headcount })
        };
        let cells = json!([cell("5", "A", 300), cell("5", "H", 100), cell("5", "N", 80), cell("8c", "A", 60), cell("8c", "N", 3)]);
        hr.json("PUT", &format!("/api/v1/organisations/{ods}/workforce/2026-03-31"), &cells).expect(204);
        viewer.get(&format!("/api/v1/organisations/{ods}/representation")).expect(404);

        let path = format!("/api/v1/organisations/{ods}/published-representation/2026");
        hr.get(&path).expect(404);
        assert_eq!(hr.post(&format!("{path}?dry_run=true"), &json!({})).expect(200).json()["published"], false);
        viewer.get(&path).expect(404);
        viewer.post(&path, &json!({})).expect(404);
        let published = hr.post(&path, &json!({})).expect(200).json();
        assert_eq!((published["published_version"].clone(), published["audit"]["exact_disclosures"].clone()), (1.into(), 0.into()));
        assert!(published["audit"]["sets_tested"].as_u64().is_some_and(|sets| sets > 0), "{published}");
        assert_eq!(hr.post(&path, &json!({})).expect(200).json()["published_version"], 1, "the same again changes nothing");
        let report = viewer.get(&path).expect(200);
        assert_eq!(report.body.matches("\"version\":").count(), 1, "each name stands once");
        let report = report.json();
        assert_eq!(report["published_version"], 1);
        assert_eq!(report, hr.get(&path).expect(200).json());
        let senior = report["by_pay_band_cluster"].as_array().expect("a list").iter().find(|slice| slice["part"] == "8c-vsm").expect("a slice");
        assert_eq!(line(senior, "black")["workforce"], json!({ "withheld": true }));
        assert_eq!(line(senior, "black")["ratio"], json!({ "withheld": true }));
        hr.get(&path.replace("2026", "2025")).expect(404);
        app.signed_in(Role::HrLead, Some(&app.organisation("RYY"))).get(&path).expect(404);

        // One person more in a published group would follow by subtraction; what is published stays.
        let corrected = json!([cell("5", "A", 301), cell("5", "H", 100), cell("5", "N", 80), cell("8c", "A", 60), cell("8c", "N", 3)]);
        hr.json("PUT", &format!("/api/v1/organisations/{ods}/workforce/2026-03-31"), &corrected).expect(204);
        let refused = hr.post(&path, &json!({})).expect(409).json();
        assert!(refused["detail"].as_str().is_some_and(|detail| detail.contains("would follow by subtraction")), "{refused}");
        assert_eq!(viewer.get(&path).expect(200).json(), report);
    }
}
