//! API clients of an organisation: made, shown once, rotated, revoked; and what their scopes open.

use candour::domain::account::Role;
use candour::domain::organisation::OdsCode;
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use crate::support::{App, Client, Signer, lines, on_both_databases};

/// An organisation with its administrator.
fn administrator(app: &App, ods: &str) -> (OdsCode, Client) {
    let code = app.organisation(ods);
    let administrator = app.signed_in(Role::OrganisationAdministrator, Some(&code));
    (code, administrator)
}

/// A client with these scopes: its identifier and secret.
pub fn make_client(administrator: &Client, scopes: &Value) -> (String, String) {
    let made =
        administrator.post("/api/v1/clients", &json!({ "name": "Staff system", "scopes": scopes })).expect(201).json();
    let text = |name: &str| made[name].as_str().expect("a text").to_owned();
    (text("id"), text("client_secret"))
}

/// Signs a client in with its secret, for all of its scopes.
pub fn token_of(app: &App, id: &str, secret: &str) -> Client {
    let fields = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)];
    let granted = app.client.form("/api/v1/auth/token", &fields).expect(200).json();
    app.client.with_token(granted["access_token"].as_str().expect("a token"))
}

on_both_databases! {
    fn a_secret_is_shown_once_and_kept_as_a_hash(database) {
        let app = App::spawn(database);
        let (_, administrator) = administrator(&app, "RXX");
        let (id, secret) = make_client(&administrator, &json!(["workforce:write", "survey:read"]));

        let listed = administrator.get("/api/v1/clients").expect(200);
        let read = administrator.get(&format!("/api/v1/clients/{id}")).expect(200);
        for answer in [&listed, &read] {
            assert!(answer.body.contains("Staff system") && !answer.body.contains(&secret), "{}", answer.body);
        }
        assert_eq!(read.json()["scopes"], json!(["survey:read", "workforce:write"]));
        assert_eq!(read.json()["has_secret"], true);
        let stored = lines(&app.database.url(), "SELECT secret_hash AS value FROM clients");
        assert!(stored.len() == 1 && stored[0].len() == 64 && !secret.contains(&stored[0]), "{stored:?}");

        let events = administrator.get("/api/v1/audit-events?kind=client").expect(200).json();
        assert_eq!(events[0]["detail"], json!({ "client": id, "change": "created" }));
    }
}

on_both_databases! {
    fn clients_belong_to_their_organisation(database) {
        let app = App::spawn(database);
        let (own, administrator_of_own) = administrator(&app, "RXX");
        let (_, stranger) = administrator(&app, "RYY");
        let (id, secret) = make_client(&administrator_of_own, &json!(["organisation:read", "survey:read"]));
        for (method, path, body) in [
            ("GET", format!("/api/v1/clients/{id}"), json!({})),
            ("PATCH", format!("/api/v1/clients/{id}"), json!({ "scopes": [] })),
            ("DELETE", format!("/api/v1/clients/{id}"), json!({})),
            ("POST", format!("/api/v1/clients/{id}/secret"), json!({})),
            ("DELETE", format!("/api/v1/clients/{id}/secret"), json!({})),
            ("PUT", format!("/api/v1/clients/{id}/keys"), json!({ "keys": [] })),
        ] {
            let body = (!matches!(method, "GET" | "DELETE")).then(|| ("application/json", body.to_string()));
            stranger.send(method, &path, body).expect(404);
        }
        assert_eq!(stranger.get("/api/v1/clients").expect(200).json(), json!([]));

        let client = token_of(&app, &id, &secret);
        client.get(&format!("/api/v1/organisations/{own}")).expect(200);
        client.get("/api/v1/organisations/RYY").expect(404);
        assert_eq!(client.get("/api/v1/organisations").expect(200).json().as_array().map(Vec::len), Some(1));
        client.get("/api/v1/surveys").expect(200);
    }
}

on_both_databases! {
    fn a_scope_opens_its_own_door_and_no_other(database) {
        let app = App::spawn(database);
        let (own, administrator) = administrator(&app, "RXX");
        let survey = json!({ "title": "Race equality" });
        let (id, secret) = make_client(&administrator, &json!([]));
        let client = token_of(&app, &id, &secret);
        for path in [format!("/api/v1/organisations/{own}"), "/api/v1/surveys".to_owned(), "/api/v1/audit-events".to_owned()] {
            let refused = client.get(&path).expect(403);
            assert_eq!(refused.json()["type"], "urn:candour:problem:insufficient-scope");
        }
        client.post(&format!("/api/v1/organisations/{own}/surveys"), &survey).expect(403);

        // Scopes count as they are now; the token only limits them.
        let give = |scopes: Value| administrator.json("PATCH", &format!("/api/v1/clients/{id}"), &json!({ "scopes": scopes })).expect(200);
        give(json!(["survey:read", "survey:run"]));
        let runner = token_of(&app, &id, &secret);
        let created = runner.post(&format!("/api/v1/organisations/{own}/surveys"), &survey).expect(201).json();
        let path = format!("/api/v1/surveys/{}", created["id"].as_str().expect("an id"));
        runner.get(&path).expect(200);
        client.get("/api/v1/surveys").expect(403);
        give(json!(["survey:read"]));
        runner.get(&path).expect(200);
        let refused = runner.post(&format!("{path}/open"), &json!({})).expect(403);
        assert!(refused.json()["detail"].as_str().expect("a detail").contains("survey:run"), "{}", refused.body);
        let events = administrator.get("/api/v1/audit-events?kind=survey_created").expect(200).json();
        assert_eq!(events[0]["actor"], json!(format!("client:{id}")));

        // No scope makes clients, accounts or webhooks.
        for path in ["/api/v1/clients", &format!("/api/v1/organisations/{own}/accounts")] {
            runner.get(path).expect(404);
        }
    }
}

on_both_databases! {
    fn a_secret_is_rotated_with_an_overlap_and_a_revoked_client_is_refused_at_once(database) {
        let app = App::spawn(database);
        let (_, administrator) = administrator(&app, "RXX");
        let (id, first) = make_client(&administrator, &json!(["survey:read"]));
        let path = format!("/api/v1/clients/{id}");
        let secret = |hours: u16| {
            let answer = administrator.post(&format!("{path}/secret"), &json!({ "overlap_hours": hours })).expect(200);
            answer.json()["client_secret"].as_str().expect("a secret").to_owned()
        };
        let refused = |secret: &str| {
            let fields = [("grant_type", "client_credentials")];
            let answer = app.client.with_basic(&id, secret).form("/api/v1/auth/token", &fields).expect(401);
            assert_eq!(answer.json()["error"], "invalid_client");
            assert_eq!(answer.header("www-authenticate"), Some("Basic realm=\"candour\""));
            answer.body
        };
        let second = secret(24);
        token_of(&app, &id, &first);
        token_of(&app, &id, &second);
        let third = secret(0);
        refused(&first);
        refused(&second);
        let client = token_of(&app, &id, &third);
        client.get("/api/v1/surveys").expect(200);
        administrator.post(&format!("{path}/secret"), &json!({ "overlap_hours": 169 })).expect(422);

        administrator.send("DELETE", &path, None).expect(204);
        let problem = client.get("/api/v1/surveys").expect(401).json();
        assert_eq!(problem["type"], "urn:candour:problem:sign-in");
        let of_revoked = refused(&third);
        let fields = [("grant_type", "client_credentials")];
        let unknown = app.client.with_basic(&"0".repeat(32), &third).form("/api/v1/auth/token", &fields).expect(401);
        assert_eq!(of_revoked, unknown.body, "revoked and unknown are answered alike");
        administrator.get(&path).expect(404);
        assert_eq!(administrator.get("/api/v1/clients").expect(200).json(), json!([]));
    }
}

on_both_databases! {
    fn keys_that_cannot_be_taken_are_refused_with_a_sentence(database) {
        let app = App::spawn(database);
        let (_, administrator) = administrator(&app, "RXX");
        let good = Signer::new("2026", Algorithm::ES256).public();
        let mut private = good.clone();
        private["d"] = json!("AAAA");
        for (set, says) in [
            (json!({ "keys": [private] }), "private part"),
            (json!({ "keys": [good, good] }), "“kid”"),
            (json!({ "keys": [{ "kty": "oct", "kid": "a", "k": "AAAA" }] }), "private part"),
            (json!({ "keys": [{ "kty": "RSA", "kid": "a", "n": "AQAB", "e": "AQAB" }] }), "2048"),
            (json!({}), "JWK Set"),
        ] {
            let body = json!({ "name": "Staff system", "scopes": [], "jwks": set });
            let refused = administrator.post("/api/v1/clients", &body).expect(422);
            assert!(refused.json()["detail"].as_str().expect("a detail").contains(says), "{set}: {}", refused.body);
        }
        for name in ["", "a\u{7}b", &"x".repeat(101)] {
            administrator.post("/api/v1/clients", &json!({ "name": name, "scopes": [] })).expect(422);
        }
        administrator.post("/api/v1/clients", &json!({ "name": "x", "scopes": ["everything"] })).expect(422);
        let made = administrator.post("/api/v1/clients", &json!({ "name": "x", "scopes": [], "jwks": { "keys": [good] } }));
        let made = made.expect(201).json();
        assert_eq!((made["has_secret"].clone(), made["client_secret"].clone()), (json!(false), Value::Null));
        assert_eq!(made["keys"][0]["kid"], "2026");
    }
}
