//! Tokens for the API: given out (sign-in, refresh, client credentials), checked, revoked.
//!
//! Every request looks up what its token hangs on – sign-in and account, or client – so that revoking any of them takes
//! effect on the next request.

use std::net::IpAddr;

use time::{Duration, OffsetDateTime};

use super::accounts::{Accounts, or_unauthenticated};
use super::signing_keys::SigningKeys;
use super::{AppError, now};
use crate::config::Config;
use crate::domain::account::{Caller, Powers};
use crate::domain::audit_event::{Actor, Event};
use crate::domain::identifier::{ApiSessionId, ClientId};
use crate::domain::scope::Scopes;
use crate::security::{
    AccessTokens, Assertion, CheckedToken, CheckingKey, ClientSecret, Holder, InvalidToken, RefreshToken,
    issuer_of_assertion, random_identifier_bytes,
};
use crate::storage::clients::{self, Client};
use crate::storage::{Connection, StorageError, api_sessions, revoked_tokens, signing_keys};

/// Path of the token endpoint: with the public address, what an assertion must be meant for.
pub const TOKEN_PATH: &str = "/api/v1/auth/token";

/// Use cases around tokens.
#[derive(Clone)]
pub struct Tokens {
    accounts: Accounts,
    signing_keys: SigningKeys,
    access_tokens: AccessTokens,
    session_life: Duration,
    token_url: String,
}

/// Tokens as they are handed out.
#[derive(Clone, PartialEq, Eq)]
pub struct Granted {
    /// The access token.
    pub access_token: String,
    /// Seconds until it ends.
    pub expires_in: i64,
    /// What the next access token is got with; for accounts only.
    pub refresh_token: Option<String>,
    /// What a client's token is good for.
    pub scopes: Option<Scopes>,
}

/// Why no token was given, as OAuth 2.0 names it (RFC 6749, section 5.2).
#[derive(Debug, thiserror::Error)]
pub enum GrantError {
    /// The client could not prove who it is; the same for unknown and revoked ones.
    #[error("the client is unknown, or could not prove who it is")]
    InvalidClient,
    /// The refresh token is none, has ended, or was used before.
    #[error("the refresh token is not valid; sign in again")]
    InvalidGrant,
    /// More was asked for than the client has.
    #[error("the client does not have these scopes")]
    InvalidScope,
    /// Something else.
    #[error(transparent)]
    Other(#[from] AppError),
}

impl From<StorageError> for GrantError {
    fn from(error: StorageError) -> Self {
        Self::Other(error.into())
    }
}

/// How a client proves who it is.
pub enum ClientProof {
    /// Its identifier and a secret.
    Secret(String, ClientSecret),
    /// A signed assertion, and who it is said to be from where that is said beside it, too.
    Assertion(String, Option<String>),
}

/// What was found out about somebody who says that they are a client.
struct Proven {
    /// The client that they name, if there is one.
    client: Option<Client>,
    /// What they proved it by.
    by: Option<ProvenBy>,
}

enum ProvenBy {
    Secret,
    Assertion(Assertion),
}

enum Refreshed {
    Granted(Granted),
    Refused,
}

impl Tokens {
    pub(super) fn new(accounts: Accounts, signing_keys: SigningKeys, config: &Config) -> Self {
        Self {
            accounts,
            signing_keys,
            access_tokens: AccessTokens::new(&config.server.public_url, config.security.access_token_minutes),
            session_life: Duration::hours(i64::from(config.security.session_hours)),
            token_url: format!("{}{TOKEN_PATH}", config.server.public_url),
        }
    }

    /// Signs an account in to the API.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`] for every wrong combination alike; [`AppError::TooSoon`].
    pub async fn sign_in(
        &self,
        email: &str,
        password: &str,
        code: Option<&str>,
        network: Option<IpAddr>,
    ) -> Result<Granted, AppError> {
        let account = self.accounts.authenticate(email, password, code, network).await?;
        let tokens = self.clone();
        self.accounts
            .database
            .of_every_organisation()
            .write(move |conn| {
                let session = ApiSessionId::from_random(random_identifier_bytes());
                api_sessions::start(conn, &session, &account.id, now())?;
                let holder = Holder::Account { account: account.id, session: session.clone() };
                let refresh = RefreshToken { session, generation: 0 };
                tokens.grant(conn, &holder, Some(refresh))
            })
            .await
    }

    /// Exchanges a refresh token for new tokens. One that was used before ends its whole sign-in: either its owner or
    /// somebody who took it holds the later ones, and nobody can tell which.
    ///
    /// # Errors
    /// [`GrantError::InvalidGrant`].
    pub async fn refresh(&self, given: &str) -> Result<Granted, GrantError> {
        let token = RefreshToken::open(&self.accounts.keys, given).ok_or(GrantError::InvalidGrant)?;
        let tokens = self.clone();
        let refreshed: Refreshed = self
            .accounts
            .database
            .of_every_organisation()
            .write(move |conn| {
                let account = match api_sessions::find(conn, &token.session, now() - tokens.session_life) {
                    Ok(account) => account,
                    Err(StorageError::NotFound) => return Ok(Refreshed::Refused),
                    Err(error) => return Err(AppError::from(error)),
                };
                if !api_sessions::advance(conn, &token.session, token.generation)? {
                    api_sessions::end(conn, &token.session)?;
                    let event = Event::RefreshTokenReused { account: account.id };
                    tokens.accounts.audit_log.note_by(conn, &Actor::Service, account.organisation.as_ref(), &event)?;
                    return Ok(Refreshed::Refused);
                }
                let holder = Holder::Account { account: account.id, session: token.session.clone() };
                let next = RefreshToken { generation: token.generation + 1, ..token };
                tokens.grant(conn, &holder, Some(next)).map(Refreshed::Granted)
            })
            .await?;
        match refreshed {
            Refreshed::Granted(granted) => Ok(granted),
            Refreshed::Refused => Err(GrantError::InvalidGrant),
        }
    }

    /// Gives a client a token for all of its scopes, or for those that it asks for.
    ///
    /// # Errors
    /// [`GrantError::InvalidClient`], [`GrantError::InvalidScope`].
    pub async fn client_credentials(&self, proof: ClientProof, asked: Option<&str>) -> Result<Granted, GrantError> {
        let asked: Option<Scopes> = asked.map(str::parse).transpose().map_err(|_| GrantError::InvalidScope)?;
        let id: ClientId = match &proof {
            ClientProof::Secret(id, _) => id.parse().map_err(|_| GrantError::InvalidClient)?,
            ClientProof::Assertion(text, said) => issuer_of_assertion(text)
                .ok()
                .filter(|issuer| said.as_deref().is_none_or(|said| said == issuer.as_str()))
                .ok_or(GrantError::InvalidClient)?,
        };
        let (database, log) = (&self.accounts.database, &self.accounts.audit_log);
        let (tokens, find) = (self.clone(), id.clone());
        // Nothing is written for whoever cannot prove anything.
        let proven = database.of_every_organisation().read(move |conn| tokens.prove(conn, &find, &proof)).await?;
        let Some(client) = proven.client else { return Err(GrantError::InvalidClient) };
        let (actor, organisation) = (Actor::Client(id.clone()), Some(client.organisation.clone()));
        let granted = match proven.by {
            None => Err(GrantError::InvalidClient),
            Some(by) => {
                let tokens = self.clone();
                database.of_every_organisation().write(move |conn| tokens.grant_client(conn, &client, by, asked)).await
            }
        };
        let (actor, event) = match &granted {
            Ok(_) => (actor, Event::ClientSignedIn { client: id }),
            Err(GrantError::InvalidClient) => (Actor::Service, Event::ClientRefused { client: id }),
            Err(_) => return granted,
        };
        log.record_reading(actor, organisation, event).await?;
        granted
    }

    /// Whether somebody is the client that they say.
    fn prove(&self, conn: &mut Connection, id: &ClientId, proof: &ClientProof) -> Result<Proven, StorageError> {
        let client = match clients::find_live(conn, id) {
            Ok(client) => client,
            Err(StorageError::NotFound) => return Ok(Proven { client: None, by: None }),
            Err(error) => return Err(error),
        };
        let by = match proof {
            ClientProof::Secret(_, secret) => has_secret(&client, &secret.hash(), now()).then_some(ProvenBy::Secret),
            ClientProof::Assertion(text, _) => {
                let checked = Assertion::check(text, id, &client.public_keys, &self.token_url, now());
                checked.ok().map(ProvenBy::Assertion)
            }
        };
        Ok(Proven { client: Some(client), by })
    }

    fn grant_client(
        &self,
        conn: &mut Connection,
        client: &Client,
        by: ProvenBy,
        asked: Option<Scopes>,
    ) -> Result<Granted, GrantError> {
        if let ProvenBy::Assertion(assertion) = by {
            clients::spend_assertion(conn, &client.id, &assertion.identifier_hash, assertion.ends_at).map_err(
                |error| match error {
                    StorageError::AlreadyExists(_) => GrantError::InvalidClient,
                    other => other.into(),
                },
            )?;
        }
        let scopes = asked.unwrap_or_else(|| client.scopes.clone());
        if !client.scopes.include(&scopes) {
            return Err(GrantError::InvalidScope);
        }
        Ok(self.grant(conn, &Holder::Client { client: client.id.clone(), scopes }, None)?)
    }

    fn grant(
        &self,
        conn: &mut Connection,
        holder: &Holder,
        refresh: Option<RefreshToken>,
    ) -> Result<Granted, AppError> {
        let key = self.signing_keys.active(conn)?;
        let scopes = match holder {
            Holder::Account { .. } => None,
            Holder::Client { scopes, .. } => Some(scopes.clone()),
        };
        Ok(Granted {
            access_token: self.access_tokens.issue(&key, holder, now())?,
            expires_in: self.access_tokens.life().whole_seconds(),
            refresh_token: refresh.map(|token| token.reveal(&self.accounts.keys)),
            scopes,
        })
    }

    /// Who holds this access token.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`] for every reason alike.
    pub async fn caller_of(&self, token: &str) -> Result<Caller, AppError> {
        let (tokens, token) = (self.clone(), token.to_owned());
        self.accounts
            .database
            .of_every_organisation()
            .read(move |conn| {
                let checked = tokens.check(conn, &token)?;
                tokens.holder(conn, checked)
            })
            .await
    }

    fn check(&self, conn: &mut Connection, token: &str) -> Result<CheckedToken, AppError> {
        let refused = |_: InvalidToken| AppError::Unauthenticated;
        let kid = self.access_tokens.key_of(token).map_err(refused)?;
        let key = signing_keys::public_key(conn, &kid).map_err(or_unauthenticated)?;
        let key = CheckingKey::parse(&key)?;
        self.access_tokens.check(token, &key).map_err(refused)
    }

    fn holder(&self, conn: &mut Connection, token: CheckedToken) -> Result<Caller, AppError> {
        match token.holder {
            Holder::Account { account, session } => {
                let found =
                    api_sessions::find(conn, &session, now() - self.session_life).map_err(or_unauthenticated)?;
                if found.id == account { Ok(found.caller()) } else { Err(AppError::Unauthenticated) }
            }
            Holder::Client { client, scopes } => {
                let client = clients::find_live(conn, &client).map_err(or_unauthenticated)?;
                if revoked_tokens::contains(conn, &token.id)? {
                    return Err(AppError::Unauthenticated);
                }
                Ok(Caller {
                    actor: Actor::Client(client.id),
                    // A scope that the client has lost since counts no more.
                    powers: Powers::Scopes(scopes.and(&client.scopes)),
                    organisation: Some(client.organisation),
                })
            }
        }
    }

    /// Ends what a token stands for (RFC 7009): a sign-in for the tokens of an account, the token itself for one of a
    /// client. Whoever holds a token may end it; one that is not valid is no error.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn revoke(&self, given: &str) -> Result<(), AppError> {
        let refresh = RefreshToken::open(&self.accounts.keys, given);
        let (tokens, given) = (self.clone(), given.to_owned());
        self.accounts
            .database
            .of_every_organisation()
            .write(move |conn| {
                if let Some(token) = refresh {
                    return Ok(api_sessions::end(conn, &token.session)?);
                }
                let token = match tokens.check(conn, &given) {
                    Ok(token) => token,
                    Err(AppError::Unauthenticated) => return Ok(()),
                    Err(error) => return Err(error),
                };
                match token.holder {
                    Holder::Account { session, .. } => Ok(api_sessions::end(conn, &session)?),
                    Holder::Client { .. } if revoked_tokens::contains(conn, &token.id)? => Ok(()),
                    Holder::Client { .. } => Ok(revoked_tokens::insert(conn, &token.id, token.ends_at)?),
                }
            })
            .await
    }

    /// Deletes what is over: sign-ins, assertions, revoked tokens, retired keys.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn tidy(&self) -> Result<u64, AppError> {
        let tokens = self.clone();
        self.accounts
            .database
            .of_every_organisation()
            .write(move |conn| {
                // An hour more than needed: clocks of replicas may differ.
                let over = now() - Duration::hours(1);
                let sign_ins = api_sessions::forget(conn, over - tokens.session_life)?;
                let assertions = clients::forget_assertions(conn, over)?;
                let revoked = revoked_tokens::forget(conn, over)?;
                Ok(sign_ins + assertions + revoked + tokens.signing_keys.forget_retired(conn, over)?)
            })
            .await
    }
}

/// Whether a secret is the client's, or the one before while that still works.
fn has_secret(client: &Client, hash: &str, now: OffsetDateTime) -> bool {
    let previous = client.previous_secret.as_ref().filter(|(_, ends)| *ends > now).map(|(hash, _)| hash.as_str());
    client.secret_hash.as_deref() == Some(hash) || previous == Some(hash)
}
