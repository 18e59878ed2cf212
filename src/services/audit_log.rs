//! The audit log: who did what, in a chain per organisation that shows where it was changed.
//!
//! Each entry carries an HMAC over itself and the code of the entry before it, under a key of the installation:
//! whoever holds the database alone can neither change, remove nor invent one unseen. What somebody with the secret
//! can do, and how to guard against it: `docs/security.md`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use time::OffsetDateTime;

use super::{AppError, now, webhooks};
use crate::domain::account::TenantScope;
use crate::domain::audit_event::{Actor, Event};
use crate::domain::organisation::OdsCode;
use crate::security::{Keys, Purpose};
use crate::storage::audit_events::{self, Head};
pub use crate::storage::audit_events::{Entry, Filter};
use crate::storage::{Connection, Database, Transactions};

/// The same report read again by the same account within this time is one entry.
const ONE_READING: Duration = Duration::from_secs(600);
/// Readings remembered; more begin anew.
const MOST_READINGS: usize = 10_000;

/// Use cases around the audit log.
#[derive(Clone)]
pub struct AuditLog {
    database: Database,
    public_url: String,
    keys: Keys,
    readings: Arc<Mutex<HashMap<String, Instant>>>,
}

impl AuditLog {
    pub(super) fn new(database: Database, keys: Keys, public_url: &str) -> Self {
        Self { database, public_url: public_url.to_owned(), keys, readings: Arc::default() }
    }

    /// Adds an entry to the organisation's chain, in the transaction of what it tells of.
    ///
    /// Make it the transaction's last step: others who add to the same chain wait until it has ended.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub fn note(&self, conn: &mut Connection, scope: &TenantScope, event: &Event) -> Result<(), AppError> {
        self.note_by(conn, scope.actor(), Some(scope.organisation()), event)
    }

    /// [`AuditLog::note`] where there is no scope: of the installation's own chain when `organisation` is `None`.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub fn note_by(
        &self,
        conn: &mut Connection,
        actor: &Actor,
        organisation: Option<&OdsCode>,
        event: &Event,
    ) -> Result<(), AppError> {
        let (kind, detail) = event.to_stored().map_err(|error| AppError::Internal(error.to_string()))?;
        let announced_to = organisation;
        let organisation = organisation.map_or("", OdsCode::as_str);
        let head = audit_events::hold_head(conn, organisation)?;
        let mut entry = Entry {
            organisation: organisation.to_owned(),
            sequence: head.sequence + 1,
            happened_at: now().unix_timestamp() * 1_000_000,
            actor: actor.to_string(),
            kind,
            detail,
            code: String::new(),
        };
        entry.code = code_of(&self.keys, &head.last_code, &entry);
        let mut head = Head { sequence: entry.sequence, last_code: entry.code.clone(), ..head };
        head.code = code_of_head(&self.keys, &head);
        audit_events::append(conn, &entry, &head)?;
        match announced_to {
            Some(organisation) => webhooks::announce(conn, organisation, event, &self.public_url),
            None => Ok(()),
        }
    }

    /// Adds an entry in a transaction of its own.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn record(&self, scope: &TenantScope, event: Event) -> Result<(), AppError> {
        let (log, scope) = (self.clone(), scope.clone());
        self.database.of(&scope).write(move |conn| log.note(conn, &scope, &event)).await
    }

    /// [`AuditLog::record`] where there is no scope.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn record_by(&self, actor: Actor, organisation: Option<OdsCode>, event: Event) -> Result<(), AppError> {
        let log = self.clone();
        self.of_chain(organisation.as_ref())
            .write(move |conn| log.note_by(conn, &actor, organisation.as_ref(), &event))
            .await
    }

    /// [`AuditLog::record_by`] for reports read: the same one read again by the same account within ten minutes adds
    /// nothing.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn record_reading(&self, by: Actor, organisation: Option<OdsCode>, event: Event) -> Result<(), AppError> {
        let key = format!("{by}/{event:?}");
        if self.is_repeated(&key) {
            return Ok(());
        }
        self.record_by(by, organisation, event).await?;
        let mut readings = self.readings.lock().unwrap_or_else(PoisonError::into_inner);
        if readings.len() >= MOST_READINGS {
            readings.clear();
        }
        readings.insert(key, Instant::now());
        Ok(())
    }

    fn is_repeated(&self, key: &str) -> bool {
        let readings = self.readings.lock().unwrap_or_else(PoisonError::into_inner);
        readings.get(key).is_some_and(|before| before.elapsed() < ONE_READING)
    }

    /// The newest entries of a chain (`None`: the installation's own) before the place `before`, at most `limit`.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn list(
        &self,
        organisation: Option<OdsCode>,
        filter: Filter,
        before: Option<i64>,
        limit: u16,
    ) -> Result<Vec<Entry>, AppError> {
        let before = before.unwrap_or(i64::MAX);
        let transactions = self.of_chain(organisation.as_ref());
        let chain = organisation.map_or_else(String::new, String::from);
        transactions.read(move |conn| Ok(audit_events::newest(conn, &chain, &filter, before, i64::from(limit))?)).await
    }

    /// The kinds of entry that an organisation's chain has, by name.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn kinds(&self, organisation: &OdsCode) -> Result<Vec<String>, AppError> {
        let chain = organisation.to_string();
        self.of_chain(Some(organisation)).read(move |conn| Ok(audit_events::kinds(conn, &chain)?)).await
    }

    /// An organisation's chain is its own; that of the installation belongs to none of them.
    fn of_chain(&self, organisation: Option<&OdsCode>) -> Transactions<'_> {
        match organisation {
            Some(organisation) => self.database.of(&TenantScope::of_operator(organisation.clone())),
            None => self.database.of_every_organisation(),
        }
    }
}

/// Microseconds of a moment, as [`Filter`] takes them.
pub fn micros(moment: OffsetDateTime) -> i64 {
    moment.unix_timestamp().saturating_mul(1_000_000)
}

/// HMAC over the code before and every field, each with its length, so that no two entries read alike.
pub(super) fn code_of(keys: &Keys, before: &str, entry: &Entry) -> String {
    let (sequence, happened_at) = (entry.sequence.to_string(), entry.happened_at.to_string());
    let fields = [before, &entry.organisation, &sequence, &happened_at, &entry.actor, &entry.kind, &entry.detail];
    keys.authentication_code(Purpose::AuditLog, &with_lengths("entry", &fields))
}

pub(super) fn code_of_head(keys: &Keys, head: &Head) -> String {
    let fields = [head.organisation.as_str(), &head.sequence.to_string(), &head.last_code];
    keys.authentication_code(Purpose::AuditLog, &with_lengths("head", &fields))
}

fn with_lengths(what: &str, fields: &[&str]) -> Vec<u8> {
    let mut message = what.as_bytes().to_vec();
    for field in fields {
        message.extend((field.len() as u64).to_be_bytes());
        message.extend(field.as_bytes());
    }
    message
}
