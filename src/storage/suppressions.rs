//! Who wants no e-mail of an organisation: keyed hashes of addresses.

use std::collections::HashSet;

use diesel::prelude::*;

use super::connection::on_either;
use super::schema::suppressions;
use super::{Connection, StorageError};
use crate::domain::organisation::OdsCode;

/// Notes that these people want no e-mail; those who are noted already stay so.
pub fn add(conn: &mut Connection, organisation: &OdsCode, indexes: &[String]) -> Result<(), StorageError> {
    for index in indexes.iter().collect::<HashSet<_>>() {
        let row = (suppressions::organisation.eq(organisation.as_str()), suppressions::address_index.eq(index));
        on_either!(conn, |c| {
            diesel::insert_into(suppressions::table).values(row).on_conflict_do_nothing().execute(c)
        })?;
    }
    Ok(())
}

/// Whether this person wants no e-mail.
pub fn contains(conn: &mut Connection, organisation: &OdsCode, index: &str) -> Result<bool, StorageError> {
    let found: i64 = suppressions::table.find((organisation.as_str(), index)).count().get_result(conn)?;
    Ok(found > 0)
}
