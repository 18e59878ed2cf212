//! `[security]`: the secret that every key is derived from, and how long things live.

use serde::Deserialize;

use super::Secret;

/// Keys and lifetimes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecurityConfig {
    /// At least 32 characters; every key is derived from it.
    pub secret: Secret,
    /// An office session ends after so many minutes without a request.
    pub session_idle_minutes: u32,
    /// An office session ends after so many hours in any case.
    pub session_hours: u32,
    /// Life of an API access token.
    pub access_token_minutes: u32,
    /// Whether office accounts must have a second factor.
    pub second_factor: SecondFactorRule,
    /// Whom to tell of a weakness, as `mailto:` or `https:`; empty for nobody.
    pub contact: String,
}

/// Whether office accounts must have a second factor. One that is set up is always asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecondFactorRule {
    /// Nobody gets in without one.
    Required,
    /// For trying things out.
    Optional,
}

impl SecurityConfig {
    pub(super) fn problems(&self) -> Vec<String> {
        if self.secret.reveal().len() < 32 {
            return vec![
                "security.secret must have at least 32 characters; set CANDOUR__SECURITY__SECRET_FILE to a file that holds it \
                 (`head -c 32 /dev/urandom | base64` makes one)"
                    .to_owned(),
            ];
        }
        if !(self.contact.is_empty() || self.contact.starts_with("mailto:") || self.contact.starts_with("https://")) {
            return vec!["security.contact must start with mailto: or https://, or be empty".to_owned()];
        }
        Vec::new()
    }
}
