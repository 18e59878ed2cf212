//! Keys that sign access tokens.

use diesel::prelude::*;
use time::OffsetDateTime;

use super::schema::signing_keys;
use super::{Connection, StorageError, to_micros};
use crate::domain::identifier::SigningKeyId;

/// Where a key stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// Published, so that others know it before it signs.
    Next,
    /// Signs.
    Active,
    /// Signs no more; what it signed is believed until it ends.
    Retired,
}

impl KeyState {
    fn as_str(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Active => "active",
            Self::Retired => "retired",
        }
    }
}

/// A key as it is stored.
#[derive(Debug, Clone)]
pub struct StoredKey {
    /// Its `kid`.
    pub id: SigningKeyId,
    /// The private key, sealed.
    pub sealed: String,
    /// The public key as JWK.
    pub public_key: String,
}

type Row = (String, String, String);

fn stored((id, sealed, public_key): Row) -> Result<StoredKey, StorageError> {
    let id = id.parse().map_err(|_| StorageError::unreadable("signing key")("identifier".to_owned()))?;
    Ok(StoredKey { id, sealed, public_key })
}

/// Adds a key.
///
/// # Errors
/// [`StorageError::AlreadyExists`] when another replica has just added the one key that may be in this state.
pub fn insert(
    conn: &mut Connection,
    key: &StoredKey,
    state: KeyState,
    now: OffsetDateTime,
) -> Result<(), StorageError> {
    diesel::insert_into(signing_keys::table)
        .values((
            signing_keys::id.eq(key.id.as_str()),
            signing_keys::state.eq(state.as_str()),
            signing_keys::sealed.eq(&key.sealed),
            signing_keys::public_key.eq(&key.public_key),
            signing_keys::changed_at.eq(to_micros(now)),
        ))
        .execute(conn)?;
    Ok(())
}

/// The key in this state; with [`KeyState::Retired`], any of them.
pub fn find(conn: &mut Connection, state: KeyState) -> Result<Option<StoredKey>, StorageError> {
    let row: Option<Row> = signing_keys::table
        .filter(signing_keys::state.eq(state.as_str()))
        .select((signing_keys::id, signing_keys::sealed, signing_keys::public_key))
        .get_result(conn)
        .optional()?;
    row.map(stored).transpose()
}

/// The public key, as JWK, of a key that signs or has signed.
///
/// # Errors
/// [`StorageError::NotFound`].
pub fn public_key(conn: &mut Connection, id: &SigningKeyId) -> Result<String, StorageError> {
    let used = signing_keys::state.ne(KeyState::Next.as_str());
    Ok(signing_keys::table.find(id.as_str()).filter(used).select(signing_keys::public_key).get_result(conn)?)
}

/// Every public key, as JWK: next, active and retired.
pub fn public_keys(conn: &mut Connection) -> Result<Vec<String>, StorageError> {
    Ok(signing_keys::table.order(signing_keys::id).select(signing_keys::public_key).load(conn)?)
}

/// Moves a key on.
pub fn set_state(
    conn: &mut Connection,
    id: &SigningKeyId,
    state: KeyState,
    now: OffsetDateTime,
) -> Result<(), StorageError> {
    diesel::update(signing_keys::table.find(id.as_str()))
        .set((signing_keys::state.eq(state.as_str()), signing_keys::changed_at.eq(to_micros(now))))
        .execute(conn)?;
    Ok(())
}

/// Deletes keys that retired before `moment`.
pub fn forget_retired(conn: &mut Connection, moment: OffsetDateTime) -> Result<u64, StorageError> {
    let over = signing_keys::table
        .filter(signing_keys::state.eq(KeyState::Retired.as_str()))
        .filter(signing_keys::changed_at.lt(to_micros(moment)));
    Ok(diesel::delete(over).execute(conn)? as u64)
}

/// Deletes every key: whatever they signed is refused from now on.
pub fn forget_all(conn: &mut Connection) -> Result<(), StorageError> {
    diesel::delete(signing_keys::table).execute(conn)?;
    Ok(())
}
