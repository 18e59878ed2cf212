//! Organisations' own identity providers, who people are there, and sign-ins that are under way.

use diesel::prelude::*;
use time::OffsetDateTime;

use super::connection::on_either;
use super::schema::{identity_providers, identity_requests, identity_subjects};
use super::{Connection, StorageError, organisations, to_micros};
use crate::domain::account::TenantScope;
use crate::domain::identifier::AccountId;
use crate::domain::organisation::OdsCode;

/// An organisation's identity provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityProvider {
    /// Its address; also its name in what it signs.
    pub issuer: String,
    /// What we are called there.
    pub client_id: String,
    /// The secret that proves it, sealed.
    pub client_secret: String,
}

/// Stores the organisation's provider in place of an earlier one.
pub fn upsert(conn: &mut Connection, scope: &TenantScope, provider: &IdentityProvider) -> Result<(), StorageError> {
    let IdentityProvider { issuer, client_id, client_secret } = provider;
    let values = (
        identity_providers::issuer.eq(issuer),
        identity_providers::client_id.eq(client_id),
        identity_providers::client_secret.eq(client_secret),
    );
    on_either!(conn, |c| diesel::insert_into(identity_providers::table)
        .values((identity_providers::organisation.eq(scope.organisation().as_str()), values))
        .on_conflict(identity_providers::organisation)
        .do_update()
        .set(values)
        .execute(c))?;
    Ok(())
}

/// The organisation's provider.
///
/// # Errors
/// [`StorageError::NotFound`] when it has none.
pub fn find(conn: &mut Connection, scope: &TenantScope) -> Result<IdentityProvider, StorageError> {
    let (issuer, client_id, client_secret) = identity_providers::table
        .find(scope.organisation().as_str())
        .select((identity_providers::issuer, identity_providers::client_id, identity_providers::client_secret))
        .get_result(conn)?;
    Ok(IdentityProvider { issuer, client_id, client_secret })
}

/// Removes the organisation's provider.
///
/// # Errors
/// [`StorageError::NotFound`] when it has none.
pub fn delete(conn: &mut Connection, scope: &TenantScope) -> Result<(), StorageError> {
    match diesel::delete(identity_providers::table.find(scope.organisation().as_str())).execute(conn)? {
        0 => Err(StorageError::NotFound),
        _ => Ok(()),
    }
}

/// The account that has signed in under this name before.
///
/// # Errors
/// [`StorageError::NotFound`].
pub fn account_of(conn: &mut Connection, subject_hash: &str) -> Result<AccountId, StorageError> {
    let id: String =
        identity_subjects::table.find(subject_hash).select(identity_subjects::account_id).get_result(conn)?;
    AccountId::try_from(id).map_err(|error| StorageError::unreadable("account")(error.to_string()))
}

/// Remembers under which name an account signs in.
///
/// # Errors
/// [`StorageError::AlreadyExists`] when the account has another already.
pub fn link(conn: &mut Connection, subject_hash: &str, account: &AccountId) -> Result<(), StorageError> {
    diesel::insert_into(identity_subjects::table)
        .values((identity_subjects::subject_hash.eq(subject_hash), identity_subjects::account_id.eq(account.as_str())))
        .execute(conn)?;
    Ok(())
}

/// Forgets under which name an account signs in.
pub fn unlink(conn: &mut Connection, account: &AccountId) -> Result<(), StorageError> {
    diesel::delete(identity_subjects::table.filter(identity_subjects::account_id.eq(account.as_str())))
        .execute(conn)?;
    Ok(())
}

/// Notes that a browser is on its way to the organisation's provider.
pub fn begin(
    conn: &mut Connection,
    scope: &TenantScope,
    token_hash: &str,
    now: OffsetDateTime,
) -> Result<(), StorageError> {
    diesel::insert_into(identity_requests::table)
        .values((
            identity_requests::token_hash.eq(token_hash),
            identity_requests::organisation.eq(scope.organisation().as_str()),
            identity_requests::started_at.eq(to_micros(now)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Takes back what [`begin`] noted after `oldest`; gives to whose provider it was. At most one caller gets it.
///
/// # Errors
/// [`StorageError::NotFound`] for what was never begun, has been taken, or took too long.
pub fn take(conn: &mut Connection, token_hash: &str, oldest: OffsetDateTime) -> Result<OdsCode, StorageError> {
    let one = identity_requests::table.find(token_hash).filter(identity_requests::started_at.gt(to_micros(oldest)));
    let organisation: String = one.select(identity_requests::organisation).get_result(conn)?;
    match diesel::delete(identity_requests::table.find(token_hash)).execute(conn)? {
        0 => Err(StorageError::NotFound),
        _ => organisations::parse_ods(organisation),
    }
}

/// Forgets sign-ins that began before `moment`; gives how many.
pub fn forget_requests(conn: &mut Connection, moment: OffsetDateTime) -> Result<u64, StorageError> {
    let old = identity_requests::table.filter(identity_requests::started_at.lt(to_micros(moment)));
    Ok(diesel::delete(old).execute(conn)? as u64)
}
