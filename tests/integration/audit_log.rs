//! The audit log: whole under concurrent writers; a change of any byte is found, and found where it is.

use std::collections::BTreeMap;
use std::thread;

use candour::domain::account::{Role, TenantScope};
use candour::domain::audit_event::{Actor, Event};
use candour::domain::identifier::SurveyId;
use candour::services::audit_verification::{self, Fault, Found};
use serde_json::json;

use crate::support::{App, Finished, TestDatabase, execute, lines, on_both_databases, settings};

const CHAIN: &str = "RXX";

fn verified(app: &App) -> Found {
    app.run(audit_verification::verify(&settings(&app.database.url(), &BTreeMap::new()))).expect("it can be read")
}

fn write_some(app: &App, count: u8) {
    let scope = TenantScope::of_operator(CHAIN.parse().expect("a code"));
    for n in 0..count {
        let survey = SurveyId::from_random([n; 16]);
        app.run(app.services.audit_log.record(&scope, Event::SurveyOpened { survey })).expect("recorded");
    }
}

/// What somebody who holds the database does first.
fn without_triggers(database: &TestDatabase) {
    match database {
        TestDatabase::Sqlite(_) => {
            execute(&database.url(), "DROP TRIGGER audit_events_are_never_changed");
            execute(&database.url(), "DROP TRIGGER audit_events_are_never_deleted");
        }
        TestDatabase::Postgres(_) => {
            execute(&database.url(), "DROP TRIGGER audit_events_are_never_changed ON audit_events");
        }
    }
}

on_both_databases! {
    fn many_write_at_once_and_the_chain_holds(database) {
        let app = App::spawn(database);
        let writers: Vec<_> = (0..8).map(|n| {
            let services = app.services.clone();
            thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
                for chain in [Some("RXX"), Some("RYY"), None].into_iter().cycle().take(30) {
                    let organisation = chain.map(|ods| ods.parse().expect("a code"));
                    let event = Event::OrganisationCreated { organisation: format!("by {n}") };
                    runtime.block_on(services.audit_log.record_by(Actor::Service, organisation, event)).expect("recorded");
                }
            })
        }).collect();
        writers.into_iter().for_each(|writer| writer.join().expect("no panic"));
        assert_eq!(verified(&app), Found { entries: 240, faults: vec![] });
        let stored = app.count_in(&app.database, "SELECT MAX(sequence) AS value FROM audit_events WHERE organisation = 'RXX'");
        assert_eq!(stored, 80);
    }
}

on_both_databases! {
    fn the_database_refuses_to_change_an_entry(database) {
        let app = App::spawn(database);
        write_some(&app, 1);
        for statement in ["UPDATE audit_events SET actor = 'x'", "DELETE FROM audit_events"] {
            let url = app.database.url();
            let refused = thread::spawn(move || execute(&url, statement)).join().expect_err("it is refused");
            let reason = refused.downcast_ref::<String>().expect("a reason");
            assert!(reason.contains("append-only"), "{reason}");
        }
    }
}

on_both_databases! {
    /// F18: each bit pattern of one row is disturbed a byte at a time, and of where the chain ends.
    fn a_flipped_byte_is_found_where_it_is(database) {
        let app = App::spawn(database);
        write_some(&app, 4);
        without_triggers(&app.database);
        let url = app.database.url();
        let fault = |sequence, problem| Fault { organisation: CHAIN.to_owned(), sequence, problem };
        let texts = |table: &str, column: &str, place: &str| -> String {
            lines(&url, &format!("SELECT {column} AS value FROM {table} WHERE {place}")).remove(0)
        };
        let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
        let mut flipped = 0;

        for column in ["actor", "kind", "detail", "code"] {
            let was = texts("audit_events", column, "sequence = 3");
            for byte in 0..was.len() {
                let mut bytes = was.clone().into_bytes();
                bytes[byte] ^= 1;
                let now = String::from_utf8(bytes).expect("still ASCII");
                execute(&url, &format!("UPDATE audit_events SET {column} = {} WHERE sequence = 3", quoted(&now)));
                assert_eq!(verified(&app).faults, [fault(Some(3), "was changed")], "{column} {byte}");
                execute(&url, &format!("UPDATE audit_events SET {column} = {} WHERE sequence = 3", quoted(&was)));
                flipped += 1;
            }
        }
        let when = app.count_in(&app.database, "SELECT happened_at AS value FROM audit_events WHERE sequence = 3") as i64;
        for byte in 0..8 {
            execute(&url, &format!("UPDATE audit_events SET happened_at = {} WHERE sequence = 3", when ^ (1 << (8 * byte))));
            assert_eq!(verified(&app).faults, [fault(Some(3), "was changed")], "happened_at {byte}");
            execute(&url, &format!("UPDATE audit_events SET happened_at = {when} WHERE sequence = 3"));
            let elsewhere = 3_i64 ^ (1 << (8 * byte + 4));
            execute(&url, &format!("UPDATE audit_events SET sequence = {elsewhere} WHERE sequence = 3"));
            let faults = verified(&app).faults;
            assert!(faults.contains(&fault(Some(3), "is missing")), "sequence {byte}: {faults:?}");
            assert!(faults.contains(&fault(Some(elsewhere), "does not belong there")), "sequence {byte}: {faults:?}");
            execute(&url, &format!("UPDATE audit_events SET sequence = 3 WHERE sequence = {elsewhere}"));
            flipped += 2;
        }
        for other in ["SXX", "RYX", "RXY"] {
            execute(&url, &format!("UPDATE audit_events SET organisation = '{other}' WHERE sequence = 3"));
            let faults = verified(&app).faults;
            assert!(faults.contains(&fault(Some(3), "is missing")), "{faults:?}");
            assert!(faults.iter().any(|fault| fault.organisation == other), "{faults:?}");
            execute(&url, &format!("UPDATE audit_events SET organisation = 'RXX' WHERE organisation = '{other}'"));
            execute(&url, &format!("UPDATE audit_heads SET organisation = '{other}' WHERE organisation = 'RXX'"));
            assert!(verified(&app).faults.contains(&fault(None, "is missing or was changed")));
            execute(&url, &format!("UPDATE audit_heads SET organisation = 'RXX' WHERE organisation = '{other}'"));
            flipped += 2;
        }
        for column in ["last_code", "code"] {
            let was = texts("audit_heads", column, "organisation = 'RXX'");
            for byte in 0..was.len() {
                let mut bytes = was.clone().into_bytes();
                bytes[byte] ^= 1;
                let now = String::from_utf8(bytes).expect("still ASCII");
                execute(&url, &format!("UPDATE audit_heads SET {column} = {}", quoted(&now)));
                assert_eq!(verified(&app).faults, [fault(None, "is missing or was changed")], "{column} {byte}");
                execute(&url, &format!("UPDATE audit_heads SET {column} = {}", quoted(&was)));
                flipped += 1;
            }
        }
        assert!(flipped > 200, "{flipped} bytes");
        assert_eq!(verified(&app), Found { entries: 4, faults: vec![] }, "all is put back");
    }
}

on_both_databases! {
    fn entries_taken_away_are_missed_and_the_command_says_which(database) {
        let app = App::spawn(database);
        write_some(&app, 5);
        without_triggers(&app.database);
        let url = app.database.url();
        let variables = [("CANDOUR__DATABASE__URL", url.as_str())];
        let whole = Finished::candour(&["audit-log", "verify"], &variables).expect(0);
        assert_eq!(whole.stdout.trim(), "5 entries, all as they were written");

        let other = [("CANDOUR__DATABASE__URL", url.as_str()), ("CANDOUR__SECURITY__SECRET", "another secret, which did not write this log")];
        let unknown = Finished::candour(&["audit-log", "verify"], &other).expect(1);
        assert!(unknown.stderr.contains("security.secret"), "{}", unknown.stderr);

        execute(&url, "DELETE FROM audit_events WHERE sequence = 2");
        let damaged = Finished::candour(&["audit-log", "verify"], &variables).expect(1);
        assert!(damaged.stderr.contains("entry 2 of RXX is missing"), "{}", damaged.stderr);
        execute(&url, "DELETE FROM audit_events WHERE sequence = 5");
        let all = Finished::candour(&["audit-log", "verify", "--format", "csv"], &variables).expect(1);
        assert!(all.stdout.contains("RXX,2,is missing") && all.stdout.contains("RXX,5,is missing"), "{}", all.stdout);
        let also = Finished::candour(&["verify"], &variables).expect(1);
        assert!(also.stdout.contains("entry 5 of RXX is missing"), "{}", also.stdout);
    }
}

#[test]
fn every_report_is_in_the_list_of_those_whose_reading_is_noted() {
    let document = serde_json::to_value(candour::web::openapi::document()).expect("a document");
    let words = ["/release", "/results", "/indicators", "/trend", "representati", "/wres/", "/workforce"];
    let reports = document["paths"].as_object().expect("paths").iter().filter(|(_, item)| item.get("get").is_some());
    let reports: Vec<&String> =
        reports.map(|(path, _)| path).filter(|path| words.iter().any(|word| path.contains(word))).collect();
    assert!(reports.len() >= 10, "{reports:?}");
    for path in reports {
        assert!(candour::web::readings::REPORTS.iter().any(|(route, _)| route == path), "{path} is not in REPORTS");
    }
}

on_both_databases! {
    fn the_life_of_a_survey_is_remembered_without_anybodys_answer(database) {
        let app = App::spawn(database);
        let ods = app.organisation(CHAIN);
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let administrator = app.signed_in(Role::OrganisationAdministrator, Some(&ods));
        let (survey, tokens) = app.open_survey(&hr, &ods, 40);
        let before = verified(&app).entries;
        for token in &tokens {
            app.client.post(&format!("/api/v1/respond/{token}"), &json!({ "answers": { "belonging": ["agree"] } })).expect(201);
        }
        assert_eq!(verified(&app).entries, before, "answering is nobody's business");
        hr.post(&format!("/api/v1/surveys/{survey}/close"), &json!({})).expect(200);
        hr.post(&format!("/api/v1/surveys/{survey}/publish"), &json!({})).expect(200);
        for _ in 0..2 {
            hr.get(&format!("/api/v1/surveys/{survey}/results?question=belonging")).expect(200);
            hr.get(&format!("/api/v1/surveys/{survey}/results.csv")).expect(200);
        }
        hr.get(&format!("/api/v1/surveys/{survey}/results?question=none")).status.to_string();

        let log = administrator.get("/api/v1/audit-events?limit=200").expect(200).json();
        let log = log.as_array().expect("entries");
        let count = |kind: &str| log.iter().filter(|entry| entry["kind"] == kind).count();
        for kind in ["units_replaced", "survey_created", "survey_opened", "survey_closed", "survey_published", "invitations_added"] {
            assert_eq!(count(kind), 1, "{kind}");
        }
        assert_eq!((count("report_read"), count("report_exported")), (1, 1), "read twice within minutes is one entry");
        let closed = log.iter().find(|entry| entry["kind"] == "survey_closed").expect("closed");
        assert_eq!(closed["detail"]["survey"], survey.as_str());
        assert!(closed["actor"].as_str().expect("somebody").starts_with("account:"));
        let text = serde_json::to_string(log).expect("text");
        for canary in ["@example.org", "belonging", tokens[0].as_str()] {
            assert!(!text.contains(canary), "{canary} is in the audit log");
        }
        assert_eq!(verified(&app).faults, []);
        hr.get("/api/v1/audit-events").expect(404);
    }
}
