//! Releases: what has been published, for good.

use std::sync::Arc;

use diesel::prelude::*;

use super::lately::Lately;
use super::schema::releases;
use super::{Connection, StorageError};
use crate::domain::disclosure::ProtectedTable;
use crate::domain::identifier::{ReleaseId, SurveyId};

/// Stores the release of a survey.
///
/// # Errors
/// [`StorageError::AlreadyExists`] when the survey has one.
pub fn insert(
    conn: &mut Connection,
    id: &ReleaseId,
    survey: &SurveyId,
    table: &ProtectedTable,
) -> Result<(), StorageError> {
    let body = serde_json::to_string(table).map_err(|error| StorageError::unreadable("release")(error.to_string()))?;
    diesel::insert_into(releases::table)
        .values((releases::id.eq(id.as_str()), releases::survey_id.eq(survey.as_str()), releases::body.eq(body)))
        .execute(conn)?;
    Ok(())
}

/// The release of a survey.
///
/// # Errors
/// [`StorageError::NotFound`] when it has none.
pub fn find(conn: &mut Connection, survey: &SurveyId) -> Result<(ReleaseId, Arc<ProtectedTable>), StorageError> {
    let of_survey = releases::table.filter(releases::survey_id.eq(survey.as_str()));
    let id: String = of_survey.select(releases::id).get_result(conn)?;
    let id = id.parse().map_err(|_| StorageError::unreadable("release")("identifier".to_owned()))?;
    if let Some(table) = LATELY.find(&id) {
        return Ok((id, table));
    }
    let (bytes, table) = read(conn, survey)?;
    let table = LATELY.remember(id.clone(), bytes, table);
    Ok((id, table))
}

/// The release of a survey as it is stored, and how long that is: whatever has been read before.
///
/// # Errors
/// [`StorageError::NotFound`] when it has none.
pub fn read(conn: &mut Connection, survey: &SurveyId) -> Result<(usize, ProtectedTable), StorageError> {
    let body: String =
        releases::table.filter(releases::survey_id.eq(survey.as_str())).select(releases::body).get_result(conn)?;
    let unreadable = |error: serde_json::Error| StorageError::unreadable("release")(error.to_string());
    Ok((body.len(), serde_json::from_str(&body).map_err(unreadable)?))
}

/// Releases that were read lately: those of a few trusts. Reading one again would take most of the time of each page of
/// results.
static LATELY: Lately<ReleaseId, ProtectedTable> = Lately::new(16 * 1024 * 1024);
