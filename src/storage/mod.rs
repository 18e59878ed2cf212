//! Storage: the only room that names diesel.
//!
//! A [`Database`] first hears whose rows are meant (`of(&scope)`, `of_every_organisation()`, `of_no_organisation()`);
//! [`Transactions::read`] and [`Transactions::write`] then run one closure in one transaction on one connection. What
//! the closure calls are functions of this room, one file per noun, that take `&mut Connection`. Row structs stay
//! private.

pub mod accounts;
pub mod actions;
pub mod answering;
pub mod api_sessions;
pub mod audit_events;
pub mod backup;
pub mod clients;
pub mod column_mappings;
pub mod comments;
mod connection;
mod database;
mod error;
pub mod idempotent_answers;
pub mod identity_providers;
pub mod indicator_inputs;
pub mod invitations;
pub mod jobs;
mod lately;
pub mod mail_templates;
pub mod maintenance;
pub mod migrations;
pub mod national_figures;
pub mod organisations;
pub mod participation;
pub mod policies;
pub mod populations;
pub mod published_summaries;
pub mod published_workforces;
pub mod rate_limits;
mod reach;
pub mod receipts;
pub mod releases;
pub mod responses;
pub mod revoked_tokens;
mod schema;
pub mod sealed_responses;
pub mod second_factors;
pub mod sessions;
pub mod sign_in_attempts;
pub mod signing_keys;
pub mod suppressions;
pub mod survey_figures;
pub mod surveys;
pub mod systems;
mod together;
pub mod webhooks;
pub mod workforces;
mod writer;

pub use connection::AnyConnection as Connection;
pub use database::Database;
pub use error::StorageError;
pub use reach::Transactions;
pub use together::Together;

use time::OffsetDateTime;

/// A moment as it is stored: microseconds since 1970 in UTC.
fn to_micros(moment: OffsetDateTime) -> i64 {
    (moment.unix_timestamp_nanos() / 1_000) as i64
}

/// A stored moment, read back; one outside the calendar becomes its beginning.
fn from_micros(micros: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1_000).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}
