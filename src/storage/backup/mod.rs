//! Copies of a whole database, and putting one back. SQLite copies itself, PostgreSQL by its own programs.
//!
//! A copy is a file that the database's own tools read as well: a SQLite database, or an archive of `pg_dump`. Sealing
//! it, naming it and saying when it may be put back is the business of `services/backups.rs`.

mod postgres;
mod sqlite;

use std::io;
use std::path::{Path, PathBuf};

use super::{StorageError, migrations};
use crate::config::DatabaseUrl;

/// Which database a copy is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BackupKind {
    /// A SQLite database.
    Sqlite,
    /// An archive of `pg_dump`.
    Postgres,
}

/// A copy that has been read from end to end.
#[derive(Debug)]
pub struct Archive {
    /// Which database it is of.
    pub kind: BackupKind,
    /// Migrations that it has, oldest first.
    pub migrations: Vec<String>,
    /// What is put back: the copy itself, or the script that its archive makes.
    file: PathBuf,
}

/// Why a copy cannot be made or put back.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The database's.
    #[error("{0}")]
    Storage(#[from] StorageError),
    /// The operating system's.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// One of PostgreSQL's programs is missing or did not end well.
    #[error("{0}")]
    Program(String),
    /// The file is no copy that can be put back.
    #[error("{0}")]
    Unusable(String),
    /// Somebody else has the database open.
    #[error("the database is in use; stop every candour that uses it, and try again")]
    InUse,
}

impl From<diesel::result::Error> for BackupError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Storage(error.into())
    }
}

impl BackupKind {
    /// Bytes that [`BackupKind::of`] needs to see.
    pub const START: usize = 16;

    /// What the first bytes of a file tell.
    pub fn of(start: &[u8]) -> Option<Self> {
        if start.starts_with(b"SQLite format 3\0") {
            Some(Self::Sqlite)
        } else if start.starts_with(b"PGDMP") {
            Some(Self::Postgres)
        } else {
            None
        }
    }

    /// The kind of the database at `url`.
    pub fn at(url: &DatabaseUrl) -> Self {
        match url {
            DatabaseUrl::Sqlite(_) => Self::Sqlite,
            DatabaseUrl::Postgres(_) => Self::Postgres,
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// Writes one consistent state of the database at `url` to the new file `to`, while others go on reading and writing.
///
/// # Errors
/// [`BackupError`].
pub fn copy(url: &DatabaseUrl, to: &Path) -> Result<(), BackupError> {
    match url {
        DatabaseUrl::Sqlite(from) => sqlite::copy(from, to),
        DatabaseUrl::Postgres(url) => postgres::copy(url, to),
    }
}

/// Reads all of a copy, in the private folder `work`; checks that it is whole and that this build knows its schema.
///
/// # Errors
/// [`BackupError::Unusable`] says what is wrong with it.
pub fn examine(kind: BackupKind, file: &Path, work: &Path) -> Result<Archive, BackupError> {
    let (file, mut migrations) = match kind {
        BackupKind::Sqlite => sqlite::examine(file)?,
        BackupKind::Postgres => postgres::examine(file, work)?,
    };
    migrations.sort();
    migrations::refuse_unknown(&migrations)
        .map_err(|newer| BackupError::Unusable(format!("the backup has {newer}; restore it with a newer candour")))?;
    Ok(Archive { kind, migrations, file })
}

/// Whether the database at `url` has any table.
///
/// # Errors
/// [`BackupError::Storage`].
pub fn holds_anything(url: &DatabaseUrl) -> Result<bool, BackupError> {
    match url {
        DatabaseUrl::Sqlite(file) => sqlite::holds_anything(file),
        DatabaseUrl::Postgres(url) => postgres::holds_anything(url),
    }
}

/// Puts the copy in the place of whatever the database at `url` holds: all of it, or nothing when it fails. Sessions
/// end: one that was ended after the copy was made must not live again.
///
/// # Errors
/// [`BackupError::InUse`] when others have the database open.
pub fn replace(url: &DatabaseUrl, archive: &Archive) -> Result<(), BackupError> {
    match url {
        DatabaseUrl::Sqlite(file) => sqlite::replace(file, &archive.file),
        DatabaseUrl::Postgres(url) => postgres::replace(url, &archive.file),
    }
}
