//! `[api]`: how programs may use the API.

use serde::Deserialize;

use super::list::list_or_text;

/// Limits and doors of the API.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiConfig {
    /// Requests a minute of one account or client, over all replicas; 0 sets no limit.
    pub requests_per_minute: u32,
    /// Hours that an answer is kept for a request that is sent again under the same Idempotency-Key.
    pub idempotency_hours: u32,
    /// Origins of web pages whose scripts may call the API; none unless they stand here.
    #[serde(deserialize_with = "list_or_text")]
    pub allowed_origins: Vec<String>,
}

impl ApiConfig {
    pub(super) fn problems(&self) -> Vec<String> {
        let is_origin = |text: &str| {
            let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
            host.is_some_and(|host| !host.is_empty() && !host.contains(['/', '*', ' ', '?', '#', '@']))
        };
        let wrong = self.allowed_origins.iter().filter(|origin| !is_origin(origin));
        let mut problems: Vec<String> = wrong
            .map(|origin| {
                format!(
                    "api.allowed_origins: “{origin}” is no origin; write it as https://dashboard.example, one by one"
                )
            })
            .collect();
        if self.idempotency_hours == 0 {
            problems.push("api.idempotency_hours must be at least 1".to_owned());
        }
        problems
    }
}
