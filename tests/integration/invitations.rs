//! Inviting: all or nothing, nobody twice.

use candour::domain::account::Role;
use serde_json::json;

use crate::support::{App, on_both_databases};

on_both_databases! {
    fn one_bad_line_invites_nobody(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let created = hr.post(&format!("/api/v1/organisations/{ods}/surveys"), &json!({ "title": "Race equality" })).expect(201);
        let path = format!("/api/v1/surveys/{}", created.json()["id"].as_str().expect("an id"));

        let csv = "email,unit\nasha@example.org,MED-1\nnot an address,MED-1\n".to_owned();
        let problem = hr.send("POST", &format!("{path}/invitations"), Some(("text/csv", csv))).expect(422);
        assert!(problem.body.contains("line 3"), "{}", problem.body);
        hr.post(&format!("{path}/invitations"), &json!([{ "email": "asha@example.org", "unit": "NOWHERE" }])).expect(422);
        assert_eq!(hr.get(&format!("{path}/participation")).expect(200).json()["invited"], 0);
    }
}

on_both_databases! {
    fn nobody_is_invited_twice(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let (survey, _) = app.open_survey(&hr, &ods, 3);
        let path = format!("/api/v1/surveys/{survey}/invitations");

        let again = hr.post(&path, &json!([{ "email": "Person1@example.org", "unit": "MED-1" }, { "email": "new@example.org", "unit": "MED-1" }]));
        let summary = again.expect(200).json();
        assert_eq!((summary["added"].as_u64(), summary["already_invited"].as_u64()), (Some(1), Some(1)));
        assert_eq!(app.deliver(), 1);
        assert_eq!(app.mailbox.mails().len(), 4);
    }
}

on_both_databases! {
    fn a_dry_run_changes_nothing(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let (survey, _) = app.open_survey(&hr, &ods, 1);
        let path = format!("/api/v1/surveys/{survey}");

        let would = hr.post(&format!("{path}/invitations?dry_run=true"), &json!([{ "email": "new@example.org", "unit": "MED-1" }]));
        assert_eq!(would.expect(200).json()["added"], 1);
        assert_eq!(hr.get(&format!("{path}/participation")).expect(200).json()["invited"], 1);
        assert_eq!(app.deliver(), 0);
    }
}
