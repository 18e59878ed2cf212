//! Sends one request to an address that somebody else chose.
//!
//! The name is looked up once, what it leads to is checked, and exactly that is connected to: a name that leads elsewhere
//! a moment later (DNS rebinding) gains nothing. No redirect, no proxy, no cookie; a body is read back only where it is
//! asked for, up to a limit.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use ureq::config::Config;
use ureq::http::{Response, Uri};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Body, Error};

use super::Destination;
use super::address::is_public;
use crate::config::WebhooksConfig;

/// Largest head of an answer, in bytes.
const MOST_HEAD_BYTES: usize = 16 * 1024;

const TLS_FAILED: &str = "TLS failed; is the certificate one that is trusted?";

/// Sends requests; cheap to clone.
#[derive(Clone)]
pub struct OutboundClient {
    config: WebhooksConfig,
    /// Made when it is first needed: it reads the certificates that the machine trusts.
    agent: Arc<OnceLock<Agent>>,
}

/// How a request ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// There was an answer with this status.
    Answered(u16),
    /// There was none; one sentence that says why, without anything secret.
    Failed(&'static str),
}

/// An answer that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// HTTP status.
    pub status: u16,
    /// The whole body.
    pub body: Vec<u8>,
}

impl OutboundClient {
    /// A client that keeps to the rules of `config`.
    pub fn new(config: WebhooksConfig) -> Self {
        Self { config, agent: Arc::default() }
    }

    fn agent(&self) -> Agent {
        let config = self.config;
        let limit = Duration::from_secs(u64::from(config.timeout_seconds));
        let settings = Agent::config_builder()
            .tls_config(trusting_the_machine())
            .https_only(!config.allow_local)
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .max_response_header_size(MOST_HEAD_BYTES)
            .max_idle_connections(0)
            .timeout_global(Some(limit))
            .timeout_connect(Some(limit / 2))
            .user_agent(concat!("Candour/", env!("CARGO_PKG_VERSION")))
            .build();
        let resolver = PublicResolver { names: DefaultResolver::default(), allow_local: config.allow_local };
        Agent::with_parts(settings, DefaultConnector::new(), resolver)
    }

    /// Posts a JSON body with these headers. Blocks until there is an answer or the time is over.
    pub fn post_json(&self, to: &Destination, headers: &[(&str, String)], body: &str) -> Outcome {
        let mut request =
            self.agent.get_or_init(|| self.agent()).post(to.uri()).header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        match request.send(body) {
            Ok(answer) => Outcome::Answered(answer.status().as_u16()),
            Err(error) => Outcome::Failed(reason(&error)),
        }
    }

    /// Reads a document of at most `most` bytes. Blocks until it is there or the time is over.
    ///
    /// # Errors
    /// One sentence that says why there is none, without anything secret.
    pub fn get(&self, from: &Destination, most: u64) -> Result<Fetched, &'static str> {
        let request = self.agent.get_or_init(|| self.agent()).get(from.uri()).header("accept", "application/json");
        read(request.call(), most)
    }

    /// Posts a form with these headers and reads the answer, of at most `most` bytes. Blocks as [`OutboundClient::get`].
    ///
    /// # Errors
    /// As [`OutboundClient::get`].
    pub fn post_form(
        &self,
        to: &Destination,
        headers: &[(&str, String)],
        body: &str,
        most: u64,
    ) -> Result<Fetched, &'static str> {
        let mut request = self
            .agent
            .get_or_init(|| self.agent())
            .post(to.uri())
            .header("accept", "application/json")
            .header("content-type", "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        read(request.send(body), most)
    }
}

/// TLS with the certificates that the machine trusts, as for mail. Those that cannot be read are left out.
pub(super) fn trusting_the_machine() -> TlsConfig {
    let roots = rustls_native_certs::load_native_certs().certs;
    let roots = roots.iter().map(|root| Certificate::from_der(root.as_ref()).to_owned());
    TlsConfig::builder()
        .root_certs(RootCerts::Specific(Arc::new(roots.collect())))
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build()
}

fn read(answer: Result<Response<Body>, Error>, most: u64) -> Result<Fetched, &'static str> {
    let answer = answer.map_err(|error| reason(&error))?;
    let status = answer.status().as_u16();
    let body = answer.into_body().into_with_config().limit(most).read_to_vec().map_err(|error| reason(&error))?;
    Ok(Fetched { status, body })
}

/// What went wrong, in words of ours: those of libraries may hold what the other side sent.
fn reason(error: &Error) -> &'static str {
    match error {
        Error::HostNotFound => "the name leads nowhere on the public Internet",
        Error::Timeout(_) => "there was no answer in time",
        Error::ConnectionFailed => "the connection was refused",
        Error::Tls(_) | Error::Rustls(_) | Error::Pem(_) => TLS_FAILED,
        Error::LargeResponseHeader(..) | Error::BodyExceedsLimit(_) => "the answer is too large",
        Error::RequireHttpsOnly(_) => "the address is not https",
        // During the handshake, rustls' own error stands inside one of input and output.
        Error::Io(error) if error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()) => TLS_FAILED,
        Error::Io(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => "the connection was refused",
        _ => "the connection failed, or the answer is not HTTP",
    }
}

/// Looks names up and leaves out what is not public.
#[derive(Debug)]
struct PublicResolver {
    names: DefaultResolver,
    allow_local: bool,
}

impl Resolver for PublicResolver {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let found = self.names.resolve(uri, config, timeout)?;
        let mut public = self.empty();
        for address in found.iter().filter(|address| self.allow_local || is_reachable(address)) {
            public.push(*address);
        }
        if public.is_empty() { Err(Error::HostNotFound) } else { Ok(public) }
    }
}

fn is_reachable(address: &SocketAddr) -> bool {
    is_public(address.ip())
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    fn config(allow_local: bool) -> WebhooksConfig {
        WebhooksConfig { allow_local, timeout_seconds: 2, log_days: 30 }
    }

    #[test]
    fn nothing_inside_is_connected_to_whatever_the_name() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.set_nonblocking(true).expect("it can wait or not");
        let port = listener.local_addr().expect("an address").port();
        let strict = OutboundClient::new(config(false));
        // `localhost` stands for any name that leads inside when it is looked up: the text itself was let through.
        for host in ["localhost", "127.0.0.1", "[::1]"] {
            let to = Destination::parse(&format!("https://{host}:{port}/"), &config(true)).expect("let through");
            let outcome = strict.post_json(&to, &[], "{}");
            assert_eq!(outcome, Outcome::Failed("the name leads nowhere on the public Internet"), "{host}");
        }
        assert!(listener.accept().is_err(), "somebody connected");
    }
}
