//! Giving an answer: the link is spent and the answer stored, or neither.
//!
//! The one place that writes to invitations and to answers together. Nothing of one goes into the other but the survey
//! and the coarse class that the invitation may carry.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Text};

use super::invitations::{self, Spent, StoredInvitation};
use super::sealed_responses::{self, SealedResponse};
use super::{Connection, StorageError, surveys};
use crate::domain::survey::SurveyState;

/// Spends the invitation and stores its answer, if it has not been spent before and its survey is open. At most one
/// caller ever gets [`Spent::Now`].
pub fn spend_and_store(
    conn: &mut Connection,
    invitation: &StoredInvitation,
    receipt_hash: &str,
    sealed: String,
) -> Result<Spent, StorageError> {
    let receipt_hash = receipt_hash.to_owned();
    match conn {
        Connection::Sqlite(_) => {
            let survey = surveys::find_for_respondent(conn, &invitation.survey)?;
            if survey.state != SurveyState::Open || invitations::spend(conn, &invitation.id)? == Spent::Before {
                return Ok(Spent::Before);
            }
            let coarse_class = invitation.coarse_class.clone();
            let answer = SealedResponse { receipt_hash, coarse_class, sealed: Some(sealed) };
            sealed_responses::insert(conn, &invitation.survey, answer)?;
            Ok(Spent::Now)
        }
        Connection::Postgres(c) => {
            let key = surveys::key_of_hold(&invitation.survey);
            let invitation = invitation.id.to_string();
            let stored = SpendAndStore { key, invitation, receipt_hash, sealed }.execute(c)?;
            Ok(if stored == 1 { Spent::Now } else { Spent::Before })
        }
    }
}

/// PostgreSQL does it in one statement: nothing is stored when nothing was spent, and a conversation is saved.
///
/// The survey is held beside others before the row is changed, because the row comes out of a join with the hold. Who
/// has waited for the hold since before a close sees the survey as it was before; but closing writes every invitation
/// anew, and a row that was deleted meanwhile is passed over.
#[derive(QueryId)]
struct SpendAndStore {
    key: i64,
    invitation: String,
    receipt_hash: String,
    sealed: String,
}

impl QueryFragment<Pg> for SpendAndStore {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("WITH hold AS MATERIALIZED (SELECT pg_advisory_xact_lock_shared(");
        out.push_bind_param::<BigInt, _>(&self.key)?;
        out.push_sql(
            ")), spent AS (UPDATE invitations SET used = true FROM hold WHERE NOT invitations.used AND EXISTS \
             (SELECT FROM surveys WHERE surveys.id = invitations.survey_id AND surveys.state = 'open') AND invitations.id = ",
        );
        out.push_bind_param::<Text, _>(&self.invitation)?;
        out.push_sql(
            " RETURNING invitations.survey_id, invitations.coarse_class) \
             INSERT INTO sealed_responses (receipt_hash, survey_id, coarse_class, sealed) SELECT ",
        );
        out.push_bind_param::<Text, _>(&self.receipt_hash)?;
        out.push_sql(", survey_id, coarse_class, ");
        out.push_bind_param::<Text, _>(&self.sealed)?;
        out.push_sql(" FROM spent");
        Ok(())
    }
}

impl RunQueryDsl<PgConnection> for SpendAndStore {}
