//! Inviting: all or nothing, nobody twice.

use candour::domain::account::Role;
use serde_json::json;

use crate::support::{App, Finished, Settings, execute, on_both_databases};

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
    fn a_staff_list_in_excel_is_looked_at_and_invites_like_one_in_csv(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let created = hr.post(&format!("/api/v1/organisations/{ods}/surveys"), &json!({ "title": "Race equality" })).expect(201);
        let path = format!("/api/v1/surveys/{}", created.json()["id"].as_str().expect("an id"));
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("staff.xlsx");
        let import = |rows: &[[&str; 4]], more: &[&str]| {
            let mut book = rust_xlsxwriter::Workbook::new();
            let sheet = book.add_worksheet();
            for (place, row) in (0_u32..).zip([["name", "email", "unit", "language"]].iter().chain(rows)) {
                sheet.write_row(place, 0, *row).expect("written");
            }
            book.save(&file).expect("saved");
            let arguments = ["import", "staff", file.to_str().expect("UTF-8"), "--organisation", "RXX"];
            Finished::candour(&[&arguments, more].concat(), &[("CANDOUR__DATABASE__URL", &app.database.url())])
        };
        let people = [["Asha", "asha@example.org", "MED-1", "cy"], ["", "ben@example.org", "MED-2", ""]];
        let invited = || hr.get(&format!("{path}/participation")).expect(200).json()["invited"].clone();
        let wrong = import(&[people[0], ["Ben", "no address", "MED-2", "en"]], &[]).expect(2);
        assert!(wrong.stderr.contains("line 3") && wrong.stderr.contains("email"), "{}", wrong.stderr);
        import(&people, &["--dry-run"]).expect(0);
        assert_eq!(invited(), 0, "looking invites nobody");
        import(&people, &[]).expect(0);
        assert_eq!(invited(), 2);
        assert_eq!(app.count_in(&app.database, "SELECT COUNT(*) AS value FROM invitations WHERE language = 'cy'"), 1);
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

on_both_databases! {
    fn reminders_keep_their_distance_and_say_only_at_most_how_many(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let (survey, tokens) = app.open_survey(&hr, &ods, 14);
        let path = format!("/api/v1/surveys/{survey}/reminders");
        let remind = || hr.send("POST", &path, None);
        for token in &tokens[..12] {
            app.client.post(&format!("/api/v1/respond/{token}"), &json!({ "answers": { "belonging": ["agree"] } })).expect(201);
        }
        assert_eq!(remind().expect(202).json()["at_most"], 3, "two have not answered; 11 are told as answered");
        assert_eq!(app.deliver(), 2);
        let lately = remind().expect(409).json();
        assert_eq!(lately["type"], "urn:candour:problem:reminded-lately");

        let url = app.database.url();
        for _ in 0..2 {
            let days_ago = candour::services::today() - time::Duration::days(3);
            execute(&url, &format!("UPDATE surveys SET reminded_on = '{days_ago}'"));
            remind().expect(202);
        }
        execute(&url, "UPDATE surveys SET reminded_on = '2020-01-01'");
        assert_eq!(remind().expect(409).json()["type"], "urn:candour:problem:reminded-enough");
    }
}

on_both_databases! {
    fn whoever_wants_no_e_mail_gets_none_and_can_still_answer(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let (survey, tokens) = app.open_survey(&hr, &ods, 3);
        let page = format!("/s/{}/no-more-e-mail", tokens[0]);

        app.client.get(&page).expect(200);
        app.client.send("HEAD", &page, None).expect(200);
        assert_eq!(app.count_in(&app.database, "SELECT COUNT(*) AS value FROM suppressions"), 0, "looking changes nothing");
        app.client.send("POST", &page, None).expect(200);
        app.client.send("POST", &page, None).expect(200);
        app.client.send("POST", "/s/AAAAAAAAAAAAAAAAAAAAAA/no-more-e-mail", None).expect(404);
        hr.post(&format!("/api/v1/organisations/{ods}/suppressions"), &json!({ "emails": ["Person1@example.org"] })).expect(204);
        hr.post(&format!("/api/v1/organisations/{ods}/suppressions"), &json!({ "emails": ["nobody"] })).expect(422);

        hr.send("POST", &format!("/api/v1/surveys/{survey}/reminders"), None).expect(202);
        app.deliver();
        let reminded: Vec<String> = app.mailbox.mails().iter().filter(|mail| mail.text.contains("Reminder: ")).filter_map(|mail| mail.recipient()).collect();
        assert_eq!(reminded, ["person2@example.org"]);
        app.client.post(&format!("/api/v1/respond/{}", tokens[0]), &json!({ "answers": { "belonging": ["agree"] } })).expect(201);
        assert_eq!(app.stored_responses(&survey), 1);
    }
}

on_both_databases! {
    fn addresses_go_when_the_survey_closes(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let (survey, tokens) = app.open_survey(&hr, &ods, 3);
        let plain = app.count_in(&app.database, "SELECT COUNT(*) AS value FROM invitations WHERE address LIKE '%@%'");
        assert_eq!(plain, 0, "addresses are sealed");
        hr.send("POST", &format!("/api/v1/surveys/{survey}/close"), None).expect(200);
        assert_eq!(app.count_in(&app.database, "SELECT COUNT(*) AS value FROM invitations WHERE address = ''"), 3);
        app.client.get(&format!("/api/v1/respond/{}", tokens[0])).expect(410);
        app.client.send("POST", &format!("/s/{}/no-more-e-mail", tokens[0]), None).expect(404);
    }
}

on_both_databases! {
    fn a_unit_of_fewer_than_thirty_is_widened_and_the_summary_says_so(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let created = hr.post(&format!("/api/v1/organisations/{ods}/surveys"), &json!({ "title": "Race equality" })).expect(201);
        let survey = format!("/api/v1/surveys/{}", created.json()["id"].as_str().expect("an id"));
        let people = |unit: &str, from: usize, count: usize| -> serde_json::Value {
            (from..from + count).map(|n| json!({ "email": format!("{unit}{n}@example.org"), "unit": unit })).collect()
        };
        let invite = |people: serde_json::Value| hr.post(&format!("{survey}/invitations"), &people).expect(200).json()["widened"].clone();
        let classes = || -> Vec<(String, u64)> {
            let told = hr.get(&format!("{survey}/participation")).expect(200).json();
            let units = told["units"].as_array().expect("units").clone();
            units.iter().map(|unit| (unit["unit"].as_str().expect("a code").to_owned(), unit["invited"].as_u64().expect("a number"))).collect()
        };
        assert_eq!(invite(people("MED-1", 0, 30)), 0, "thirty may carry their unit");
        assert_eq!(classes(), [("MED-1".to_owned(), 30)]);
        assert_eq!(invite(people("MED-2", 0, 29)), 29, "twenty-nine may not");
        assert!(classes().iter().all(|(unit, invited)| unit != "MED-2" && *invited >= 30), "{:?}", classes());
        let smallest = "SELECT COALESCE(MIN(n), 0) AS value FROM (SELECT COUNT(*) AS n FROM invitations GROUP BY coarse_class) AS sizes";
        assert!(app.count_in(&app.database, smallest) >= 29, "nobody is alone with a class");
    }
}

on_both_databases! {
    fn participation_by_unit_moves_in_steps(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let (survey, tokens) = app.open_survey(&hr, &ods, 120);
        // Every fourth is invited in the same unit; of the first unit 13 answer, of the second 10.
        for token in tokens.iter().step_by(4).take(13).chain(tokens.iter().skip(1).step_by(4).take(10)) {
            app.client.post(&format!("/api/v1/respond/{token}"), &json!({ "answers": { "belonging": ["agree"] } })).expect(201);
        }
        let told = hr.get(&format!("/api/v1/surveys/{survey}/participation")).expect(200).json();
        assert_eq!(told["answered"], 22);
        let units = told["units"].as_array().expect("units");
        let of = |code: &str| units.iter().find(|unit| unit["unit"] == code).expect("the unit").clone();
        assert_eq!((of("MED-1")["invited"].clone(), of("MED-1")["answered"].clone()), (json!(30), json!(11)));
        assert_eq!(of("MAT-1")["answered"], 0);
    }
}

on_both_databases! {
    fn the_trend_of_participation_moves_in_steps_of_days(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let (survey, tokens) = app.open_survey(&hr, &ods, 120);
        let mut links = tokens.iter();
        let mut answer = |people: usize| {
            for token in links.by_ref().take(people) {
                let answers = json!({ "answers": { "belonging": ["agree"] } });
                app.client.post(&format!("/api/v1/respond/{token}"), &answers).expect(201);
            }
        };
        let today = candour::services::today();
        let note = |days_ago: i64| {
            let day = today - time::Duration::days(days_ago);
            app.run(app.services.participation.note(day)).expect("noted");
            day.to_string()
        };
        let told = || hr.get(&format!("/api/v1/surveys/{survey}/participation")).expect(200).json()["days"].clone();
        let line = |day: &str, answered: u64| json!({ "day": day, "answered": answered });
        assert_eq!(told(), json!([]));
        let (first, ()) = (note(9), answer(13));
        let (second, ()) = (note(8), answer(3));
        note(7);
        answer(10);
        let fourth = note(6);
        answer(8);
        // Twice on one day: the later number stands.
        assert_eq!(note(6), fourth);
        let expected = [line(&first, 0), line(&second, 11), line(&fourth, 33)];
        assert_eq!(told(), json!(expected), "no line where no step was reached, and never how many exactly");
        answer(12);
        hr.send("POST", &format!("/api/v1/surveys/{survey}/close"), None).expect(200);
        let expected = [&expected[..], &[line(&today.to_string(), 44)]].concat();
        assert_eq!(told(), json!(expected), "46 have answered; the trend tells steps for ever");
        app.run(app.services.participation.note(today)).expect("noted");
        assert_eq!(told(), json!(expected));

        let config = crate::support::settings(&app.database.url(), &Settings::new());
        let later = today + time::Duration::days(400);
        app.run(candour::services::retention::purge_on(&config, false, later)).expect("purged");
        assert_eq!(told(), json!([]), "it goes with the invitations");
    }
}
