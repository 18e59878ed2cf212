//! Whether the service can work.

use super::{AppError, now};
use crate::config::Config;
use crate::storage::{Database, StorageError, jobs, maintenance, migrations};

/// What readiness asks.
#[derive(Clone)]
pub struct Health {
    database: Database,
}

/// Figures for whoever watches over the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vitals {
    /// Jobs to be done.
    pub queued: u64,
    /// Jobs given up.
    pub failed: u64,
    /// Seconds since the job that waits longest was due.
    pub oldest_due_seconds: u64,
    /// Connections that could be taken at once.
    pub free_connections: u64,
    /// Responses stored, in steps of 11.
    pub responses: u64,
}

impl Health {
    pub(super) fn new(database: Database) -> Self {
        Self { database }
    }

    /// Figures for whoever watches over the service.
    ///
    /// # Errors
    /// [`AppError::Busy`] when the database does not answer.
    pub async fn vitals(&self) -> Result<Vitals, AppError> {
        /// Two scrapes must not show that one person has answered.
        const STEP: u64 = 11;
        let free_connections = self.database.free_connections() as u64;
        self.database
            .of_every_organisation()
            .read(move |conn| {
                let (queued, failed) = jobs::counts(conn)?;
                let waited = jobs::oldest_due(conn)?.map_or(0, |due| (now() - due).whole_seconds().max(0));
                let responses = maintenance::responses(conn)? / STEP * STEP;
                let oldest_due_seconds = waited.unsigned_abs();
                Ok(Vitals { queued, failed, oldest_due_seconds, free_connections, responses })
            })
            .await
    }

    /// What keeps it from working; `None` when it is ready: the database answers, takes what is written, and has exactly
    /// the migrations of this build. The sentence tells nothing that is not for everybody.
    pub async fn problem(&self) -> Option<&'static str> {
        let state = self
            .database
            .of_no_organisation()
            .read(|conn| Ok::<_, StorageError>((migrations::is_current(conn)?, maintenance::is_writable(conn)?)));
        match state.await {
            Err(_) => Some("the database does not answer"),
            Ok((false, _)) => Some("run `candour migrate up`"),
            Ok((true, false)) => Some("the database cannot be written"),
            Ok((true, true)) => self.database.disk_problem(),
        }
    }
}

/// Whether the database of `config` has exactly the migrations of this build.
///
/// # Errors
/// [`AppError::Busy`] when it does not answer, or has migrations that this build does not know.
pub async fn migrated(config: &Config) -> Result<bool, AppError> {
    Ok(Database::new(&config.database)?.of_no_organisation().read(migrations::is_current).await?)
}
