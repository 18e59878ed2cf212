//! Answers of open surveys: sealed, each under the hash of its receipt. What is inside is the services' business.
//!
//! Rows are keyed by a random hash. Who has the database alone can tell at most when a row came, not what it holds; at
//! close the rows are opened, shuffled, written to [`super::responses`] and deleted here.

use diesel::prelude::*;

use super::schema::sealed_responses;
use super::{Connection, StorageError};
use crate::domain::identifier::SurveyId;

/// An answer as it is kept while its survey is open.
#[derive(Debug, Clone)]
pub struct SealedResponse {
    /// Hash of the receipt that the respondent was given.
    pub receipt_hash: String,
    /// The unit that the invitation carried, if any.
    pub coarse_class: Option<String>,
    /// The answers, sealed; `None` once they have been withdrawn.
    pub sealed: Option<Vec<u8>>,
}

/// How an open survey's answers stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealedCounts {
    /// Answers that will be counted.
    pub kept: u64,
    /// Answers that were withdrawn.
    pub withdrawn: u64,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = sealed_responses)]
struct SealedRow {
    receipt_hash: String,
    survey_id: String,
    coarse_class: Option<String>,
    sealed: Option<Vec<u8>>,
}

/// Stores an answer.
pub fn insert(conn: &mut Connection, survey: &SurveyId, response: SealedResponse) -> Result<(), StorageError> {
    let row = SealedRow {
        receipt_hash: response.receipt_hash,
        survey_id: survey.to_string(),
        coarse_class: response.coarse_class,
        sealed: response.sealed,
    };
    diesel::insert_into(sealed_responses::table).values(&row).execute(conn)?;
    Ok(())
}

/// Answers of a survey whose key comes after `after`, by key, at most `limit`.
pub fn page(
    conn: &mut Connection,
    survey: &SurveyId,
    after: &str,
    limit: i64,
) -> Result<Vec<SealedResponse>, StorageError> {
    let rows = sealed_responses::table
        .filter(sealed_responses::survey_id.eq(survey.as_str()))
        .filter(sealed_responses::receipt_hash.gt(after))
        .order(sealed_responses::receipt_hash)
        .limit(limit)
        .select(SealedRow::as_select())
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|row| SealedResponse {
            receipt_hash: row.receipt_hash,
            coarse_class: row.coarse_class,
            sealed: row.sealed,
        })
        .collect())
}

/// The survey of the answer with this receipt, and whether the answer is still there.
///
/// # Errors
/// [`StorageError::NotFound`].
pub fn find(conn: &mut Connection, receipt_hash: &str) -> Result<(SurveyId, bool), StorageError> {
    let (survey, sealed): (String, Option<Vec<u8>>) = sealed_responses::table
        .find(receipt_hash)
        .select((sealed_responses::survey_id, sealed_responses::sealed))
        .get_result(conn)?;
    let survey = survey.parse().map_err(|_| StorageError::unreadable("sealed response")("survey".to_owned()))?;
    Ok((survey, sealed.is_some()))
}

/// Deletes what the answer with this receipt holds; `false` when there was nothing to delete.
pub fn withdraw(conn: &mut Connection, receipt_hash: &str) -> Result<bool, StorageError> {
    let kept = sealed_responses::table.find(receipt_hash).filter(sealed_responses::sealed.is_not_null());
    let changed = diesel::update(kept)
        .set((sealed_responses::sealed.eq(None::<Vec<u8>>), sealed_responses::coarse_class.eq(None::<String>)))
        .execute(conn)?;
    Ok(changed == 1)
}

/// How many answers a survey has.
pub fn counts(conn: &mut Connection, survey: &SurveyId) -> Result<SealedCounts, StorageError> {
    let of_survey = sealed_responses::table.filter(sealed_responses::survey_id.eq(survey.as_str()));
    let all: i64 = of_survey.count().get_result(conn)?;
    let kept: i64 = of_survey.filter(sealed_responses::sealed.is_not_null()).count().get_result(conn)?;
    Ok(SealedCounts { kept: kept.unsigned_abs(), withdrawn: (all - kept).unsigned_abs() })
}

/// Deletes all answers of a survey: when they have been written to its responses.
pub fn delete(conn: &mut Connection, survey: &SurveyId) -> Result<(), StorageError> {
    let of_survey = sealed_responses::table.filter(sealed_responses::survey_id.eq(survey.as_str()));
    diesel::delete(of_survey).execute(conn)?;
    Ok(())
}

/// Gives every answer that carries the class `from` the class `to`.
pub fn widen_class(conn: &mut Connection, survey: &SurveyId, from: &str, to: Option<&str>) -> Result<(), StorageError> {
    diesel::update(
        sealed_responses::table
            .filter(sealed_responses::survey_id.eq(survey.as_str()))
            .filter(sealed_responses::coarse_class.eq(from)),
    )
    .set(sealed_responses::coarse_class.eq(to))
    .execute(conn)?;
    Ok(())
}
