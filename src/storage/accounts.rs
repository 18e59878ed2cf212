//! Office accounts and their sessions.

use diesel::prelude::*;
use time::OffsetDateTime;

use super::schema::accounts;
use super::{Connection, StorageError, organisations, sessions, to_micros};
use crate::domain::account::{Caller, Role, TenantScope};
use crate::domain::audit_event::Actor;
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
    /// The sealed seed of the second factor; `None` until one is set up.
    pub second_factor: Option<String>,
}

impl Account {
    /// The account as one who asks.
    pub fn caller(&self) -> Caller {
        Caller {
            actor: Actor::Account(self.id.clone()),
            powers: self.role.into(),
            organisation: self.organisation.clone(),
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = accounts)]
pub(super) struct AccountRow {
    id: String,
    email: String,
    role: String,
    organisation: Option<String>,
    password_hash: Option<String>,
    disabled: bool,
    second_factor: Option<String>,
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
            second_factor: row.second_factor,
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
            accounts::last_code_step.eq(0),
        ))
        .execute(conn)?;
    Ok(())
}

/// The account with this e-mail.
///
/// # Errors
/// [`StorageError::NotFound`].
pub fn find_by_email(conn: &mut Connection, email: &str) -> Result<Account, StorageError> {
    accounts::table.filter(accounts::email.eq(email)).select(AccountRow::as_select()).get_result(conn)?.try_into()
}

/// The account with this identifier.
///
/// # Errors
/// [`StorageError::NotFound`].
pub fn find(conn: &mut Connection, id: &AccountId) -> Result<Account, StorageError> {
    accounts::table.find(id.as_str()).select(AccountRow::as_select()).get_result(conn)?.try_into()
}

/// All accounts, by e-mail.
pub fn list(conn: &mut Connection) -> Result<Vec<Account>, StorageError> {
    let rows = accounts::table.order(accounts::email).select(AccountRow::as_select()).load(conn)?;
    rows.into_iter().map(Account::try_from).collect()
}

/// All accounts of an organisation, by e-mail.
pub fn of_organisation(conn: &mut Connection, scope: &TenantScope) -> Result<Vec<Account>, StorageError> {
    let rows = accounts::table
        .filter(accounts::organisation.eq(scope.organisation().as_str()))
        .order(accounts::email)
        .select(AccountRow::as_select())
        .load(conn)?;
    rows.into_iter().map(Account::try_from).collect()
}

/// Accounts of an organisation with an identifier after `after`, by identifier.
pub fn page_of_organisation(
    conn: &mut Connection,
    scope: &TenantScope,
    after: &str,
    limit: i64,
) -> Result<Vec<Account>, StorageError> {
    let rows = accounts::table
        .filter(accounts::organisation.eq(scope.organisation().as_str()))
        .filter(accounts::id.gt(after))
        .order(accounts::id)
        .limit(limit)
        .select(AccountRow::as_select())
        .load(conn)?;
    rows.into_iter().map(Account::try_from).collect()
}

/// An account of the organisation in scope.
///
/// # Errors
/// [`StorageError::NotFound`].
pub fn find_in(conn: &mut Connection, scope: &TenantScope, id: &AccountId) -> Result<Account, StorageError> {
    accounts::table
        .find(id.as_str())
        .filter(accounts::organisation.eq(scope.organisation().as_str()))
        .select(AccountRow::as_select())
        .get_result(conn)?
        .try_into()
}

/// Gives an account another role and ends every session.
pub fn set_role(conn: &mut Connection, id: &AccountId, role: Role) -> Result<(), StorageError> {
    diesel::update(accounts::table.find(id.as_str())).set(accounts::role.eq(role.as_str())).execute(conn)?;
    sessions::end_all(conn, id)
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
        .get_result(conn)?
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
    sessions::end_all(conn, id)
}

/// Allows or refuses signing in; refusing ends every session.
pub fn set_disabled(conn: &mut Connection, id: &AccountId, disabled: bool) -> Result<(), StorageError> {
    diesel::update(accounts::table.find(id.as_str())).set(accounts::disabled.eq(disabled)).execute(conn)?;
    sessions::end_all(conn, id)
}
