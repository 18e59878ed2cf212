//! `candour protect`: disclosure control of any frequency table.

use clap::Args;

use super::CommandError;

/// What is protected.
#[derive(Debug, Args)]
pub struct Arguments {}

/// Not built yet.
///
/// # Errors
/// Always.
pub fn run(_arguments: Arguments) -> Result<(), CommandError> {
    Err(CommandError::failed("this command is not built yet"))
}
