//! `candour verify`: is what is stored whole, readable and consistent?

use clap::Args;

use super::{CommandError, ConfigFile, Format, progress, runtime, table};
use crate::config::Config;
use crate::services::verification::{self, Finding};

/// How to tell.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    #[command(flatten)]
    file: ConfigFile,
}

/// Verifies; exit code 1 when something is wrong.
pub(super) fn run(arguments: &Arguments) -> Result<(), CommandError> {
    tell(&arguments.file.load()?, arguments.format)
}

/// The same for other commands.
pub(super) fn verify(config: &Config) -> Result<(), CommandError> {
    tell(config, Format::Table)
}

fn tell(config: &Config, format: Format) -> Result<(), CommandError> {
    let runtime = runtime()?;
    let findings: Vec<Finding> = progress::during("Verifying", || runtime.block_on(verification::verify(config)))?;
    let rows: Vec<Vec<String>> = findings
        .iter()
        .map(|finding| {
            let result = if finding.problems.is_empty() { "right".to_owned() } else { finding.problems.join("; ") };
            vec![finding.check.to_owned(), finding.looked_at.to_string(), result]
        })
        .collect();
    table::print(format, &["check", "looked at", "result"], &rows, &findings)?;
    match findings.iter().map(|finding| finding.problems.len()).sum() {
        0 => Ok(()),
        1 => Err(CommandError::failed("1 thing is wrong")),
        several => Err(CommandError::failed(format!("{several} things are wrong"))),
    }
}
