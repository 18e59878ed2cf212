//! E-mail over SMTP: trouble at the other end loses no invitation.

use candour::domain::account::Role;

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{App, Candour, Reply, Settings, SmtpSink, TestDatabase, execute, on_both_databases};

fn settings(port: u16, tls: &str) -> Settings {
    let settings = [
        ("TRANSPORT", "smtp"),
        ("HOST", "127.0.0.1"),
        ("PORT", &port.to_string()),
        ("TLS", tls),
        ("TIMEOUT_SECONDS", "2"),
    ];
    settings.iter().map(|(name, value)| (format!("CANDOUR__MAIL__{name}"), (*value).to_owned())).collect()
}

fn app_over(sink: &SmtpSink, database: TestDatabase) -> App {
    App::spawn_with(database, &settings(sink.port(), "none"))
}

/// Invites `people` of a new organisation and opens the survey, without looking at e-mails; gives the survey.
fn invite(app: &App, people: usize) -> String {
    let ods = app.organisation("RXX");
    let hr = app.signed_in(Role::HrLead, Some(&ods));
    let created =
        hr.post(&format!("/api/v1/organisations/{ods}/surveys"), &json!({ "title": "Race equality" })).expect(201);
    let survey = created.json()["id"].as_str().expect("an id").to_owned();
    let people: Vec<Value> =
        (0..people).map(|n| json!({ "email": format!("person{n}@example.org"), "unit": "MED-1" })).collect();
    hr.post(&format!("/api/v1/surveys/{survey}/invitations"), &json!(people)).expect(200);
    hr.send("POST", &format!("/api/v1/surveys/{survey}/open"), None).expect(200);
    survey
}

/// Makes every waiting job due now, those that a dead runner had claimed included.
fn time_passes(app: &App) {
    execute(&app.database.url(), "UPDATE jobs SET due_at = 0 WHERE state = 'queued'");
}

/// How often each recipient got a message, and under how many Message-IDs.
fn received(sink: &SmtpSink) -> BTreeMap<String, (usize, usize)> {
    let mut ids: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for message in sink.messages() {
        let id = message.header("Message-ID").expect("an id").to_owned();
        ids.entry(message.recipient().expect("a recipient")).or_default().push(id);
    }
    ids.into_iter()
        .map(|(recipient, mut ids)| {
            let copies = ids.len();
            ids.sort();
            ids.dedup();
            (recipient, (copies, ids.len()))
        })
        .collect()
}

on_both_databases! {
    fn an_invitation_arrives_once(database) {
        let sink = SmtpSink::start(Reply::Accept);
        let app = app_over(&sink, database);
        invite(&app, 1);

        assert_eq!((app.deliver(), app.deliver()), (1, 0));
        let messages = sink.messages();
        assert_eq!(messages.len(), 1);
        assert!(messages[0].is_to("person0@example.org") && messages[0].header("Message-ID").is_some(), "{}", messages[0].text);
        app.client.get(&format!("/s/{}", messages[0].token().expect("a link"))).expect(200);
    }
}

on_both_databases! {
    fn a_server_in_trouble_gets_it_later(database) {
        for trouble in [Reply::Closing, Reply::TryLater, Reply::Hang, Reply::DropAfterData] {
            let sink = SmtpSink::start(trouble);
            let app = app_over(&sink, fresh_like(&database));
            invite(&app, 1);
            app.deliver();
            assert_eq!(app.run(app.services.outbox.counts()).expect("counts"), (1, 0), "{trouble:?}: (waiting, given up)");
        }
    }
}

on_both_databases! {
    fn an_address_that_does_not_exist_is_given_up(database) {
        let sink = SmtpSink::start(Reply::NoSuchMailbox);
        let app = app_over(&sink, database);
        invite(&app, 1);
        app.deliver();
        assert_eq!(app.run(app.services.outbox.counts()).expect("counts"), (0, 1), "(waiting, given up)");
        sink.answer_with(Reply::Accept);
        assert_eq!(app.deliver(), 0);
    }
}

on_both_databases! {
    /// F6
    fn each_recipient_gets_it_once_or_is_marked_failed(database) {
        const PEOPLE: usize = 40;
        let sink = SmtpSink::start(Reply::Mixed);
        let app = app_over(&sink, database);
        invite(&app, PEOPLE);
        app.deliver();
        let quarter = PEOPLE as u64 / 4;
        assert_eq!(app.run(app.services.outbox.counts()).expect("counts"), (2 * quarter, quarter), "(waiting, given up)");

        sink.answer_with(Reply::Accept);
        time_passes(&app);
        app.deliver();
        assert_eq!(app.run(app.services.outbox.counts()).expect("counts"), (0, quarter), "(waiting, given up)");
        let received = received(&sink);
        for n in 0..PEOPLE {
            let copies = received.get(&format!("person{n}@example.org"));
            // The server that hung up after the message had it already: the second copy has the same Message-ID.
            let expected = [Some(&(1, 1)), Some(&(1, 1)), None, Some(&(2, 1))][n % 4];
            assert_eq!(copies, expected, "person {n}: (copies, Message-IDs)");
        }
        assert_eq!(app.count_in(&app.database, "SELECT COUNT(*) AS value FROM jobs WHERE state = 'failed' AND last_error LIKE '%@%'"), 0, "an address stands in an error");
    }
}

on_both_databases! {
    /// F6
    fn a_server_without_starttls_gets_nothing(database) {
        let sink = SmtpSink::start(Reply::Accept);
        let app = App::spawn_with(database, &settings(sink.port(), "starttls"));
        invite(&app, 1);
        app.deliver();
        assert_eq!(app.run(app.services.outbox.counts()).expect("counts"), (1, 0), "(waiting, given up)");
        assert!(sink.messages().is_empty(), "it was sent in the clear");
    }
}

on_both_databases! {
    /// F6
    fn a_server_that_refuses_or_hangs_keeps_nobody_from_answering(database) {
        let nobody_listens = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port();
        let sink = SmtpSink::start(Reply::Hang);
        for port in [nobody_listens, sink.port()] {
            let app = App::spawn_with(fresh_like(&database), &settings(port, "none"));
            let survey = invite(&app, 3);
            let deliveries = app.services.clone();
            let runner = thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
                runtime.block_on(candour::jobs::Runner::new(deliveries).drain(|_| ())).expect("the outbox can be read")
            });
            let mut slowest = Duration::ZERO;
            for _ in 0..20 {
                let started = Instant::now();
                app.client.get("/about/anonymity").expect(200);
                app.client.get("/s/AAAAAAAAAAAAAAAAAAAAAA").expect(404);
                slowest = slowest.max(started.elapsed());
            }
            assert_eq!(runner.join().expect("no panic"), 3);
            println!("F6: two pages in at most {slowest:?} while mail to {survey} was stuck");
            assert!(slowest < Duration::from_secs(1), "{slowest:?}");
            assert_eq!(app.run(app.services.outbox.counts()).expect("counts"), (3, 0), "(waiting, given up)");
        }
    }
}

on_both_databases! {
    /// F6
    fn the_queue_survives_kill_minus_nine(database) {
        const PEOPLE: usize = 120;
        let sink = SmtpSink::start(Reply::Accept);
        let app = app_over(&sink, database);
        invite(&app, PEOPLE);
        let variables = settings(sink.port(), "none");
        let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        for wanted in [10, 60, PEOPLE] {
            time_passes(&app);
            let mut server = Candour::serve(&app.database.url(), &variables);
            let deadline = Instant::now() + Duration::from_secs(60);
            while received(&sink).len() < wanted {
                assert!(Instant::now() < deadline, "{} of {PEOPLE} have arrived", received(&sink).len());
                thread::sleep(Duration::from_millis(1));
            }
            server.kill();
        }
        let received = received(&sink);
        let copies: usize = received.values().map(|(copies, _)| copies).sum();
        println!("F6: {PEOPLE} invitations over three kills: {copies} messages to {} people", received.len());
        assert_eq!(received.len(), PEOPLE);
        assert!(received.values().all(|(_, ids)| *ids == 1), "a second copy has another Message-ID");
    }
}

/// A new database of the same kind.
fn fresh_like(database: &TestDatabase) -> TestDatabase {
    match database {
        TestDatabase::Sqlite(_) => TestDatabase::sqlite(),
        TestDatabase::Postgres(_) => TestDatabase::postgres(),
    }
}
