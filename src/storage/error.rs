//! What can go wrong in storage.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// What went wrong in storage. None of it is shown to a caller; see `web/error.rs`.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// Every connection is taken, or the database locks; worth another try soon.
    #[error("the database is busy: {0}")]
    Busy(String),
    /// The database cannot be reached.
    #[error("the database cannot be reached: {0}")]
    Unavailable(String),
    /// A row that has to be there is not.
    #[error("no such row")]
    NotFound,
    /// The row is there already.
    #[error("stands already: {0}")]
    AlreadyExists(String),
    /// Something stored cannot be read back.
    #[error("stored {what} cannot be read: {reason}")]
    Unreadable {
        /// What it should be.
        what: &'static str,
        /// Why it is not.
        reason: String,
    },
    /// Anything else.
    #[error("database: {0}")]
    Database(String),
}

impl StorageError {
    pub(super) fn unreadable(what: &'static str) -> impl Fn(String) -> Self {
        move |reason| Self::Unreadable { what, reason }
    }

    /// The same error for another caller.
    pub(super) fn again(&self) -> Self {
        match self {
            Self::Busy(reason) => Self::Busy(reason.clone()),
            Self::Unavailable(reason) => Self::Unavailable(reason.clone()),
            other => Self::Database(other.to_string()),
        }
    }

    /// Whether the connection that gave this must not be used again.
    pub(super) fn spoils_connection(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Database(_))
    }
}

impl From<DieselError> for StorageError {
    fn from(error: DieselError) -> Self {
        match error {
            DieselError::NotFound => Self::NotFound,
            DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, info) => {
                Self::AlreadyExists(info.message().to_owned())
            }
            DieselError::DatabaseError(
                DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand,
                info,
            ) => Self::Unavailable(info.message().to_owned()),
            DieselError::DatabaseError(DatabaseErrorKind::SerializationFailure, info) => {
                Self::Busy(info.message().to_owned())
            }
            DieselError::DatabaseError(_, info) => from_message(info.message()),
            other => Self::Database(other.to_string()),
        }
    }
}

/// SQLite's and libpq's conditions that diesel knows by their message only.
fn from_message(message: &str) -> StorageError {
    const BUSY: [&str; 3] =
        ["database is locked", "database table is locked", "canceling statement due to statement timeout"];
    const GONE: [&str; 5] = [
        "server closed the connection",
        "terminating connection",
        "no connection to the server",
        "database system is",
        "connection to server",
    ];
    // No room, no rights, no file handle left: nothing was stored, and it works again when the operator has seen to it.
    const TAKES_NOTHING: [&str; 6] = [
        "database or disk is full",
        "No space left on device",
        "disk I/O error",
        "readonly database",
        "in a read-only transaction",
        "unable to open database file",
    ];
    if BUSY.iter().any(|text| message.contains(text)) {
        StorageError::Busy(message.to_owned())
    } else if GONE.iter().chain(&TAKES_NOTHING).any(|text| message.contains(text)) {
        StorageError::Unavailable(message.to_owned())
    } else {
        StorageError::Database(message.to_owned())
    }
}
