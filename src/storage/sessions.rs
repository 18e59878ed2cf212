//! Office sessions: opaque tokens, stored as hashes, that end by themselves.

use diesel::prelude::*;
use time::{Duration, OffsetDateTime};

use super::accounts::{Account, AccountRow};
use super::schema::{accounts, sessions};
use super::{Connection, StorageError, api_sessions, from_micros, to_micros};
use crate::domain::identifier::{AccountId, SessionId};

/// What a session still waits for before it opens anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Awaits {
    /// A code of the second factor.
    Code,
    /// A second factor to be set up.
    Enrolment,
}

impl Awaits {
    fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Enrolment => "enrolment",
        }
    }

    fn parse(text: &str) -> Result<Self, StorageError> {
        [Self::Code, Self::Enrolment]
            .into_iter()
            .find(|awaits| awaits.as_str() == text)
            .ok_or_else(|| StorageError::unreadable("session")(text.to_owned()))
    }
}

/// A session as its owner sees it in a list.
#[derive(Debug, Clone)]
pub struct SessionLine {
    /// Its name in forms; no token.
    pub id: SessionId,
    /// When it began.
    pub started_at: OffsetDateTime,
    /// When it was used last, to the minute or so.
    pub last_used_at: OffsetDateTime,
    /// Hash of its token, to tell which one is asking.
    pub token_hash: String,
}

/// How long sessions last.
#[derive(Debug, Clone, Copy)]
pub struct Life {
    /// Since the last use.
    pub idle: Duration,
    /// Since the beginning.
    pub absolute: Duration,
}

/// Starts a session.
pub fn start(
    conn: &mut Connection,
    token_hash: &str,
    id: &SessionId,
    account: &AccountId,
    awaits: Option<Awaits>,
    now: OffsetDateTime,
) -> Result<(), StorageError> {
    diesel::insert_into(sessions::table)
        .values((
            sessions::token_hash.eq(token_hash),
            sessions::account_id.eq(account.as_str()),
            sessions::started_at.eq(to_micros(now)),
            sessions::last_used_at.eq(to_micros(now)),
            sessions::id.eq(id.as_str()),
            sessions::awaits.eq(awaits.map(Awaits::as_str)),
        ))
        .execute(conn)?;
    Ok(())
}

/// The account of a live session, when the session was last noted as used, and what it waits for.
///
/// # Errors
/// [`StorageError::NotFound`] when the session is unknown, over, or its account is disabled.
pub fn find(
    conn: &mut Connection,
    token_hash: &str,
    now: OffsetDateTime,
    life: Life,
) -> Result<(Account, OffsetDateTime, Option<Awaits>), StorageError> {
    let (row, last_used_at, awaits): (AccountRow, i64, Option<String>) = sessions::table
        .inner_join(accounts::table.on(accounts::id.eq(sessions::account_id)))
        .filter(sessions::token_hash.eq(token_hash))
        .filter(sessions::last_used_at.gt(to_micros(now - life.idle)))
        .filter(sessions::started_at.gt(to_micros(now - life.absolute)))
        .filter(accounts::disabled.eq(false))
        .select((AccountRow::as_select(), sessions::last_used_at, sessions::awaits))
        .get_result(conn)?;
    Ok((row.try_into()?, from_micros(last_used_at), awaits.as_deref().map(Awaits::parse).transpose()?))
}

/// Notes that a session was used.
pub fn touch(conn: &mut Connection, token_hash: &str, now: OffsetDateTime) -> Result<(), StorageError> {
    diesel::update(sessions::table.find(token_hash)).set(sessions::last_used_at.eq(to_micros(now))).execute(conn)?;
    Ok(())
}

/// Live sessions of an account, the one used last first.
pub fn of_account(
    conn: &mut Connection,
    account: &AccountId,
    now: OffsetDateTime,
    life: Life,
) -> Result<Vec<SessionLine>, StorageError> {
    let rows: Vec<(String, i64, i64, String)> = sessions::table
        .filter(sessions::account_id.eq(account.as_str()))
        .filter(sessions::awaits.is_null())
        .filter(sessions::last_used_at.gt(to_micros(now - life.idle)))
        .filter(sessions::started_at.gt(to_micros(now - life.absolute)))
        .order((sessions::last_used_at.desc(), sessions::id))
        .select((sessions::id, sessions::started_at, sessions::last_used_at, sessions::token_hash))
        .load(conn)?;
    rows.into_iter()
        .map(|(id, started_at, last_used_at, token_hash)| {
            Ok(SessionLine {
                id: id.parse().map_err(|_| StorageError::unreadable("session")("identifier".to_owned()))?,
                started_at: from_micros(started_at),
                last_used_at: from_micros(last_used_at),
                token_hash,
            })
        })
        .collect()
}

/// Ends a session; one that is gone already is no error.
pub fn end(conn: &mut Connection, token_hash: &str) -> Result<(), StorageError> {
    diesel::delete(sessions::table.find(token_hash)).execute(conn)?;
    Ok(())
}

/// Ends one session of an account by its name.
pub fn end_one(conn: &mut Connection, account: &AccountId, id: &SessionId) -> Result<(), StorageError> {
    let one = sessions::table.filter(sessions::account_id.eq(account.as_str())).filter(sessions::id.eq(id.as_str()));
    diesel::delete(one).execute(conn)?;
    Ok(())
}

/// Ends every session of an account, and every sign-in to the API.
pub fn end_all(conn: &mut Connection, account: &AccountId) -> Result<(), StorageError> {
    diesel::delete(sessions::table.filter(sessions::account_id.eq(account.as_str()))).execute(conn)?;
    api_sessions::end_all(conn, account)
}

/// Ends every session of an account but one, and every sign-in to the API.
pub fn end_others(conn: &mut Connection, account: &AccountId, but: &str) -> Result<(), StorageError> {
    let others = sessions::table.filter(sessions::account_id.eq(account.as_str())).filter(sessions::token_hash.ne(but));
    diesel::delete(others).execute(conn)?;
    api_sessions::end_all(conn, account)
}

/// Deletes sessions that began before `moment`: they are over in any case.
pub fn forget(conn: &mut Connection, moment: OffsetDateTime) -> Result<u64, StorageError> {
    Ok(diesel::delete(sessions::table.filter(sessions::started_at.lt(to_micros(moment)))).execute(conn)? as u64)
}
