//! What the audit log remembers: who did what. Never personal data: account identifiers, not addresses; kinds of
//! reports, not their figures.
//!
//! A new event is a variant of [`Event`]; its name in snake case is the `kind` that the API filters by.

use std::fmt;

use serde::Serialize;

use super::account::Role;
use super::identifier::{AccountId, ClientId, ReleaseId, SigningKeyId, SurveyId, WebhookId};
use super::organisation::OdsCode;

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Somebody signed in.
    Account(AccountId),
    /// A machine client, by its identifier.
    Client(ClientId),
    /// Somebody at the command line of the machine.
    Operator,
    /// The service itself, or somebody who has not signed in.
    Service,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(id) => write!(f, "account:{id}"),
            Self::Client(id) => write!(f, "client:{id}"),
            Self::Operator => f.write_str("operator"),
            Self::Service => f.write_str("service"),
        }
    }
}

/// How somebody proved who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInMethod {
    /// Password alone, where the installation asks for no second factor.
    Password,
    /// Password and one-time code.
    PasswordAndCode,
    /// Password and recovery code.
    PasswordAndRecoveryCode,
    /// The organisation's own identity provider.
    SingleSignOn,
}

/// Why somebody was not signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// E-mail and password do not belong together, or there is no such account.
    Password,
    /// The second factor did not fit.
    SecondFactor,
    /// The account is disabled.
    Disabled,
    /// The answer of the identity provider cannot be believed.
    SingleSignOn,
}

/// What became of something that is set up and taken away again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It is there now.
    Created,
    /// It is different now.
    Changed,
    /// It has a new secret or key.
    Rotated,
    /// It is gone, or refused from now on.
    Removed,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[expect(missing_docs, reason = "fields say what they are; a comment on each `account` would say nothing")]
pub enum Event {
    /// Somebody signed in.
    SignedIn { account: AccountId, method: SignInMethod },
    /// Somebody did not get in; `account` is there when the e-mail belongs to one.
    SignInRefused {
        #[serde(skip_serializing_if = "Option::is_none")]
        account: Option<AccountId>,
        reason: Refusal,
    },
    /// An account was made.
    AccountCreated { account: AccountId, role: Role },
    /// An account has another role.
    AccountRoleChanged { account: AccountId, from: Role, to: Role },
    /// An account is refused from now on.
    AccountDisabled { account: AccountId },
    /// An account is let in again.
    AccountEnabled { account: AccountId },
    /// A one-time link was made for an account: invitation or reset.
    AccountLinkMade { account: AccountId },
    /// A password was set.
    PasswordChanged { account: AccountId },
    /// A second factor was set up.
    SecondFactorEnrolled { account: AccountId },
    /// A second factor was taken away, so that another can be set up.
    SecondFactorReset { account: AccountId },
    /// New recovery codes were made.
    RecoveryCodesMade { account: AccountId },
    /// Sessions of an account were ended by somebody.
    SessionsEnded { account: AccountId },
    /// An organisation was added.
    OrganisationCreated { organisation: String },
    /// Name or settings of the organisation changed.
    OrganisationChanged,
    /// The tree of units was replaced.
    UnitsReplaced,
    /// A survey was set up.
    SurveyCreated { survey: SurveyId },
    /// Title or closing day of a survey changed.
    SurveyChanged { survey: SurveyId },
    /// A survey was opened.
    SurveyOpened { survey: SurveyId },
    /// A survey was closed.
    SurveyClosed { survey: SurveyId },
    /// A release was made.
    SurveyPublished { survey: SurveyId },
    /// Somebody decided about a comment of a release; which, and what, would tell by the order of the entries.
    CommentReviewed { survey: SurveyId },
    /// What everybody may read of a release was published, changed or taken back.
    PublishedSummary { survey: SurveyId, change: Change },
    /// An action of the action plan.
    ActionPlan { action: String, change: Change },
    /// Counts of the workforce of 31 March were published beyond HR.
    WorkforcePublished { year: u16 },
    /// The members of a system were set.
    SystemMembersReplaced { members: Vec<OdsCode> },
    /// Releases of a system's members were rolled up; it stands in the log of the system and of each member.
    SystemReleased { system: OdsCode, release: ReleaseId },
    /// People were invited.
    InvitationsAdded { survey: SurveyId },
    /// People were reminded.
    RemindersSent { survey: SurveyId },
    /// Somebody opened a form to type in the answers of one person that came on paper.
    PaperAnswersBegun { survey: SurveyId },
    /// A file or list was imported: `what` names the kind, such as `workforce`, and `subject` which one, such as a date.
    Imported { what: &'static str, subject: String },
    /// A report was read on a page or over the API.
    ReportRead { report: &'static str, subject: String },
    /// A report was downloaded as a file.
    ReportExported { report: &'static str, subject: String },
    /// The threshold changed; where it is lower now, by agreement of whoever did it with the account that proposed it.
    PolicyChanged {
        from: u32,
        to: u32,
        #[serde(skip_serializing_if = "Option::is_none")]
        proposed_by: Option<AccountId>,
    },
    /// A lower threshold was proposed; it does not hold yet.
    PolicyProposed { from: u32, to: u32 },
    /// A lower threshold is no longer proposed: withdrawn, not agreed to, or the threshold was raised.
    PolicyProposalWithdrawn { to: u32 },
    /// What is older than the retention settings was deleted, of one survey.
    RetentionApplied { survey: SurveyId, invitations: u64, responses: u64 },
    /// A machine client proved who it is; again within ten minutes is no other entry.
    ClientSignedIn { client: ClientId },
    /// Somebody could not prove to be a machine client.
    ClientRefused { client: ClientId },
    /// A refresh token came back after its successor was given out: somebody else has one. The sign-in was ended.
    RefreshTokenReused { account: AccountId },
    /// A machine client, by its identifier.
    Client { client: ClientId, change: Change },
    /// A webhook, by its identifier.
    Webhook { webhook: WebhookId, change: Change },
    /// The organisation's identity provider.
    IdentityProvider { change: Change },
    /// The keys that sign access tokens.
    SigningKey { key: SigningKeyId, change: Change },
}

impl Event {
    /// Kind and detail as they are stored: a name, and a JSON object without it.
    ///
    /// # Errors
    /// Never for the variants there are; the signature is serde's.
    pub fn to_stored(&self) -> Result<(String, String), serde_json::Error> {
        let mut value = serde_json::to_value(self)?;
        let kind = value.as_object_mut().and_then(|fields| fields.remove("kind"));
        let kind = kind.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
        Ok((kind, value.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_a_kind_and_what_belongs_to_it() {
        let account = AccountId::from_random([1; 16]);
        let stored = Event::SignInRefused { account: None, reason: Refusal::Password }.to_stored().expect("stored");
        assert_eq!(stored, ("sign_in_refused".to_owned(), r#"{"reason":"password"}"#.to_owned()));
        let stored = Event::AccountDisabled { account }.to_stored().expect("stored");
        assert_eq!(stored.0, "account_disabled");
        assert_eq!(Event::UnitsReplaced.to_stored().expect("stored"), ("units_replaced".to_owned(), "{}".to_owned()));
    }
}
