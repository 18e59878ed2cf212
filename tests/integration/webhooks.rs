//! Webhooks as Standard Webhooks: what is sent, how it is signed, what happens when nobody takes it, where it may go.

use std::io::Write;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use candour::domain::account::Role;
use candour::domain::organisation::OdsCode;
use candour::services::now;
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::support::{App, Candour, Client, Received, Receiver, Settings, TestDatabase, execute, on_both_databases};

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

/// A key and a certificate for `localhost` that it signed itself, as files in `folder`.
fn certificate(folder: &Path) -> (PathBuf, PathBuf) {
    let (key, certificate) = (folder.join("key.pem"), folder.join("certificate.pem"));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"])
        .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE", "-keyout"])
        .arg(&key)
        .arg("-out")
        .arg(&certificate)
        .output()
        .expect("openssl is there");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    (key, certificate)
}

/// A receiver over TLS that takes one message.
fn tls_receiver(key: &Path, certificate: &Path) -> (Child, u16) {
    let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port();
    let mut server = Command::new("openssl")
        .args(["s_server", "-quiet", "-accept", &port.to_string(), "-key"])
        .arg(key)
        .arg("-cert")
        .arg(certificate)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("openssl is there");
    let answer = b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";
    server.stdin.as_mut().expect("piped").write_all(answer).expect("it reads");
    (server, port)
}

/// Waits until the first message of a webhook was tried; gives its entry.
fn tried(administrator: &Client, path: &str) -> Value {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let entry = log(administrator, path).remove(0);
        if entry["attempts"] != 0 {
            return entry;
        }
        assert!(Instant::now() < deadline, "not tried after 30 s: {entry}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn messages_go_over_tls_to_those_with_a_trusted_certificate() {
    let (app, ods, _) = spawn(TestDatabase::sqlite());
    let (trusted, other) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let (key, root) = certificate(trusted.path());
    let (other_key, other_certificate) = certificate(other.path());
    let variables = [
        ("SSL_CERT_FILE", root.to_str().expect("UTF-8")),
        ("CANDOUR__SECURITY__SECOND_FACTOR", "optional"),
        ("CANDOUR__WEBHOOKS__ALLOW_LOCAL", "true"),
    ];
    let server = Candour::serve(&app.database.url(), &variables);
    let sign_in = json!({
        "email": format!("organisation_administrator.{}@example.org", ods.as_str().to_lowercase()),
        "password": "a password of tests, quite long",
    });
    let tokens = server.client().post("/api/v1/auth/token", &sign_in).expect(200).json();
    let administrator = server.client().with_token(tokens["access_token"].as_str().expect("a token"));
    let send = |key: &Path, certificate: &Path| {
        let (mut receiver, port) = tls_receiver(key, certificate);
        let (path, _) = make(&administrator, &format!("https://localhost:{port}/"), &json!([]));
        administrator.send("POST", &format!("{path}/ping"), None).expect(202);
        let entry = tried(&administrator, &path);
        receiver.kill().expect("it runs");
        receiver.wait().expect("it ends");
        entry
    };
    let taken = send(&key, &root);
    assert_eq!((taken["state"].clone(), taken["last_status"].clone()), (json!("delivered"), json!(204)), "{taken}");
    let refused = send(&other_key, &other_certificate);
    assert_eq!(refused["state"], "waiting");
    assert!(refused["last_error"].as_str().expect("a reason").contains("certificate"), "{refused}");
}

#[test]
fn receivers_that_never_answer_hold_up_no_e_mail() {
    let (app, ods, _) = spawn(TestDatabase::sqlite());
    let folder = app.mailbox.path().display().to_string();
    let variables = [
        ("CANDOUR__MAIL__DIRECTORY", folder.as_str()),
        ("CANDOUR__SECURITY__SECOND_FACTOR", "optional"),
        ("CANDOUR__WEBHOOKS__ALLOW_LOCAL", "true"),
        ("CANDOUR__WEBHOOKS__TIMEOUT_SECONDS", "30"),
    ];
    let server = Candour::serve(&app.database.url(), &variables);
    let sign_in =
        json!({ "email": "organisation_administrator.rxx@example.org", "password": "a password of tests, quite long" });
    let tokens = server.client().post("/api/v1/auth/token", &sign_in).expect(200).json();
    let administrator = server.client().with_token(tokens["access_token"].as_str().expect("a token"));
    let silent = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let (path, _) = make(&administrator, &format!("http://{}/", silent.local_addr().expect("an address")), &json!([]));
    for _ in 0..20 {
        administrator.send("POST", &format!("{path}/ping"), None).expect(202);
    }
    // The first messages have begun: somebody is connected, and gets nothing.
    let _connection = silent.accept().expect("a connection");
    let invited = json!({ "email": "new.lead@example.org", "role": "hr_lead" });
    administrator.post(&format!("/api/v1/organisations/{ods}/accounts"), &invited).expect(201);
    let started = Instant::now();
    while app.mailbox.mails().is_empty() {
        assert!(started.elapsed() < Duration::from_secs(10), "no e-mail after 10 s");
        std::thread::sleep(Duration::from_millis(50));
    }
    let entries = log(&administrator, &path);
    assert!(entries.iter().all(|entry| entry["attempts"] == 0), "the receivers are still waited for");
}

#[test]
fn a_slow_receiver_is_left_after_its_time() {
    let (app, _, administrator) = spawn(TestDatabase::sqlite());
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    let (path, _) = make(&administrator, &url, &json!([]));
    administrator.send("POST", &format!("{path}/ping"), None).expect(202);
    let started = Instant::now();
    app.deliver();
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    let entry = &log(&administrator, &path)[0];
    assert_eq!(entry["last_error"], "there was no answer in time");
}
