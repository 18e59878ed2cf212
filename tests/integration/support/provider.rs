//! An identity provider (OpenID Connect) on this machine, which does as it should, or as it is told.

use std::collections::BTreeMap;
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, get_current_timestamp};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Signer;
use super::receiver::{self, Received};

pub const CLIENT_ID: &str = "candour-at-RXX";
pub const CLIENT_SECRET: &str = "s3cret/of+the:trust";

/// What a provider does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    WrongIssuer,
    WrongNonce,
    NoNonce,
    WrongAudience,
    SharedAudienceWithoutParty,
    AnotherParty,
    Expired,
    Old,
    FromTheFuture,
    NoSubject,
    AlgorithmNone,
    Unsigned,
    SharedSecret,
    OtherKey,
    KeyBroughtAlong,
    AccessTokenForIdToken,
    NoToken,
    NotJson,
    TooLarge,
    ServerError,
}

impl Fault {
    pub const ALL: [Self; 20] = [
        Self::WrongIssuer,
        Self::WrongNonce,
        Self::NoNonce,
        Self::WrongAudience,
        Self::SharedAudienceWithoutParty,
        Self::AnotherParty,
        Self::Expired,
        Self::Old,
        Self::FromTheFuture,
        Self::NoSubject,
        Self::AlgorithmNone,
        Self::Unsigned,
        Self::SharedSecret,
        Self::OtherKey,
        Self::KeyBroughtAlong,
        Self::AccessTokenForIdToken,
        Self::NoToken,
        Self::NotJson,
        Self::TooLarge,
        Self::ServerError,
    ];
}

/// Somebody whom the provider knows.
#[derive(Debug, Clone)]
pub struct Person {
    pub subject: String,
    pub email: String,
    pub verified: Value,
}

impl Person {
    pub fn new(subject: &str, email: &str) -> Self {
        Self { subject: subject.to_owned(), email: email.to_owned(), verified: json!(true) }
    }
}

struct Grant {
    person: Person,
    nonce: String,
    challenge: String,
    redirect_uri: String,
}

struct State {
    signer: Signer,
    fault: Option<Fault>,
    names_itself: bool,
    claimed_issuer: Option<String>,
    grants: BTreeMap<String, Grant>,
    asked: Vec<String>,
}

pub struct Provider {
    port: u16,
    state: Arc<Mutex<State>>,
}

impl Provider {
    pub fn start(algorithm: Algorithm) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let state = State {
            signer: Signer::new("first", algorithm),
            fault: None,
            names_itself: true,
            claimed_issuer: None,
            grants: BTreeMap::new(),
            asked: Vec::new(),
        };
        let state = Arc::new(Mutex::new(state));
        let served = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                serve(stream, port, &served);
            }
        });
        Self { port, state }
    }

    pub fn issuer(&self) -> String {
        issuer(self.port)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no panic")
    }

    pub fn misbehave(&self, fault: Option<Fault>) {
        self.state().fault = fault;
    }

    /// Whether answers say who sent them, and the description says that they do.
    pub fn name_itself(&self, whether: bool) {
        self.state().names_itself = whether;
    }

    /// What the description calls the issuer.
    pub fn claim_to_be(&self, issuer: &str) {
        self.state().claimed_issuer = Some(issuer.to_owned());
    }

    /// Paths that were asked for since the last time somebody looked.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.state().asked)
    }

    /// `person` signs in at the address that a browser was sent to; gives the address that it is sent back to.
    pub fn sign_in(&self, address: &str, person: &Person) -> String {
        let (path, query) = address.split_once('?').expect("parameters");
        assert_eq!(path, format!("{}/authorize", self.issuer()));
        let query = parameters(query);
        assert_eq!(query["response_type"], "code");
        assert_eq!(query["client_id"], CLIENT_ID);
        assert_eq!(query["code_challenge_method"], "S256");
        assert!(query["scope"].split(' ').any(|scope| scope == "openid"));
        let code = super::postgres::random_hex();
        let grant = Grant {
            person: person.clone(),
            nonce: query["nonce"].clone(),
            challenge: query["code_challenge"].clone(),
            redirect_uri: query["redirect_uri"].clone(),
        };
        let mut state = self.state();
        let names = if state.names_itself { format!("&iss={}", self.issuer()) } else { String::new() };
        state.grants.insert(code.clone(), grant);
        format!("{}?code={code}&state={}{names}", query["redirect_uri"], query["state"])
    }
}

fn issuer(port: u16) -> String {
    format!("http://127.0.0.1:{port}/realm")
}

fn serve(mut stream: TcpStream, port: u16, state: &Mutex<State>) {
    let Received { path, headers, body } = receiver::read(&stream);
    let mut state = state.lock().expect("no panic");
    state.asked.push(path.clone());
    let (status, answer) = match path.as_str() {
        "/realm/.well-known/openid-configuration" => (200, description(port, &state).to_string()),
        "/realm/keys" => (200, json!({ "keys": [state.signer.public()] }).to_string()),
        "/realm/token" => token(port, &mut state, headers.get("authorization"), &body),
        _ => (404, String::new()),
    };
    let length = answer.len();
    let _ = write!(stream, "HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{answer}");
}

fn description(port: u16, state: &State) -> Value {
    let issuer = issuer(port);
    json!({
        "issuer": state.claimed_issuer.clone().unwrap_or_else(|| issuer.clone()),
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "authorization_response_iss_parameter_supported": state.names_itself,
        "code_challenge_methods_supported": ["plain", "S256"],
    })
}

fn token(port: u16, state: &mut State, authorization: Option<&String>, body: &str) -> (u16, String) {
    let refused = |error: &str| (400, json!({ "error": error }).to_string());
    let form = parameters(body);
    let basic =
        authorization.and_then(|header| header.strip_prefix("Basic ")).and_then(|text| STANDARD.decode(text).ok());
    let basic = basic.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
    let (name, secret) = basic.split_once(':').unwrap_or_default();
    if decoded(name) != CLIENT_ID || decoded(secret) != CLIENT_SECRET {
        return refused("invalid_client");
    }
    let Some(grant) = form.get("code").and_then(|code| state.grants.remove(code)) else {
        return refused("invalid_grant");
    };
    let challenge = form.get("code_verifier").map(|verifier| URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)));
    if challenge != Some(grant.challenge.clone()) || form.get("redirect_uri") != Some(&grant.redirect_uri) {
        return refused("invalid_grant");
    }
    match state.fault {
        Some(Fault::NoToken) => (200, json!({ "access_token": "x", "token_type": "Bearer" }).to_string()),
        Some(Fault::NotJson) => (200, "<html>".to_owned()),
        Some(Fault::TooLarge) => (200, json!({ "id_token": "x".repeat(1_000_000) }).to_string()),
        Some(Fault::ServerError) => (500, String::new()),
        _ => (200, json!({ "id_token": id_token(port, state, &grant), "token_type": "Bearer" }).to_string()),
    }
}

fn id_token(port: u16, state: &State, grant: &Grant) -> String {
    let now = get_current_timestamp();
    let mut claims = json!({
        "iss": issuer(port), "sub": grant.person.subject, "aud": CLIENT_ID, "nonce": grant.nonce,
        "iat": now, "exp": now + 300, "email": grant.person.email, "email_verified": grant.person.verified,
    });
    let mut header = json!({ "typ": "JWT" });
    match state.fault {
        Some(Fault::WrongIssuer) => claims["iss"] = json!("https://login.example.org"),
        Some(Fault::WrongNonce) => claims["nonce"] = json!("another"),
        Some(Fault::NoNonce) => drop(claims.as_object_mut().expect("an object").remove("nonce")),
        Some(Fault::WrongAudience) => claims["aud"] = json!("another client"),
        Some(Fault::SharedAudienceWithoutParty) => claims["aud"] = json!([CLIENT_ID, "another client"]),
        Some(Fault::AnotherParty) => claims["azp"] = json!("another client"),
        Some(Fault::Expired) => claims["exp"] = json!(now - 120),
        Some(Fault::Old) => claims["iat"] = json!(now - 3_600),
        Some(Fault::FromTheFuture) => claims["iat"] = json!(now + 3_600),
        Some(Fault::NoSubject) => claims["sub"] = json!(""),
        Some(Fault::AccessTokenForIdToken) => header["typ"] = json!("at+jwt"),
        Some(Fault::KeyBroughtAlong) => header["jwk"] = state.signer.public(),
        _ => {}
    }
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    match state.fault {
        Some(Fault::AlgorithmNone) => format!("{}.{}.", part(&json!({ "alg": "none", "typ": "JWT" })), part(&claims)),
        Some(Fault::Unsigned) => {
            let signed = state.signer.sign(&header, &claims);
            format!("{}.", signed.rsplit_once('.').expect("a signature").0)
        }
        Some(Fault::SharedSecret) => {
            let head = Header { kid: Some(state.signer.name.clone()), ..Header::new(Algorithm::HS256) };
            encode(&head, &claims, &EncodingKey::from_secret(CLIENT_SECRET.as_bytes())).expect("signed")
        }
        Some(Fault::OtherKey) => Signer::new(&state.signer.name, Algorithm::EdDSA).sign(&header, &claims),
        _ => state.signer.sign(&header, &claims),
    }
}

/// Parameters of a query or a form.
pub fn parameters(text: &str) -> BTreeMap<String, String> {
    text.split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), decoded(value)))
        .collect()
}

fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}
