//! One connection to either database, and how it is opened.

use diesel::connection::SimpleConnection;
use diesel::{Connection as _, PgConnection, SqliteConnection};

use super::StorageError;
use crate::config::DatabaseUrl;

/// A connection to SQLite or PostgreSQL; queries are written once for both.
///
/// The room calls it `Connection`; the derived code would mistake that name for diesel's own trait.
#[derive(diesel::MultiConnection)]
pub enum AnyConnection {
    /// Embedded.
    Sqlite(SqliteConnection),
    /// Over libpq.
    Postgres(PgConnection),
}

/// What a connection is for. SQLite has one writer beside many readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Read,
    Write,
    /// Migrations and what only an owner may do.
    Maintain,
}

/// The service works under a role of its own, which owns nothing; the migrations make it. A database that has not given
/// it anything yet, or a server where it could not be made, is used as whoever connects.
const UNDER_OWN_ROLE: &str = "SELECT set_config('role', rolname, false) FROM pg_roles \
     WHERE rolname = 'candour_app' AND has_table_privilege(oid, to_regclass('surveys'), 'SELECT') \
     AND pg_has_role(session_user, oid, \
         CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END)";

/// Runs the same body on whichever database it is: for what `MultiConnection` cannot express (`ON CONFLICT`, inserts
/// of many rows).
macro_rules! on_either {
    ($conn:expr, |$inner:ident| $body:expr) => {
        match $conn {
            $crate::storage::Connection::Sqlite($inner) => $body,
            $crate::storage::Connection::Postgres($inner) => $body,
        }
    };
}
pub(super) use on_either;

/// Opens a connection. The variant is chosen by the URL's scheme: the derived `establish` would try each in turn and
/// hide why one failed.
pub(super) fn open(
    url: &DatabaseUrl,
    purpose: Purpose,
    statement_milliseconds: u64,
) -> Result<AnyConnection, StorageError> {
    let unavailable = |error: diesel::ConnectionError| StorageError::Unavailable(error.to_string());
    match url {
        DatabaseUrl::Sqlite(file) => {
            let mut conn = SqliteConnection::establish(&file.to_string_lossy()).map_err(unavailable)?;
            // One statement each: `busy_timeout` has to hold before `journal_mode` may have to wait.
            for pragma in [
                "busy_timeout = 5000",
                "journal_mode = WAL",
                "synchronous = FULL",
                "foreign_keys = ON",
                "secure_delete = ON",
            ] {
                conn.batch_execute(&format!("PRAGMA {pragma}"))?;
            }
            match purpose {
                // Readers are many, and the operating system keeps the file's pages for all of them.
                Purpose::Read => conn.batch_execute("PRAGMA query_only = ON; PRAGMA cache_size = -512")?,
                // The one writer changes pages all over the file. It keeps 8 MiB of them, and carries them from the journal
                // to the file when there are 32 MiB: by then many have been changed more than once.
                Purpose::Write => {
                    conn.batch_execute("PRAGMA cache_size = -8192")?;
                    conn.batch_execute("PRAGMA wal_autocheckpoint = 8000")?;
                }
                Purpose::Maintain => {}
            }
            Ok(AnyConnection::Sqlite(conn))
        }
        DatabaseUrl::Postgres(url) => {
            refuse_tls_that_is_not_built_in(url)?;
            let mut conn = PgConnection::establish(url).map_err(unavailable)?;
            let rows = match purpose {
                Purpose::Maintain => "SET candour.organisation = '*'",
                Purpose::Read | Purpose::Write => UNDER_OWN_ROLE,
            };
            conn.batch_execute(&format!(
                "SET statement_timeout = {statement_milliseconds}; SET TIME ZONE 'UTC'; {rows}"
            ))?;
            Ok(AnyConnection::Postgres(conn))
        }
    }
}

/// Without this, libpq's own message ("sslmode value "require" invalid") would not say what to do.
fn refuse_tls_that_is_not_built_in(url: &str) -> Result<(), StorageError> {
    let asks_for_tls =
        ["sslmode=require", "sslmode=verify-ca", "sslmode=verify-full"].iter().any(|mode| url.contains(mode));
    if asks_for_tls && !cfg!(feature = "postgres-tls") {
        return Err(StorageError::Unavailable(
            "database.url asks for TLS, which this build does not have; build with `--features postgres-tls`"
                .to_owned(),
        ));
    }
    Ok(())
}
