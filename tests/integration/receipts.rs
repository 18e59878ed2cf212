//! Receipts: withdrawing until close, and the list that everybody can check afterwards.

use candour::domain::account::Role;
use candour::security::{PlaintextToken, Purpose};
use serde_json::{Value, json};

use crate::support::{App, Finished, TestDatabase, execute, lines, on_both_databases};

fn hash(receipt: &str) -> String {
    receipt.parse::<PlaintextToken>().expect("a receipt").hash().as_str().to_owned()
}

on_both_databases! {
    fn answers_are_withdrawn_until_close_and_listed_afterwards(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let (survey, tokens) = app.open_survey(&hr, &ods, 14);
        let receipts: Vec<String> = tokens[..13]
            .iter()
            .map(|token| {
                let stored = app.client.post(&format!("/api/v1/respond/{token}"), &json!({ "answers": { "belonging": ["agree"] } }));
                stored.expect(201).json()["receipt"].as_str().expect("a receipt").to_owned()
            })
            .collect();
        let withdraw = |receipt: &str| app.client.post("/api/v1/withdrawals", &json!({ "receipt": receipt }));
        let form = |path: &str, receipt: &str| {
            app.client.send("POST", path, Some(("application/x-www-form-urlencoded", format!("receipt={receipt}"))))
        };
        let list = format!("/api/v1/surveys/{survey}/receipts");

        assert!(form("/receipt", &receipts[0]).expect(200).body.contains("Withdraw my answers"));
        assert_eq!(app.stored_responses(&survey), 13, "looking changes nothing");
        withdraw(&receipts[0]).expect(200);
        withdraw(&receipts[0]).expect(200);
        assert!(form("/receipt/withdraw?lang=cy", &receipts[1]).expect(200).body.contains("wedi’u tynnu’n ôl"));
        assert_eq!(app.stored_responses(&survey), 11);
        for unknown in ["nonsense", &tokens[0]] {
            withdraw(unknown).expect(404);
            form("/receipt", unknown).expect(422);
        }
        app.client.post(&format!("/api/v1/respond/{}", tokens[0]), &json!({ "answers": { "belonging": ["agree"] } })).expect(409);
        app.client.get(&list).expect(404);
        app.client.get(&format!("/published/{survey}/receipts")).expect(404);
        Finished::candour(&["verify"], &[("CANDOUR__DATABASE__URL", &app.database.url())]).expect(0);

        hr.send("POST", &format!("/api/v1/surveys/{survey}/close"), None).expect(200);
        let published = app.client.get(&list).expect(200).json();
        let counts = ["spent", "responses", "withdrawn"].map(|name| published[name].as_u64().expect("a number"));
        assert_eq!(counts, [13, 11, 2]);
        let hashes = |name: &str| -> Vec<String> {
            published[name].as_array().expect("a list").iter().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let mut expected: Vec<String> = receipts[2..].iter().map(|receipt| hash(receipt)).collect();
        expected.sort();
        assert_eq!(hashes("counted_receipts"), expected);
        assert!(hashes("withdrawn_receipts").contains(&hash(&receipts[0])));
        assert!(app.client.get(&format!("/published/{survey}/receipts")).expect(200).body.contains(&expected[0]));

        withdraw(&receipts[5]).expect(410);
        withdraw(&receipts[0]).expect(200);
        assert!(form("/receipt", &receipts[5]).expect(200).body.contains("have been counted"));
        assert!(form("/receipt/withdraw", &receipts[5]).expect(200).body.contains("The survey has closed"));
        assert_eq!(app.stored_responses(&survey), 11);
        Finished::candour(&["verify"], &[("CANDOUR__DATABASE__URL", &app.database.url())]).expect(0);
    }
}

on_both_databases! {
    fn of_fewer_than_the_threshold_nobody_is_told_how_many_they_were(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let (survey, tokens) = app.open_survey(&hr, &ods, 10);
        for token in &tokens {
            app.client.post(&format!("/api/v1/respond/{token}"), &json!({ "answers": { "belonging": ["agree"] } })).expect(201);
        }
        hr.send("POST", &format!("/api/v1/surveys/{survey}/close"), None).expect(200);
        let refused = app.client.get(&format!("/api/v1/surveys/{survey}/receipts")).expect(404);
        assert!(refused.body.contains("too-few-responses") && refused.json()["spent"].is_null(), "{refused:?}");
        let page = app.client.get(&format!("/published/{survey}/receipts")).expect(200).body;
        assert!(page.contains("This list is not shown") && !page.contains("Receipts of answers"), "{page}");
    }
}

on_both_databases! {
    fn a_step_down_and_up_keeps_sealed_answers(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let (survey, tokens) = app.open_survey(&hr, &ods, 3);
        for token in &tokens {
            app.client.post(&format!("/api/v1/respond/{token}"), &json!({ "answers": { "belonging": ["agree"] } })).expect(201);
        }
        let url = app.database.url();
        let run = |arguments: &[&str]| Finished::candour(arguments, &[("CANDOUR__DATABASE__URL", &url)]);
        while run(&["migrate", "status"]).stdout.lines().any(|line| line.contains("staff") && line.contains("applied")) {
            run(&["migrate", "down", "--yes"]).expect(0);
        }
        run(&["migrate", "up"]).expect(0);
        run(&["verify"]).expect(0);
        // The keys that signed access tokens are gone.
        let hr = app.signed_in_again(Role::HrLead, Some(&ods));
        hr.send("POST", &format!("/api/v1/surveys/{survey}/close"), None).expect(200);
        run(&["verify"]).expect(0);
        assert_eq!(app.stored_responses(&survey), 3);
    }
}

on_both_databases! {
    fn answers_that_an_earlier_version_sealed_are_opened(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let (survey, tokens) = app.open_survey(&hr, &ods, 2);
        let receipts = tokens.iter().map(|token| {
            let stored = app.client.post(&format!("/api/v1/respond/{token}"), &json!({ "answers": { "belonging": ["agree"] } }));
            hash(stored.expect(201).json()["receipt"].as_str().expect("a receipt"))
        });
        let receipt = receipts.collect::<Vec<_>>().remove(0);
        // JSON with spaces behind it, sealed as text.
        let (context, json) = (format!("{survey}/{receipt}"), b"{\"belonging\":{\"chosen\":[\"disagree\"]}}    ");
        let sealed = app.services.sealer.seal(Purpose::Response, context.as_bytes(), json);
        let url = app.database.url();
        let bytes = match &app.database {
            TestDatabase::Sqlite(_) => format!("CAST('{sealed}' AS BLOB)"),
            TestDatabase::Postgres(_) => format!("'{sealed}'::bytea"),
        };
        execute(&url, &format!("UPDATE sealed_responses SET sealed = {bytes} WHERE receipt_hash = '{receipt}'"));
        Finished::candour(&["verify"], &[("CANDOUR__DATABASE__URL", &url)]).expect(0);
        hr.send("POST", &format!("/api/v1/surveys/{survey}/close"), None).expect(200);
        let answers = lines(&url, "SELECT answers AS value FROM responses");
        assert_eq!(answers.len(), 2);
        for code in ["agree", "disagree"] {
            let json = format!("\"belonging\":{{\"chosen\":[\"{code}\"]}}");
            assert_eq!(answers.iter().filter(|stored| stored.contains(&json)).count(), 1, "{code}");
        }
    }
}
