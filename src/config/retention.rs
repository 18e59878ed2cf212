//! `[retention]`: how long what is kept.

use serde::Deserialize;

/// Days after close for which invitations and responses are kept; releases stay.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionConfig {
    /// Invitations, addresses with them.
    pub invitations_days_after_close: u32,
    /// Responses.
    pub responses_days_after_close: u32,
}
