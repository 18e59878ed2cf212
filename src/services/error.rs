//! What can go wrong in a use case, by meaning. `web/error.rs` renders it, once.

use crate::domain::account::Denied;
use crate::domain::scope::Scope;
use crate::domain::survey::IllegalStep;
use crate::storage::StorageError;

/// One thing wrong with what was sent.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct FieldProblem {
    /// JSON pointer to it (RFC 6901); empty for the whole.
    pub pointer: String,
    /// One sentence.
    pub detail: String,
}

/// Why a use case did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// There is no such thing, or the caller may not know of it.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// Nobody is signed in, or not with these words.
    #[error("sign in first")]
    Unauthenticated,
    /// Signed in, and not allowed.
    #[error("this account may not do that")]
    Denied,
    /// An API client without the scope that this needs.
    #[error("the token lacks the scope {0}")]
    LacksScope(Scope),
    /// It does not fit the state that things are in.
    #[error("{detail}")]
    Conflict {
        /// Stable name, such as `survey-not-open`.
        code: &'static str,
        /// One sentence for the caller.
        detail: String,
    },
    /// What was sent cannot be used.
    #[error("{detail}")]
    Invalid {
        /// One sentence for the caller.
        detail: String,
        /// Each thing that is wrong.
        problems: Vec<FieldProblem>,
    },
    /// It is not as the caller last saw it.
    #[error("it has changed since you read it; read it again, then send your change with its new ETag")]
    ChangedMeanwhile,
    /// Too much at once; worth another try soon.
    #[error("busy: {0}")]
    Busy(String),
    /// Too many tries; the next is let in after so many seconds.
    #[error("too many tries; wait {seconds} seconds, then try again")]
    TooSoon {
        /// How long to wait.
        seconds: u64,
    },
    /// Our fault; the text is for the log only.
    #[error("{0}")]
    Internal(String),
}

impl AppError {
    /// What was sent cannot be used, for one reason.
    pub fn invalid(detail: impl Into<String>) -> Self {
        Self::Invalid { detail: detail.into(), problems: Vec::new() }
    }

    /// "Not found" said of something in particular.
    pub fn or_not_found(what: &'static str) -> impl Fn(StorageError) -> Self {
        move |error| match error {
            StorageError::NotFound => Self::NotFound(what),
            other => other.into(),
        }
    }
}

impl From<StorageError> for AppError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::NotFound => Self::NotFound("thing"),
            StorageError::Busy(reason) | StorageError::Unavailable(reason) => Self::Busy(reason),
            StorageError::AlreadyExists(_) => {
                Self::Conflict { code: "already-exists", detail: "there is one with this name already".to_owned() }
            }
            other => Self::Internal(other.to_string()),
        }
    }
}

impl From<Denied> for AppError {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Hidden => Self::Denied,
            Denied::Scope(scope) => Self::LacksScope(scope),
        }
    }
}

impl From<IllegalStep> for AppError {
    fn from(step: IllegalStep) -> Self {
        Self::Conflict { code: step.code(), detail: step.to_string() }
    }
}

impl From<crate::import::ImportError> for AppError {
    fn from(error: crate::import::ImportError) -> Self {
        let problems = error
            .problems
            .iter()
            .map(|problem| FieldProblem {
                pointer: problem.line.map_or_else(String::new, |line| format!("/lines/{line}")),
                detail: problem.message.clone(),
            })
            .collect();
        Self::Invalid { detail: error.to_string(), problems }
    }
}
