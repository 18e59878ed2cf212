//! `[webhooks]`: messages to addresses that organisations choose.

use serde::Deserialize;

/// How webhooks are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhooksConfig {
    /// Whether addresses of this machine and its network, and http, are allowed: for tests.
    pub allow_local: bool,
    /// Seconds that a receiver has to answer.
    pub timeout_seconds: u32,
    /// Days that the log of deliveries is kept.
    pub log_days: u32,
}

impl WebhooksConfig {
    pub(super) fn problems(&self) -> Vec<String> {
        if (1..=30).contains(&self.timeout_seconds) {
            Vec::new()
        } else {
            vec!["webhooks.timeout_seconds must be from 1 to 30".to_owned()]
        }
    }
}
