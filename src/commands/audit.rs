//! `candour audit`: attack a published table.

use std::path::PathBuf;

use clap::Args;

use super::input::read_file;
use super::protect::input;
use super::{CommandError, progress};
use crate::domain::disclosure::{FrequencyAudit, attack_frequencies};
use crate::import::frequency_table::{Cells, Inner, Specification};

/// What is attacked.
#[derive(Debug, Args)]
pub struct Arguments {
    /// What was protected: variables, tables and policy
    #[arg(value_name = "SPEC.toml")]
    specification: PathBuf,
    /// What was published of it: a column per variable, count, status
    #[arg(value_name = "CELLS.csv")]
    cells: PathBuf,
}

/// Prints every disclosed cell with the count that follows.
///
/// The file of counts is read, where it is there, for what categories lie in and for who is alone in a cell.
///
/// # Errors
/// [`CommandError::BadInput`] for files that cannot be used; [`CommandError::Failed`] when a cell is disclosed.
pub fn run(arguments: Arguments) -> Result<(), CommandError> {
    let (file, bytes) = read_file(&arguments.specification)?;
    let specification = Specification::read(&file, &bytes).map_err(CommandError::bad_input)?;
    let path = input(&arguments.specification, &specification);
    let needed = specification.variables.iter().any(|variable| !variable.parents.is_empty());
    let inner = if needed || path.exists() {
        let (file, bytes) = read_file(&path)?;
        Some(Inner::read(&file, &bytes, &specification).map_err(CommandError::bad_input)?)
    } else {
        None
    };
    let (file, bytes) = read_file(&arguments.cells)?;
    let cells = Cells::read(&file, &bytes, &specification, inner.as_ref()).map_err(CommandError::bad_input)?;
    let mut audit = progress::during("Attacking", || {
        attack_frequencies(&cells.layout, &specification.policy, &cells.published, cells.counted.as_deref())
    })
    .map_err(|error| CommandError::bad_input(format!("{file}: {error}")))?;
    audit.disclosed.retain(|(cell, _)| cells.listed[*cell]);
    audit.narrow.retain(|cell| cells.listed[*cell]);
    print(&cells, &audit)?;
    match (audit.disclosed.len(), audit.narrow.len()) {
        (0, 0) => Ok(()),
        (0, narrow) => Err(CommandError::failed(format!(
            "{file}: {narrow} withheld counts are known to less than the minimum_interval of {}",
            specification.policy.minimum_interval
        ))),
        (disclosed, _) => Err(CommandError::failed(format!("{file}: {disclosed} withheld counts are disclosed"))),
    }
}

fn print(cells: &Cells, audit: &FrequencyAudit) -> Result<(), CommandError> {
    let mut writer = csv::Writer::from_writer(std::io::stdout());
    for (cell, disclosure) in &audit.disclosed {
        let key = &cells.layout.keys()[*cell];
        let codes = cells.layout.variables().iter().zip(key).map(|(variable, category)| variable.code(*category));
        let value = disclosure.value().to_string();
        writer.write_record(codes.chain([value.as_str()])).map_err(CommandError::failed)?;
    }
    writer.flush().map_err(CommandError::failed)
}
