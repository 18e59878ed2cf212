//! `candour audit-log`: is the record of who did what whole?

use clap::{Args, Subcommand};

use super::{CommandError, ConfigFile, Format, runtime, table};
use crate::services::audit_verification;

/// What to do with the audit log.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    file: ConfigFile,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Read every entry and name those that were changed, removed or invented; exit code 1 when there is one
    Verify {
        /// How to print
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
}

/// Verifies.
pub(super) fn run(arguments: &Arguments) -> Result<(), CommandError> {
    let Action::Verify { format } = arguments.action;
    let found = runtime()?.block_on(audit_verification::verify(&arguments.file.load()?))?;
    let rows: Vec<Vec<String>> = found
        .faults
        .iter()
        .map(|fault| {
            let place = fault.sequence.map_or_else(|| "end".to_owned(), |sequence| sequence.to_string());
            vec![fault.organisation.clone(), place, fault.problem.to_owned()]
        })
        .collect();
    match format {
        Format::Table if rows.is_empty() => println!("{} entries, all as they were written", found.entries),
        _ => table::print(format, &["organisation", "entry", "problem"], &rows, &found)?,
    }
    match found.faults.len() {
        0 => Ok(()),
        1 => Err(CommandError::failed(format!("the audit log is damaged: {}", found.faults[0]))),
        // Nobody flips every entry: another key is what makes them all look changed.
        several if several as u64 > found.entries => Err(CommandError::failed(
            "no entry of the audit log fits; is security.secret the one that it was written with?",
        )),
        several => Err(CommandError::failed(format!(
            "the audit log is damaged in {several} places, the first: {}",
            found.faults[0]
        ))),
    }
}
