//! Webhooks as Standard Webhooks: what is sent, how it is signed, what happens when nobody takes it, where it may go.

use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use candour::domain::account::Role;
use candour::domain::organisation::OdsCode;
use candour::services::now;
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::support::{App, Client, Received, Receiver, Settings, TestDatabase, execute, on_both_databases};

/// An application that may call this machine, with an organisation and its administrator.
fn spawn(database: TestDatabase) -> (App, OdsCode, Client) {
    let settings = Settings::from([
        ("CANDOUR__WEBHOOKS__ALLOW_LOCAL".to_owned(), "true".to_owned()),
        ("CANDOUR__WEBHOOKS__TIMEOUT_SECONDS".to_owned(), "1".to_owned()),
    ]);
    let app = App::spawn_with(database, &settings);
    let ods = app.organisation("RXX");
    let administrator = app.signed_in(Role::OrganisationAdministrator, Some(&ods));
    (app, ods, administrator)
}

/// A webhook of `events`: its path in the API, and its secret.
fn make(administrator: &Client, url: &str, events: &Value) -> (String, String) {
    let made = administrator.post("/api/v1/webhooks", &json!({ "url": url, "events": events })).expect(201).json();
    let path = format!("/api/v1/webhooks/{}", made["id"].as_str().expect("an id"));
    (path, made["secret"].as_str().expect("a secret").to_owned())
}

/// What a receiver does: checks the signature over identifier, moment and body, and how old the message is.
fn verified(message: &Received, secret: &str) -> bool {
    let key = STANDARD.decode(secret.strip_prefix("whsec_").expect("a secret")).expect("base64");
    let timestamp = message.header("webhook-timestamp");
    let signed = format!("{}.{timestamp}.{}", message.header("webhook-id"), message.body);
    let mac = <Hmac<Sha256> as Mac>::new_from_slice(&key).expect("a key").chain_update(signed).finalize().into_bytes();
    let expected = format!("v1,{}", STANDARD.encode(mac));
    let age = now().unix_timestamp() - timestamp.parse::<i64>().expect("a moment");
    (0..300).contains(&age) && message.header("webhook-signature").split(' ').any(|given| given == expected)
}

fn kind(message: &Received) -> String {
    serde_json::from_str::<Value>(&message.body).expect("JSON")["type"].as_str().expect("a type").to_owned()
}

fn log(administrator: &Client, path: &str) -> Vec<Value> {
    administrator.get(&format!("{path}/deliveries")).expect(200).json().as_array().expect("a list").clone()
}

/// Lets what waits be due now.
fn let_time_pass(app: &App) {
    execute(&app.database.url(), "UPDATE jobs SET due_at = 0 WHERE state = 'queued'");
    app.deliver();
}

on_both_databases! {
    fn a_survey_is_announced_step_by_step_with_links_and_no_count(database) {
        let (app, ods, administrator) = spawn(database);
        let receiver = Receiver::start();
        let (_, secret) = make(&administrator, &receiver.url("/candour?tenant=1"), &json!([]));
        let other = app.organisation("RYY");
        let elsewhere = Receiver::start();
        make(&app.signed_in(Role::OrganisationAdministrator, Some(&other)), &elsewhere.url("/"), &json!([]));

        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let (survey, tokens) = app.open_survey(&hr, &ods, 20);
        for token in &tokens {
            let answers = json!({ "answers": { "belonging": ["agree"], "comment": ["CANARYANSWER"] } });
            app.client.post(&format!("/api/v1/respond/{token}"), &answers).expect(201);
        }
        hr.send("POST", &format!("/api/v1/surveys/{survey}/close"), None).expect(200);
        hr.send("POST", &format!("/api/v1/surveys/{survey}/publish"), None).expect(200);
        let csv = "organisation,pay_band,staff_group,ethnic_category,headcount\nRXX,5,nursing_and_midwifery_registered,A,40\n";
        hr.send("PUT", &format!("/api/v1/organisations/{ods}/workforce/2026-04-01"), Some(("text/csv", csv.to_owned()))).expect(204);
        app.deliver();

        let received = receiver.take();
        let mut kinds: Vec<String> = received.iter().map(kind).collect();
        kinds.sort();
        assert_eq!(kinds, ["import.finished", "release.published", "survey.closed", "survey.opened"]);
        for message in &received {
            assert!(verified(message, &secret), "{message:?}");
            assert!(!verified(message, "whsec_AAAA"), "{message:?}");
            assert_eq!((message.path.as_str(), message.header("content-type")), ("/candour?tenant=1", "application/json"));
            let body: Value = serde_json::from_str(&message.body).expect("JSON");
            let link = body["data"]["link"].as_str().expect("a link");
            assert!(link.starts_with("http://127.0.0.1:8080/api/v1/"), "{link}");
            let data = body["data"].as_object().expect("an object");
            assert!(data.values().all(Value::is_string), "no number at all: {}", message.body);
            assert!(!message.body.contains("CANARY") && !message.body.contains("example.org"), "{}", message.body);
        }
        assert!(elsewhere.take().is_empty(), "another organisation heard of it");
    }
}

on_both_databases! {
    fn what_nobody_takes_is_tried_again_later_and_in_the_end_given_up(database) {
        let (app, _, administrator) = spawn(database);
        let receiver = Receiver::start();
        let (path, secret) = make(&administrator, &receiver.url("/"), &json!([]));
        receiver.answer(&["500 Internal Server Error\r\n", "302 Found\r\nlocation: /elsewhere\r\n", "", "204 No Content\r\n"]);
        let sent = administrator.send("POST", &format!("{path}/ping"), None).expect(202).json();
        assert_eq!((sent["event"].clone(), sent["state"].clone()), (json!("webhook.ping"), json!("waiting")));
        app.deliver();
        let entry = &log(&administrator, &path)[0];
        assert_eq!((entry["state"].clone(), entry["last_status"].clone(), entry["attempts"].clone()), (json!("waiting"), json!(500), json!(1)));
        assert_eq!(app.deliver(), 0, "the next try is not due yet");
        let_time_pass(&app);
        assert_eq!(log(&administrator, &path)[0]["last_status"], 302, "no redirect is followed");
        let_time_pass(&app);
        let entry = &log(&administrator, &path)[0];
        assert_eq!(entry["last_status"], Value::Null);
        assert!(entry["last_error"].as_str().expect("a reason").contains("connection"), "{entry}");
        let_time_pass(&app);
        assert_eq!(log(&administrator, &path)[0]["state"], "delivered");
        let received = receiver.take();
        assert_eq!(received.len(), 4);
        assert!(received.iter().all(|message| message.header("webhook-id") == sent["id"] && verified(message, &secret)));
        let_time_pass(&app);
        assert!(receiver.take().is_empty(), "nothing is sent twice that was taken");

        // Again, as somebody asks for it; and given up after twelve tries.
        receiver.answer(&["503 Service Unavailable\r\n"]);
        let again = format!("{path}/deliveries/{}/redeliver", sent["id"].as_str().expect("an id"));
        administrator.send("POST", &again, None).expect(202);
        administrator.send("POST", &again, None).expect(409);
        for _ in 0..13 {
            let_time_pass(&app);
        }
        assert_eq!(receiver.take().len(), 12);
        let entry = &log(&administrator, &path)[0];
        assert_eq!((entry["state"].clone(), entry["attempts"].clone()), (json!("failed"), json!(12)));
        assert_eq!(app.run(app.services.outbox.counts()).expect("counts"), (0, 0), "no job is left over");
        receiver.answer(&["200 OK\r\n"]);
        administrator.send("POST", &again, None).expect(202);
        app.deliver();
        assert_eq!(log(&administrator, &path)[0]["state"], "delivered");
    }
}

on_both_databases! {
    fn a_secret_is_rotated_and_a_webhook_switched_off(database) {
        let (app, _, administrator) = spawn(database);
        let receiver = Receiver::start();
        let (path, first) = make(&administrator, &receiver.url("/"), &json!(["survey.closed"]));
        let ping = || {
            administrator.send("POST", &format!("{path}/ping"), None).expect(202);
            app.deliver();
            receiver.take().pop().expect("a message")
        };
        let rotate = |hours: u16| {
            let body = json!({ "overlap_hours": hours });
            let answer = administrator.post(&format!("{path}/secret"), &body).expect(200).json();
            answer["secret"].as_str().expect("a secret").to_owned()
        };
        let second = rotate(24);
        let message = ping();
        assert!(verified(&message, &first) && verified(&message, &second), "both sign for now");
        let third = rotate(0);
        let message = ping();
        assert!(!verified(&message, &second) && verified(&message, &third));
        for answer in [administrator.get(&path).expect(200), administrator.get("/api/v1/webhooks").expect(200)] {
            assert!(!answer.body.contains("whsec"), "{}", answer.body);
        }

        // 410: nobody listens there any more.
        receiver.answer(&["410 Gone\r\n"]);
        ping();
        assert_eq!(administrator.get(&path).expect(200).json()["disabled"], true);
        administrator.send("POST", &format!("{path}/ping"), None).expect(409);
        administrator.json("PATCH", &path, &json!({ "disabled": false, "events": [] })).expect(200);
        receiver.answer(&["204 No Content\r\n"]);
        ping();

        let other = app.organisation("RYY");
        let stranger = app.signed_in(Role::OrganisationAdministrator, Some(&other));
        for route in [path.clone(), format!("{path}/deliveries")] {
            stranger.get(&route).expect(404);
        }
        stranger.send("POST", &format!("{path}/ping"), None).expect(404);
        administrator.send("DELETE", &path, None).expect(204);
        administrator.get(&path).expect(404);
    }
}

on_both_databases! {
    fn addresses_inside_are_refused(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let administrator = app.signed_in(Role::OrganisationAdministrator, Some(&ods));
        let inside = [
            "http://hooks.example.nhs.uk/", "https://127.0.0.1/", "https://localhost:8443/", "https://[::1]/",
            "https://10.0.0.8/", "https://192.168.0.1/", "https://169.254.169.254/latest/meta-data/", "https://intranet/",
            "https://metadata.google.internal/", "https://user:word@hooks.example.nhs.uk/", "file:///etc/passwd",
            "https://[::ffff:10.0.0.1]/", "https://0.0.0.0/", "https://2130706433/", "https://0x7f000001/", "https://127.1/",
        ];
        for url in inside {
            let refused = administrator.post("/api/v1/webhooks", &json!({ "url": url })).expect(422);
            assert_eq!(refused.json()["errors"][0]["pointer"], "/url", "{url}");
        }
        let unknown = json!({ "url": "https://hooks.example.nhs.uk/", "events": ["response.given"] });
        assert!(administrator.post("/api/v1/webhooks", &unknown).expect(422).body.contains("survey.closed"));
        administrator.post("/api/v1/webhooks", &json!({ "url": "https://hooks.example.nhs.uk/" })).expect(201);
    }
}

#[test]
fn a_slow_receiver_is_left_after_its_time() {
    let (app, _, administrator) = spawn(TestDatabase::sqlite());
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    let (path, _) = make(&administrator, &url, &json!([]));
    administrator.send("POST", &format!("{path}/ping"), None).expect(202);
    let started = Instant::now();
    app.deliver();
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    let entry = &log(&administrator, &path)[0];
    assert_eq!(entry["last_error"], "there was no answer in time");
}
