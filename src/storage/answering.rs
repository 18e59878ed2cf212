//! Giving answers: a link is spent and its answer stored, or neither.
//!
//! The one place that writes to invitations and to answers together. Nothing of one goes into the other but the survey
//! and the coarse class that the invitation may carry.

use std::collections::HashSet;

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Binary, Nullable, Text};
use diesel::sqlite::Sqlite;

use super::invitations::Spent;
use super::sealed_responses::{self, SealedResponse};
use super::{Connection, StorageError, surveys};
use crate::domain::identifier::SurveyId;
use crate::domain::survey::SurveyState;

/// An answer that is handed in.
#[derive(Debug, Clone)]
pub struct HandedIn {
    /// Hash of the token that it comes with.
    pub token_hash: String,
    /// Hash of the receipt that the respondent is given for it.
    pub receipt_hash: String,
    /// The answers, sealed.
    pub sealed: Vec<u8>,
}

/// Spends the invitation of each answer and stores it, where the invitation has not been spent before and the survey is
/// open. At most one answer with a token ever gets [`Spent::Now`].
pub fn spend_and_store(
    conn: &mut Connection,
    survey: &SurveyId,
    handed_in: &[HandedIn],
) -> Result<Vec<Spent>, StorageError> {
    match conn {
        Connection::Sqlite(_) => {
            // SQLite has one writer: the survey stays as it is until the end of the transaction.
            let is_open = surveys::find_for_respondent(conn, survey)?.state == SurveyState::Open;
            let store = |answer: &HandedIn| if is_open { one(conn, survey, answer) } else { Ok(Spent::Before) };
            handed_in.iter().map(store).collect()
        }
        Connection::Postgres(c) => {
            let column = |of: fn(&HandedIn) -> &String| handed_in.iter().map(|answer| of(answer).clone()).collect();
            let stored: HashSet<String> = SpendAndStore {
                key: surveys::key_of_hold(survey),
                token_hashes: column(|answer| &answer.token_hash),
                receipt_hashes: column(|answer| &answer.receipt_hash),
                sealed: handed_in.iter().map(|answer| answer.sealed.clone()).collect(),
            }
            .get_results::<String>(c)?
            .into_iter()
            .collect();
            let spent = |answer: &HandedIn| {
                if stored.contains(&answer.receipt_hash) { Spent::Now } else { Spent::Before }
            };
            Ok(handed_in.iter().map(spent).collect())
        }
    }
}

fn one(conn: &mut Connection, survey: &SurveyId, answer: &HandedIn) -> Result<Spent, StorageError> {
    let Connection::Sqlite(c) = conn else { return Ok(Spent::Before) };
    let spend = Spend { token_hash: answer.token_hash.clone(), survey: survey.to_string() };
    let spent: Option<Option<String>> = spend.get_result(c).optional()?;
    let Some(coarse_class) = spent else { return Ok(Spent::Before) };
    let (receipt_hash, sealed) = (answer.receipt_hash.clone(), Some(answer.sealed.clone()));
    sealed_responses::insert(conn, survey, SealedResponse { receipt_hash, coarse_class, sealed })?;
    Ok(Spent::Now)
}

/// Spends a link on SQLite, and gives its coarse class. Diesel prepares its own updates anew each time.
#[derive(QueryId)]
struct Spend {
    token_hash: String,
    survey: String,
}

impl QueryFragment<Sqlite> for Spend {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("UPDATE invitations SET used = 1 WHERE token_hash = ");
        out.push_bind_param::<Text, _>(&self.token_hash)?;
        out.push_sql(" AND survey_id = ");
        out.push_bind_param::<Text, _>(&self.survey)?;
        out.push_sql(" AND NOT used RETURNING coarse_class");
        Ok(())
    }
}

impl Query for Spend {
    type SqlType = Nullable<Text>;
}

impl RunQueryDsl<SqliteConnection> for Spend {}

/// PostgreSQL does all of it in one statement, which gives the receipts of what was stored: nothing is stored when
/// nothing was spent, and of two answers with the same token one.
///
/// The survey is held beside others before a row is changed, because the row comes out of a join with the hold. Who
/// has waited for the hold since before a close sees the survey as it was before; but closing writes every invitation
/// anew, and a row that was deleted meanwhile is passed over.
#[derive(QueryId)]
struct SpendAndStore {
    key: i64,
    token_hashes: Vec<String>,
    receipt_hashes: Vec<String>,
    sealed: Vec<Vec<u8>>,
}

impl QueryFragment<Pg> for SpendAndStore {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("WITH hold AS MATERIALIZED (SELECT pg_advisory_xact_lock_shared(");
        out.push_bind_param::<BigInt, _>(&self.key)?;
        out.push_sql(")), handed_in AS (SELECT * FROM unnest(");
        out.push_bind_param::<Array<Text>, _>(&self.token_hashes)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.receipt_hashes)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Binary>, _>(&self.sealed)?;
        out.push_sql(
            ") AS handed_in (token_hash, receipt_hash, sealed)), \
             spent AS (UPDATE invitations SET used = true FROM hold, handed_in \
             WHERE invitations.token_hash = handed_in.token_hash AND NOT invitations.used AND EXISTS \
             (SELECT FROM surveys WHERE surveys.id = invitations.survey_id AND surveys.state = 'open') \
             RETURNING handed_in.receipt_hash, invitations.survey_id, invitations.coarse_class, handed_in.sealed) \
             INSERT INTO sealed_responses (receipt_hash, survey_id, coarse_class, sealed) \
             SELECT receipt_hash, survey_id, coarse_class, sealed FROM spent RETURNING receipt_hash",
        );
        Ok(())
    }
}

impl Query for SpendAndStore {
    type SqlType = Text;
}

impl RunQueryDsl<PgConnection> for SpendAndStore {}
