//! What tests share: an application with a database of its own, somebody to use it, and what it sent.

mod app;
mod client;
mod cluster;
mod database;
mod mailbox;
mod postgres;
mod process;
mod provider;
mod receiver;
mod signer;
mod smtp;
mod tenant;

pub use app::{App, PASSWORD, STORED, Settings, address};
pub use client::{Answer, Client};
pub use cluster::PostgresServer;
pub use database::{TestDatabase, bytes, execute, lines, migrate, settings};
pub use mailbox::{Mailbox, ReceivedMail};
pub use postgres::{PostgresDatabase, certificate};
pub use process::{Candour, Finished};
pub use provider::{CLIENT_ID, CLIENT_SECRET, Fault, Person, Provider};
pub use receiver::{Received, Receiver};
pub use signer::Signer;
pub use smtp::{Reply, SmtpSink};
pub use tenant::{Tenant, example_body, office_pages};

/// Makes two tests, `…::sqlite` and `…::postgres`, from one body that takes a [`TestDatabase`].
macro_rules! on_both_databases {
    ($(#[doc = $doc:literal])* fn $name:ident($database:ident) $body:block) => {
        mod $name {
            use super::*;

            fn body($database: $crate::support::TestDatabase) $body

            #[test]
            fn sqlite() {
                body($crate::support::TestDatabase::sqlite());
            }

            #[test]
            fn postgres() {
                body($crate::support::TestDatabase::postgres());
            }
        }
    };
}
pub(crate) use on_both_databases;
