//! From how many people on an organisation shows a group: one administrator raises the number, two lower it.

use super::audit_log::AuditLog;
use super::{AppError, FieldProblem, Precondition, now};
use crate::config::DisclosureConfig;
use crate::domain::account::TenantScope;
use crate::domain::audit_event::{Actor, Event};
use crate::domain::identifier::AccountId;
use crate::domain::survey::{Survey, SurveyState};
use crate::domain::threshold::{self, Refusal, Threshold};
use crate::storage::{Connection, Database, StorageError, organisations, policies};

/// Use cases around policies.
#[derive(Clone)]
pub struct Policies {
    database: Database,
    audit_log: AuditLog,
    lowest: u32,
}

impl Policies {
    pub(super) fn new(database: Database, audit_log: AuditLog, disclosure: DisclosureConfig) -> Self {
        Self { database, audit_log, lowest: disclosure.minimum_count }
    }

    /// The least that this installation takes.
    pub fn lowest(&self) -> u32 {
        self.lowest
    }

    /// The organisation's threshold as it stands now.
    pub async fn read(&self, scope: TenantScope) -> Result<Threshold, AppError> {
        let lowest = self.lowest;
        self.database.of(&scope).read(move |conn| Ok(find(conn, &scope, lowest)?)).await
    }

    /// Sets the threshold: at once where it is no lower, otherwise as a proposal.
    ///
    /// # Errors
    /// [`AppError::Invalid`], [`AppError::Conflict`] while another proposal waits; [`AppError::ChangedMeanwhile`].
    pub async fn set(
        &self,
        scope: TenantScope,
        minimum_count: u32,
        precondition: Precondition<Threshold>,
    ) -> Result<Threshold, AppError> {
        let (by, lowest, log) = (account(&scope)?, self.lowest, self.audit_log.clone());
        // A number that is never taken is told before what has changed meanwhile.
        threshold::check(minimum_count, lowest)?;
        self.database
            .of(&scope)
            .write(move |conn| {
                organisations::hold(conn, &scope).map_err(AppError::or_not_found("organisation"))?;
                precondition.check(conn, &scope, |conn| find(conn, &scope, lowest))?;
                let before = find(conn, &scope, lowest)?;
                let after = before.set(minimum_count, lowest, &by, now())?;
                if after == before {
                    return Ok(after);
                }
                policies::upsert(conn, &scope, &after)?;
                if let Some(ended) = before.proposal {
                    log.note(conn, &scope, &Event::PolicyProposalWithdrawn { to: ended.minimum_count })?;
                }
                let from = before.minimum_count;
                if after.proposal.is_some() {
                    log.note(conn, &scope, &Event::PolicyProposed { from, to: minimum_count })?;
                } else if after.minimum_count != from {
                    log.note(conn, &scope, &Event::PolicyChanged { from, to: minimum_count, proposed_by: None })?;
                }
                Ok(after)
            })
            .await
    }

    /// Agrees to the lower threshold that the caller has seen proposed.
    ///
    /// # Errors
    /// [`AppError::Conflict`] when it is their own proposal, or not proposed any more.
    pub async fn agree(&self, scope: TenantScope, seen: u32) -> Result<Threshold, AppError> {
        let (by, lowest, log) = (account(&scope)?, self.lowest, self.audit_log.clone());
        self.database
            .of(&scope)
            .write(move |conn| {
                organisations::hold(conn, &scope).map_err(AppError::or_not_found("organisation"))?;
                let before = find(conn, &scope, lowest)?;
                let after = before.agree(seen, &by)?;
                policies::upsert(conn, &scope, &after)?;
                let event = Event::PolicyChanged {
                    from: before.minimum_count,
                    to: after.minimum_count,
                    proposed_by: before.proposal.map(|proposal| proposal.by),
                };
                log.note(conn, &scope, &event)?;
                Ok(after)
            })
            .await
    }

    /// Ends the proposal: whoever made it takes it back, or another administrator does not agree.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when nothing is proposed.
    pub async fn withdraw(&self, scope: TenantScope) -> Result<(), AppError> {
        let (lowest, log) = (self.lowest, self.audit_log.clone());
        self.database
            .of(&scope)
            .write(move |conn| {
                organisations::hold(conn, &scope).map_err(AppError::or_not_found("organisation"))?;
                let mut threshold = find(conn, &scope, lowest)?;
                let ended = threshold.proposal.take().ok_or(AppError::NotFound("proposal"))?;
                policies::upsert(conn, &scope, &threshold)?;
                log.note(conn, &scope, &Event::PolicyProposalWithdrawn { to: ended.minimum_count })
            })
            .await
    }
}

/// The organisation's threshold as it stands now.
pub(super) fn find(conn: &mut Connection, scope: &TenantScope, lowest: u32) -> Result<Threshold, StorageError> {
    let stored = policies::find(conn, scope)?;
    Ok(stored.unwrap_or(Threshold { minimum_count: lowest, proposal: None }).at(lowest, now()))
}

/// The threshold of a survey: what it was opened with, or what it would be opened with now.
pub(super) fn of_survey(
    conn: &mut Connection,
    scope: &TenantScope,
    survey: &Survey,
    lowest: u32,
) -> Result<u32, StorageError> {
    match survey.state {
        SurveyState::Draft => Ok(find(conn, scope, lowest)?.minimum_count),
        SurveyState::Open | SurveyState::Closed | SurveyState::Published => Ok(survey.minimum(lowest)),
    }
}

/// Who is asking: two programs are not two people.
fn account(scope: &TenantScope) -> Result<AccountId, AppError> {
    match scope.actor() {
        Actor::Account(account) => Ok(account.clone()),
        Actor::Client(_) | Actor::Operator | Actor::Service => Err(AppError::Denied),
    }
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> Self {
        let detail = refusal.to_string();
        match refusal {
            Refusal::Outside { .. } => {
                let problem = FieldProblem { pointer: "/minimum_count".to_owned(), detail: detail.clone() };
                Self::Invalid { detail, problems: vec![problem] }
            }
            Refusal::Pending => Self::Conflict { code: "proposal-pending", detail },
            Refusal::OwnProposal => Self::Conflict { code: "own-proposal", detail },
            Refusal::NotProposed => Self::Conflict { code: "not-proposed", detail },
        }
    }
}
