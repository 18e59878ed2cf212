//! `candour representation`: a workforce file against a population.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::input::read_file;
use super::{CommandError, Format, table};
use crate::domain::ethnicity::Scheme;
use crate::domain::organisation::OdsCode;
use crate::domain::population::Population;
use crate::domain::representation::{self, Report, Trajectory, report};
use crate::domain::workforce::Workforce;
use crate::import;

/// What is compared, and how it is shown.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Workforce snapshot: organisation,pay_band,staff_group,ethnic_category,headcount
    #[arg(long, value_name = "FILE")]
    workforce: PathBuf,
    /// Codes of the ethnic categories in the workforce file; found out when left out
    #[arg(long, value_enum)]
    scheme: Option<SchemeChoice>,
    /// Areas by ethnic category, as ONS publishes TS021, or a table of your own: ethnic_category,people; England and Wales
    /// as a whole when left out
    #[arg(long, value_name = "FILE")]
    population: Option<PathBuf>,
    /// Area whose residents are counted; repeat for several
    #[arg(long, value_name = "CODE", num_args = 1.., requires = "population", conflicts_with = "catchment")]
    area: Vec<String>,
    /// Share of each organisation's admissions by area: ods_code,area_code,share
    #[arg(long, value_name = "FILE", requires = "population", requires = "organisation")]
    catchment: Option<PathBuf>,
    /// ODS code: whose catchment, and whose staff where the workforce file has several organisations
    #[arg(long, value_name = "ODS")]
    organisation: Option<OdsCode>,
    /// Adds the appointments that reach parity in this many years; needs --turnover
    #[arg(long, value_name = "YEARS", requires = "turnover")]
    parity_in: Option<u32>,
    /// Share of staff who leave in a year, from 0 to 1
    #[arg(long, value_name = "SHARE", requires = "parity_in")]
    turnover: Option<f64>,
    /// How the report is shown
    #[arg(long, value_enum, default_value = "json")]
    format: Format,
}

/// Schemes that a workforce file may use.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum SchemeChoice {
    /// NHS Data Dictionary, 16 + 1 codes
    #[value(name = "nhs_2001", aliases = ["nhs-2001", "nhs", "16+1", "nhs2001"])]
    Nhs2001,
    /// GSS 2021, 19 categories
    #[value(name = "gss_2021", aliases = ["gss-2021", "gss", "gss2021"])]
    Gss2021,
    /// The five groups
    #[value(name = "five_groups", aliases = ["five-groups", "five"])]
    FiveGroups,
}

/// The report, and the trajectory where one was asked for.
#[derive(Serialize)]
struct Output {
    #[serde(flatten)]
    report: Report,
    #[serde(skip_serializing_if = "Option::is_none")]
    trajectory: Option<Trajectory>,
}

/// Prints the report.
///
/// # Errors
/// [`CommandError::BadInput`] for files, codes and assumptions that cannot be used.
pub fn run(arguments: Arguments) -> Result<(), CommandError> {
    let workforce = workforce(&arguments)?;
    let population = population(&arguments)?;
    let report = report(&workforce, &population);
    let trajectory = match arguments.parity_in.zip(arguments.turnover) {
        Some((years, turnover)) => Some(report.trajectory(turnover, years).map_err(CommandError::bad_input)?),
        None => None,
    };
    let rows = representation::table_rows(&report, arguments.format == Format::Csv);
    table::print(arguments.format, &representation::HEADINGS, &rows, &Output { report, trajectory })
}

fn workforce(arguments: &Arguments) -> Result<Workforce, CommandError> {
    let (file, bytes) = read_file(&arguments.workforce)?;
    let workforce = match arguments.scheme {
        Some(scheme) => import::workforce::read(&file, &bytes, scheme.into()).map_err(CommandError::bad_input)?,
        None => import::workforce::read_either(&file, &bytes).map_err(CommandError::bad_input)?,
    };
    let only = workforce.organisations();
    // Whose catchment and whose staff may be two questions: a service that another trust hosts, a trust before a merger.
    if let ([only], Some(wanted), Some(_)) = (&only[..], &arguments.organisation, &arguments.catchment)
        && **only != *wanted
    {
        eprintln!("{file}: every line is of {only}; its staff are compared with the catchment of {wanted}");
        return Ok(workforce);
    }
    of_organisation(&file, workforce, arguments.organisation.as_ref())
}

/// The staff of one organisation: the one asked for, or the only one that the file has.
pub(super) fn of_organisation(
    file: &str,
    workforce: Workforce,
    wanted: Option<&OdsCode>,
) -> Result<Workforce, CommandError> {
    let all = workforce.organisations();
    let named = || all.iter().map(|ods| ods.as_str()).collect::<Vec<_>>().join(", ");
    match wanted {
        Some(ods) if all.contains(&ods) => Ok(workforce.only(|cell| cell.organisation == *ods)),
        Some(ods) => {
            Err(CommandError::bad_input(format!("{file}: no line is of organisation {ods}; the file has {}", named())))
        }
        None if all.len() == 1 => Ok(workforce),
        None => Err(CommandError::bad_input(format!(
            "{file}: several organisations, {}; name one with --organisation",
            named()
        ))),
    }
}

fn population(arguments: &Arguments) -> Result<Population, CommandError> {
    let Some(path) = &arguments.population else { return Ok(Population::england_and_wales()) };
    let (file, bytes) = read_file(path)?;
    if import::own_population::is_one(&file, &bytes).map_err(CommandError::bad_input)? {
        if !arguments.area.is_empty() || arguments.catchment.is_some() {
            return Err(CommandError::bad_input(format!("{file}: a table of your own has no areas; leave them out")));
        }
        let name = path.file_stem().map_or_else(|| file.clone(), |name| name.to_string_lossy().into_owned());
        return import::own_population::read(&file, &bytes, &name, "own table", "").map_err(CommandError::bad_input);
    }
    let areas = import::population::read(&file, &bytes).map_err(CommandError::bad_input)?;
    let population = match (&arguments.catchment, &arguments.organisation) {
        (Some(path), Some(ods)) => {
            let (file, bytes) = read_file(path)?;
            let mut catchments = import::catchment::read(&file, &bytes).map_err(CommandError::bad_input)?;
            let shares = catchments.remove(ods).ok_or_else(|| {
                CommandError::bad_input(format!(
                    "{file}: no line is of organisation {ods}; it has {} organisations",
                    catchments.len()
                ))
            })?;
            areas.catchment(ods.as_str(), &shares)
        }
        _ if arguments.area.is_empty() => {
            return Err(CommandError::bad_input(
                "which people of the population file? Name areas with --area, or give --catchment and --organisation",
            ));
        }
        _ => areas.residents(&arguments.area),
    };
    population.map_err(|error| CommandError::bad_input(format!("{}: {error}", path.display())))
}

impl From<SchemeChoice> for Scheme {
    fn from(choice: SchemeChoice) -> Self {
        match choice {
            SchemeChoice::Nhs2001 => Self::Nhs2001,
            SchemeChoice::Gss2021 => Self::Gss2021,
            SchemeChoice::FiveGroups => Self::FiveGroups,
        }
    }
}
