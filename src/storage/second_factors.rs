//! Second factors of accounts: the sealed seed, the step of the last code, and recovery codes.

use diesel::prelude::*;

use super::connection::on_either;
use super::schema::{accounts, recovery_codes};
use super::{Connection, StorageError};
use crate::domain::identifier::AccountId;

#[derive(Insertable)]
#[diesel(table_name = recovery_codes)]
struct RecoveryCodeRow<'a> {
    account_id: &'a str,
    code_hash: &'a str,
}

/// Sets the sealed seed in place of `present`; codes up to `step` are used already. Whether `present` was still there:
/// of two who set one up at once, only one succeeds.
pub fn enrol(
    conn: &mut Connection,
    account: &AccountId,
    present: Option<&str>,
    sealed: &str,
    step: i64,
) -> Result<bool, StorageError> {
    let none = present.is_none().into_sql::<diesel::sql_types::Bool>();
    let still = accounts::table.find(account.as_str()).filter(
        accounts::second_factor.eq(present.unwrap_or_default()).or(accounts::second_factor.is_null().and(none)),
    );
    let set = (accounts::second_factor.eq(Some(sealed)), accounts::last_code_step.eq(step));
    Ok(diesel::update(still).set(set).execute(conn)? == 1)
}

/// Takes password and second factor away, recovery codes with them: the password alone must not be enough to set up
/// another.
pub fn clear(conn: &mut Connection, account: &AccountId) -> Result<(), StorageError> {
    diesel::update(accounts::table.find(account.as_str()))
        .set((
            accounts::password_hash.eq(None::<String>),
            accounts::second_factor.eq(None::<String>),
            accounts::last_code_step.eq(0),
        ))
        .execute(conn)?;
    replace_recovery_codes(conn, account, &[])
}

/// Notes the step of a code; whether it is later than every one before. At most one caller ever gets `true` for a step.
pub fn spend_step(conn: &mut Connection, account: &AccountId, step: i64) -> Result<bool, StorageError> {
    let later = accounts::table.find(account.as_str()).filter(accounts::last_code_step.lt(step));
    Ok(diesel::update(later).set(accounts::last_code_step.eq(step)).execute(conn)? == 1)
}

/// Sets the hashes of recovery codes; earlier ones are no longer good.
pub fn replace_recovery_codes(
    conn: &mut Connection,
    account: &AccountId,
    hashes: &[String],
) -> Result<(), StorageError> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::account_id.eq(account.as_str()))).execute(conn)?;
    let rows: Vec<RecoveryCodeRow<'_>> =
        hashes.iter().map(|code_hash| RecoveryCodeRow { account_id: account.as_str(), code_hash }).collect();
    on_either!(conn, |c| diesel::insert_into(recovery_codes::table).values(&rows).execute(c))?;
    Ok(())
}

/// Uses a recovery code up; whether it was good.
pub fn spend_recovery_code(conn: &mut Connection, account: &AccountId, hash: &str) -> Result<bool, StorageError> {
    Ok(diesel::delete(recovery_codes::table.find((account.as_str(), hash))).execute(conn)? == 1)
}

/// Recovery codes that are left.
pub fn recovery_codes_left(conn: &mut Connection, account: &AccountId) -> Result<u64, StorageError> {
    let left: i64 =
        recovery_codes::table.filter(recovery_codes::account_id.eq(account.as_str())).count().get_result(conn)?;
    Ok(left.unsigned_abs())
}
