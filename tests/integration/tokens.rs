//! Tokens: OAuth 2.0 grants, refresh, revocation, keys and their rotation.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use candour::domain::account::Role;
use candour::services::now;
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use crate::clients::{make_client, token_of};
use crate::support::{Answer, App, Finished, Settings, Signer, TestDatabase, on_both_databases};

const TOKEN: &str = "/api/v1/auth/token";
/// What the settings of tests say is our public address, and so the audience of assertions.
const AUDIENCE: &str = "http://127.0.0.1:8080/api/v1/auth/token";
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Signs somebody in; gives access and refresh token.
fn sign_in(app: &App, role: Role, ods: &str) -> (String, String) {
    let email = format!("{role}.{}@example.org", ods.to_lowercase());
    tokens(
        &app.client.post(TOKEN, &json!({ "email": email, "password": "a password of tests, quite long" })).expect(200),
    )
}

fn tokens(answer: &Answer) -> (String, String) {
    let body = answer.json();
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    (text("access_token"), text("refresh_token"))
}

fn refresh(app: &App, token: &str) -> Answer {
    app.client.form(TOKEN, &[("grant_type", "refresh_token"), ("refresh_token", token)])
}

fn assert_with(app: &App, assertion: &str) -> Answer {
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", ASSERTION_TYPE),
        ("client_assertion", assertion),
    ];
    app.client.form(TOKEN, &fields)
}

fn claims(client: &str, jti: &str) -> Value {
    json!({ "iss": client, "sub": client, "aud": AUDIENCE, "jti": jti, "exp": now().unix_timestamp() + 240 })
}

on_both_databases! {
    fn refresh_tokens_rotate_and_one_that_comes_back_ends_its_family(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        app.signed_in(Role::HrLead, Some(&ods));
        let other = app.signed_in(Role::OrganisationAdministrator, Some(&ods));
        let (access, first) = sign_in(&app, Role::HrLead, "RXX");
        let (second_access, second) = tokens(&refresh(&app, &first).expect(200));
        let (_, third) = tokens(&refresh(&app, &second).expect(200));
        assert_eq!(BTreeSet::from([&first, &second, &third]).len(), 3);
        app.client.with_token(&second_access).get("/api/v1/surveys").expect(200);

        // Somebody uses an earlier one: neither they nor the owner keep anything.
        let answer = refresh(&app, &first).expect(400);
        assert_eq!(answer.json()["error"], "invalid_grant");
        refresh(&app, &third).expect(400);
        for token in [&access, &second_access] {
            app.client.with_token(token).get("/api/v1/surveys").expect(401);
        }
        let events = other.get("/api/v1/audit-events?kind=refresh_token_reused").expect(200).json();
        assert_eq!(events.as_array().map(Vec::len), Some(1));

        // Somebody who knows the name of a sign-in, but never had a token of it, ends nothing.
        let (access, mine) = sign_in(&app, Role::HrLead, "RXX");
        let (named, _) = mine.rsplit_once('.').expect("a code");
        for forged in [format!("{named}.AAAA"), format!("{}7.AAAA", named), String::new(), "a.b.c".to_owned()] {
            refresh(&app, &forged).expect(400);
        }
        app.client.with_token(&access).get("/api/v1/surveys").expect(200);
        refresh(&app, &mine).expect(200);
    }
}

on_both_databases! {
    fn what_a_token_hangs_on_ends_it_on_the_next_request(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        app.signed_in(Role::Viewer, Some(&ods));
        let administrator = app.signed_in(Role::OrganisationAdministrator, Some(&ods));
        let accounts = format!("/api/v1/organisations/{ods}/accounts");
        let listed = administrator.get(&accounts).expect(200).json();
        let viewer = listed.as_array().expect("a list").iter().find(|entry| entry["role"] == "viewer").expect("the viewer");
        let viewer = format!("{accounts}/{}", viewer["id"].as_str().expect("an id"));
        let ends = |what: &str, end: &dyn Fn(&str, &str)| {
            let (access, refresh_token) = sign_in(&app, Role::Viewer, "RXX");
            app.client.with_token(&access).get("/api/v1/surveys").expect(200);
            end(&access, &refresh_token);
            let answer = app.client.with_token(&access).get("/api/v1/surveys");
            assert_eq!(answer.status, 401, "{what}");
            assert_eq!(refresh(&app, &refresh_token).status, 400, "{what}");
        };
        let revoke = |token: &str| app.client.form("/api/v1/auth/revoke", &[("token", token)]).expect(200);
        ends("revoked by access token", &|access, _| drop(revoke(access)));
        ends("revoked by refresh token", &|_, refresh| drop(revoke(refresh)));
        ends("sessions ended", &|_, _| drop(administrator.send("DELETE", &format!("{viewer}/sessions"), None).expect(204)));
        ends("role changed", &|_, _| {
            for role in ["hr_lead", "viewer"] {
                administrator.json("PATCH", &viewer, &json!({ "role": role })).expect(200);
            }
        });
        ends("disabled", &|_, _| drop(administrator.json("PATCH", &viewer, &json!({ "disabled": true })).expect(200)));
        revoke("no token at all");
        app.client.form("/api/v1/auth/revoke", &[]).expect(400);
    }
}

on_both_databases! {
    fn a_client_s_token_can_be_revoked_alone(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let administrator = app.signed_in(Role::OrganisationAdministrator, Some(&ods));
        let (id, secret) = make_client(&administrator, &json!(["survey:read"]));
        let fields = [("grant_type", "client_credentials"), ("client_id", &id), ("client_secret", &secret)];
        let (token, refresh_token) = tokens(&app.client.form(TOKEN, &fields).expect(200));
        assert_eq!(refresh_token, "", "a client has its secret to come back with");
        let other = token_of(&app, &id, &secret);
        for _ in 0..2 {
            app.client.form("/api/v1/auth/revoke", &[("token", &token)]).expect(200);
        }
        app.client.with_token(&token).get("/api/v1/surveys").expect(401);
        other.get("/api/v1/surveys").expect(200);
    }
}

on_both_databases! {
    fn grants_are_asked_for_as_the_standard_says(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let administrator = app.signed_in(Role::OrganisationAdministrator, Some(&ods));
        let (id, secret) = make_client(&administrator, &json!(["survey:read", "workforce:write"]));
        let basic = app.client.with_basic(&id, &secret);
        let granted = basic.form(TOKEN, &[("grant_type", "client_credentials"), ("scope", "survey:read")]).expect(200).json();
        assert_eq!((granted["scope"].clone(), granted["token_type"].clone()), (json!("survey:read"), json!("Bearer")));
        let all = basic.form(TOKEN, &[("grant_type", "client_credentials"), ("unknown", "ignored")]).expect(200).json();
        assert_eq!(all["scope"], "survey:read workforce:write");

        let wrong = [
            (vec![("grant_type", "client_credentials"), ("scope", "survey:run")], 400, "invalid_scope"),
            (vec![("grant_type", "client_credentials"), ("scope", "everything")], 400, "invalid_scope"),
            (vec![("grant_type", "password")], 400, "unsupported_grant_type"),
            (vec![("grant_type", "refresh_token")], 400, "invalid_request"),
            (vec![("scope", "survey:read")], 400, "invalid_request"),
            (vec![("grant_type", "client_credentials"), ("grant_type", "client_credentials")], 400, "invalid_request"),
            (vec![("grant_type", "client_credentials"), ("client_id", &id), ("client_secret", &secret)], 400, "invalid_request"),
        ];
        for (fields, status, error) in wrong {
            let answer = basic.form(TOKEN, &fields).expect(status);
            assert_eq!(answer.json()["error"], error, "{fields:?}");
            assert_eq!(answer.header("content-type"), Some("application/json"));
        }
        let nothing = app.client.form(TOKEN, &[("grant_type", "client_credentials")]).expect(400);
        assert_eq!(nothing.json()["error"], "invalid_request");
        app.client.with_basic(&id, "wrong").form(TOKEN, &[("grant_type", "client_credentials")]).expect(401);

        let metadata = app.client.get("/.well-known/oauth-authorization-server").expect(200).json();
        assert_eq!(metadata["token_endpoint"], AUDIENCE);
        assert!(metadata["scopes_supported"].as_array().expect("scopes").contains(&json!("workforce:write")));
    }
}

on_both_databases! {
    fn assertions_of_all_four_algorithms_are_good_once(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let administrator = app.signed_in(Role::OrganisationAdministrator, Some(&ods));
        let algorithms = [Algorithm::RS512, Algorithm::PS256, Algorithm::ES256, Algorithm::EdDSA];
        let signers: Vec<Signer> = algorithms.iter().map(|algorithm| Signer::new(&format!("{algorithm:?}"), *algorithm)).collect();
        let keys: Vec<Value> = signers.iter().map(Signer::public).collect();
        let body = json!({ "name": "Staff system", "scopes": ["survey:read"], "jwks": { "keys": keys } });
        let id = administrator.post("/api/v1/clients", &body).expect(201).json()["id"].as_str().expect("an id").to_owned();
        let (plain, stranger) = (json!({}), Signer::new("ES256", Algorithm::ES256));
        for signer in &signers {
            let assertion = signer.sign(&plain, &claims(&id, &signer.name));
            let (token, _) = tokens(&assert_with(&app, &assertion).expect(200));
            app.client.with_token(&token).get("/api/v1/surveys").expect(200);
            assert_with(&app, &assertion).expect(401);
            // The same jti in another assertion is the same one.
            assert_with(&app, &signer.sign(&json!({ "typ": "JWT" }), &claims(&id, &signer.name))).expect(401);
        }

        let es = &signers[2];
        let with = |name: &str, value: Value| {
            let mut claims = claims(&id, &format!("{name} {value}"));
            claims[name] = value;
            claims
        };
        let mut without_jti = claims(&id, "");
        without_jti.as_object_mut().expect("an object").remove("jti");
        let in_seconds = |seconds: i64| json!(now().unix_timestamp() + seconds);
        let foreign = app.organisation("RYY");
        let other = app.signed_in(Role::OrganisationAdministrator, Some(&foreign));
        let (other_id, _) = make_client(&other, &json!(["survey:read"]));
        let bad = [
            ("another key under the same name", stranger.sign(&plain, &claims(&id, "1"))),
            ("unknown name of a key", es.sign(&json!({ "kid": "nobody" }), &claims(&id, "2"))),
            ("key of another algorithm", es.sign(&json!({ "kid": "EdDSA" }), &claims(&id, "3"))),
            ("name of a path", es.sign(&json!({ "kid": "../../../dev/null" }), &claims(&id, "4"))),
            ("audience of another", es.sign(&plain, &with("aud", json!("https://example.org/token")))),
            ("ended", es.sign(&plain, &with("exp", in_seconds(-60)))),
            ("lives too long", es.sign(&plain, &with("exp", in_seconds(600)))),
            ("not yet", es.sign(&plain, &with("nbf", in_seconds(60)))),
            ("from the future", es.sign(&plain, &with("iat", in_seconds(60)))),
            ("subject is another", es.sign(&plain, &with("sub", json!(other_id)))),
            ("issuer is another", es.sign(&plain, &with("iss", json!(other_id)))),
            ("both are another, without keys", es.sign(&plain, &claims(&other_id, "5"))),
            ("no jti", es.sign(&plain, &without_jti)),
            ("empty jti", es.sign(&plain, &claims(&id, ""))),
            ("an access token", es.sign(&json!({ "typ": "at+jwt" }), &claims(&id, "6"))),
            ("a key of its own", es.sign(&json!({ "jwk": stranger.public() }), &claims(&id, "7"))),
            ("a key from elsewhere", es.sign(&json!({ "jku": "https://example.org/keys" }), &claims(&id, "8"))),
            ("not a token", "a.b.c".to_owned()),
        ];
        let first = assert_with(&app, &bad[0].1).expect(401).body;
        for (what, assertion) in &bad {
            let answer = assert_with(&app, assertion);
            assert_eq!((answer.status, answer.body), (401, first.clone()), "{what}");
        }
        let good = es.sign(&plain, &claims(&id, "and a good one"));
        let named = |client: &str| {
            let fields = [
                ("grant_type", "client_credentials"),
                ("client_id", client),
                ("client_assertion_type", ASSERTION_TYPE),
                ("client_assertion", &good),
            ];
            app.client.form(TOKEN, &fields)
        };
        named(&other_id).expect(401);
        named(&id).expect(200);
        let aud = with("aud", json!([AUDIENCE, "https://example.org"]));
        assert_with(&app, &es.sign(&plain, &aud)).expect(200);
    }
}

on_both_databases! {
    fn keys_rotate_without_a_failed_request(database) {
        let no_limit = Settings::from([("CANDOUR__API__REQUESTS_PER_MINUTE".to_owned(), "0".to_owned())]);
        let app = App::spawn_with(database, &no_limit);
        let ods = app.organisation("RXX");
        let administrator = app.signed_in(Role::OrganisationAdministrator, Some(&ods));
        let (id, secret) = make_client(&administrator, &json!(["survey:read"]));
        let before = token_of(&app, &id, &secret);
        let kids = || -> BTreeSet<String> {
            let keys = app.client.get("/api/v1/auth/keys").expect(200).json();
            keys["keys"].as_array().expect("keys").iter().map(|key| key["kid"].as_str().expect("a kid").to_owned()).collect()
        };
        let url = app.database.url();
        let rotate = |arguments: &[&str]| {
            let variables = [("CANDOUR__DATABASE__URL", url.as_str()), ("CANDOUR__SECURITY__SECRET", "a secret of tests, long enough for everybody")];
            Finished::candour(&[&["keys", "rotate"], arguments].concat(), &variables).expect(0).stdout
        };
        let published = kids();
        assert_eq!(published.len(), 2, "one signs, one is next");

        let stop = Arc::new(AtomicBool::new(false));
        let asking: Vec<_> = (0..2)
            .map(|_| {
                let (client, stop, id, secret) = (app.client.clone(), Arc::clone(&stop), id.clone(), secret.clone());
                std::thread::spawn(move || {
                    let mut asked = 0;
                    while !stop.load(Ordering::Relaxed) {
                        let fields = [("grant_type", "client_credentials"), ("client_id", id.as_str()), ("client_secret", secret.as_str())];
                        let (token, _) = tokens(&client.form(TOKEN, &fields).expect(200));
                        client.with_token(&token).get("/api/v1/surveys").expect(200);
                        asked += 1;
                    }
                    asked
                })
            })
            .collect();
        for _ in 0..3 {
            let said = rotate(&[]);
            let after = kids();
            assert!(published.iter().all(|kid| after.contains(kid)), "what has signed is still published");
            assert!(after.iter().any(|kid| said.contains(&format!("active {kid}"))), "{said}");
            before.get("/api/v1/surveys").expect(200);
        }
        stop.store(true, Ordering::Relaxed);
        for thread in asking {
            assert!(thread.join().expect("no request failed") > 0);
        }
        assert_eq!(kids().len(), 5, "three retired, one that signs, one next");

        rotate(&["--compromised"]);
        assert_eq!(kids().len(), 2);
        before.get("/api/v1/surveys").expect(401);
        token_of(&app, &id, &secret).get("/api/v1/surveys").expect(200);
    }
}

#[test]
fn private_keys_are_sealed_where_they_lie() {
    let app = App::spawn(TestDatabase::sqlite());
    let ods = app.organisation("RXX");
    app.signed_in(Role::Viewer, Some(&ods));
    let url = app.database.url();
    let stored = crate::support::lines(&url, "SELECT sealed || ' ' || public_key AS value FROM signing_keys");
    assert_eq!(stored.len(), 2);
    assert!(stored.iter().all(|row| !row.contains("\"d\"")), "{stored:?}");

    // With another secret the key does not open, and the answer says nothing of it.
    let other = "CANDOUR__SECURITY__SECRET".to_owned();
    let settings = Settings::from([(other, "another secret of tests, long enough for all".to_owned())]);
    let other = App::spawn_with(app.database, &settings);
    let body = json!({ "email": "viewer.rxx@example.org", "password": "a password of tests, quite long" });
    let answer = other.client.post(TOKEN, &body).expect(500);
    assert!(!answer.body.contains("secret") && !answer.body.contains("key"), "{}", answer.body);
}
