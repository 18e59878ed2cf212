//! `[server]`: where it listens and what it accepts.

use std::net::{IpAddr, SocketAddr};

use serde::Deserialize;

use super::list::list_or_text;

/// Where the service listens and how large and slow a request may be.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerConfig {
    /// Address to listen on.
    pub host: IpAddr,
    /// Port; 0 takes a free one.
    pub port: u16,
    /// What links in e-mails start with, without a slash at the end.
    pub public_url: String,
    /// Threads that serve requests.
    pub workers: usize,
    /// Largest body of a request, in bytes; imports apart.
    pub body_limit_bytes: usize,
    /// Largest body of an import, in bytes.
    pub import_limit_bytes: usize,
    /// Seconds after which an unfinished body is refused with 408.
    pub body_deadline_seconds: u64,
    /// Where `/metrics` is served, as `IP:PORT`; empty for nowhere. Not to be reached from outside.
    pub metrics_address: String,
    /// Proxies whose `X-Forwarded-For` is believed.
    #[serde(deserialize_with = "list_or_text")]
    pub trusted_proxies: Vec<IpAddr>,
}

impl ServerConfig {
    /// Whether browsers reach us over HTTPS: cookies are then `Secure` and carry the `__Host-` prefix.
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// Where `/metrics` is served; `None` for nowhere.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics_address.parse().ok()
    }

    pub(super) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if !(self.public_url.starts_with("https://") || self.public_url.starts_with("http://"))
            || self.public_url.ends_with('/')
        {
            problems.push(
                "server.public_url must start with https:// (or http:// on this machine) and have no slash at the end"
                    .to_owned(),
            );
        }
        if !self.metrics_address.is_empty() && self.metrics_address().is_none() {
            problems.push("server.metrics_address must be IP:PORT, as 127.0.0.1:9464, or empty".to_owned());
        }
        if self.workers == 0 {
            problems.push("server.workers must be at least 1".to_owned());
        }
        problems
    }
}
