//! The one integration-test binary: Candour through its front doors, on both databases.
//!
//! One file per noun. `support/` starts what a test needs: a server, a database of its own, a mailbox.

mod support;

mod architecture;
mod authorisation;
mod command_line;
mod disclosure;
mod durability;
mod invitations;
mod logs;
mod mail;
mod migrations;
mod operations;
mod postgres_tls;
mod responses;
mod surveys;
