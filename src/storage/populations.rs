//! Populations that have been imported.

use diesel::prelude::*;

use super::connection::on_either;
use super::schema::populations;
use super::{Connection, StorageError};
use crate::domain::population::Population;

/// Stores a population under its identifier, in place of an earlier one.
pub fn upsert(conn: &mut Connection, id: &str, population: &Population) -> Result<(), StorageError> {
    let body =
        serde_json::to_string(population).map_err(|error| StorageError::unreadable("population")(error.to_string()))?;
    on_either!(conn, |c| diesel::insert_into(populations::table)
        .values((populations::id.eq(id), populations::body.eq(&body)))
        .on_conflict(populations::id)
        .do_update()
        .set(populations::body.eq(&body))
        .execute(c))?;
    Ok(())
}

/// The population with this identifier.
///
/// # Errors
/// [`StorageError::NotFound`].
pub fn find(conn: &mut Connection, id: &str) -> Result<Population, StorageError> {
    let body: String = populations::table.find(id).select(populations::body).get_result(conn)?;
    serde_json::from_str(&body).map_err(|error| StorageError::unreadable("population")(error.to_string()))
}

/// Identifiers of all populations after `after`, in order, at most `limit`.
pub fn list(conn: &mut Connection, after: &str, limit: i64) -> Result<Vec<String>, StorageError> {
    Ok(populations::table
        .filter(populations::id.gt(after))
        .order(populations::id)
        .limit(limit)
        .select(populations::id)
        .load(conn)?)
}

/// Populations with their identifiers, in order, at most `limit`.
pub fn all(conn: &mut Connection, limit: i64) -> Result<Vec<(String, Population)>, StorageError> {
    let rows: Vec<(String, String)> = populations::table
        .order(populations::id)
        .limit(limit)
        .select((populations::id, populations::body))
        .load(conn)?;
    let unreadable = StorageError::unreadable("population");
    let read = |(id, body): (String, String)| {
        Ok((id, serde_json::from_str(&body).map_err(|error: serde_json::Error| unreadable(error.to_string()))?))
    };
    rows.into_iter().map(read).collect()
}
