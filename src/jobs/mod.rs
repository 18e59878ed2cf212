//! Background work: takes jobs from the outbox and runs them, at least once each.
//!
//! What a job is stands in [`crate::domain::job`]; what it does is a service's. Here is only when, how often, and when
//! to give up.

mod runner;

pub use runner::{Runner, Stop};
