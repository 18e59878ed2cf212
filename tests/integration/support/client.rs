//! Somebody with an HTTP client: status codes are answers, not errors.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use ureq::Agent;
use ureq::http::Request;

/// A client of one server, signed in or not.
#[derive(Clone)]
pub struct Client {
    agent: Agent,
    base: String,
    token: Option<String>,
    cookie: Option<String>,
    headers: Vec<(&'static str, String)>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Client {
    pub fn new(base: &str) -> Self {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(std::time::Duration::from_secs(60)))
            .build()
            .into();
        Self { agent, base: base.to_owned(), token: None, cookie: None, headers: Vec::new() }
    }

    /// Address of the server.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The same client with an access token.
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// The access token, for another server of the same service.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// The same client with a cookie.
    pub fn with_cookie(&self, cookie: &str) -> Self {
        Self { cookie: Some(cookie.to_owned()), ..self.clone() }
    }

    /// The same client with one more header.
    pub fn with_header(&self, name: &'static str, value: &str) -> Self {
        let mut client = self.clone();
        client.headers.push((name, value.to_owned()));
        client
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None)
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.json("POST", path, body)
    }

    /// Sends a form.
    pub fn form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let encode =
            |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
        let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
        self.send("POST", path, Some(("application/x-www-form-urlencoded", pairs.join("&"))))
    }

    /// The same client with HTTP basic authentication.
    pub fn with_basic(&self, name: &str, password: &str) -> Self {
        self.with_header("authorization", &format!("Basic {}", STANDARD.encode(format!("{name}:{password}"))))
    }

    pub fn json(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.send(method, path, Some(("application/json", body.to_string())))
    }

    /// Sends `body` with its media type; a failure to get any answer is the test's.
    pub fn send(&self, method: &str, path: &str, body: Option<(&str, String)>) -> Answer {
        self.try_send(method, path, body).unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    /// Sends bytes that need not be text.
    #[track_caller]
    pub fn send_bytes(&self, method: &str, path: &str, kind: &str, body: &[u8]) -> Answer {
        let request = self.request(method, path).header("content-type", kind).body(body);
        let response = self.agent.run(request.expect("a request")).unwrap_or_else(|error| panic!("{path}: {error}"));
        answer(response).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// A file that need not be text, with the status.
    pub fn download(&self, path: &str) -> (u16, Vec<u8>) {
        let request = self.request("GET", path).body(()).expect("a request");
        let response = self.agent.run(request).unwrap_or_else(|error| panic!("{path}: {error}"));
        (response.status().as_u16(), response.into_body().read_to_vec().expect("bytes"))
    }

    /// A body as it travels to a browser that takes these encodings, with status and headers.
    pub fn bytes_encoded(&self, path: &str, takes: &str) -> (u16, BTreeMap<String, String>, Vec<u8>) {
        let request = self.request("GET", path).header("accept-encoding", takes).body(()).expect("a request");
        let response = self.agent.run(request).unwrap_or_else(|error| panic!("{path}: {error}"));
        let text = |value: &ureq::http::HeaderValue| value.to_str().unwrap_or_default().to_owned();
        let headers = response.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect();
        (response.status().as_u16(), headers, response.into_body().read_to_vec().expect("bytes"))
    }

    fn request(&self, method: &str, path: &str) -> ureq::http::request::Builder {
        let request = Request::builder().method(method).uri(format!("{}{path}", self.base));
        let request = match &self.token {
            Some(token) => request.header("authorization", format!("Bearer {token}")),
            None => request,
        };
        let request = match &self.cookie {
            Some(cookie) => request.header("cookie", cookie),
            None => request,
        };
        self.headers.iter().fold(request, |request, (name, value)| request.header(*name, value))
    }

    /// The same for servers that may die meanwhile.
    pub fn try_send(&self, method: &str, path: &str, body: Option<(&str, String)>) -> Result<Answer, ureq::Error> {
        let request = self.request(method, path);
        let response = match body {
            Some((kind, body)) => self.agent.run(request.header("content-type", kind).body(body)?)?,
            None if matches!(method, "GET" | "HEAD" | "DELETE") => self.agent.run(request.body(())?)?,
            None => self.agent.run(request.body(String::new())?)?,
        };
        answer(response)
    }
}

fn answer(response: ureq::http::Response<ureq::Body>) -> Result<Answer, ureq::Error> {
    let headers = response
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()))
        .collect();
    let status = response.status().as_u16();
    let body = String::from_utf8_lossy(&response.into_body().read_to_vec()?).into_owned();
    Ok(Answer { status, headers, body })
}

impl Answer {
    /// Goes on only with this status; says what came instead.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("not JSON ({error}): {}", self.body))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(have, _)| have == name).map(|(_, value)| value.as_str())
    }
}
