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
            let slowest_pages = || {
                let pages = || {
                    let started = Instant::now();
                    app.client.get("/about/anonymity").expect(200);
                    app.client.get("/s/AAAAAAAAAAAAAAAAAAAAAA").expect(404);
                    started.elapsed()
                };
                (0..20).map(|_| pages()).max().expect("twenty times")
            };
            let undisturbed = slowest_pages();
            let deliveries = app.services.clone();
            let runner = thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
                runtime.block_on(candour::jobs::Runner::new(deliveries).drain(|_| ())).expect("the outbox can be read")
            });
            let slowest = slowest_pages();
            assert_eq!(runner.join().expect("no panic"), 3);
            println!("F6: two pages in at most {slowest:?} while mail to {survey} was stuck, {undisturbed:?} before");
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

on_both_databases! {
    fn one_connection_carries_many_messages_and_no_more_a_minute_than_allowed(database) {
        let sink = SmtpSink::start(Reply::Accept);
        let slow = [("CANDOUR__MAIL__PER_MINUTE".to_owned(), "600".to_owned())];
        let app = App::spawn_with(database, &settings(sink.port(), "none").into_iter().chain(slow).collect());
        invite(&app, 12);
        let started = Instant::now();
        assert_eq!(app.deliver(), 12);
        // The first leaves at once, each other a tenth of a second after the one before.
        assert!(started.elapsed() >= Duration::from_millis(1_090), "12 messages left in {:?}", started.elapsed());
        assert_eq!((sink.messages().len(), sink.connections()), (12, 1), "(messages, connections)");
    }
}

on_both_databases! {
    fn an_organisation_invites_in_its_own_words_and_what_is_promised_stays(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let path = format!("/api/v1/organisations/{ods}/mail-templates");
        assert_eq!(hr.get(&path).expect(200).json(), json!({ "invitation": {}, "reminder": {} }));

        let words = |subject: &str| json!({ "subject": subject, "opening": "Dear colleague,\n\n{organisation} wants to know.", "closing": "Yours, the network" });
        let wrong = json!({ "invitation": { "en": words("{name}, hello") }, "reminder": { "cy": words("a\nBcc: b@example.org") } });
        let problem = hr.json("PUT", &path, &wrong).expect(422).json();
        let pointers: Vec<&str> = problem["errors"].as_array().expect("errors").iter().filter_map(|error| error["pointer"].as_str()).collect();
        assert_eq!(pointers, ["/invitation/en/subject", "/reminder/cy/subject"]);
        assert_eq!(hr.get(&path).expect(200).json(), json!({ "invitation": {}, "reminder": {} }), "nothing was kept");
        for array in [json!({ "reminder": [null, null] }), json!({ "reminder": { "en": ["a", "b", "c"] } })] {
            let problem = hr.json("PUT", &path, &array).expect(422).json();
            assert!(problem["errors"][0]["pointer"].as_str().is_some_and(|at| at.starts_with("/reminder")), "{problem}");
        }

        let own = json!({ "invitation": { "en": words("{survey}: your voice") }, "reminder": { "cy": words("Nodyn: {survey}") } });
        hr.json("PUT", &path, &own).expect(204);
        assert_eq!(hr.get(&path).expect(200).json(), own);
        let (survey, _) = app.open_survey(&hr, &ods, 1);
        let sent = app.mailbox.mails();
        assert!(sent[0].text.contains("Subject: Race equality: your voice"), "{}", sent[0].text);
        for part in ["Dear colleague,", "Trust RXX wants to know.", "Yours, the network", "/about/anonymity", "/no-more-e-mail"] {
            assert!(sent[0].text.contains(part), "{part}: {}", sent[0].text);
        }
        let preview = |query: &str| hr.get(&format!("/api/v1/surveys/{survey}/invitations/preview?{query}")).expect(200).json()["subject"].clone();
        assert_eq!(preview("language=cy&reminder=true"), "Nodyn: Race equality");
        assert_eq!(preview("language=en&reminder=true"), "Reminder: Race equality", "what has no own words is said in ours");
        let test = json!({ "email": "hr@example.org", "language": "cy", "reminder": true });
        hr.post(&format!("/api/v1/surveys/{survey}/invitations/test"), &test).expect(204);
        let to_me = app.mailbox.mails().into_iter().find(|mail| mail.is_to("hr@example.org")).expect("a test message");
        assert!(to_me.text.contains("Subject: Nodyn: Race equality"), "{}", to_me.text);

        let elsewhere = app.organisation("RYY");
        app.signed_in(Role::HrLead, Some(&elsewhere)).get(&path).expect(404);
        hr.json("PUT", &path, &json!({})).expect(204);
        assert_eq!(preview("language=cy&reminder=true"), "Nodyn atgoffa: Race equality");
    }
}

/// A report that the message with `id` did not arrive at `address`, as Postfix writes it.
fn bounce(address: &str, id: &str) -> String {
    format!(
        "From: MAILER-DAEMON@mx.example\nSubject: Undelivered Mail\nContent-Type: multipart/report; report-type=delivery-status;\n\tboundary=\"b/1\"\n\n\
         --b/1\nContent-Type: text/plain\n\nI could not deliver it.\n\n\
         --b/1\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n\
         Final-Recipient: rfc822; {address}\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 no such user\n\n\
         --b/1\nContent-Type: text/rfc822-headers\n\nSubject: Race equality\nMessage-ID: {id}\n\n--b/1--\n"
    )
}

on_both_databases! {
    fn a_bounce_takes_an_address_off_and_a_forged_one_does_not(database) {
        let maildir = tempfile::tempdir().expect("a folder");
        let (new, read) = (maildir.path().join("new"), maildir.path().join("cur"));
        std::fs::create_dir_all(&new).expect("a Maildir");
        let folder = [("CANDOUR__MAIL__REPORTS_DIRECTORY".to_owned(), maildir.path().display().to_string())];
        let app = App::spawn_with(database, &Settings::from(folder));
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let (survey, tokens) = app.open_survey(&hr, &ods, 5);
        let ids: BTreeMap<String, String> = app.mailbox.mails().iter().map(|mail| (mail.recipient().expect("somebody"), mail.header("Message-ID").expect("an id").to_owned())).collect();
        let id_of = |n: usize| ids[&format!("person{n}@example.org")].clone();
        let forged = id_of(2).replacen(|c: char| c.is_ascii_hexdigit(), "x", 1);

        for (name, message) in [
            ("1", bounce("person0@example.org", &id_of(0))),
            ("2", bounce("person2@example.org", &forged)),
            ("3", "Subject: a question\n\nWhen does it close?\n".to_owned()),
        ] {
            std::fs::write(new.join(name), message).expect("delivered");
        }
        assert_eq!(app.run(app.services.suppressions.read_reports()).expect("read"), 1);
        let names = |folder: &std::path::Path| -> Vec<String> {
            let mut names: Vec<String> = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("a file").file_name().into_string().expect("text")).collect();
            names.sort();
            names
        };
        assert_eq!((names(&new), names(&read)), (vec![], vec!["2".to_owned(), "3".to_owned()]), "what is no report is left to people");

        // The same report over the API, as a mail server's filter would send it.
        let suppress = format!("/api/v1/organisations/{ods}/suppressions");
        let report = |message: String| hr.send("POST", &suppress, Some(("message/rfc822", message)));
        report(bounce("Person3@example.org", &id_of(3))).expect(204);
        report(bounce("person4@example.org", &forged)).expect(422);
        hr.send("POST", &suppress, Some(("text/plain", "x".to_owned()))).expect(415);

        // Nobody learns who answered: the count of reminders is as if nobody had been taken off.
        app.client.post(&format!("/api/v1/respond/{}", tokens[4]), &json!({ "answers": { "belonging": ["agree"] } })).expect(201);
        let told = hr.send("POST", &format!("/api/v1/surveys/{survey}/reminders"), None).expect(202).json();
        assert_eq!(told["at_most"], 5);
        app.deliver();
        let reminded: Vec<String> = app.mailbox.mails().iter().filter(|mail| mail.text.contains("Subject: Reminder: ")).filter_map(|mail| mail.recipient()).collect();
        let mut reminded = reminded;
        reminded.sort();
        assert_eq!(reminded, ["person1@example.org", "person2@example.org"]);
        app.client.get(&format!("/s/{}", tokens[0])).expect(200);
    }
}

/// A new database of the same kind.
fn fresh_like(database: &TestDatabase) -> TestDatabase {
    match database {
        TestDatabase::Sqlite(_) => TestDatabase::sqlite(),
        TestDatabase::Postgres(_) => TestDatabase::postgres(),
    }
}
