//! `[invitations]`: how often people are reminded.

use serde::Deserialize;

/// Limits of reminders: a survey that nags is one that nobody trusts.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InvitationsConfig {
    /// Days that have to pass between two reminders.
    pub reminder_minimum_days: u32,
    /// Most reminders of one survey.
    pub reminder_maximum: u32,
}
