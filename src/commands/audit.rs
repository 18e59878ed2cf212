//! `candour audit`: attack a published table.

use clap::Args;

use super::CommandError;

/// What is attacked.
#[derive(Debug, Args)]
pub struct Arguments {}

/// Not built yet.
///
/// # Errors
/// Always.
pub fn run(_arguments: Arguments) -> Result<(), CommandError> {
    Err(CommandError::failed("this command is not built yet"))
}
