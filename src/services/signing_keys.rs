//! Keys that sign access tokens: made when they are first needed, published, rotated, forgotten.
//!
//! They are looked up for each request, not remembered: every replica knows a rotation at once.

use time::{Duration, OffsetDateTime};

use super::audit_log::AuditLog;
use super::{AppError, now};
use crate::config::SecurityConfig;
use crate::domain::audit_event::{Actor, Change, Event};
use crate::domain::identifier::SigningKeyId;
use crate::security::{InvalidToken, Sealer, SigningKey};
use crate::storage::signing_keys::{self, KeyState, StoredKey};
use crate::storage::{Connection, Database, StorageError};

/// Use cases around signing keys.
#[derive(Clone)]
pub struct SigningKeys {
    database: Database,
    sealer: Sealer,
    audit_log: AuditLog,
    /// How long a retired key is believed: longer than any token that it signed.
    overlap: Duration,
}

/// How keys stand after a rotation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    /// Signs from now on.
    pub active: SigningKeyId,
    /// Will sign after the next rotation; published now.
    pub next: SigningKeyId,
}

impl SigningKeys {
    pub(super) fn new(database: Database, sealer: Sealer, audit_log: AuditLog, config: &SecurityConfig) -> Self {
        let overlap = Duration::minutes(i64::from(config.access_token_minutes) + 5);
        Self { database, sealer, audit_log, overlap }
    }

    /// The key that signs; the first time it is needed, it is made.
    ///
    /// # Errors
    /// [`AppError::Busy`] when another replica is making one; [`AppError::Internal`] when the stored one does not open.
    pub(super) fn active(&self, conn: &mut Connection) -> Result<SigningKey, AppError> {
        if let Some(stored) = signing_keys::find(conn, KeyState::Active)? {
            return SigningKey::open(&self.sealer, &stored.id, &stored.sealed).ok_or_else(|| {
                AppError::Internal(
                    "the signing key does not open: security.secret is not the one that it was sealed with; \
                     `candour keys rotate --compromised` makes new ones"
                        .to_owned(),
                )
            });
        }
        self.add(conn, KeyState::Next)?;
        self.add(conn, KeyState::Active)
    }

    /// The public keys that tokens may be checked with, each as JWK: those that signed, the one that signs, and the one
    /// that will.
    pub async fn published(&self) -> Result<Vec<String>, AppError> {
        self.database.of_no_organisation().read(|conn| Ok(signing_keys::public_keys(conn)?)).await
    }

    /// Lets the next key sign and makes another. What the key before has signed is believed until it ends, unless the
    /// keys are `compromised`: then all are forgotten, and every access token is refused at once.
    ///
    /// # Errors
    /// [`AppError::Busy`] when another rotation is under way.
    pub async fn rotate(&self, compromised: bool) -> Result<Rotated, AppError> {
        let keys = self.clone();
        self.database
            .of_every_organisation()
            .write(move |conn| {
                let (last, next) = if compromised {
                    signing_keys::forget_all(conn)?;
                    (None, None)
                } else {
                    (signing_keys::find(conn, KeyState::Active)?, signing_keys::find(conn, KeyState::Next)?)
                };
                if let Some(last) = last {
                    signing_keys::set_state(conn, &last.id, KeyState::Retired, now())?;
                }
                let active = match next {
                    Some(next) => {
                        signing_keys::set_state(conn, &next.id, KeyState::Active, now())?;
                        next.id
                    }
                    None => keys.add(conn, KeyState::Active)?.id().clone(),
                };
                let next = keys.add(conn, KeyState::Next)?.id().clone();
                keys.forget_retired(conn, now())?;
                let event = Event::SigningKey { key: active.clone(), change: Change::Rotated };
                keys.audit_log.note_by(conn, &Actor::Operator, None, &event)?;
                Ok(Rotated { active, next })
            })
            .await
    }

    /// Forgets retired keys whose tokens have all ended.
    pub(super) fn forget_retired(&self, conn: &mut Connection, now: OffsetDateTime) -> Result<u64, AppError> {
        Ok(signing_keys::forget_retired(conn, now - self.overlap)?)
    }

    fn add(&self, conn: &mut Connection, state: KeyState) -> Result<SigningKey, AppError> {
        let key = SigningKey::random();
        let stored = StoredKey { id: key.id().clone(), sealed: key.seal(&self.sealer), public_key: key.public_key()? };
        signing_keys::insert(conn, &stored, state, now()).map_err(|error| match error {
            StorageError::AlreadyExists(_) => AppError::Busy("another replica is making signing keys".to_owned()),
            other => other.into(),
        })?;
        Ok(key)
    }
}

impl From<InvalidToken> for AppError {
    fn from(error: InvalidToken) -> Self {
        Self::Internal(format!("signing failed: {error}"))
    }
}
