//! Organisations and their unit trees.

use diesel::prelude::*;

use super::connection::on_either;
use super::schema::organisations;
use super::{Connection, StorageError};
use crate::domain::account::TenantScope;
use crate::domain::organisation::{OdsCode, Organisation, UnitTree};

/// Adds an organisation without units.
///
/// # Errors
/// [`StorageError::AlreadyExists`] when the code is taken.
pub fn insert(conn: &mut Connection, organisation: &Organisation) -> Result<(), StorageError> {
    diesel::insert_into(organisations::table)
        .values((
            organisations::ods.eq(organisation.ods.as_str()),
            organisations::name.eq(&organisation.name),
            organisations::units.eq("[]"),
        ))
        .execute(conn)?;
    Ok(())
}

/// Adds the organisation, or renames it when it is there.
pub fn upsert(conn: &mut Connection, organisation: &Organisation) -> Result<(), StorageError> {
    on_either!(conn, |c| diesel::insert_into(organisations::table)
        .values((
            organisations::ods.eq(organisation.ods.as_str()),
            organisations::name.eq(&organisation.name),
            organisations::units.eq("[]"),
        ))
        .on_conflict(organisations::ods)
        .do_update()
        .set(organisations::name.eq(&organisation.name))
        .execute(c))?;
    Ok(())
}

/// The organisation in scope.
///
/// # Errors
/// [`StorageError::NotFound`].
pub fn find(conn: &mut Connection, scope: &TenantScope) -> Result<Organisation, StorageError> {
    let name: String =
        organisations::table.find(scope.organisation().as_str()).select(organisations::name).get_result(conn)?;
    Ok(Organisation { ods: scope.organisation().clone(), name })
}

/// Holds the organisation's row until the transaction ends, so that who else holds it waits. SQLite has one writer
/// anyway.
///
/// # Errors
/// [`StorageError::NotFound`].
pub fn hold(conn: &mut Connection, scope: &TenantScope) -> Result<(), StorageError> {
    let row = organisations::table.find(scope.organisation().as_str()).select(organisations::ods);
    let _: String = match conn {
        Connection::Sqlite(c) => row.get_result(c)?,
        Connection::Postgres(c) => row.for_update().get_result(c)?,
    };
    Ok(())
}

/// All organisations with a code after `after`, by code, at most `limit`.
pub fn list(conn: &mut Connection, after: &str, limit: i64) -> Result<Vec<Organisation>, StorageError> {
    let rows: Vec<(String, String)> = organisations::table
        .filter(organisations::ods.gt(after))
        .order(organisations::ods)
        .limit(limit)
        .select((organisations::ods, organisations::name))
        .load(conn)?;
    rows.into_iter().map(|(ods, name)| Ok(Organisation { ods: parse_ods(ods)?, name })).collect()
}

/// Changes the name of the organisation in scope.
///
/// # Errors
/// [`StorageError::NotFound`].
pub fn rename(conn: &mut Connection, scope: &TenantScope, name: &str) -> Result<(), StorageError> {
    let changed = diesel::update(organisations::table.find(scope.organisation().as_str()))
        .set(organisations::name.eq(name))
        .execute(conn)?;
    if changed == 1 { Ok(()) } else { Err(StorageError::NotFound) }
}

/// The units of the organisation in scope.
///
/// # Errors
/// [`StorageError::NotFound`].
pub fn units(conn: &mut Connection, scope: &TenantScope) -> Result<UnitTree, StorageError> {
    let units: String =
        organisations::table.find(scope.organisation().as_str()).select(organisations::units).get_result(conn)?;
    serde_json::from_str(&units).map_err(|error| StorageError::unreadable("units")(error.to_string()))
}

/// Replaces the units of the organisation in scope.
///
/// # Errors
/// [`StorageError::NotFound`].
pub fn replace_units(conn: &mut Connection, scope: &TenantScope, units: &UnitTree) -> Result<(), StorageError> {
    let units = serde_json::to_string(units).map_err(|error| StorageError::unreadable("units")(error.to_string()))?;
    let changed = diesel::update(organisations::table.find(scope.organisation().as_str()))
        .set(organisations::units.eq(units))
        .execute(conn)?;
    if changed == 1 { Ok(()) } else { Err(StorageError::NotFound) }
}

pub(super) fn parse_ods(text: String) -> Result<OdsCode, StorageError> {
    OdsCode::try_from(text).map_err(|error| StorageError::unreadable("organisation code")(error.to_string()))
}
