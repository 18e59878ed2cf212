//! Responses. Nothing here knows of invitations; see `schema.rs`.

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
    /// Hash of the receipt that the respondent was given.
    pub receipt_hash: String,
}

impl StoredResponse {
    /// A response ready to be stored.
    ///
    /// # Errors
    /// [`StorageError::Unreadable`] when it cannot be written as JSON.
    pub fn new(
        id: ResponseId,
        coarse_class: Option<String>,
        response: &Response,
        receipt_hash: &str,
    ) -> Result<Self, StorageError> {
        let answers = serde_json::to_string(&response.to_stored())
            .map_err(|error| StorageError::unreadable("response")(error.to_string()))?;
        Ok(Self { id, coarse_class, answers, receipt_hash: receipt_hash.to_owned() })
    }

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
    receipt_hash: String,
}

/// Stores a response.
pub fn insert(conn: &mut Connection, survey: &SurveyId, response: &StoredResponse) -> Result<(), StorageError> {
    let row = ResponseRow {
        id: response.id.to_string(),
        survey_id: survey.to_string(),
        coarse_class: response.coarse_class.clone(),
        answers: response.answers.clone(),
        receipt_hash: response.receipt_hash.clone(),
    };
    diesel::insert_into(responses::table).values(&row).execute(conn)?;
    Ok(())
}

/// Every response of a survey, in the order of their random identifiers.
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
                receipt_hash: row.receipt_hash,
            })
        })
        .collect()
}

/// How many responses a survey has.
pub fn count(conn: &mut Connection, survey: &SurveyId) -> Result<u64, StorageError> {
    let count: i64 = responses::table.filter(responses::survey_id.eq(survey.as_str())).count().get_result(conn)?;
    Ok(count.unsigned_abs())
}

/// Writes a survey's responses anew, under fresh identifiers and in their order.
///
/// PostgreSQL keeps rows where they were inserted, each stamped with its transaction: before this, the order of
/// answering stands in the file. Afterwards every row has the same stamp, and an earlier backup's identifiers are gone.
pub fn rewrite(
    conn: &mut Connection,
    survey: &SurveyId,
    fresh_id: impl Fn() -> ResponseId,
) -> Result<(), StorageError> {
    const ROWS_PER_INSERT: usize = 1_000;
    let mut rows: Vec<ResponseRow> = responses::table
        .filter(responses::survey_id.eq(survey.as_str()))
        .select(ResponseRow::as_select())
        .load(conn)?;
    for row in &mut rows {
        row.id = fresh_id().to_string();
    }
    rows.sort_by(|a, b| a.id.cmp(&b.id));
    diesel::delete(responses::table.filter(responses::survey_id.eq(survey.as_str()))).execute(conn)?;
    for chunk in rows.chunks(ROWS_PER_INSERT) {
        on_either!(conn, |c| diesel::insert_into(responses::table).values(chunk).execute(c))?;
    }
    Ok(())
}

/// Gives every response that carries the class `from` the class `to`.
pub fn widen_class(conn: &mut Connection, survey: &SurveyId, from: &str, to: Option<&str>) -> Result<(), StorageError> {
    diesel::update(
        responses::table.filter(responses::survey_id.eq(survey.as_str())).filter(responses::coarse_class.eq(from)),
    )
    .set(responses::coarse_class.eq(to))
    .execute(conn)?;
    Ok(())
}
