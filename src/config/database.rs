//! `[database]`: which database, and how long to wait for it.

use std::path::PathBuf;

use serde::Deserialize;

use super::Secret;

/// Which database, and how long to wait for it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseConfig {
    /// `sqlite://FILE` or `postgres://…`; secret because it may hold a password.
    pub url: Secret,
    /// Connections at most; SQLite has one writer besides.
    pub connections: usize,
    /// How long a request may wait for a connection before it gets 503.
    pub wait_milliseconds: u64,
    /// PostgreSQL ends a statement that runs longer.
    pub statement_milliseconds: u64,
}

/// A database URL, read: its scheme chooses the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file on this machine.
    Sqlite(PathBuf),
    /// A libpq connection string.
    Postgres(String),
}

impl DatabaseConfig {
    /// Reads the URL's scheme.
    ///
    /// # Errors
    /// A sentence that says which schemes there are.
    pub fn parsed_url(&self) -> Result<DatabaseUrl, String> {
        let url = self.url.reveal();
        if let Some(file) = url.strip_prefix("sqlite://")
            && !file.is_empty()
        {
            return Ok(DatabaseUrl::Sqlite(PathBuf::from(file)));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(DatabaseUrl::Postgres(url.to_owned()));
        }
        Err("database.url must be sqlite://FILE or postgres://USER@HOST/DATABASE".to_owned())
    }

    pub(super) fn problems(&self) -> Vec<String> {
        let mut problems: Vec<String> = self.parsed_url().err().into_iter().collect();
        if self.connections == 0 {
            problems.push("database.connections must be at least 1".to_owned());
        }
        problems
    }
}
