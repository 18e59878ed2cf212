//! What was published of workforce snapshots beyond HR: the ledger, for good. Rows are only ever added.

use diesel::prelude::*;

use super::schema::published_workforces;
use super::{Connection, StorageError};
use crate::domain::account::TenantScope;
use crate::domain::disclosure::ProtectedTable;
use crate::domain::indicator::ReportingYear;

/// Adds a version, counted from 1.
///
/// # Errors
/// [`StorageError::AlreadyExists`] when somebody else has added it meanwhile.
pub fn insert(
    conn: &mut Connection,
    scope: &TenantScope,
    year: ReportingYear,
    version: usize,
    table: &ProtectedTable,
) -> Result<(), StorageError> {
    let body = serde_json::to_string(table).map_err(|error| unreadable(error.to_string()))?;
    diesel::insert_into(published_workforces::table)
        .values((
            published_workforces::organisation.eq(scope.organisation().as_str()),
            published_workforces::year.eq(i32::from(year.number())),
            published_workforces::version.eq(version as i32),
            published_workforces::body.eq(body),
        ))
        .execute(conn)?;
    Ok(())
}

/// Every version of a year, first to last.
pub fn of_year(
    conn: &mut Connection,
    scope: &TenantScope,
    year: ReportingYear,
) -> Result<Vec<ProtectedTable>, StorageError> {
    let bodies: Vec<String> = published_workforces::table
        .filter(published_workforces::organisation.eq(scope.organisation().as_str()))
        .filter(published_workforces::year.eq(i32::from(year.number())))
        .order(published_workforces::version)
        .select(published_workforces::body)
        .load(conn)?;
    bodies.iter().map(|body| serde_json::from_str(body).map_err(|error| unreadable(error.to_string()))).collect()
}

fn unreadable(detail: String) -> StorageError {
    StorageError::unreadable("published workforce")(detail)
}
