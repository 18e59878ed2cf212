//! `candour keys`: the keys that sign access tokens.

use clap::{Args, Subcommand};

use super::{CommandError, ConfigFile, with_services};

/// What to do with the keys.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    file: ConfigFile,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Let the next key sign and publish another; what the key before has signed is believed until it ends
    Rotate {
        /// Forget every key instead: all access tokens are refused at once, and new keys are made
        #[arg(long)]
        compromised: bool,
    },
}

/// Rotates.
pub(super) fn run(arguments: &Arguments) -> Result<(), CommandError> {
    let Action::Rotate { compromised } = arguments.action;
    let rotated =
        with_services(&arguments.file, |services| async move { services.signing_keys.rotate(compromised).await })?;
    println!("active {}\nnext   {}", rotated.active, rotated.next);
    Ok(())
}
