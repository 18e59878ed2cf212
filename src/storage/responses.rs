//! Responses of closed surveys. Nothing here knows of invitations or receipts; see `schema.rs`.
//!
//! While a survey is open its answers stand in [`super::sealed_responses`].

use diesel::prelude::*;

use super::connection::on_either;
use super::schema::responses;
use super::{Connection, StorageError};
use crate::domain::identifier::{ResponseId, SurveyId};
use crate::domain::response::Response;

/// A response as it is stored.
#[derive(Debug, Clone)]
pub struct StoredResponse {
    /// Random.
    pub id: ResponseId,
    /// The unit that the invitation carried, if any.
    pub coarse_class: Option<String>,
    /// [`crate::domain::response::Response`] as JSON.
    pub answers: String,
}

impl StoredResponse {
    /// The response itself.
    ///
    /// # Errors
    /// [`StorageError::Unreadable`]; the message never holds an answer.
    pub fn response(&self) -> Result<Response, StorageError> {
        let stored = serde_json::from_str(&self.answers)
            .map_err(|_| StorageError::unreadable("response")("its JSON is damaged".to_owned()))?;
        Ok(Response::from_stored(stored))
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = responses)]
struct ResponseRow {
    id: String,
    survey_id: String,
    coarse_class: Option<String>,
    answers: String,
}

/// Every response of a closed survey, in the order of their random identifiers. An open survey has none yet.
pub fn all(conn: &mut Connection, survey: &SurveyId) -> Result<Vec<StoredResponse>, StorageError> {
    let rows = responses::table
        .filter(responses::survey_id.eq(survey.as_str()))
        .order(responses::id)
        .select(ResponseRow::as_select())
        .load(conn)?;
    rows.into_iter()
        .map(|row| {
            Ok(StoredResponse {
                id: row.id.parse().map_err(|_| StorageError::unreadable("response")("identifier".to_owned()))?,
                coarse_class: row.coarse_class,
                answers: row.answers,
            })
        })
        .collect()
}

/// How many responses a survey has.
pub fn count(conn: &mut Connection, survey: &SurveyId) -> Result<u64, StorageError> {
    let count: i64 = responses::table.filter(responses::survey_id.eq(survey.as_str())).count().get_result(conn)?;
    Ok(count.unsigned_abs())
}

/// Writes all of a survey's responses, in the order of their identifiers, in place of what there was.
///
/// The identifiers must be fresh random ones: their order is the shuffle. PostgreSQL keeps rows where they were
/// inserted, each stamped with its transaction, and SQLite keeps them by identifier: either way their place then tells
/// nothing of who answered when.
pub fn replace(conn: &mut Connection, survey: &SurveyId, mut all: Vec<StoredResponse>) -> Result<(), StorageError> {
    const ROWS_PER_INSERT: usize = 1_000;
    all.sort_by(|a, b| a.id.cmp(&b.id));
    diesel::delete(responses::table.filter(responses::survey_id.eq(survey.as_str()))).execute(conn)?;
    let mut rows = all.into_iter().map(|response| ResponseRow {
        id: response.id.into(),
        survey_id: survey.to_string(),
        coarse_class: response.coarse_class,
        answers: response.answers,
    });
    loop {
        let chunk: Vec<ResponseRow> = rows.by_ref().take(ROWS_PER_INSERT).collect();
        if chunk.is_empty() {
            return Ok(());
        }
        on_either!(conn, |c| diesel::insert_into(responses::table).values(&chunk).execute(c))?;
    }
}

/// Gives every response that carries the class `from` the class `to`: those that were given before answers were sealed.
pub fn widen_class(conn: &mut Connection, survey: &SurveyId, from: &str, to: Option<&str>) -> Result<(), StorageError> {
    diesel::update(
        responses::table.filter(responses::survey_id.eq(survey.as_str())).filter(responses::coarse_class.eq(from)),
    )
    .set(responses::coarse_class.eq(to))
    .execute(conn)?;
    Ok(())
}
