//! Receipts of closed surveys: a public list, without any link to responses.

use diesel::prelude::*;

use super::connection::on_either;
use super::schema::receipts;
use super::{Connection, StorageError};
use crate::domain::identifier::SurveyId;

/// A receipt as it is listed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Receipt {
    /// Its hash.
    pub hash: String,
    /// Whether the answer was withdrawn before close.
    pub withdrawn: bool,
}

#[derive(Insertable)]
#[diesel(table_name = receipts)]
struct ReceiptRow<'a> {
    receipt_hash: &'a str,
    survey_id: &'a str,
    withdrawn: bool,
}

/// Lists receipts of a survey, in the order of their hashes.
pub fn insert(conn: &mut Connection, survey: &SurveyId, mut all: Vec<Receipt>) -> Result<(), StorageError> {
    const ROWS_PER_INSERT: usize = 1_000;
    all.sort();
    for chunk in all.chunks(ROWS_PER_INSERT) {
        let rows: Vec<ReceiptRow<'_>> = chunk
            .iter()
            .map(|receipt| ReceiptRow {
                receipt_hash: &receipt.hash,
                survey_id: survey.as_str(),
                withdrawn: receipt.withdrawn,
            })
            .collect();
        on_either!(conn, |c| diesel::insert_into(receipts::table).values(&rows).execute(c))?;
    }
    Ok(())
}

/// The receipts of a closed survey, by hash.
pub fn all(conn: &mut Connection, survey: &SurveyId) -> Result<Vec<Receipt>, StorageError> {
    let rows: Vec<(String, bool)> = receipts::table
        .filter(receipts::survey_id.eq(survey.as_str()))
        .order(receipts::receipt_hash)
        .select((receipts::receipt_hash, receipts::withdrawn))
        .load(conn)?;
    Ok(rows.into_iter().map(|(hash, withdrawn)| Receipt { hash, withdrawn }).collect())
}

/// The survey that a receipt is of, and the receipt as it is listed.
///
/// # Errors
/// [`StorageError::NotFound`].
pub fn find(conn: &mut Connection, hash: &str) -> Result<(SurveyId, Receipt), StorageError> {
    let (survey, withdrawn): (String, bool) =
        receipts::table.find(hash).select((receipts::survey_id, receipts::withdrawn)).get_result(conn)?;
    let survey = survey.parse().map_err(|_| StorageError::unreadable("receipt")("survey".to_owned()))?;
    Ok((survey, Receipt { hash: hash.to_owned(), withdrawn }))
}

/// Deletes the receipts of a survey: together with its responses.
pub fn delete(conn: &mut Connection, survey: &SurveyId) -> Result<(), StorageError> {
    diesel::delete(receipts::table.filter(receipts::survey_id.eq(survey.as_str()))).execute(conn)?;
    Ok(())
}
