//! `candour import`: files from outside, all or nothing.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use time::Date;

use super::input::read_file;
use super::representation::of_organisation;
use super::{CommandError, ConfigFile, progress, table, with_services};
use crate::domain::account::TenantScope;
use crate::domain::audit_event::{Actor, Event};
use crate::domain::column_mapping::{ColumnMapping, FileFormat};
use crate::domain::ethnicity::Upper;
use crate::domain::identifier::SurveyId;
use crate::domain::indicator::{EnteredFigures, InputKey, InputKind, ReportingYear, Variant};
use crate::domain::organisation::OdsCode;
use crate::domain::pay_band::{NOT_STATED, PayBand};
use crate::domain::population::Population;
use crate::domain::workforce::Workforce;
use crate::import;
use crate::services::populations::area_id;
use crate::services::{AppError, Precondition, Services, today};

/// What is imported.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// What the file holds
    #[arg(value_enum)]
    what: What,
    /// CSV file, or XLSX workbook whose first sheet is read
    file: PathBuf,
    /// ODS code: whose units, staff, workforce, catchment or indicator input; of workforce and catchment, all that the
    /// file has when left out
    #[arg(long, value_name = "ODS")]
    organisation: Option<OdsCode>,
    /// Survey that staff are invited to; the organisation's only draft or open one when left out
    #[arg(long, value_name = "ID")]
    survey: Option<SurveyId>,
    /// Day that the workforce or population file is about, YYYY-MM-DD; for a workforce, today when left out
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    date: Option<Date>,
    /// Year, ending on 31 March, that an indicator input counts
    #[arg(long, value_name = "YEAR")]
    year: Option<ReportingYear>,
    /// Whose indicators an indicator input is for
    #[arg(long, value_name = "substantive|bank|medical", default_value = "substantive")]
    variant: Variant,
    /// Name of the survey that survey figures are from, such as "NHS Staff Survey 2025"
    #[arg(long, value_name = "NAME")]
    instrument: Option<String>,
    /// A heading of the file and the column that it stands for (or ignore); repeat for several. Saved for --organisation
    /// and applied to its later files
    #[arg(long, value_name = "HEADING=COLUMN", value_parser = parse_heading, requires = "organisation")]
    map: Vec<(String, String)>,
    /// Areas of the population file to sum; repeat for several, needs --id
    #[arg(long, value_name = "CODE", num_args = 1.., requires = "id")]
    area: Vec<String>,
    /// Identifier of the population that the areas sum to, or that a table of your own is; each area is stored under its
    /// own code when left out
    #[arg(long)]
    id: Option<String>,
    /// Name of the population, as reports show it
    #[arg(long)]
    name: Option<String>,
    /// Version of its figures, as reports show it
    #[arg(long)]
    version_name: Option<String>,
    /// Read and check everything, store nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    config: ConfigFile,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum What {
    /// code,name; or the layout that ODS publishes trusts in
    Organisations,
    /// code,name,parent
    Units,
    /// email,unit and optionally name,language: invites them to a survey
    Staff,
    /// organisation,pay_band,staff_group,ethnic_category,headcount
    Workforce,
    /// area_code,area_name,total and a column per ethnic category, as ONS publishes TS021; or your own table:
    /// ethnic_category,people; or, for populations that are there, deprivation_decile,people and optionally area_code
    Population,
    /// ods_code,area_code,share: needs the population of the areas first
    Catchment,
    /// measure,ethnic_category,count; measures: shortlisted, appointed
    Recruitment,
    /// measure,ethnic_category,count; measure: disciplinary
    Disciplinary,
    /// measure,ethnic_category,count; measure: training
    Training,
    /// measure,ethnic_category,count; measures: board, board_voting, board_executive
    Board,
    /// indicator,ethnic_category,count,base: what another survey published of the indicators 5 to 8; `[c]` where withheld
    SurveyFigures,
}

/// Imports one file.
pub(super) fn run(arguments: Arguments) -> Result<(), CommandError> {
    let (name, bytes) = read_file(&arguments.file)?;
    let done = progress::during("Importing", || import(&arguments, &name, &bytes))?;
    println!("{}{done}", if arguments.dry_run { "dry run, nothing stored: " } else { "" });
    Ok(())
}

fn import(arguments: &Arguments, name: &str, bytes: &[u8]) -> Result<String, CommandError> {
    match arguments.what {
        What::Organisations => organisations(arguments, name, bytes),
        What::Units => units(arguments, name, bytes),
        What::Staff => staff(arguments, name, bytes),
        What::Workforce => workforce(arguments, name, bytes),
        What::Population => population(arguments, name, bytes),
        What::Catchment => catchment(arguments, name, bytes),
        What::Recruitment => indicator_input(arguments, name, bytes, InputKind::Recruitment),
        What::Disciplinary => indicator_input(arguments, name, bytes, InputKind::Disciplinary),
        What::Training => indicator_input(arguments, name, bytes, InputKind::Training),
        What::Board => indicator_input(arguments, name, bytes, InputKind::Board),
        What::SurveyFigures => survey_figures(arguments, name, bytes),
    }
}

fn organisations(arguments: &Arguments, name: &str, bytes: &[u8]) -> Result<String, CommandError> {
    let batch = import::organisations::read(name, bytes).map_err(CommandError::bad_input)?;
    let count = batch.len();
    if !arguments.dry_run {
        with_services(&arguments.config, |services| async move { services.organisations.import(batch).await })?;
    }
    Ok(counted(count, "organisation"))
}

fn units(arguments: &Arguments, name: &str, bytes: &[u8]) -> Result<String, CommandError> {
    let (scope, dry_run) = (scope(arguments)?, arguments.dry_run);
    let tree = import::units::read(name, bytes).map_err(CommandError::bad_input)?;
    let done = format!("{} of {}", counted(tree.units().len(), "unit"), scope.organisation());
    with_services(&arguments.config, |services| async move {
        services.organisations.read(scope.clone()).await?;
        if dry_run { Ok(()) } else { services.organisations.replace_units(scope, tree, Precondition::none()).await }
    })?;
    Ok(done)
}

fn staff(arguments: &Arguments, name: &str, bytes: &[u8]) -> Result<String, CommandError> {
    let (scope, dry_run, wanted) = (scope(arguments)?, arguments.dry_run, arguments.survey.clone());
    let people = import::staff::read(name, bytes).map_err(CommandError::bad_input)?;
    let summary = with_services(&arguments.config, |services| async move {
        let survey = match wanted {
            Some(survey) => survey,
            None => services.surveys.only_one_to_invite_to(scope.clone()).await?.id,
        };
        services.invitations.invite(scope, survey, people, dry_run).await
    })?;
    Ok(format!(
        "{} invited, {} of them with a wider unit than their own; {} had been invited before",
        summary.added, summary.widened, summary.already_invited
    ))
}

fn workforce(arguments: &Arguments, name: &str, bytes: &[u8]) -> Result<String, CommandError> {
    let (date, dry_run) = (arguments.date.unwrap_or_else(today), arguments.dry_run);
    let mapping = mapping(arguments, FileFormat::Workforce)?;
    let all = import::workforce::read_mapped(name, bytes, &mapping).map_err(CommandError::bad_input)?;
    let chosen = match &arguments.organisation {
        Some(ods) => of_organisation(name, all, Some(ods))?,
        None => all,
    };
    let batch: Vec<(TenantScope, Workforce)> = chosen
        .organisations()
        .into_iter()
        .map(|ods| (TenantScope::of_operator(ods.clone()), chosen.only(|cell| cell.organisation == *ods)))
        .collect();
    let mut done = format!("{} staff of {} on {date}", chosen.people(), counted(batch.len(), "organisation"));
    if dry_run {
        done = format!("{done}\n{}", preview(&chosen).trim_end());
    }
    with_services(&arguments.config, |services| async move {
        for (scope, _) in &batch {
            let ods = scope.organisation().clone();
            services.organisations.read(scope.clone()).await.map_err(|error| unknown(error, &ods))?;
        }
        if dry_run { Ok(()) } else { services.workforces.import(batch, date).await }
    })?;
    save(arguments, FileFormat::Workforce, mapping)?;
    Ok(done)
}

/// Staff by pay band and ethnicity as they were read, so that a wrong column or mapping is seen before it is stored.
fn preview(workforce: &Workforce) -> String {
    let columns = [Upper::White, Upper::MinorityEthnic, Upper::NotStated];
    let mut bands: BTreeMap<Option<PayBand>, [u64; 3]> = BTreeMap::new();
    for cell in &workforce.cells {
        let counts = bands.entry(cell.pay_band).or_default();
        for (count, _) in counts.iter_mut().zip(columns).filter(|(_, column)| *column == cell.ethnicity.upper()) {
            *count += cell.headcount;
        }
    }
    let rows: Vec<Vec<String>> = bands
        .into_iter()
        .map(|(band, counts)| {
            let name = band.map_or(NOT_STATED, PayBand::code).to_owned();
            std::iter::once(name).chain(counts.map(|count| count.to_string())).collect()
        })
        .collect();
    table::aligned(&["pay_band", "white", "minority_ethnic", NOT_STATED], &rows)
}

fn indicator_input(arguments: &Arguments, name: &str, bytes: &[u8], kind: InputKind) -> Result<String, CommandError> {
    let (scope, variant, dry_run) = (scope(arguments)?, arguments.variant, arguments.dry_run);
    let year = arguments.year.ok_or_else(|| CommandError::bad_input("which year? Name it with --year"))?;
    let mapping = mapping(arguments, FileFormat::IndicatorInputs)?;
    let events = import::indicator_inputs::read_kind(name, bytes, kind, &mapping).map_err(CommandError::bad_input)?;
    let done =
        format!("{} counts of {kind} in {year} for {} ({variant})", events.counts().count(), scope.organisation());
    with_services(&arguments.config, |services| async move {
        let key = InputKey { year, variant, kind };
        let ods = scope.organisation().clone();
        services
            .indicators
            .replace_input(scope, key, events, dry_run, Precondition::none())
            .await
            .map_err(|error| unknown(error, &ods))
    })?;
    save(arguments, FileFormat::IndicatorInputs, mapping)?;
    Ok(done)
}

fn survey_figures(arguments: &Arguments, name: &str, bytes: &[u8]) -> Result<String, CommandError> {
    let (scope, variant, dry_run) = (scope(arguments)?, arguments.variant, arguments.dry_run);
    let year = arguments.year.ok_or_else(|| CommandError::bad_input("which year? Name it with --year"))?;
    let unnamed = || CommandError::bad_input("which survey? Name it with --instrument");
    let instrument = arguments.instrument.clone().ok_or_else(unnamed)?;
    let counts = import::indicator_inputs::read_survey(name, bytes).map_err(CommandError::bad_input)?;
    let done = format!("{} figures of {instrument} in {year} for {} ({variant})", counts.0.len(), scope.organisation());
    with_services(&arguments.config, |services| async move {
        let (ods, entered) = (scope.organisation().clone(), EnteredFigures { instrument, counts });
        let stored = services
            .indicators
            .replace_survey_figures(scope, (year, variant), entered, dry_run, Precondition::none())
            .await;
        stored.map_err(|error| unknown(error, &ods))
    })?;
    Ok(done)
}

/// The mapping of the command line, or else the one that the organisation has saved.
fn mapping(arguments: &Arguments, format: FileFormat) -> Result<ColumnMapping, CommandError> {
    match &arguments.organisation {
        Some(ods) if arguments.map.is_empty() => {
            let scope = TenantScope::of_operator(ods.clone());
            with_services(
                &arguments.config,
                |services| async move { services.column_mappings.read(scope, format).await },
            )
        }
        _ => {
            let headings = arguments.map.iter().cloned().collect();
            ColumnMapping::new(format, headings).map_err(CommandError::bad_input)
        }
    }
}

fn save(arguments: &Arguments, format: FileFormat, mapping: ColumnMapping) -> Result<(), CommandError> {
    if arguments.map.is_empty() || arguments.dry_run {
        return Ok(());
    }
    let scope = scope(arguments)?;
    with_services(&arguments.config, |services| async move {
        services.column_mappings.replace(scope, format, mapping, Precondition::none()).await
    })
}

fn population(arguments: &Arguments, name: &str, bytes: &[u8]) -> Result<String, CommandError> {
    let date = arguments.date.map(|date| date.to_string());
    if import::own_population::is_one(name, bytes).map_err(CommandError::bad_input)? {
        let needed = || CommandError::bad_input("a table of your own needs a name: give it one with --id");
        let id = arguments.id.clone().ok_or_else(needed)?;
        let title = arguments.name.as_deref().unwrap_or(&id);
        let version = arguments.version_name.as_deref().unwrap_or("own table");
        let own = import::own_population::read(name, bytes, title, version, date.as_deref().unwrap_or_default())
            .map_err(CommandError::bad_input)?;
        return store(arguments, vec![(id, own)]);
    }
    if import::deprivation::is_one(name, bytes).map_err(CommandError::bad_input)? {
        return deprivation(arguments, name, bytes, date.as_deref().unwrap_or_default());
    }
    let areas = import::population::read(name, bytes).map_err(CommandError::bad_input)?;
    let residents =
        |codes: &[String]| areas.residents(codes).map_err(|error| CommandError::bad_input(format!("{name}: {error}")));
    let mut batch: Vec<(String, Population)> = match &arguments.id {
        Some(id) => vec![(id.clone(), residents(&arguments.area)?)],
        None => areas
            .by_code
            .keys()
            .map(|code| Ok((area_id(code), residents(std::slice::from_ref(code))?)))
            .collect::<Result<_, CommandError>>()?,
    };
    for (_, population) in &mut batch {
        population.rename(
            arguments.id.as_ref().and(arguments.name.clone()),
            arguments.version_name.clone(),
            date.clone(),
        );
    }
    store(arguments, batch)
}

/// Deciles of deprivation, for the population named or for that of each area.
fn deprivation(arguments: &Arguments, name: &str, bytes: &[u8], date: &str) -> Result<String, CommandError> {
    let version = arguments.version_name.as_deref().unwrap_or("own table");
    let profiles = import::deprivation::read(name, bytes, version, date).map_err(CommandError::bad_input)?;
    let named = |area: Option<String>| match (area, &arguments.id) {
        (Some(area), None) => Ok(area_id(&area)),
        (None, Some(id)) => Ok(id.clone()),
        (None, None) => Err("whose deciles? Name the population with --id, or each line's area in a column area_code"),
        (Some(_), Some(_)) => Err("the file names areas itself; leave --id out"),
    };
    let batch: Vec<_> = profiles
        .into_iter()
        .map(|(area, profile)| Ok((named(area)?, profile)))
        .collect::<Result<_, &str>>()
        .map_err(CommandError::bad_input)?;
    let (count, dry_run) = (batch.len(), arguments.dry_run);
    with_services(&arguments.config, |services| async move {
        services.populations.import_deprivation(batch, dry_run).await?;
        if dry_run { Ok(()) } else { note_populations(&services).await }
    })?;
    Ok(format!("deciles of deprivation of {}", counted(count, "population")))
}

fn store(arguments: &Arguments, batch: Vec<(String, Population)>) -> Result<String, CommandError> {
    let done = match batch.as_slice() {
        [(id, one)] => format!("population {id}: {}", one.name),
        several => format!("{} populations, one for each area", several.len()),
    };
    if !arguments.dry_run {
        with_services(&arguments.config, |services| async move {
            let stored = services.populations.import_all(batch).await?;
            note_populations(&services).await.map(|()| stored)
        })?;
    }
    Ok(done)
}

fn catchment(arguments: &Arguments, name: &str, bytes: &[u8]) -> Result<String, CommandError> {
    let dry_run = arguments.dry_run;
    let mut catchments = import::catchment::read(name, bytes).map_err(CommandError::bad_input)?;
    if let Some(ods) = &arguments.organisation {
        catchments.retain(|of, _| of == ods);
        if catchments.is_empty() {
            return Err(CommandError::bad_input(format!("{name}: no line is of organisation {ods}; check the code")));
        }
    }
    let stored = with_services(&arguments.config, |services| async move {
        let stored = services.populations.import_catchments(catchments, dry_run).await?;
        if !dry_run {
            note_populations(&services).await?;
        }
        Ok(stored)
    })?;
    Ok(match stored.as_slice() {
        [(id, _)] => format!("population {id}"),
        several => format!("{} populations, catchment-… for each organisation", several.len()),
    })
}

async fn note_populations(services: &Services) -> Result<(), AppError> {
    let event = Event::Imported { what: "populations", subject: String::new() };
    services.audit_log.record_by(Actor::Operator, None, event).await
}

fn scope(arguments: &Arguments) -> Result<TenantScope, CommandError> {
    let ods = arguments
        .organisation
        .clone()
        .ok_or_else(|| CommandError::bad_input("whose? Name the organisation with --organisation"))?;
    Ok(TenantScope::of_operator(ods))
}

fn unknown(error: AppError, ods: &OdsCode) -> AppError {
    match error {
        AppError::NotFound(_) => AppError::invalid(format!(
            "there is no organisation {ods}; import it with `candour import organisations FILE`"
        )),
        other => other,
    }
}

fn counted(count: usize, of: &str) -> String {
    format!("{count} {of}{}", if count == 1 { "" } else { "s" })
}

fn parse_heading(text: &str) -> Result<(String, String), String> {
    let (heading, column) = text.rsplit_once('=').ok_or("write the heading, “=” and the column")?;
    Ok((heading.trim().to_owned(), column.trim().to_owned()))
}

fn parse_date(text: &str) -> Result<Date, String> {
    Date::parse(text, time::macros::format_description!("[year]-[month]-[day]"))
        .map_err(|_| "write a day as 2027-03-31".to_owned())
}
