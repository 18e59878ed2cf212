//! Sign-ins of accounts to the API: what access and refresh tokens hang on.

use diesel::prelude::*;
use time::OffsetDateTime;

use super::accounts::{Account, AccountRow};
use super::schema::{accounts, api_sessions};
use super::{Connection, StorageError, from_micros, to_micros};
use crate::domain::identifier::{AccountId, ApiSessionId};

/// Starts a sign-in with the first generation of refresh token.
pub fn start(
    conn: &mut Connection,
    id: &ApiSessionId,
    account: &AccountId,
    now: OffsetDateTime,
) -> Result<(), StorageError> {
    diesel::insert_into(api_sessions::table)
        .values((
            api_sessions::id.eq(id.as_str()),
            api_sessions::account_id.eq(account.as_str()),
            api_sessions::started_at.eq(to_micros(now)),
            api_sessions::generation.eq(0),
        ))
        .execute(conn)?;
    Ok(())
}

/// The account of a live sign-in.
///
/// # Errors
/// [`StorageError::NotFound`] when it is unknown, ended, began before `oldest`, or its account is disabled.
pub fn find(conn: &mut Connection, id: &ApiSessionId, oldest: OffsetDateTime) -> Result<Account, StorageError> {
    let row: AccountRow = api_sessions::table
        .inner_join(accounts::table.on(accounts::id.eq(api_sessions::account_id)))
        .filter(api_sessions::id.eq(id.as_str()))
        .filter(api_sessions::started_at.gt(to_micros(oldest)))
        .filter(accounts::disabled.eq(false))
        .select(AccountRow::as_select())
        .get_result(conn)?;
    row.try_into()
}

/// Moves on from `generation` to the next; at most one caller ever gets `true` for the same one.
pub fn advance(conn: &mut Connection, id: &ApiSessionId, generation: i32) -> Result<bool, StorageError> {
    let current = api_sessions::table.find(id.as_str()).filter(api_sessions::generation.eq(generation));
    Ok(diesel::update(current).set(api_sessions::generation.eq(generation + 1)).execute(conn)? == 1)
}

/// Live sign-ins of an account, which began after `oldest`, the newest first.
pub fn of_account(
    conn: &mut Connection,
    account: &AccountId,
    oldest: OffsetDateTime,
) -> Result<Vec<(ApiSessionId, OffsetDateTime)>, StorageError> {
    let rows: Vec<(String, i64)> = api_sessions::table
        .filter(api_sessions::account_id.eq(account.as_str()))
        .filter(api_sessions::started_at.gt(to_micros(oldest)))
        .order((api_sessions::started_at.desc(), api_sessions::id))
        .select((api_sessions::id, api_sessions::started_at))
        .load(conn)?;
    rows.into_iter()
        .map(|(id, started_at)| {
            let id = id.parse().map_err(|_| StorageError::unreadable("sign-in")("identifier".to_owned()))?;
            Ok((id, from_micros(started_at)))
        })
        .collect()
}

/// Ends one sign-in of an account.
pub fn end_one(conn: &mut Connection, account: &AccountId, id: &ApiSessionId) -> Result<(), StorageError> {
    let one = api_sessions::table.find(id.as_str()).filter(api_sessions::account_id.eq(account.as_str()));
    diesel::delete(one).execute(conn)?;
    Ok(())
}

/// Ends a sign-in; one that is gone already is no error.
pub fn end(conn: &mut Connection, id: &ApiSessionId) -> Result<(), StorageError> {
    diesel::delete(api_sessions::table.find(id.as_str())).execute(conn)?;
    Ok(())
}

/// Ends every sign-in of an account.
pub(super) fn end_all(conn: &mut Connection, account: &AccountId) -> Result<(), StorageError> {
    diesel::delete(api_sessions::table.filter(api_sessions::account_id.eq(account.as_str()))).execute(conn)?;
    Ok(())
}

/// Deletes sign-ins that began before `moment`: they are over in any case.
pub fn forget(conn: &mut Connection, moment: OffsetDateTime) -> Result<u64, StorageError> {
    let over = api_sessions::table.filter(api_sessions::started_at.lt(to_micros(moment)));
    Ok(diesel::delete(over).execute(conn)? as u64)
}
