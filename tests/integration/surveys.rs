//! The life of a survey through the API, from draft to participation and close.

use candour::domain::account::Role;
use serde_json::json;

use crate::support::{App, on_both_databases};

on_both_databases! {
    fn a_survey_runs_from_draft_to_closed(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let (survey, tokens) = app.open_survey(&hr, &ods, 40);

        let form = app.client.get(&format!("/api/v1/respond/{}", tokens[0])).expect(200).json();
        assert_eq!(form["organisation"], "Trust RXX");
        for token in &tokens[..30] {
            let receipt = app.client.post(&format!("/api/v1/respond/{token}"), &json!({ "answers": { "belonging": ["agree"] } }));
            assert!(receipt.expect(201).json()["receipt"].as_str().is_some_and(|receipt| receipt.len() >= 22));
        }

        let path = format!("/api/v1/surveys/{survey}");
        let meanwhile = hr.get(&format!("{path}/participation")).expect(200).json();
        assert_eq!(meanwhile["invited"], 40);
        let step = meanwhile["step"].as_u64().expect("a step");
        assert_eq!(meanwhile["answered"].as_u64(), Some(30 / step * step), "rounded down while the survey is open");

        assert_eq!(hr.send("POST", &format!("{path}/close"), None).expect(200).json()["state"], "closed");
        assert_eq!(hr.get(&format!("{path}/participation")).expect(200).json()["answered"], 30);
        assert_eq!(app.stored_responses(&survey), 30);
    }
}

on_both_databases! {
    fn steps_out_of_turn_are_refused(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let created = hr.post(&format!("/api/v1/organisations/{ods}/surveys"), &json!({ "title": "Race equality" })).expect(201);
        let path = format!("/api/v1/surveys/{}", created.json()["id"].as_str().expect("an id"));

        for step in ["close", "publish"] {
            let problem = hr.send("POST", &format!("{path}/{step}"), None).expect(409);
            assert_eq!(problem.header("content-type"), Some("application/problem+json"));
        }
        hr.send("POST", &format!("{path}/open"), None).expect(200);
        hr.send("POST", &format!("{path}/open"), None).expect(409);
        assert_eq!(hr.get(&path).expect(200).json()["state"], "open");

        hr.send("POST", &format!("{path}/close"), None).expect(200);
        let problem = hr.send("POST", &format!("{path}/publish"), None).expect(409).json();
        assert_eq!(problem["detail"], "nobody has answered, so there is nothing to publish");
        assert_eq!(hr.get(&path).expect(200).json()["state"], "closed", "nothing half-done");
    }
}

on_both_databases! {
    fn a_questionnaire_with_faults_makes_no_survey(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let surveys = format!("/api/v1/organisations/{ods}/surveys");

        hr.post(&surveys, &json!({ "title": "Race equality", "questionnaire": "id = 1" })).expect(422);
        hr.post(&surveys, &json!({ "title": "Race equality", "colour": "red" })).expect(422);
        assert_eq!(hr.get("/api/v1/surveys").expect(200).json().as_array().map(Vec::len), Some(0));
    }
}
