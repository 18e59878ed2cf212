//! Access tokens that were revoked before their end.

use diesel::prelude::*;
use time::OffsetDateTime;

use super::schema::revoked_tokens;
use super::{Connection, StorageError, to_micros};
use crate::domain::identifier::TokenId;

/// Refuses a token from now on.
///
/// # Errors
/// [`StorageError::AlreadyExists`] when it is refused already.
pub fn insert(conn: &mut Connection, id: &TokenId, ends_at: OffsetDateTime) -> Result<(), StorageError> {
    diesel::insert_into(revoked_tokens::table)
        .values((revoked_tokens::id.eq(id.as_str()), revoked_tokens::ends_at.eq(to_micros(ends_at))))
        .execute(conn)?;
    Ok(())
}

/// Whether a token is refused.
pub fn contains(conn: &mut Connection, id: &TokenId) -> Result<bool, StorageError> {
    let found: i64 = revoked_tokens::table.find(id.as_str()).count().get_result(conn)?;
    Ok(found > 0)
}

/// Deletes what ended before `moment`: its own time refuses it.
pub fn forget(conn: &mut Connection, moment: OffsetDateTime) -> Result<u64, StorageError> {
    let over = revoked_tokens::table.filter(revoked_tokens::ends_at.lt(to_micros(moment)));
    Ok(diesel::delete(over).execute(conn)? as u64)
}
