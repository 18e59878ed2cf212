//! Tries to sign in, counted under keyed hashes, so that replicas share them and nobody can read whose they are.

use diesel::prelude::*;
use time::OffsetDateTime;

use super::connection::on_either;
use super::schema::sign_in_attempts;
use super::{Connection, StorageError, from_micros, to_micros};

/// How often it went wrong, and when it was last tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempts {
    /// Tries that did not succeed, one after another.
    pub failures: u32,
    /// The last of them.
    pub last_at: OffsetDateTime,
}

/// The tries of a subject, held so that nobody else counts one before this transaction has ended.
pub fn hold(conn: &mut Connection, subject: &str) -> Result<Attempts, StorageError> {
    let none =
        (sign_in_attempts::subject.eq(subject), sign_in_attempts::failures.eq(0), sign_in_attempts::last_at.eq(0_i64));
    on_either!(conn, |c| diesel::insert_into(sign_in_attempts::table)
        .values(none)
        .on_conflict_do_nothing()
        .execute(c))?;
    let columns = (sign_in_attempts::failures, sign_in_attempts::last_at);
    let (failures, last_at): (i32, i64) = match conn {
        Connection::Sqlite(c) => sign_in_attempts::table.find(subject).select(columns).get_result(c)?,
        Connection::Postgres(c) => sign_in_attempts::table.find(subject).select(columns).for_update().get_result(c)?,
    };
    Ok(Attempts { failures: failures.unsigned_abs(), last_at: from_micros(last_at) })
}

/// Notes how often it has gone wrong by now.
pub fn note(conn: &mut Connection, subject: &str, attempts: Attempts) -> Result<(), StorageError> {
    let failures = i32::try_from(attempts.failures).unwrap_or(i32::MAX);
    diesel::update(sign_in_attempts::table.find(subject))
        .set((sign_in_attempts::failures.eq(failures), sign_in_attempts::last_at.eq(to_micros(attempts.last_at))))
        .execute(conn)?;
    Ok(())
}

/// Takes one failure back: the try has succeeded.
pub fn take_back(conn: &mut Connection, subject: &str) -> Result<(), StorageError> {
    let counted = sign_in_attempts::table.find(subject).filter(sign_in_attempts::failures.gt(0));
    diesel::update(counted).set(sign_in_attempts::failures.eq(sign_in_attempts::failures - 1)).execute(conn)?;
    Ok(())
}

/// Forgets a subject.
pub fn forget(conn: &mut Connection, subject: &str) -> Result<(), StorageError> {
    diesel::delete(sign_in_attempts::table.find(subject)).execute(conn)?;
    Ok(())
}

/// Forgets every subject that was last tried before `moment`; gives how many.
pub fn forget_before(conn: &mut Connection, moment: OffsetDateTime) -> Result<u64, StorageError> {
    let old = sign_in_attempts::table.filter(sign_in_attempts::last_at.lt(to_micros(moment)));
    Ok(diesel::delete(old).execute(conn)? as u64)
}
