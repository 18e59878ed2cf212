//! What trusts say to everybody about their releases.

use diesel::prelude::*;

use super::connection::on_either;
use super::schema::published_summaries;
use super::{Connection, StorageError};
use crate::domain::account::TenantScope;
use crate::domain::identifier::SurveyId;
use crate::domain::published_summary::PublishedSummary;

/// Stores the words of a survey, in place of earlier ones. The caller has found the survey in scope.
pub fn upsert(
    conn: &mut Connection,
    scope: &TenantScope,
    survey: &SurveyId,
    summary: &PublishedSummary,
) -> Result<(), StorageError> {
    let body = serde_json::to_string(summary).map_err(|error| unreadable(&error))?;
    let organisation = scope.organisation().as_str();
    on_either!(conn, |c| diesel::insert_into(published_summaries::table)
        .values((
            published_summaries::survey.eq(survey.as_str()),
            published_summaries::organisation.eq(organisation),
            published_summaries::body.eq(&body)
        ))
        .on_conflict(published_summaries::survey)
        .do_update()
        .set(published_summaries::body.eq(&body))
        .execute(c))?;
    Ok(())
}

/// The words of a survey; `None` when nothing was written yet. Also for the public page, which has no tenant scope.
pub fn find(conn: &mut Connection, survey: &SurveyId) -> Result<Option<PublishedSummary>, StorageError> {
    let body: Option<String> = published_summaries::table
        .find(survey.as_str())
        .select(published_summaries::body)
        .get_result(conn)
        .optional()?;
    body.map(|body| serde_json::from_str(&body).map_err(|error| unreadable(&error))).transpose()
}

fn unreadable(error: &serde_json::Error) -> StorageError {
    StorageError::unreadable("published summary")(error.to_string())
}
