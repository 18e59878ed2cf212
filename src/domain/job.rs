//! What is left to do after a transaction: stored in the outbox with the change that caused it.
//!
//! `jobs/` runs them. A job may run more than once, so each must come out the same the second time.

use serde::{Deserialize, Serialize};

use super::identifier::{AccountId, DeliveryId, InvitationId};

/// Jobs of one lane wait for each other, those of two do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Messages to webhooks: how long one takes is up to its receiver.
    Webhooks,
    /// Everything else.
    Own,
}

impl Lane {
    /// Every lane.
    pub const ALL: [Self; 2] = [Self::Own, Self::Webhooks];
}

/// One piece of work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Job {
    /// Send the e-mail that invites one person.
    SendInvitation {
        /// Whose.
        invitation: InvitationId,
    },
    /// Send the e-mail that reminds one person, if they have not answered.
    SendReminder {
        /// Whose.
        invitation: InvitationId,
    },
    /// Send somebody the one-time link of an account that was made for them, or made to be set up anew.
    SendAccountInvitation {
        /// Whose.
        account: AccountId,
    },
    /// Send somebody a one-time link for a new password.
    SendNewPasswordLink {
        /// Whose.
        account: AccountId,
    },
    /// Send a message to a webhook.
    DeliverWebhook {
        /// Which message.
        delivery: DeliveryId,
    },
}

impl Job {
    /// Name in the outbox.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::SendInvitation { .. } => "send_invitation",
            Self::SendReminder { .. } => "send_reminder",
            Self::SendAccountInvitation { .. } => "send_account_invitation",
            Self::SendNewPasswordLink { .. } => "send_new_password_link",
            Self::DeliverWebhook { .. } => "deliver_webhook",
        }
    }
}
