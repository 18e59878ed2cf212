//! API clients of an organisation: made, changed, rotated and revoked by its administrator.

use time::Duration;

use super::audit_log::AuditLog;
use super::{AppError, FieldProblem, Precondition, now};
use crate::domain::account::TenantScope;
use crate::domain::audit_event::{Change, Event};
use crate::domain::identifier::ClientId;
use crate::domain::scope::Scopes;
use crate::security::{ClientKey, ClientKeyError, ClientSecret, random_identifier_bytes};
pub use crate::storage::clients::Client;
use crate::storage::{Connection, Database, clients};

/// Clients that an organisation may have at once.
const MOST_CLIENTS: i64 = 50;
/// Longest name, in characters.
const LONGEST_NAME: usize = 100;
/// Hours that a secret may still work beside its successor, at most.
pub const LONGEST_OVERLAP_HOURS: u16 = 168;

/// Use cases around API clients.
#[derive(Clone)]
pub struct Clients {
    database: Database,
    audit_log: AuditLog,
}

/// A client to be made.
#[derive(Debug, Clone)]
pub struct NewClient {
    /// For people.
    pub name: String,
    /// What it may do.
    pub scopes: Scopes,
    /// Public keys, as a JWK Set; without, the client gets a secret.
    pub public_keys: Option<serde_json::Value>,
}

/// What changes about a client.
#[derive(Debug, Clone, Default)]
pub struct ClientChange {
    /// Another name.
    pub name: Option<String>,
    /// Other scopes; tokens that are out lose what is not among them at once.
    pub scopes: Option<Scopes>,
}

impl Clients {
    pub(super) fn new(database: Database, audit_log: AuditLog) -> Self {
        Self { database, audit_log }
    }

    /// The organisation's clients with an identifier after `after`, at most `limit`; revoked ones are left out.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn list(&self, scope: TenantScope, after: Option<ClientId>, limit: u16) -> Result<Vec<Client>, AppError> {
        let after = after.map_or_else(String::new, String::from);
        self.database.of(&scope).read(move |conn| Ok(clients::page(conn, &scope, &after, i64::from(limit))?)).await
    }

    /// One client.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn read(&self, scope: TenantScope, id: ClientId) -> Result<Client, AppError> {
        self.database.of(&scope).read(move |conn| find(conn, &scope, &id)).await
    }

    /// Makes a client; gives its secret, which is shown once, when it has no public keys.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for name or keys; [`AppError::Conflict`] when there are too many.
    pub async fn create(&self, scope: TenantScope, new: NewClient) -> Result<(Client, Option<ClientSecret>), AppError> {
        let name = check_name(&new.name)?;
        let keys = new.public_keys.as_ref().map(ClientKey::parse_set).transpose()?.unwrap_or_default();
        let secret = keys.is_empty().then(ClientSecret::random);
        let client = Client {
            id: ClientId::from_random(random_identifier_bytes()),
            organisation: scope.organisation().clone(),
            name,
            scopes: new.scopes,
            secret_hash: secret.as_ref().map(ClientSecret::hash),
            previous_secret: None,
            public_keys: ClientKey::to_stored(&keys).to_string(),
            revoked: false,
            created_at: now(),
        };
        let log = self.audit_log.clone();
        let client = self
            .database
            .of(&scope)
            .write(move |conn| {
                if clients::page(conn, &scope, "", MOST_CLIENTS)?.len() as i64 == MOST_CLIENTS {
                    let detail = format!("an organisation has at most {MOST_CLIENTS} clients; revoke one first");
                    return Err(AppError::Conflict { code: "too-many-clients", detail });
                }
                clients::insert(conn, &client)?;
                log.note(conn, &scope, &Event::Client { client: client.id.clone(), change: Change::Created })?;
                Ok(client)
            })
            .await?;
        Ok((client, secret))
    }

    /// Changes name or scopes.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Invalid`], [`AppError::ChangedMeanwhile`].
    pub async fn change(
        &self,
        scope: TenantScope,
        id: ClientId,
        change: ClientChange,
        precondition: Precondition<Client>,
    ) -> Result<Client, AppError> {
        let name = change.name.as_deref().map(check_name).transpose()?;
        self.alter(scope, id, precondition, Change::Changed, move |client| {
            client.name = name.unwrap_or_else(|| client.name.clone());
            client.scopes = change.scopes.unwrap_or_else(|| client.scopes.clone());
        })
        .await
    }

    /// Gives the client a new secret, which is shown once. The one before works for another `overlap_hours`.
    ///
    /// # Errors
    /// [`AppError::NotFound`]; [`AppError::Invalid`] for an overlap of more than a week.
    pub async fn rotate_secret(
        &self,
        scope: TenantScope,
        id: ClientId,
        overlap_hours: u16,
    ) -> Result<(Client, ClientSecret), AppError> {
        if overlap_hours > LONGEST_OVERLAP_HOURS {
            let detail = format!("overlap_hours is from 0 to {LONGEST_OVERLAP_HOURS}");
            let problem = FieldProblem { pointer: "/overlap_hours".to_owned(), detail: detail.clone() };
            return Err(AppError::Invalid { detail, problems: vec![problem] });
        }
        let secret = ClientSecret::random();
        let hash = secret.hash();
        let client = self
            .alter(scope, id, Precondition::none(), Change::Rotated, move |client| {
                let ends = now() + Duration::hours(i64::from(overlap_hours));
                client.previous_secret = client.secret_hash.take().filter(|_| overlap_hours > 0).map(|old| (old, ends));
                client.secret_hash = Some(hash);
            })
            .await?;
        Ok((client, secret))
    }

    /// Takes the client's secret away: only its keys count from now on.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn remove_secret(&self, scope: TenantScope, id: ClientId) -> Result<(), AppError> {
        let remove = |client: &mut Client| {
            client.secret_hash = None;
            client.previous_secret = None;
        };
        self.alter(scope, id, Precondition::none(), Change::Changed, remove).await.map(drop)
    }

    /// Replaces the client's public keys by those of a JWK Set.
    ///
    /// # Errors
    /// [`AppError::NotFound`]; [`AppError::Invalid`] for keys that cannot be taken.
    pub async fn replace_keys(
        &self,
        scope: TenantScope,
        id: ClientId,
        set: &serde_json::Value,
    ) -> Result<Client, AppError> {
        let keys = ClientKey::to_stored(&ClientKey::parse_set(set)?).to_string();
        self.alter(scope, id, Precondition::none(), Change::Rotated, move |client| client.public_keys = keys).await
    }

    /// Refuses the client for good, and with it every token that it holds.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn revoke(&self, scope: TenantScope, id: ClientId) -> Result<(), AppError> {
        let revoke = |client: &mut Client| {
            client.revoked = true;
            client.secret_hash = None;
            client.previous_secret = None;
        };
        self.alter(scope, id, Precondition::none(), Change::Removed, revoke).await.map(drop)
    }

    async fn alter(
        &self,
        scope: TenantScope,
        id: ClientId,
        precondition: Precondition<Client>,
        what: Change,
        alter: impl FnOnce(&mut Client) + Send + 'static,
    ) -> Result<Client, AppError> {
        let log = self.audit_log.clone();
        self.database
            .of(&scope)
            .write(move |conn| {
                // Noted first: the end of the organisation's chain is held until this ends, so that nobody changes the
                // client between reading and writing it.
                log.note(conn, &scope, &Event::Client { client: id.clone(), change: what })?;
                let mut client = find(conn, &scope, &id)?;
                precondition.check(conn, &scope, |conn| clients::find_in(conn, &scope, &id))?;
                alter(&mut client);
                clients::update(conn, &client)?;
                Ok(client)
            })
            .await
    }
}

fn find(conn: &mut Connection, scope: &TenantScope, id: &ClientId) -> Result<Client, AppError> {
    let client = clients::find_in(conn, scope, id).map_err(AppError::or_not_found("client"))?;
    if client.revoked { Err(AppError::NotFound("client")) } else { Ok(client) }
}

fn check_name(name: &str) -> Result<String, AppError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        let detail = format!("a name has 1 to {LONGEST_NAME} characters and no control characters");
        let problem = FieldProblem { pointer: "/name".to_owned(), detail: detail.clone() };
        return Err(AppError::Invalid { detail, problems: vec![problem] });
    }
    Ok(name.to_owned())
}

impl From<ClientKeyError> for AppError {
    fn from(error: ClientKeyError) -> Self {
        let detail = error.to_string();
        let problem = FieldProblem { pointer: "/keys".to_owned(), detail: detail.clone() };
        Self::Invalid { detail, problems: vec![problem] }
    }
}
