//! The database as the services see it: one closure, one transaction.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use diesel::connection::{AnsiTransactionManager, TransactionManager};
use rustix::fs::StatVfsMountFlags;
use tokio::sync::Semaphore;

use super::connection::{self, Purpose, on_either};
use super::reach::Reach;
use super::writer::Writer;
use super::{Connection, StorageError};
use crate::config::{DatabaseConfig, DatabaseUrl};

/// A database: cheap to clone, safe to share.
#[derive(Clone)]
pub struct Database {
    inner: Arc<Inner>,
}

struct Inner {
    url: DatabaseUrl,
    statement_milliseconds: u64,
    wait: Duration,
    pool: Pool,
    /// SQLite takes one writer; PostgreSQL writes over the pool.
    sqlite_writer: Option<Writer>,
}

/// Idle connections, and permits for as many as there may be: a task takes its permit before it takes a thread, so
/// that waiting does not eat threads.
struct Pool {
    permits: Arc<Semaphore>,
    idle: Mutex<Vec<Connection>>,
}

impl Pool {
    fn new(size: usize) -> Self {
        Self { permits: Arc::new(Semaphore::new(size)), idle: Mutex::new(Vec::new()) }
    }

    fn take_idle(&self) -> Option<Connection> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn give_back(&self, conn: Connection) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(conn);
    }

    /// After one connection broke the others of its age are doubtful too.
    fn forget_idle(&self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Database {
    /// A database at `config.url`. Connections are opened as they are needed.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`] when the URL names no database that we know.
    pub fn new(config: &DatabaseConfig) -> Result<Self, StorageError> {
        let url = config.parsed_url().map_err(StorageError::Unavailable)?;
        let wait = Duration::from_millis(config.wait_milliseconds);
        let statement_milliseconds = config.statement_milliseconds;
        let sqlite_writer = match &url {
            DatabaseUrl::Sqlite(_) => {
                let url = url.clone();
                Some(Writer::start(wait, move || connection::open(&url, Purpose::Write, statement_milliseconds))?)
            }
            DatabaseUrl::Postgres(_) => None,
        };
        let inner = Inner { url, statement_milliseconds, wait, pool: Pool::new(config.connections), sqlite_writer };
        Ok(Self { inner: Arc::new(inner) })
    }

    pub(super) async fn read<T, E>(
        &self,
        reach: Reach,
        work: impl FnOnce(&mut Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        self.run(Purpose::Read, reach, work).await
    }

    pub(super) async fn write<T, E>(
        &self,
        reach: Reach,
        work: impl FnOnce(&mut Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        match &self.inner.sqlite_writer {
            Some(writer) => writer.write(work).await,
            None => self.run(Purpose::Write, reach, work).await,
        }
    }

    async fn run<T, E>(
        &self,
        purpose: Purpose,
        reach: Reach,
        work: impl FnOnce(&mut Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        let permits = self.inner.pool.permits.clone();
        let permit = tokio::time::timeout(self.inner.wait, permits.acquire_owned())
            .await
            .map_err(|_| StorageError::Busy("no connection came free in time".to_owned()))?
            .map_err(|_| StorageError::Unavailable("the pool is closed".to_owned()))?;
        let inner = Arc::clone(&self.inner);
        let task = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            inner.transaction(purpose, &reach, work)
        });
        // A panic in `work` drops its connection, and with it the transaction.
        task.await.unwrap_or_else(|_| Err(StorageError::Database("a storage task did not finish".to_owned()).into()))
    }

    /// How long a caller waits for the database at most.
    pub(super) fn wait(&self) -> Duration {
        self.inner.wait
    }

    /// Connections for reading that could be taken at once.
    pub fn free_connections(&self) -> usize {
        self.inner.pool.permits.available_permits()
    }

    /// What keeps the disk under an embedded database from taking more; `None` when it does, or when the disk is that of
    /// a server.
    pub fn disk_problem(&self) -> Option<&'static str> {
        /// Enough for a survey to be closed, which writes its responses once more.
        const NEEDED: u64 = 32 * 1024 * 1024;
        let DatabaseUrl::Sqlite(file) = &self.inner.url else { return None };
        match rustix::fs::statvfs(file) {
            Ok(disk) if disk.f_flag.contains(StatVfsMountFlags::RDONLY) => Some("the disk cannot be written"),
            Ok(disk) if disk.f_bavail.saturating_mul(disk.f_frsize) < NEEDED => {
                Some("less than 32 MiB of disk are free")
            }
            Ok(_) => None,
            Err(_) => Some("the file of the database cannot be found"),
        }
    }

    /// Opens a connection outside the pool, for migrations and maintenance: as the owner of the tables, and over every
    /// organisation.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`] with the driver's reason.
    pub fn dedicated_connection(&self) -> Result<Connection, StorageError> {
        connection::open(&self.inner.url, Purpose::Maintain, self.inner.statement_milliseconds)
    }
}

impl Inner {
    fn transaction<T, E>(
        &self,
        purpose: Purpose,
        reach: &Reach,
        work: impl FnOnce(&mut Connection) -> Result<T, E>,
    ) -> Result<T, E>
    where
        E: From<StorageError>,
    {
        let pool = &self.pool;
        let (mut conn, fresh) = match pool.take_idle() {
            Some(conn) => (conn, false),
            None => (self.open(purpose)?, true),
        };
        if let Err(error) = begin(&mut conn, purpose, reach) {
            // An idle connection may have died with its server: try once on a new one.
            if fresh || !error.spoils_connection() {
                return Err(error.into());
            }
            pool.forget_idle();
            conn = self.open(purpose)?;
            begin(&mut conn, purpose, reach)?;
        }
        let result = work(&mut conn);
        let ended = match &result {
            Ok(_) => on_either!(&mut conn, |c| AnsiTransactionManager::commit_transaction(c)),
            Err(_) => on_either!(&mut conn, |c| AnsiTransactionManager::rollback_transaction(c)),
        };
        match ended {
            Ok(()) => pool.give_back(conn),
            Err(error) if result.is_ok() => return Err(StorageError::from(error).into()),
            Err(_) => pool.forget_idle(),
        }
        result
    }

    fn open(&self, purpose: Purpose) -> Result<Connection, StorageError> {
        connection::open(&self.url, purpose, self.statement_milliseconds)
    }
}

fn begin(conn: &mut Connection, purpose: Purpose, reach: &Reach) -> Result<(), StorageError> {
    let sql = reach.begin(conn, purpose);
    Ok(on_either!(conn, |c| AnsiTransactionManager::begin_transaction_sql(c, &sql))?)
}
