//! Forged access tokens: whatever is wrong with one, the answer is the same 401.
//!
//! Most are signed with the installation's real key, opened with its secret: what refuses them is the one thing that is
//! wrong, not the signature.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use candour::domain::account::Role;
use candour::security::{Purpose, random_bytes};
use candour::services::now;
use jsonwebtoken::crypto::sign;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

use crate::clients::make_client;
use crate::support::{App, Client, Signer, execute, lines, on_both_databases};

/// The installation's own key.
struct OwnKey {
    name: String,
    key: EncodingKey,
    /// Public key, as it is published.
    public: Value,
}

impl OwnKey {
    /// The key in `state`, out of the database, opened with the secret.
    fn of(app: &App, state: &str) -> Self {
        let one = |column: &str| {
            let query = format!("SELECT {column} AS value FROM signing_keys WHERE state = '{state}'");
            lines(&app.database.url(), &query).pop().expect("a key")
        };
        let (name, sealed) = (one("id"), one("sealed"));
        let seed = app.services.sealer.open(Purpose::SigningKey, name.as_bytes(), &sealed).expect("it opens");
        Self { key: key_of(&seed), public: serde_json::from_str(&one("public_key")).expect("JSON"), name }
    }

    fn header(&self) -> Value {
        json!({ "typ": "at+jwt", "alg": "EdDSA", "kid": self.name })
    }

    /// Signs both as they are.
    fn sign(&self, header: &str, claims: &str) -> String {
        signed(&self.key, header, claims)
    }

    /// A token whose header is ours with some members replaced; `null` removes one.
    fn with_header(&self, changes: &Value, claims: &Value) -> String {
        self.sign(&changed(&self.header(), changes).to_string(), &claims.to_string())
    }
}

fn key_of(seed: &[u8]) -> EncodingKey {
    EncodingKey::from_ed_der(&[b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20", seed].concat())
}

fn signed(key: &EncodingKey, header: &str, claims: &str) -> String {
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let signature = sign(message.as_bytes(), key, Algorithm::EdDSA).expect("signed");
    format!("{message}.{signature}")
}

fn changed(value: &Value, changes: &Value) -> Value {
    let mut value = value.clone();
    for (name, change) in changes.as_object().expect("an object") {
        match change {
            Value::Null => drop(value.as_object_mut().expect("an object").remove(name)),
            change => value[name] = change.clone(),
        }
    }
    value
}

fn part(token: &str, index: usize) -> Value {
    let bytes = URL_SAFE_NO_PAD.decode(token.split('.').nth(index).expect("a part")).expect("base64");
    serde_json::from_slice(&bytes).expect("JSON")
}

/// A token of `client`, as it was given out.
fn given(client: &Client, app: &App, id: &str, secret: &str) -> String {
    let fields = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)];
    let answer = client.form("/api/v1/auth/token", &fields).expect(200).json();
    let token = answer["access_token"].as_str().expect("a token").to_owned();
    app.client.with_token(&token).get("/api/v1/surveys").expect(200);
    token
}

on_both_databases! {
    fn forged_tokens_all_get_the_same_answer(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let administrator = app.signed_in(Role::OrganisationAdministrator, Some(&ods));
        app.signed_in(Role::HrLead, Some(&ods));
        let sign_in = json!({ "email": "hr_lead.rxx@example.org", "password": "a password of tests, quite long" });
        let of_account = |name: &str| app.client.post("/api/v1/auth/token", &sign_in).expect(200).json()[name].as_str().expect("a token").to_owned();
        let (token, refresh_token) = (of_account("access_token"), of_account("refresh_token"));
        let (id, secret) = make_client(&administrator, &json!(["survey:read"]));
        let client_token = given(&app.client, &app, &id, &secret);
        let own = OwnKey::of(&app, "active");
        let (claims, of_client) = (part(&token, 1), part(&client_token, 1));
        let in_seconds = |seconds: i64| json!(now().unix_timestamp() + seconds);
        let with = |changes: Value| own.with_header(&json!({}), &changed(&claims, &changes));
        let headed = |changes: Value| own.with_header(&changes, &claims);
        let as_client = |changes: Value| own.with_header(&json!({}), &changed(&of_client, &changes));
        let pieces: Vec<&str> = token.split('.').collect();
        let (head, body, signature) = (pieces[0], pieces[1], pieces[2]);
        let encoded = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let stranger = Signer::new(&own.name, Algorithm::EdDSA);
        let other_kind = Signer::new(&own.name, Algorithm::ES256);
        let hmac = |key: &[u8], alg: Algorithm, name: &str| {
            let head = encoded(&json!({ "typ": "at+jwt", "alg": name, "kid": own.name }));
            let message = format!("{head}.{body}");
            format!("{message}.{}", sign(message.as_bytes(), &EncodingKey::from_secret(key), alg).expect("signed"))
        };
        let raw = URL_SAFE_NO_PAD.decode(own.public["x"].as_str().expect("a key")).expect("base64");
        let next = OwnKey::of(&app, "next");
        let mut bytes = URL_SAFE_NO_PAD.decode(signature).expect("base64");
        bytes[10] ^= 1;
        let twice = |text: &str, name: &str, value: &str| text.replacen('{', &format!("{{\"{name}\":\"{value}\","), 1);
        let text = claims.to_string();

        // What is refused below is refused for what is wrong with it: made the same way without, it opens.
        for good in [with(json!({})), as_client(json!({}))] {
            app.client.with_token(&good).get("/api/v1/surveys").expect(200);
        }
        let forged: Vec<(&str, String)> = vec![
            ("empty", String::new()),
            ("one letter", "x".to_owned()),
            ("three empty parts", "..".to_owned()),
            ("not base64", "a.b.c".to_owned()),
            ("two parts", format!("{head}.{body}")),
            ("four parts", format!("{token}.{signature}")),
            ("no header", format!(".{body}.{signature}")),
            ("no claims", format!("{head}..{signature}")),
            ("no signature", format!("{head}.{body}.")),
            ("alg none without signature", format!("{}.{body}.", encoded(&json!({ "typ": "at+jwt", "alg": "none", "kid": own.name })))),
            ("alg none with signature", headed(json!({ "alg": "none" }))),
            ("alg NonE", headed(json!({ "alg": "NonE" }))),
            ("alg is missing", headed(json!({ "alg": null }))),
            ("HS256 with the public key's bytes", hmac(&raw, Algorithm::HS256, "HS256")),
            ("HS256 with the published JWK", hmac(own.public.to_string().as_bytes(), Algorithm::HS256, "HS256")),
            ("HS512 with the empty key", hmac(b"", Algorithm::HS512, "HS512")),
            ("another algorithm's name", headed(json!({ "alg": "ES256" }))),
            ("ES256 under our key's name", other_kind.sign(&json!({ "typ": "at+jwt" }), &claims)),
            ("another key under our key's name", stranger.sign(&json!({ "typ": "at+jwt" }), &claims)),
            ("the next key, which signs nothing yet", next.with_header(&json!({}), &claims)),
            ("unknown kid", headed(json!({ "kid": "0".repeat(32) }))),
            ("kid is a path", headed(json!({ "kid": "../../../../dev/null" }))),
            ("kid is SQL", headed(json!({ "kid": format!("{}' OR '1'='1", own.name) }))),
            ("kid is a number", headed(json!({ "kid": 7 }))),
            ("kid is missing", headed(json!({ "kid": null }))),
            ("kid twice", own.sign(&twice(&own.header().to_string(), "kid", &own.name), &text)),
            ("typ JWT", headed(json!({ "typ": "JWT" }))),
            ("typ is missing", headed(json!({ "typ": null }))),
            ("typ of an ID token", headed(json!({ "typ": "id+jwt" }))),
            ("crit", headed(json!({ "crit": ["exp"] }))),
            ("b64", headed(json!({ "b64": false, "crit": ["b64"] }))),
            ("jku", headed(json!({ "jku": "https://example.org/keys" }))),
            ("x5u", headed(json!({ "x5u": "https://example.org/chain" }))),
            ("x5c", headed(json!({ "x5c": ["AAAA"] }))),
            ("jwk: a key of its own", stranger.sign(&json!({ "typ": "at+jwt", "jwk": stranger.public() }), &claims)),
            ("jwk beside our signature", headed(json!({ "jwk": stranger.public() }))),
            ("a header that we do not know", headed(json!({ "admin": true }))),
            ("cut signature", token[..token.len() - 4].to_owned()),
            ("flipped bit in the signature", format!("{head}.{body}.{}", URL_SAFE_NO_PAD.encode(&bytes))),
            ("longer signature", format!("{token}AAAA")),
            ("padded signature", format!("{token}==")),
            ("signature of zeros", format!("{head}.{body}.{}", URL_SAFE_NO_PAD.encode([0; 64]))),
            ("claims of another token", format!("{head}.{}.{signature}", encoded(&of_client))),
            ("changed claims", format!("{head}.{}.{signature}", encoded(&changed(&claims, &json!({ "exp": in_seconds(9999) }))))),
            ("expired", with(json!({ "exp": in_seconds(-10) }))),
            ("exp is missing", with(json!({ "exp": null }))),
            ("exp is a text", with(json!({ "exp": "tomorrow" }))),
            ("nbf in the future", with(json!({ "nbf": in_seconds(60) }))),
            ("another issuer", with(json!({ "iss": "https://example.org" }))),
            ("no issuer", with(json!({ "iss": null }))),
            ("another audience", with(json!({ "aud": "another-api" }))),
            ("no audience", with(json!({ "aud": null }))),
            ("sub twice", own.sign(&own.header().to_string(), &twice(&text, "sub", &"0".repeat(32)))),
            ("a claim that we do not know", with(json!({ "role": "platform_administrator" }))),
            ("sub of nobody", with(json!({ "sub": "0".repeat(32) }))),
            ("sub is SQL", with(json!({ "sub": "' OR '1'='1" }))),
            ("sid of nobody", with(json!({ "sid": "0".repeat(32) }))),
            ("no sid and no client", with(json!({ "sid": null }))),
            ("account and client at once", with(json!({ "client_id": id, "scope": "survey:read" }))),
            ("client under an account's name", as_client(json!({ "sub": claims["sub"].clone() }))),
            ("a client's token without scope", as_client(json!({ "scope": null }))),
            ("a scope that there is not", as_client(json!({ "scope": "everything" }))),
            ("claims are an array", own.sign(&own.header().to_string(), "[]")),
            ("header is an array", own.sign("[]", &text)),
            ("huge", with(json!({ "jti": "0".repeat(9_000) }))),
            ("a refresh token", refresh_token),
            ("a client's secret", secret.clone()),
        ];
        assert!(forged.len() >= 25);
        let answer = |token: &str| {
            let refused = app.client.with_token(token).get("/api/v1/surveys");
            let body = serde_json::from_str::<Value>(&refused.body).unwrap_or_else(|_| json!(refused.body));
            let body = if body.is_object() { changed(&body, &json!({ "request_id": null })) } else { body };
            (refused.status, body)
        };
        let expected = (401, changed(&app.client.get("/api/v1/surveys").expect(401).json(), &json!({ "request_id": null })));
        for (what, token) in &forged {
            assert_eq!(answer(token), expected, "{what}");
        }

        // And tokens that were good: what they hang on is gone.
        let path = format!("/api/v1/clients/{id}");
        administrator.send("DELETE", &path, None).expect(204);
        assert_eq!(answer(&client_token), expected, "revoked client");
        let account = claims["sub"].as_str().expect("an id");
        assert_eq!(answer(&token).0, 200);
        execute(&app.database.url(), &format!("DELETE FROM accounts WHERE id = '{account}'"));
        assert_eq!(answer(&token), expected, "account that is gone");
        let random: String = random_bytes::<64>().iter().map(|byte| char::from(33 + byte % 90)).collect();
        assert_eq!(answer(&random), expected, "noise");
    }
}
