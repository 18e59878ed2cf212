//! Migrations: embedded in the binary, one folder per database, the same names on both sides.

use diesel::migration::{Migration, MigrationSource};
use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::connection::on_either;
use super::{Connection, StorageError};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// One migration and whether the database has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationStatus {
    /// Folder name.
    pub name: String,
    /// Whether it is applied.
    pub applied: bool,
}

/// Applies what is missing; gives the names of what was applied.
///
/// # Errors
/// [`StorageError::Database`], with nothing of the failed migration left behind.
pub fn up(conn: &mut Connection) -> Result<Vec<String>, StorageError> {
    refuse_newer(conn)?;
    let versions = match conn {
        Connection::Sqlite(c) => c.run_pending_migrations(SQLITE),
        Connection::Postgres(c) => c.run_pending_migrations(POSTGRES),
    }
    .map_err(failed)?;
    Ok(versions.iter().map(ToString::to_string).collect())
}

/// Takes back the latest migration; gives its name.
///
/// # Errors
/// [`StorageError::Database`] when there is none, or it cannot be taken back.
pub fn down(conn: &mut Connection) -> Result<String, StorageError> {
    let version = match conn {
        Connection::Sqlite(c) => c.revert_last_migration(SQLITE),
        Connection::Postgres(c) => c.revert_last_migration(POSTGRES),
    }
    .map_err(failed)?;
    Ok(version.to_string())
}

/// Every migration, oldest first.
///
/// # Errors
/// [`StorageError::Database`].
pub fn status(conn: &mut Connection) -> Result<Vec<MigrationStatus>, StorageError> {
    let (known, applied) = known_and_applied(conn)?;
    Ok(known.into_iter().map(|(version, name)| MigrationStatus { applied: applied.contains(&version), name }).collect())
}

/// Whether every migration is applied and none that this build does not know.
///
/// # Errors
/// [`StorageError::Database`].
pub fn is_current(conn: &mut Connection) -> Result<bool, StorageError> {
    refuse_newer(conn)?;
    Ok(status(conn)?.iter().all(|migration| migration.applied))
}

fn refuse_newer(conn: &mut Connection) -> Result<(), StorageError> {
    let (_, applied) = known_and_applied(conn)?;
    refuse_unknown(&applied)
        .map_err(|newer| StorageError::Unavailable(format!("the database has {newer}; run a newer candour")))
}

/// Names the first version among `applied` that this build does not know.
///
/// # Errors
/// Which one it is.
pub(super) fn refuse_unknown(applied: &[String]) -> Result<(), String> {
    let known = known().map_err(|error| error.to_string())?;
    match applied.iter().find(|version| !known.iter().any(|(known, _)| known == *version)) {
        Some(newer) => Err(format!("migration {newer}, which this build does not know")),
        None => Ok(()),
    }
}

type Versions = (Vec<(String, String)>, Vec<String>);

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = Text)]
    version: String,
}

/// Asked without diesel's harness, which would create its table first: readiness is asked in a read-only transaction.
fn known_and_applied(conn: &mut Connection) -> Result<Versions, StorageError> {
    const TABLE: &str = "SELECT name AS version FROM sqlite_master WHERE name = '__diesel_schema_migrations'";
    const TABLE_OF_POSTGRES: &str = "SELECT tablename::text AS version FROM pg_tables \
                                     WHERE tablename = '__diesel_schema_migrations' AND schemaname = current_schema()";
    const APPLIED: &str = "SELECT version FROM __diesel_schema_migrations ORDER BY version";
    let table = if matches!(conn, Connection::Sqlite(_)) { TABLE } else { TABLE_OF_POSTGRES };
    let applied: Vec<Version> = match on_either!(conn, |c| sql_query(table).load::<Version>(c))?.as_slice() {
        [] => Vec::new(),
        _ => on_either!(conn, |c| sql_query(APPLIED).load(c))?,
    };
    Ok((known()?, applied.into_iter().map(|row| row.version).collect()))
}

/// Version and name of every migration of this build, oldest first; both databases have the same.
fn known() -> Result<Vec<(String, String)>, StorageError> {
    let migrations = MigrationSource::<diesel::sqlite::Sqlite>::migrations(&SQLITE).map_err(failed)?;
    let mut known: Vec<(String, String)> =
        migrations.iter().map(|m| (m.name().version().to_string(), m.name().to_string())).collect();
    known.sort();
    Ok(known)
}

fn failed(error: Box<dyn std::error::Error + Send + Sync>) -> StorageError {
    StorageError::Database(error.to_string())
}
