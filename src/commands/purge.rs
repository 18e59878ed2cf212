//! `candour purge`: deletes what its time is over for. Meant to be run every night.

use clap::Args;

use super::{CommandError, ConfigFile, Format, progress, runtime, table};
use crate::services::retention;

/// What is deleted.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Show what would be deleted, delete nothing
    #[arg(long)]
    dry_run: bool,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    #[command(flatten)]
    file: ConfigFile,
}

/// Deletes, or shows what it would delete.
pub(super) fn run(arguments: &Arguments) -> Result<(), CommandError> {
    let config = arguments.file.load()?;
    let runtime = runtime()?;
    let due = progress::during("Purging", || runtime.block_on(retention::purge(&config, arguments.dry_run)))?;
    let rows: Vec<Vec<String>> = due
        .iter()
        .map(|line| {
            let release = if line.unpublished { "none: the answers go unpublished" } else { "stays" };
            vec![line.survey.to_string(), line.invitations.to_string(), line.responses.to_string(), release.to_owned()]
        })
        .collect();
    table::print(arguments.format, &["survey", "invitations", "responses", "release"], &rows, &due)?;
    let did = match (arguments.dry_run, due.is_empty()) {
        (_, true) => "nothing is due",
        (true, false) => "dry run, nothing deleted",
        (false, false) => "deleted",
    };
    eprintln!("candour: {did} ({})", retention::in_words(&config.retention));
    Ok(())
}
