//! E-mail over SMTP: trouble at the other end loses no invitation.

use candour::domain::account::Role;

use crate::support::{App, Reply, Settings, SmtpSink, TestDatabase, on_both_databases};

fn app_over(sink: &SmtpSink, database: TestDatabase) -> App {
    let settings = [
        ("TRANSPORT", "smtp"),
        ("HOST", "127.0.0.1"),
        ("PORT", &sink.port().to_string()),
        ("TLS", "none"),
        ("TIMEOUT_SECONDS", "2"),
    ];
    let settings: Settings =
        settings.iter().map(|(name, value)| (format!("CANDOUR__MAIL__{name}"), (*value).to_owned())).collect();
    App::spawn_with(database, &settings)
}

/// Invites one person of a new organisation and opens the survey, without looking at e-mails.
fn invite_one(app: &App) {
    use serde_json::json;
    let ods = app.organisation("RXX");
    let hr = app.signed_in(Role::HrLead, Some(&ods));
    let created =
        hr.post(&format!("/api/v1/organisations/{ods}/surveys"), &json!({ "title": "Race equality" })).expect(201);
    let path = format!("/api/v1/surveys/{}", created.json()["id"].as_str().expect("an id"));
    hr.post(&format!("{path}/invitations"), &json!([{ "email": "asha@example.org", "unit": "MED-1" }])).expect(200);
    hr.send("POST", &format!("{path}/open"), None).expect(200);
}

on_both_databases! {
    fn an_invitation_arrives_once(database) {
        let sink = SmtpSink::start(Reply::Accept);
        let app = app_over(&sink, database);
        invite_one(&app);

        assert_eq!((app.deliver(), app.deliver()), (1, 0));
        let messages = sink.messages();
        assert_eq!(messages.len(), 1);
        assert!(messages[0].is_to("asha@example.org") && messages[0].header("Message-ID").is_some(), "{}", messages[0].text);
        app.client.get(&format!("/s/{}", messages[0].token().expect("a link"))).expect(200);
    }
}

on_both_databases! {
    fn a_server_in_trouble_gets_it_later(database) {
        for trouble in [Reply::Closing, Reply::TryLater, Reply::Hang, Reply::DropAfterData] {
            let sink = SmtpSink::start(trouble);
            let app = app_over(&sink, fresh_like(&database));
            invite_one(&app);
            app.deliver();
            assert_eq!(app.run(app.services.outbox.counts()).expect("counts"), (1, 0), "{trouble:?}: (waiting, given up)");
        }
    }
}

on_both_databases! {
    fn an_address_that_does_not_exist_is_given_up(database) {
        let sink = SmtpSink::start(Reply::NoSuchMailbox);
        let app = app_over(&sink, database);
        invite_one(&app);
        app.deliver();
        assert_eq!(app.run(app.services.outbox.counts()).expect("counts"), (0, 1), "(waiting, given up)");
        sink.answer_with(Reply::Accept);
        assert_eq!(app.deliver(), 0);
    }
}

/// A new database of the same kind.
fn fresh_like(database: &TestDatabase) -> TestDatabase {
    match database {
        TestDatabase::Sqlite(_) => TestDatabase::sqlite(),
        TestDatabase::Postgres(_) => TestDatabase::postgres(),
    }
}
