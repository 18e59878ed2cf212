//! The schema goes up, down and up again, on a database that holds something.

use std::collections::BTreeSet;
use std::fs;

use candour::domain::account::Role;

use crate::support::{App, Finished, TestDatabase, on_both_databases};

#[test]
fn both_databases_have_the_same_migrations() {
    let names = |kind: &str| -> BTreeSet<String> {
        fs::read_dir(format!("{}/migrations/{kind}", env!("CARGO_MANIFEST_DIR")))
            .expect("migrations")
            .map(|entry| entry.expect("readable").file_name().into_string().expect("UTF-8"))
            .collect()
    };
    assert_eq!(names("sqlite"), names("postgres"));
}

on_both_databases! {
    fn up_down_up_over_stored_answers(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let (survey, tokens) = app.open_survey(&hr, &ods, 1);
        app.client.post(&format!("/api/v1/respond/{}", tokens[0]), &serde_json::json!({ "answers": { "belonging": ["agree"] } })).expect(201);

        let url = app.database.url();
        let migrate = |arguments: &[&str]| Finished::candour(&[&["migrate"], arguments].concat(), &[("CANDOUR__DATABASE__URL", &url)]);
        assert!(migrate(&["up"]).expect(0).stdout.contains("nothing to do"));
        migrate(&["down"]).expect(2);
        assert_eq!(app.stored_responses(&survey), 1, "without --yes nothing happens");
        let steps = migrate(&["status"]).expect(0).stdout.lines().count();
        for _ in 0..steps {
            migrate(&["down", "--yes"]).expect(0);
        }
        assert!(!migrate(&["status"]).expect(0).stdout.contains("applied"));
        migrate(&["up"]).expect(0);
        assert!(!migrate(&["status"]).expect(0).stdout.contains("missing"));
    }
}

fn a_newer_schema_is_refused(database: &TestDatabase, statement: &str, run: impl Fn(&str, &str)) {
    run(&database.url(), statement);
    let finished = Finished::candour(&["migrate", "up"], &[("CANDOUR__DATABASE__URL", &database.url())]).expect(1);
    assert!(finished.stderr.contains("newer candour"), "{}", finished.stderr);
}

const FUTURE: &str = "INSERT INTO __diesel_schema_migrations (version) VALUES ('99991231000000')";

#[test]
fn a_newer_schema_is_refused_on_sqlite() {
    use diesel::{Connection, RunQueryDsl, SqliteConnection, sql_query};
    a_newer_schema_is_refused(&TestDatabase::sqlite(), FUTURE, |url, statement| {
        let file = url.strip_prefix("sqlite://").expect("SQLite");
        sql_query(statement).execute(&mut SqliteConnection::establish(file).expect("opens")).expect("inserted");
    });
}

#[test]
fn a_newer_schema_is_refused_on_postgres() {
    use diesel::{Connection, PgConnection, RunQueryDsl, sql_query};
    a_newer_schema_is_refused(&TestDatabase::postgres(), FUTURE, |url, statement| {
        sql_query(statement).execute(&mut PgConnection::establish(url).expect("connects")).expect("inserted");
    });
}
