//! Which organisations' rows a transaction may touch: the second wall, behind the scope that every query takes.
//!
//! On PostgreSQL each transaction says so as it begins, and row-level security hides everything else, so that a query
//! which forgets its scope finds nothing. SQLite has no such wall.

use super::connection::Purpose;
use super::database::Database;
use super::{Connection, StorageError};
use crate::domain::account::TenantScope;
use crate::domain::organisation::OdsCode;

/// Whose rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reach {
    None,
    One(OdsCode),
    Every,
}

impl Reach {
    /// The value of PostgreSQL's setting. A code is of letters and digits: it needs no quoting.
    fn setting(&self) -> &str {
        match self {
            Self::None => "",
            Self::One(organisation) => organisation.as_str(),
            Self::Every => "*",
        }
    }

    /// The statements that begin a transaction: one round trip.
    pub(super) fn begin(&self, conn: &Connection, purpose: Purpose) -> String {
        let begin = match (conn, purpose) {
            // SQLite is written to by `writer` alone.
            (Connection::Sqlite(_), _) => return "BEGIN DEFERRED".to_owned(),
            (Connection::Postgres(_), Purpose::Read) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            (Connection::Postgres(_), _) => "BEGIN",
        };
        format!("{begin}; SET LOCAL candour.organisation = '{}'", self.setting())
    }
}

/// A database, and whose rows its transactions may touch.
pub struct Transactions<'a> {
    database: &'a Database,
    reach: Reach,
}

impl Database {
    /// Transactions over what belongs to the organisation of `scope`, and to none.
    pub fn of(&self, scope: &TenantScope) -> Transactions<'_> {
        Transactions { database: self, reach: Reach::One(scope.organisation().clone()) }
    }

    /// Transactions over what belongs to any organisation: to learn who is asking, for staff's links and receipts, which
    /// name no organisation, for background jobs and for the operator's commands.
    pub fn of_every_organisation(&self) -> Transactions<'_> {
        Transactions { database: self, reach: Reach::Every }
    }

    /// Transactions over what belongs to no organisation: jobs, limits, populations.
    pub fn of_no_organisation(&self) -> Transactions<'_> {
        Transactions { database: self, reach: Reach::None }
    }
}

impl Transactions<'_> {
    /// Runs `work` in a transaction that sees one state of the database and changes nothing.
    ///
    /// # Errors
    /// What `work` returns; [`StorageError::Busy`] when no connection came free in time.
    pub async fn read<T, E>(self, work: impl FnOnce(&mut Connection) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        self.database.read(self.reach, work).await
    }

    /// Runs `work` in a transaction that is committed when it returns `Ok` and rolled back when it returns `Err`.
    ///
    /// # Errors
    /// What `work` returns; [`StorageError::Busy`] when no connection came free in time.
    pub async fn write<T, E>(self, work: impl FnOnce(&mut Connection) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        self.database.write(self.reach, work).await
    }
}
