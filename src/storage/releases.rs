//! Releases: what has been published, for good.

use diesel::prelude::*;

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
pub fn find(conn: &mut Connection, survey: &SurveyId) -> Result<(ReleaseId, ProtectedTable), StorageError> {
    let (id, body): (String, String) = releases::table
        .filter(releases::survey_id.eq(survey.as_str()))
        .select((releases::id, releases::body))
        .first(conn)?;
    let unreadable = StorageError::unreadable("release");
    let id = id.parse().map_err(|_| unreadable("identifier".to_owned()))?;
    Ok((id, serde_json::from_str(&body).map_err(|error| unreadable(error.to_string()))?))
}
