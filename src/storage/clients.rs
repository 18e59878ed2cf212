//! API clients of organisations, and the assertions that they have used.

use diesel::prelude::*;
use time::OffsetDateTime;

use super::schema::{client_assertions, clients};
use super::{Connection, StorageError, from_micros, organisations, to_micros};
use crate::domain::account::TenantScope;
use crate::domain::identifier::ClientId;
use crate::domain::organisation::OdsCode;
use crate::domain::scope::Scopes;

/// A client.
#[derive(Debug, Clone)]
pub struct Client {
    /// Identifier; what the program calls itself.
    pub id: ClientId,
    /// Whose.
    pub organisation: OdsCode,
    /// For people.
    pub name: String,
    /// What it may do.
    pub scopes: Scopes,
    /// Hash of its secret; `None` when it has none.
    pub secret_hash: Option<String>,
    /// Hash of the secret before, and until when that still works.
    pub previous_secret: Option<(String, OffsetDateTime)>,
    /// Public keys as a JSON array.
    pub public_keys: String,
    /// Whether it is refused for good.
    pub revoked: bool,
    /// When it was made.
    pub created_at: OffsetDateTime,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = clients)]
struct ClientRow {
    id: String,
    organisation: String,
    name: String,
    scopes: String,
    secret_hash: Option<String>,
    previous_secret_hash: Option<String>,
    previous_secret_ends: Option<i64>,
    public_keys: String,
    revoked: bool,
    created_at: i64,
}

impl TryFrom<ClientRow> for Client {
    type Error = StorageError;
    fn try_from(row: ClientRow) -> Result<Self, StorageError> {
        let unreadable = StorageError::unreadable("client");
        Ok(Self {
            id: row.id.parse().map_err(|_| unreadable("identifier".to_owned()))?,
            organisation: organisations::parse_ods(row.organisation)?,
            name: row.name,
            scopes: row.scopes.parse().map_err(|_| StorageError::unreadable("client")("scopes".to_owned()))?,
            secret_hash: row.secret_hash,
            previous_secret: row.previous_secret_hash.zip(row.previous_secret_ends.map(from_micros)),
            public_keys: row.public_keys,
            revoked: row.revoked,
            created_at: from_micros(row.created_at),
        })
    }
}

/// Adds a client.
pub fn insert(conn: &mut Connection, client: &Client) -> Result<(), StorageError> {
    diesel::insert_into(clients::table)
        .values((
            clients::id.eq(client.id.as_str()),
            clients::organisation.eq(client.organisation.as_str()),
            clients::name.eq(&client.name),
            clients::scopes.eq(client.scopes.to_string()),
            clients::secret_hash.eq(&client.secret_hash),
            clients::public_keys.eq(&client.public_keys),
            clients::revoked.eq(client.revoked),
            clients::created_at.eq(to_micros(client.created_at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// A client of the organisation in scope.
///
/// # Errors
/// [`StorageError::NotFound`].
pub fn find_in(conn: &mut Connection, scope: &TenantScope, id: &ClientId) -> Result<Client, StorageError> {
    clients::table
        .find(id.as_str())
        .filter(clients::organisation.eq(scope.organisation().as_str()))
        .select(ClientRow::as_select())
        .get_result(conn)?
        .try_into()
}

/// The client that calls itself so, unless it is revoked: for signing in, where its organisation is not known yet.
///
/// # Errors
/// [`StorageError::NotFound`].
pub fn find_live(conn: &mut Connection, id: &ClientId) -> Result<Client, StorageError> {
    clients::table
        .find(id.as_str())
        .filter(clients::revoked.eq(false))
        .select(ClientRow::as_select())
        .get_result(conn)?
        .try_into()
}

/// Clients of the organisation that are not revoked, with an identifier after `after`, by identifier.
pub fn page(conn: &mut Connection, scope: &TenantScope, after: &str, limit: i64) -> Result<Vec<Client>, StorageError> {
    let rows = clients::table
        .filter(clients::organisation.eq(scope.organisation().as_str()))
        .filter(clients::revoked.eq(false))
        .filter(clients::id.gt(after))
        .order(clients::id)
        .limit(limit)
        .select(ClientRow::as_select())
        .load(conn)?;
    rows.into_iter().map(Client::try_from).collect()
}

/// Writes name, scopes, secrets, keys and revocation of a client that is there.
pub fn update(conn: &mut Connection, client: &Client) -> Result<(), StorageError> {
    let (previous_hash, previous_ends) = client.previous_secret.clone().unzip();
    diesel::update(clients::table.find(client.id.as_str()))
        .set((
            clients::name.eq(&client.name),
            clients::scopes.eq(client.scopes.to_string()),
            clients::secret_hash.eq(&client.secret_hash),
            clients::previous_secret_hash.eq(previous_hash),
            clients::previous_secret_ends.eq(previous_ends.map(to_micros)),
            clients::public_keys.eq(&client.public_keys),
            clients::revoked.eq(client.revoked),
        ))
        .execute(conn)?;
    Ok(())
}

/// Notes that an assertion was used.
///
/// # Errors
/// [`StorageError::AlreadyExists`] when it was used before.
pub fn spend_assertion(
    conn: &mut Connection,
    client: &ClientId,
    assertion_hash: &str,
    ends_at: OffsetDateTime,
) -> Result<(), StorageError> {
    diesel::insert_into(client_assertions::table)
        .values((
            client_assertions::client_id.eq(client.as_str()),
            client_assertions::assertion_hash.eq(assertion_hash),
            client_assertions::ends_at.eq(to_micros(ends_at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Deletes assertions that ended before `moment`: their own time refuses them.
pub fn forget_assertions(conn: &mut Connection, moment: OffsetDateTime) -> Result<u64, StorageError> {
    let over = client_assertions::table.filter(client_assertions::ends_at.lt(to_micros(moment)));
    Ok(diesel::delete(over).execute(conn)? as u64)
}
