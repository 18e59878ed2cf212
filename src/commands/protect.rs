//! `candour protect`: disclosure control of any frequency table.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use serde::Serialize;

use super::input::read_file;
use super::{CommandError, progress};
use crate::domain::disclosure::frequency_table::FrequencyTable;
use crate::domain::disclosure::{ProtectedFrequencies, Stage, protect_frequencies};
use crate::import::frequency_table::{self, COUNT, Inner, PUBLISHED, STATUS, Specification, WITHHELD};

/// What is protected.
#[derive(Debug, Args)]
pub struct Arguments {
    /// What to protect: input, variables, tables and policy
    #[arg(value_name = "SPEC.toml")]
    specification: PathBuf,
    /// Folder for cells.csv and audit.json
    #[arg(long, value_name = "DIR", default_value = ".")]
    out: PathBuf,
}

/// `audit.json`.
#[derive(Debug, Serialize)]
struct Report {
    cells: usize,
    published: usize,
    withheld: usize,
    primary: usize,
    secondary: usize,
    exact_disclosures: usize,
    narrowest_interval: Option<u64>,
    engine_seconds: f64,
    audit_seconds: f64,
}

/// Time spent in each stage.
struct Clock {
    began: Instant,
    stage: Option<Stage>,
    engine: Duration,
    audit: Duration,
}

impl Clock {
    fn turn(&mut self, stage: Option<Stage>) {
        match self.stage {
            Some(Stage::Engine) => self.engine += self.began.elapsed(),
            Some(Stage::Audit) => self.audit += self.began.elapsed(),
            None => {}
        }
        (self.stage, self.began) = (stage, Instant::now());
    }
}

/// Writes what may be published of a table, and what attacking that came to.
///
/// # Errors
/// [`CommandError::BadInput`] for files that cannot be used; [`CommandError::Failed`], with nothing written, when the
/// table cannot be protected.
pub fn run(arguments: Arguments) -> Result<(), CommandError> {
    let (file, bytes) = read_file(&arguments.specification)?;
    let specification = Specification::read(&file, &bytes).map_err(CommandError::bad_input)?;
    let (file, bytes) = read_file(&input(&arguments.specification, &specification))?;
    let inner = Inner::read(&file, &bytes, &specification).map_err(CommandError::bad_input)?;
    let table = frequency_table::table(&specification, &inner).map_err(CommandError::bad_input)?;

    let mut clock = Clock { began: Instant::now(), stage: None, engine: Duration::ZERO, audit: Duration::ZERO };
    let protected = progress::during("Protecting", || protect_frequencies(&table, |stage| clock.turn(Some(stage))))
        .map_err(CommandError::failed)?;
    clock.turn(None);

    let withheld = protected.published.iter().filter(|published| !**published).count();
    let report = Report {
        cells: table.cells().len(),
        published: table.cells().len() - withheld,
        withheld,
        primary: protected.primary,
        secondary: withheld - protected.primary,
        exact_disclosures: protected.audit.disclosed.len(),
        narrowest_interval: protected.audit.narrowest_interval,
        engine_seconds: clock.engine.as_secs_f64(),
        audit_seconds: clock.audit.as_secs_f64(),
    };
    write(&arguments.out, &table, &protected, &report)?;
    println!(
        "{} of {} cells are published; {} are withheld: {} for their own count, {} so that those do not follow",
        report.published, report.cells, report.withheld, report.primary, report.secondary
    );
    Ok(())
}

/// The file of counts, which the specification names relative to itself.
pub(super) fn input(at: &Path, specification: &Specification) -> PathBuf {
    at.parent().unwrap_or(Path::new("")).join(&specification.input)
}

fn write(
    folder: &Path,
    table: &FrequencyTable,
    protected: &ProtectedFrequencies,
    report: &Report,
) -> Result<(), CommandError> {
    let cells = cells(table, protected).map_err(CommandError::failed)?;
    let audit = serde_json::to_string_pretty(report).map_err(CommandError::failed)? + "\n";
    let failed = |path: &Path, error: std::io::Error| {
        CommandError::failed(format!(
            "{}: cannot be written ({error}); check the path and the permissions",
            path.display()
        ))
    };
    fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
    for (name, content) in [("cells.csv", cells), ("audit.json", audit.into_bytes())] {
        let path = folder.join(name);
        fs::write(&path, content).map_err(|error| failed(&path, error))?;
    }
    Ok(())
}

fn cells(table: &FrequencyTable, protected: &ProtectedFrequencies) -> Result<Vec<u8>, csv::Error> {
    let variables = table.layout().variables();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(variables.iter().map(|variable| variable.name.as_str()).chain([COUNT, STATUS]))?;
    for (cell, published) in table.cells().iter().zip(&protected.published) {
        let codes = variables.iter().zip(&cell.key).map(|(variable, category)| variable.code(*category));
        let count = if *published { cell.count.to_string() } else { String::new() };
        let status = if *published { PUBLISHED } else { WITHHELD };
        writer.write_record(codes.chain([count.as_str(), status]))?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}
