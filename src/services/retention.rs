//! Retention: invitations are deleted a set time after a survey is closed, responses after theirs. Releases stay.
//!
//! `candour serve` does it by itself, one replica at a time; `candour purge` does it when an operator says so, and shows
//! before what it would do.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use time::{Date, Duration};

use super::audit_log::AuditLog;
use super::surveys::Surveys;
use super::{AppError, today};
use crate::config::{Config, RetentionConfig};
use crate::domain::account::TenantScope;
use crate::domain::audit_event::{Actor, Event};
use crate::domain::identifier::SurveyId;
use crate::security::Keys;
use crate::storage::maintenance::{self, SurveyLine};
use crate::storage::{
    Connection, Database, StorageError, comments, invitations, participation, receipts, responses, surveys,
};

/// What is due to be deleted of one survey.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Due {
    /// Survey.
    pub survey: SurveyId,
    /// Invitations, with their addresses.
    pub invitations: u64,
    /// Responses; their receipts go with them.
    pub responses: u64,
    /// Whether it was never published: its answers go without a release.
    pub unpublished: bool,
}

/// What was deleted since the process started; only days and surveys are told, never how many people.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RetentionFigures {
    /// Runs that came to their end.
    pub runs: u64,
    /// Runs that failed; what they should have deleted is still there.
    pub failures: u64,
    /// Surveys of which something was deleted.
    pub surveys: u64,
}

/// Use cases around what is kept no longer.
#[derive(Clone)]
pub struct Retention {
    database: Database,
    audit_log: AuditLog,
    settings: RetentionConfig,
    figures: Arc<Mutex<RetentionFigures>>,
}

/// Deletes what is older than the settings allow, for an operator at the command line. With `dry_run` nothing is deleted.
///
/// # Errors
/// [`AppError`] of the database; [`AppError::Busy`] while a replica is at it.
pub async fn purge(config: &Config, dry_run: bool) -> Result<Vec<Due>, AppError> {
    purge_on(config, dry_run, today()).await
}

/// [`purge`] as if it were `day`.
///
/// # Errors
/// As [`purge`].
pub async fn purge_on(config: &Config, dry_run: bool, day: Date) -> Result<Vec<Due>, AppError> {
    let database = Database::new(&config.database)?;
    let audit_log = AuditLog::new(database.clone(), Keys::new(&config.security), &config.server.public_url);
    let retention = Retention::new(database, audit_log, config.retention);
    let busy = || AppError::Busy("a replica is deleting at this moment; look again in a minute".to_owned());
    retention.apply(dry_run, day).await?.ok_or_else(busy)
}

impl Retention {
    pub(super) fn new(database: Database, audit_log: AuditLog, settings: RetentionConfig) -> Self {
        Self { database, audit_log, settings, figures: Arc::default() }
    }

    /// What `candour serve` does every hour: deletes what is due, unless another replica is at it, and says so in the log.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn run_on(&self, day: Date) -> Result<(), AppError> {
        let outcome = self.apply(false, day).await;
        let mut figures = self.lock();
        match outcome {
            Ok(Some(deleted)) => {
                figures.runs += 1;
                figures.surveys += deleted.len() as u64;
                for Due { survey, unpublished, .. } in deleted {
                    tracing::info!(%survey, unpublished, "deleted what its time was over for");
                }
                Ok(())
            }
            Ok(None) => Ok(()),
            Err(error) => {
                figures.failures += 1;
                Err(error)
            }
        }
    }

    /// What was deleted since the process started.
    pub fn figures(&self) -> RetentionFigures {
        *self.lock()
    }

    fn lock(&self) -> MutexGuard<'_, RetentionFigures> {
        self.figures.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Deletes what is older than the settings allow, in one transaction; gives what it was, or `None` while another
    /// process is at it.
    async fn apply(&self, dry_run: bool, day: Date) -> Result<Option<Vec<Due>>, AppError> {
        let (settings, log) = (self.settings, self.audit_log.clone());
        let due = self
            .database
            .of_every_organisation()
            .write(move |conn| {
                if !maintenance::claim_retention(conn)? {
                    return Ok(None);
                }
                let mut all = Vec::new();
                for survey in maintenance::surveys(conn)? {
                    all.extend(due_of(conn, &survey, settings, dry_run, day)?);
                }
                for due in all.iter().filter(|_| !dry_run) {
                    let organisation = surveys::organisation_of(conn, &due.survey)?;
                    let event = Event::RetentionApplied {
                        survey: due.survey.clone(),
                        invitations: due.invitations,
                        responses: due.responses,
                    };
                    log.note_by(conn, &Actor::Operator, Some(&organisation), &event)?;
                }
                Ok::<_, AppError>(Some(all))
            })
            .await?;
        if !dry_run && due.as_ref().is_some_and(|due| !due.is_empty()) {
            let database = self.database.clone();
            let vacuumed = tokio::task::spawn_blocking(move || {
                database.dedicated_connection().and_then(|mut conn| maintenance::vacuum(&mut conn))
            });
            vacuumed.await.unwrap_or_else(|_| Err(StorageError::Database("a vacuum did not finish".to_owned())))?;
        }
        Ok(due)
    }
}

/// What is due of one survey; deleted, unless it is a dry run.
fn due_of(
    conn: &mut Connection,
    survey: &SurveyLine,
    settings: RetentionConfig,
    dry_run: bool,
    day: Date,
) -> Result<Option<Due>, StorageError> {
    let invitations = match (is_over(survey, settings.invitations_days_after_close, day), dry_run) {
        (false, _) => 0,
        (true, true) => invitations::counts(conn, &survey.id)?.invited,
        (true, false) => delete_invited(conn, &survey.id)?,
    };
    let responses = match (is_over(survey, settings.responses_days_after_close, day), dry_run) {
        (false, _) => 0,
        (true, true) => responses::count(conn, &survey.id)?,
        (true, false) => delete_answers(conn, &survey.id)?,
    };
    if invitations + responses == 0 {
        return Ok(None);
    }
    let unpublished = !maintenance::has_release(conn, &survey.id)?;
    Ok(Some(Due { survey: survey.id.clone(), invitations, responses, unpublished }))
}

/// How many of the invited answered on which day is not kept longer than they are.
fn delete_invited(conn: &mut Connection, survey: &SurveyId) -> Result<u64, StorageError> {
    participation::forget(conn, survey)?;
    maintenance::delete_invitations(conn, survey)
}

/// A list of receipts without the answers that they are for would only tell how many took part.
fn delete_answers(conn: &mut Connection, survey: &SurveyId) -> Result<u64, StorageError> {
    receipts::delete(conn, survey)?;
    comments::forget(conn, survey)?;
    maintenance::delete_responses(conn, survey)
}

fn is_over(survey: &SurveyLine, days: u32, today: Date) -> bool {
    // A survey that is closed has its day; one that has none is never touched.
    survey.closed_on.and_then(|day| day.checked_add(Duration::days(i64::from(days)))).is_some_and(|last| last < today)
}

/// The settings in words.
pub fn in_words(retention: &RetentionConfig) -> String {
    format!(
        "invitations {} days after close, responses {} days after close",
        retention.invitations_days_after_close, retention.responses_days_after_close
    )
}

/// What becomes of one survey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deletion {
    /// Its title.
    pub title: String,
    /// Day on which it was closed.
    pub closed_on: Option<Date>,
    /// Of its invitations.
    pub invitations: Kept,
    /// Of its answers.
    pub responses: Kept,
}

/// How long something is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// To the end of this day.
    Until(Date),
    /// The next run deletes what is there.
    Due,
    /// The survey is not closed; until then all of it is kept.
    NotClosed,
}

impl Surveys {
    /// What the settings mean for each of the organisation's surveys, the latest first. It counts nobody: how many
    /// answered is the release's to say.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn deletions(&self, scope: TenantScope, retention: RetentionConfig) -> Result<Vec<Deletion>, AppError> {
        let today = today();
        self.database
            .of(&scope)
            .read(move |conn| {
                let all = surveys::closings(conn, &scope)?;
                let deletion = |(title, closed_on): (String, Option<Date>)| Deletion {
                    invitations: kept(closed_on, retention.invitations_days_after_close, today),
                    responses: kept(closed_on, retention.responses_days_after_close, today),
                    title,
                    closed_on,
                };
                Ok(all.into_iter().map(deletion).collect())
            })
            .await
    }
}

fn kept(closed_on: Option<Date>, days: u32, today: Date) -> Kept {
    match closed_on.map(|day| day.checked_add(Duration::days(i64::from(days))).unwrap_or(Date::MAX)) {
        Some(last) if last < today => Kept::Due,
        Some(last) => Kept::Until(last),
        None => Kept::NotClosed,
    }
}
