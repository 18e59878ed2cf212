//! Logs tell nothing about anybody: canaries go in everywhere, none comes out.

use candour::domain::account::Role;
use serde_json::json;

use crate::support::{App, Candour, on_both_databases};
#[cfg(feature = "opentelemetry")]
use crate::support::{Receiver, TestDatabase};

on_both_databases! {
    fn no_token_answer_or_address_reaches_the_log(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let (_, tokens) = app.open_survey(&hr, &ods, 2);
        let canaries = ["CANARYANSWER", "canary.address@example.org", "CANARYPASSWORD", "CANARYQUERY"];

        let mut server = Candour::serve(&app.database.url(), &[("CANDOUR__LOG__FILTER", "debug,hyper=info")]);
        let client = server.client();
        let api = format!("/api/v1/respond/{}", tokens[0]);
        client.post(&api, &json!({ "answers": { "belonging": ["CANARYANSWER"] } })).expect(422);
        client.post(&api, &json!({ "answers": { "comment": ["CANARYANSWER"] } })).expect(201);
        client.post(&api, &json!({ "answers": { "comment": ["CANARYANSWER"] } })).expect(409);
        client.get(&format!("/s/{}?q=CANARYQUERY", tokens[1]));
        client.get(&format!("/no/such/{}", tokens[1]));
        client.post("/api/v1/auth/token", &json!({ "email": "canary.address@example.org", "password": "CANARYPASSWORD" })).expect(401);
        client.send("POST", "/api/v1/auth/token", Some(("application/json", "{\"CANARYANSWER".to_owned()))).expect(422);

        assert_eq!(server.stop().0, Some(0));
        let log = server.log();
        assert!(log.lines().count() > 3, "there is a log at all: {log}");
        for canary in canaries.iter().copied().chain(tokens.iter().map(String::as_str)) {
            assert!(!log.contains(canary), "{canary} is in the log:\n{log}");
        }
    }
}

on_both_databases! {
    fn no_secret_of_a_client_token_or_webhook_reaches_the_log(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let (_, links) = app.open_survey(&hr, &ods, 1);
        app.signed_in(Role::OrganisationAdministrator, Some(&ods));

        let variables =
            [("CANDOUR__LOG__FILTER", "debug,hyper=info"), ("CANDOUR__SECURITY__SECOND_FACTOR", "optional"), ("CANDOUR__WEBHOOKS__ALLOW_LOCAL", "true")];
        let mut server = Candour::serve(&app.database.url(), &variables);
        let client = server.client();
        let mut canaries = vec!["CANARYANSWER".to_owned(), "CANARYSCOPE".to_owned()];
        let mut keep = |body: &serde_json::Value, name: &str| {
            let text = body[name].as_str().unwrap_or_else(|| panic!("{name}: {body}")).to_owned();
            canaries.push(text.clone());
            text
        };
        let sign_in = json!({ "email": "organisation_administrator.rxx@example.org", "password": "a password of tests, quite long" });
        let tokens = client.post("/api/v1/auth/token", &sign_in).expect(200).json();
        let administrator = client.with_token(&keep(&tokens, "access_token"));
        let refresh = keep(&tokens, "refresh_token");
        let made = administrator.post("/api/v1/clients", &json!({ "name": "Staff system", "scopes": ["survey:read"] })).expect(201).json();
        let (id, secret) = (made["id"].as_str().expect("an id").to_owned(), keep(&made, "client_secret"));
        let basic = client.with_basic(&id, &secret);
        let fields = [("grant_type", "client_credentials")];
        let granted = basic.form("/api/v1/auth/token", &fields).expect(200).json();
        let token = keep(&granted, "access_token");
        client.with_token(&token).get("/api/v1/surveys").expect(200);
        client.with_token(&format!("{token}x")).get("/api/v1/surveys").expect(401);
        basic.form("/api/v1/auth/token", &[("grant_type", "client_credentials"), ("scope", "CANARYSCOPE")]).expect(400);
        let next = client.form("/api/v1/auth/token", &[("grant_type", "refresh_token"), ("refresh_token", &refresh)]).expect(200).json();
        let next = keep(&next, "refresh_token");
        client.form("/api/v1/auth/token", &[("grant_type", "refresh_token"), ("refresh_token", &refresh)]).expect(400);
        client.form("/api/v1/auth/revoke", &[("token", &next)]).expect(200);
        client.form("/api/v1/auth/revoke", &[("token", &token)]).expect(200);

        let tokens = client.post("/api/v1/auth/token", &sign_in).expect(200).json();
        let administrator = client.with_token(&keep(&tokens, "access_token"));
        let webhook = administrator.post("/api/v1/webhooks", &json!({ "url": "http://127.0.0.1:9/CANARYPATH" })).expect(201).json();
        keep(&webhook, "secret");
        let path = format!("/api/v1/webhooks/{}", webhook["id"].as_str().expect("an id"));
        administrator.send("POST", &format!("{path}/ping"), None).expect(202);
        client.post(&format!("/api/v1/respond/{}", links[0]), &json!({ "answers": { "comment": ["CANARYANSWER"] } })).expect(201);
        while administrator.get(&format!("{path}/deliveries")).expect(200).json()[0]["attempts"] == 0 {
            std::thread::sleep(std::time::Duration::from_millis(50));
        }

        canaries.extend(["CANARYPATH".to_owned(), links[0].clone()]);
        assert_eq!(server.stop().0, Some(0));
        let log = server.log();
        assert!(log.contains("/api/v1/auth/token") && log.contains("did not take the message"), "{log}");
        for canary in &canaries {
            assert!(!log.contains(canary.as_str()), "{canary} is in the log:\n{log}");
        }
    }
}

/// With a collector: a span of each request, with what its line in the log says, and no more.
#[cfg(feature = "opentelemetry")]
#[test]
fn traces_say_what_the_log_says() {
    let app = App::spawn(TestDatabase::sqlite());
    let ods = app.organisation("RXX");
    let hr = app.signed_in(Role::HrLead, Some(&ods));
    let (_, tokens) = app.open_survey(&hr, &ods, 1);
    let collector = Receiver::start();
    let address = collector.url("/v1/traces");
    let mut server = Candour::serve(&app.database.url(), &[("CANDOUR__LOG__TRACES_TO", &address)]);
    let client = server.client();
    client.get(&format!("/s/{}?q=CANARYQUERY", tokens[0])).expect(200);
    let answer = json!({ "answers": { "comment": ["CANARYANSWER"] } });
    let id = client.post(&format!("/api/v1/respond/{}", tokens[0]), &answer).expect(201);
    let id = id.header("x-request-id").expect("an id").to_owned();
    assert_eq!(server.stop().0, Some(0), "what waits is sent before the end: {}", server.log());

    let sent: String = collector
        .take()
        .into_iter()
        .map(|request| {
            assert_eq!(
                (request.path.as_str(), request.header("content-type")),
                ("/v1/traces", "application/x-protobuf")
            );
            request.body
        })
        .collect();
    for told in ["GET /s/{token}", "POST /api/v1/respond/{token}", "http.response.status_code", "candour", &id] {
        assert!(sent.contains(told), "{told} is not in the traces: {sent:?}");
    }
    for canary in ["CANARYQUERY", "CANARYANSWER", &tokens[0]] {
        assert!(!sent.contains(canary), "{canary} is in the traces: {sent:?}");
    }
}
