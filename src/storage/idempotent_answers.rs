//! Answers to requests that may be sent again under the same key.

use diesel::prelude::*;
use time::OffsetDateTime;

use super::connection::on_either;
use super::schema::idempotent_answers;
use super::{Connection, StorageError, from_micros, to_micros};

/// What is known of a request that was sent before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    /// Keyed hash of what was sent.
    pub request_hash: String,
    /// When it came.
    pub started_at: OffsetDateTime,
    /// Its sealed answer; `None` while it is being worked on, or when that was cut off.
    pub answer: Option<String>,
}

/// Notes that a request is being worked on. `None` for the first under its key, which is the one to be done; what is
/// known of the earlier one otherwise.
pub fn begin(
    conn: &mut Connection,
    key_hash: &str,
    request_hash: &str,
    now: OffsetDateTime,
) -> Result<Option<Earlier>, StorageError> {
    let row = (
        idempotent_answers::key_hash.eq(key_hash),
        idempotent_answers::request_hash.eq(request_hash),
        idempotent_answers::started_at.eq(to_micros(now)),
    );
    let added = on_either!(conn, |c| diesel::insert_into(idempotent_answers::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    if added == 1 {
        return Ok(None);
    }
    let columns = (idempotent_answers::request_hash, idempotent_answers::started_at, idempotent_answers::answer);
    let (request_hash, started_at, answer): (String, i64, Option<String>) =
        idempotent_answers::table.find(key_hash).select(columns).get_result(conn)?;
    Ok(Some(Earlier { request_hash, started_at: from_micros(started_at), answer }))
}

/// Keeps the sealed answer of a request.
pub fn keep(conn: &mut Connection, key_hash: &str, answer: &str) -> Result<(), StorageError> {
    diesel::update(idempotent_answers::table.find(key_hash))
        .set(idempotent_answers::answer.eq(Some(answer)))
        .execute(conn)?;
    Ok(())
}

/// Forgets a request that came to nothing, so that it can be sent again.
pub fn forget(conn: &mut Connection, key_hash: &str) -> Result<(), StorageError> {
    diesel::delete(idempotent_answers::table.find(key_hash)).execute(conn)?;
    Ok(())
}

/// Forgets requests that began before `moment`; gives how many.
pub fn forget_before(conn: &mut Connection, moment: OffsetDateTime) -> Result<u64, StorageError> {
    let old = idempotent_answers::table.filter(idempotent_answers::started_at.lt(to_micros(moment)));
    Ok(diesel::delete(old).execute(conn)? as u64)
}
