//! Retention: invitations are deleted a set time after a survey is closed, responses after theirs. Releases stay.

use time::{Date, Duration};

use super::audit_log::AuditLog;
use super::{AppError, today};
use crate::config::{Config, RetentionConfig};
use crate::domain::audit_event::{Actor, Event};
use crate::domain::identifier::SurveyId;
use crate::security::Keys;
use crate::storage::maintenance::{self, SurveyLine};
use crate::storage::{Connection, Database, StorageError, invitations, receipts, responses, surveys};

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

/// Deletes what is older than the settings allow, in one transaction; gives what it was. With `dry_run` nothing is
/// deleted.
///
/// # Errors
/// [`AppError`] of the database.
pub async fn purge(config: &Config, dry_run: bool) -> Result<Vec<Due>, AppError> {
    purge_on(config, dry_run, today()).await
}

/// [`purge`] as if it were `day`.
///
/// # Errors
/// [`AppError`] of the database.
pub async fn purge_on(config: &Config, dry_run: bool, day: Date) -> Result<Vec<Due>, AppError> {
    let database = Database::new(&config.database)?;
    let retention = config.retention;
    let log = AuditLog::new(database.clone(), Keys::new(&config.security), &config.server.public_url);
    let due = database
        .of_every_organisation()
        .write(move |conn| {
            let mut all = Vec::new();
            for survey in maintenance::surveys(conn)? {
                let mut due = Due {
                    invitations: 0,
                    responses: 0,
                    unpublished: !maintenance::has_release(conn, &survey.id)?,
                    survey: survey.id.clone(),
                };
                if is_over(&survey, retention.invitations_days_after_close, day) {
                    due.invitations = match dry_run {
                        true => invitations::counts(conn, &survey.id)?.invited,
                        false => maintenance::delete_invitations(conn, &survey.id)?,
                    };
                }
                if is_over(&survey, retention.responses_days_after_close, day) {
                    due.responses = match dry_run {
                        true => responses::count(conn, &survey.id)?,
                        false => delete_answers(conn, &survey.id)?,
                    };
                }
                if due.invitations + due.responses > 0 {
                    all.push(due);
                }
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
            Ok::<_, AppError>(all)
        })
        .await?;
    if !dry_run {
        let vacuumed = tokio::task::spawn_blocking(move || {
            database.dedicated_connection().and_then(|mut conn| maintenance::vacuum(&mut conn))
        });
        vacuumed.await.unwrap_or_else(|_| Err(StorageError::Database("a vacuum did not finish".to_owned())))?;
    }
    Ok(due)
}

/// A list of receipts without the answers that they are for would only tell how many took part.
fn delete_answers(conn: &mut Connection, survey: &SurveyId) -> Result<u64, StorageError> {
    receipts::delete(conn, survey)?;
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
