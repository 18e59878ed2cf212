//! Office accounts and their sessions.

use diesel::prelude::*;
use time::OffsetDateTime;

use super::schema::{accounts, sessions};
use super::{Connection, StorageError, from_micros, organisations, to_micros};
use crate::domain::account::{Caller, Role};
use crate::domain::identifier::AccountId;
use crate::domain::organisation::OdsCode;

/// An account as it is listed.
#[derive(Debug, Clone)]
pub struct Account {
    /// Identifier.
    pub id: AccountId,
    /// Sign-in name.
    pub email: String,
    /// What it may do.
    pub role: Role,
    /// Its organisation; `None` for platform administrators.
    pub organisation: Option<OdsCode>,
    /// PHC string of the password; `None` until the one-time link has been used.
    pub password_hash: Option<String>,
    /// Whether signing in is refused.
    pub disabled: bool,
}

impl Account {
    /// The account as one who asks.
    pub fn caller(&self) -> Caller {
        Caller { account: self.id.clone(), role: self.role, organisation: self.organisation.clone() }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = accounts)]
struct AccountRow {
    id: String,
    email: String,
    role: String,
    organisation: Option<String>,
    password_hash: Option<String>,
    disabled: bool,
}

impl TryFrom<AccountRow> for Account {
    type Error = StorageError;
    fn try_from(row: AccountRow) -> Result<Self, StorageError> {
        Ok(Self {
            id: AccountId::try_from(row.id).map_err(|error| StorageError::unreadable("account")(error.to_string()))?,
            email: row.email,
            role: row.role.parse().map_err(StorageError::unreadable("role"))?,
            organisation: row.organisation.map(organisations::parse_ods).transpose()?,
            password_hash: row.password_hash,
            disabled: row.disabled,
        })
    }
}

/// Adds an account without a password.
///
/// # Errors
/// [`StorageError::AlreadyExists`] when the e-mail is taken.
pub fn insert(
    conn: &mut Connection,
    id: &AccountId,
    email: &str,
    role: Role,
    organisation: Option<&OdsCode>,
) -> Result<(), StorageError> {
    diesel::insert_into(accounts::table)
        .values((
            accounts::id.eq(id.as_str()),
            accounts::email.eq(email),
            accounts::role.eq(role.as_str()),
            accounts::organisation.eq(organisation.map(OdsCode::as_str)),
            accounts::disabled.eq(false),
        ))
        .execute(conn)?;
    Ok(())
}

/// The account with this e-mail.
///
/// # Errors
/// [`StorageError::NotFound`].
pub fn find_by_email(conn: &mut Connection, email: &str) -> Result<Account, StorageError> {
    accounts::table.filter(accounts::email.eq(email)).select(AccountRow::as_select()).first(conn)?.try_into()
}

/// The account with this identifier.
///
/// # Errors
/// [`StorageError::NotFound`].
pub fn find(conn: &mut Connection, id: &AccountId) -> Result<Account, StorageError> {
    accounts::table.find(id.as_str()).select(AccountRow::as_select()).first(conn)?.try_into()
}

/// All accounts, by e-mail.
pub fn list(conn: &mut Connection) -> Result<Vec<Account>, StorageError> {
    let rows = accounts::table.order(accounts::email).select(AccountRow::as_select()).load(conn)?;
    rows.into_iter().map(Account::try_from).collect()
}

/// Makes a one-time link valid until `expires`; an earlier one no longer is.
pub fn set_setup_token(
    conn: &mut Connection,
    id: &AccountId,
    token_hash: &str,
    expires: OffsetDateTime,
) -> Result<(), StorageError> {
    diesel::update(accounts::table.find(id.as_str()))
        .set((accounts::setup_token_hash.eq(Some(token_hash)), accounts::setup_expires_at.eq(Some(to_micros(expires)))))
        .execute(conn)?;
    Ok(())
}

/// The account that a live one-time link belongs to.
///
/// # Errors
/// [`StorageError::NotFound`] when the link is unknown, used or expired.
pub fn find_by_setup_token(
    conn: &mut Connection,
    token_hash: &str,
    now: OffsetDateTime,
) -> Result<Account, StorageError> {
    accounts::table
        .filter(accounts::setup_token_hash.eq(token_hash))
        .filter(accounts::setup_expires_at.gt(to_micros(now)))
        .filter(accounts::disabled.eq(false))
        .select(AccountRow::as_select())
        .first(conn)?
        .try_into()
}

/// Sets the password, spends the one-time link and ends every session.
pub fn set_password(conn: &mut Connection, id: &AccountId, password_hash: &str) -> Result<(), StorageError> {
    diesel::update(accounts::table.find(id.as_str()))
        .set((
            accounts::password_hash.eq(Some(password_hash)),
            accounts::setup_token_hash.eq(None::<String>),
            accounts::setup_expires_at.eq(None::<i64>),
        ))
        .execute(conn)?;
    end_all_sessions(conn, id)
}

/// Allows or refuses signing in; refusing ends every session.
pub fn set_disabled(conn: &mut Connection, id: &AccountId, disabled: bool) -> Result<(), StorageError> {
    diesel::update(accounts::table.find(id.as_str())).set(accounts::disabled.eq(disabled)).execute(conn)?;
    end_all_sessions(conn, id)
}

/// Starts a session.
pub fn start_session(
    conn: &mut Connection,
    token_hash: &str,
    account: &AccountId,
    now: OffsetDateTime,
) -> Result<(), StorageError> {
    diesel::insert_into(sessions::table)
        .values((
            sessions::token_hash.eq(token_hash),
            sessions::account_id.eq(account.as_str()),
            sessions::started_at.eq(to_micros(now)),
            sessions::last_used_at.eq(to_micros(now)),
        ))
        .execute(conn)?;
    Ok(())
}

/// The account of a live session, and when the session was last noted as used.
///
/// # Errors
/// [`StorageError::NotFound`] when the session is unknown, idle for longer than `idle`, older than `absolute`, or its
/// account is disabled.
pub fn find_session(
    conn: &mut Connection,
    token_hash: &str,
    now: OffsetDateTime,
    idle: time::Duration,
    absolute: time::Duration,
) -> Result<(Account, OffsetDateTime), StorageError> {
    let (row, last_used_at): (AccountRow, i64) = sessions::table
        .inner_join(accounts::table.on(accounts::id.eq(sessions::account_id)))
        .filter(sessions::token_hash.eq(token_hash))
        .filter(sessions::last_used_at.gt(to_micros(now - idle)))
        .filter(sessions::started_at.gt(to_micros(now - absolute)))
        .filter(accounts::disabled.eq(false))
        .select((AccountRow::as_select(), sessions::last_used_at))
        .first(conn)?;
    Ok((row.try_into()?, from_micros(last_used_at)))
}

/// Notes that a session was used.
pub fn touch_session(conn: &mut Connection, token_hash: &str, now: OffsetDateTime) -> Result<(), StorageError> {
    diesel::update(sessions::table.find(token_hash)).set(sessions::last_used_at.eq(to_micros(now))).execute(conn)?;
    Ok(())
}

/// Ends a session; one that is gone already is no error.
pub fn end_session(conn: &mut Connection, token_hash: &str) -> Result<(), StorageError> {
    diesel::delete(sessions::table.find(token_hash)).execute(conn)?;
    Ok(())
}

fn end_all_sessions(conn: &mut Connection, account: &AccountId) -> Result<(), StorageError> {
    diesel::delete(sessions::table.filter(sessions::account_id.eq(account.as_str()))).execute(conn)?;
    Ok(())
}
