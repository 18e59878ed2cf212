//! How organisations' own files name our columns.

use diesel::prelude::*;

use super::connection::on_either;
use super::schema::column_mappings;
use super::{Connection, StorageError};
use crate::domain::account::TenantScope;
use crate::domain::column_mapping::{ColumnMapping, FileFormat};

/// Stores the mapping of a format in place of an earlier one.
pub fn upsert(
    conn: &mut Connection,
    scope: &TenantScope,
    format: FileFormat,
    mapping: &ColumnMapping,
) -> Result<(), StorageError> {
    let body = serde_json::to_string(mapping)
        .map_err(|error| StorageError::unreadable("column mapping")(error.to_string()))?;
    on_either!(conn, |c| diesel::insert_into(column_mappings::table)
        .values((
            column_mappings::organisation.eq(scope.organisation().as_str()),
            column_mappings::format.eq(format.code()),
            column_mappings::body.eq(&body),
        ))
        .on_conflict((column_mappings::organisation, column_mappings::format))
        .do_update()
        .set(column_mappings::body.eq(&body))
        .execute(c))?;
    Ok(())
}

/// The mapping of a format; an empty one where none was saved.
pub fn find(conn: &mut Connection, scope: &TenantScope, format: FileFormat) -> Result<ColumnMapping, StorageError> {
    let body: Option<String> = column_mappings::table
        .filter(column_mappings::organisation.eq(scope.organisation().as_str()))
        .filter(column_mappings::format.eq(format.code()))
        .select(column_mappings::body)
        .get_result(conn)
        .optional()?;
    body.map_or_else(
        || Ok(ColumnMapping::default()),
        |body| {
            serde_json::from_str(&body).map_err(|error| StorageError::unreadable("column mapping")(error.to_string()))
        },
    )
}
