//! SQLite: `VACUUM INTO` makes the copy, a rename puts it back.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel::{QueryableByName, SqliteConnection, sql_query};

use super::{BackupError, StorageError};

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    value: String,
}

/// Free pages, and with them what was deleted, stay behind.
pub(super) fn copy(from: &Path, to: &Path) -> Result<(), BackupError> {
    if !from.exists() {
        return Err(StorageError::Unavailable(format!("there is no file {}", from.display())).into());
    }
    let mut conn = open(&from.to_string_lossy())?;
    sql_query("VACUUM INTO ?").bind::<Text, _>(to.to_string_lossy().into_owned()).execute(&mut conn)?;
    // VACUUM INTO does not wait for the disk.
    Ok(File::open(to)?.sync_all()?)
}

/// The copy itself is what is put back.
pub(super) fn examine(file: &Path) -> Result<(PathBuf, Vec<String>), BackupError> {
    let unusable = |error: diesel::result::Error| {
        BackupError::Unusable(format!("the file is no whole database of Candour: {error}"))
    };
    let mut conn = open(&format!("file:{}?mode=ro", file.to_string_lossy().replace('%', "%25").replace('?', "%3f")))?;
    for check in ["integrity_check", "foreign_key_check"] {
        let column = if check == "integrity_check" { "integrity_check" } else { "\"table\"" };
        let found: Vec<Line> =
            sql_query(format!("SELECT {column} AS value FROM pragma_{check}")).load(&mut conn).map_err(unusable)?;
        if let Some(problem) = found.iter().find(|line| line.value != "ok") {
            return Err(BackupError::Unusable(format!("the file is damaged: {check} says “{}”", problem.value)));
        }
    }
    let versions: Vec<Line> =
        sql_query("SELECT version AS value FROM __diesel_schema_migrations").load(&mut conn).map_err(unusable)?;
    Ok((file.to_owned(), versions.into_iter().map(|line| line.value).collect()))
}

pub(super) fn holds_anything(file: &Path) -> Result<bool, BackupError> {
    if !file.exists() {
        return Ok(false);
    }
    let mut conn = open(&file.to_string_lossy())?;
    let tables: Vec<Line> =
        sql_query("SELECT name AS value FROM sqlite_master WHERE type = 'table'").load(&mut conn)?;
    Ok(!tables.is_empty())
}

/// `copy` stands on the same file system as `file`.
pub(super) fn replace(file: &Path, copy: &Path) -> Result<(), BackupError> {
    open(&copy.to_string_lossy())?.batch_execute("DELETE FROM sessions")?;
    if file.exists() {
        // Leaving WAL mode needs the database alone, and folds the log in: afterwards the file is all there is of it.
        open(&file.to_string_lossy())?.batch_execute("PRAGMA journal_mode = DELETE").map_err(|_| BackupError::InUse)?;
    }
    File::open(copy)?.sync_all()?;
    fs::rename(copy, file)?;
    match file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => Ok(File::open(folder)?.sync_all()?),
        None => Ok(File::open(".")?.sync_all()?),
    }
}

fn open(file: &str) -> Result<SqliteConnection, BackupError> {
    let mut conn =
        SqliteConnection::establish(file).map_err(|error| StorageError::Unavailable(format!("{file}: {error}")))?;
    conn.batch_execute("PRAGMA busy_timeout = 5000")?;
    Ok(conn)
}
