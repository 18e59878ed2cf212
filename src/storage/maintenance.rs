//! What only the operator's commands ask: every row of every organisation, integrity, space given back.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel::{QueryableByName, sql_query};
use time::Date;

use super::schema::{invitations, releases, responses, sealed_responses, surveys};
use super::surveys::{format_date, parse_date};
use super::{Connection, StorageError};
use crate::domain::identifier::{InvitationId, SurveyId};
use crate::domain::survey::SurveyState;

/// A survey of any organisation, as far as maintenance needs to know it.
#[derive(Debug, Clone)]
pub struct SurveyLine {
    /// Identifier.
    pub id: SurveyId,
    /// Where it stands.
    pub state: SurveyState,
    /// Day on which it was closed.
    pub closed_on: Option<Date>,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    value: String,
}

/// Whether the database itself takes what is written: not while it is a standby, or set to be read only.
pub fn is_writable(conn: &mut Connection) -> Result<bool, StorageError> {
    match conn {
        Connection::Sqlite(_) => Ok(true),
        Connection::Postgres(c) => {
            let query =
                "SELECT (pg_is_in_recovery() OR current_setting('default_transaction_read_only')::bool)::text AS value";
            let line: Line = sql_query(query).get_result(c)?;
            Ok(line.value == "false")
        }
    }
}

/// Whether the database itself keeps organisations apart for whoever is connected. SQLite has no such wall to miss.
pub fn has_wall(conn: &mut Connection) -> Result<bool, StorageError> {
    match conn {
        Connection::Sqlite(_) => Ok(true),
        Connection::Postgres(c) => {
            let query = "SELECT (rolsuper OR rolbypassrls)::text AS value FROM pg_roles WHERE rolname = current_user";
            let line: Line = sql_query(query).get_result(c)?;
            Ok(line.value == "false")
        }
    }
}

/// Every survey of every organisation, by identifier.
pub fn surveys(conn: &mut Connection) -> Result<Vec<SurveyLine>, StorageError> {
    let rows: Vec<(String, String, Option<String>)> =
        surveys::table.order(surveys::id).select((surveys::id, surveys::state, surveys::closed_on)).load(conn)?;
    let unreadable = StorageError::unreadable("survey");
    rows.into_iter()
        .map(|(id, state, closed_on)| {
            Ok(SurveyLine {
                id: id.parse().map_err(|_| unreadable("identifier".to_owned()))?,
                state: state.parse().map_err(&unreadable)?,
                closed_on: closed_on.as_deref().map(parse_date).transpose()?,
            })
        })
        .collect()
}

/// Notes the day on which a survey was closed.
pub fn note_closing(conn: &mut Connection, id: &SurveyId, day: Date) -> Result<(), StorageError> {
    diesel::update(surveys::table.find(id.as_str()))
        .set(surveys::closed_on.eq(Some(format_date(day)?)))
        .execute(conn)?;
    Ok(())
}

/// Identifier and sealed address of every invitation of a survey.
pub fn sealed_addresses(conn: &mut Connection, survey: &SurveyId) -> Result<Vec<(InvitationId, String)>, StorageError> {
    let rows: Vec<(String, String)> = invitations::table
        .filter(invitations::survey_id.eq(survey.as_str()))
        .select((invitations::id, invitations::address))
        .load(conn)?;
    rows.into_iter()
        .map(|(id, address)| {
            let id = id.parse().map_err(|_| StorageError::unreadable("invitation")("identifier".to_owned()))?;
            Ok((id, address))
        })
        .collect()
}

/// Whether the survey has a release.
pub fn has_release(conn: &mut Connection, survey: &SurveyId) -> Result<bool, StorageError> {
    let found: i64 = releases::table.filter(releases::survey_id.eq(survey.as_str())).count().get_result(conn)?;
    Ok(found > 0)
}

/// Answers of all surveys, sealed ones and responses.
pub fn responses(conn: &mut Connection) -> Result<u64, StorageError> {
    let stored: i64 = responses::table.count().get_result(conn)?;
    let sealed: i64 =
        sealed_responses::table.filter(sealed_responses::sealed.is_not_null()).count().get_result(conn)?;
    Ok((stored + sealed).unsigned_abs())
}

/// Deletes a survey's invitations, addresses with them; gives how many.
pub fn delete_invitations(conn: &mut Connection, survey: &SurveyId) -> Result<u64, StorageError> {
    Ok(diesel::delete(invitations::table.filter(invitations::survey_id.eq(survey.as_str()))).execute(conn)? as u64)
}

/// Deletes a survey's responses; gives how many.
pub fn delete_responses(conn: &mut Connection, survey: &SurveyId) -> Result<u64, StorageError> {
    Ok(diesel::delete(responses::table.filter(responses::survey_id.eq(survey.as_str()))).execute(conn)? as u64)
}

/// Whether this transaction is the only one that deletes what its time is over for, until its end. SQLite has one writer
/// anyway.
pub fn claim_retention(conn: &mut Connection) -> Result<bool, StorageError> {
    /// Surveys' holds are 60 bits of their identifiers, so that no negative number is one of them.
    const KEY: i64 = -1;
    match conn {
        Connection::Sqlite(_) => Ok(true),
        Connection::Postgres(c) => {
            let line: Line =
                sql_query(format!("SELECT pg_try_advisory_xact_lock({KEY})::text AS value")).get_result(c)?;
            Ok(line.value == "true")
        }
    }
}

/// What the database's own check finds wrong; empty when nothing. PostgreSQL checks pages as they are read, which the
/// caller does; SQLite is asked.
pub fn damage(conn: &mut Connection) -> Result<Vec<String>, StorageError> {
    let Connection::Sqlite(c) = conn else { return Ok(Vec::new()) };
    let integrity: Vec<Line> = sql_query("SELECT integrity_check AS value FROM pragma_integrity_check").load(c)?;
    let keys: Vec<Line> = sql_query("SELECT \"table\" AS value FROM pragma_foreign_key_check").load(c)?;
    let orphans = keys.into_iter().map(|line| format!("a row of {} belongs to nothing", line.value));
    Ok(integrity.into_iter().map(|line| line.value).filter(|line| line != "ok").chain(orphans).collect())
}

/// Gives back the space of what was deleted, so that it is nowhere in the files any more. Not in a transaction.
pub fn vacuum(conn: &mut Connection) -> Result<(), StorageError> {
    match conn {
        // Deleted rows are overwritten already (secure_delete); the log still has them.
        Connection::Sqlite(c) => c.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")?,
        Connection::Postgres(c) => {
            c.batch_execute("SET statement_timeout = 0")?;
            for table in ["invitations", "sealed_responses", "responses", "receipts"] {
                c.batch_execute(&format!("VACUUM (ANALYZE) {table}"))?;
            }
        }
    }
    Ok(())
}
