//! `candour import`: files from outside, all or nothing.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use time::Date;

use super::input::read_file;
use super::representation::of_organisation;
use super::{CommandError, ConfigFile, with_services};
use crate::domain::account::TenantScope;
use crate::domain::identifier::SurveyId;
use crate::domain::organisation::OdsCode;
use crate::domain::population::Population;
use crate::domain::workforce::Workforce;
use crate::import;
use crate::services::populations::area_id;
use crate::services::{AppError, today};

/// What is imported.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// What the file holds
    #[arg(value_enum)]
    what: What,
    /// CSV file
    file: PathBuf,
    /// ODS code: whose units, staff, workforce or catchment; of the last two, all that the file has when left out
    #[arg(long, value_name = "ODS")]
    organisation: Option<OdsCode>,
    /// Survey that staff are invited to; the organisation's only draft or open one when left out
    #[arg(long, value_name = "ID")]
    survey: Option<SurveyId>,
    /// Day that the workforce file is about, YYYY-MM-DD; today when left out
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    date: Option<Date>,
    /// Areas of the population file to sum; repeat for several, needs --id
    #[arg(long, value_name = "CODE", num_args = 1.., requires = "id")]
    area: Vec<String>,
    /// Name of the population that the areas sum to; each area under its own code when left out
    #[arg(long)]
    id: Option<String>,
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
    /// area_code,area_name,total and a column per ethnic category, as ONS publishes TS021
    Population,
    /// ods_code,area_code,share: needs the population of the areas first
    Catchment,
}

/// Imports one file.
pub(super) fn run(arguments: Arguments) -> Result<(), CommandError> {
    let (name, bytes) = read_file(&arguments.file)?;
    let done = match arguments.what {
        What::Organisations => organisations(&arguments, &name, &bytes)?,
        What::Units => units(&arguments, &name, &bytes)?,
        What::Staff => staff(&arguments, &name, &bytes)?,
        What::Workforce => workforce(&arguments, &name, &bytes)?,
        What::Population => population(&arguments, &name, &bytes)?,
        What::Catchment => catchment(&arguments, &name, &bytes)?,
    };
    println!("{}{done}", if arguments.dry_run { "dry run, nothing stored: " } else { "" });
    Ok(())
}

fn organisations(arguments: &Arguments, name: &str, bytes: &[u8]) -> Result<String, CommandError> {
    let batch = import::organisations::read(name, bytes).map_err(CommandError::bad_input)?;
    let count = batch.len();
    if !arguments.dry_run {
        with_services(&arguments.config, |services| async move { services.organisations.import(batch).await })?;
    }
    Ok(format!("{count} organisations"))
}

fn units(arguments: &Arguments, name: &str, bytes: &[u8]) -> Result<String, CommandError> {
    let (scope, dry_run) = (scope(arguments)?, arguments.dry_run);
    let tree = import::units::read(name, bytes).map_err(CommandError::bad_input)?;
    let done = format!("{} units of {}", tree.units().len(), scope.organisation());
    with_services(&arguments.config, |services| async move {
        services.organisations.read(scope.clone()).await?;
        if dry_run { Ok(()) } else { services.organisations.replace_units(scope, tree).await }
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
    let all = import::workforce::read_either(name, bytes).map_err(CommandError::bad_input)?;
    let chosen = match &arguments.organisation {
        Some(ods) => of_organisation(name, all, Some(ods))?,
        None => all,
    };
    let batch: Vec<(TenantScope, Workforce)> = chosen
        .organisations()
        .into_iter()
        .map(|ods| (TenantScope::of_operator(ods.clone()), chosen.only(|cell| cell.organisation == *ods)))
        .collect();
    let done = format!("{} staff of {} organisations on {date}", chosen.people(), batch.len());
    with_services(&arguments.config, |services| async move {
        for (scope, _) in &batch {
            let ods = scope.organisation().clone();
            services.organisations.read(scope.clone()).await.map_err(|error| unknown(error, &ods))?;
        }
        if dry_run { Ok(()) } else { services.workforces.import(batch, date).await }
    })?;
    Ok(done)
}

fn population(arguments: &Arguments, name: &str, bytes: &[u8]) -> Result<String, CommandError> {
    let areas = import::population::read(name, bytes).map_err(CommandError::bad_input)?;
    let residents =
        |codes: &[String]| areas.residents(codes).map_err(|error| CommandError::bad_input(format!("{name}: {error}")));
    let batch: Vec<(String, Population)> = match &arguments.id {
        Some(id) => vec![(id.clone(), residents(&arguments.area)?)],
        None => areas
            .by_code
            .keys()
            .map(|code| Ok((area_id(code), residents(std::slice::from_ref(code))?)))
            .collect::<Result<_, CommandError>>()?,
    };
    let done = match batch.as_slice() {
        [(id, one)] => format!("population {id}: {}", one.name),
        several => format!("{} populations, one for each area", several.len()),
    };
    if !arguments.dry_run {
        with_services(&arguments.config, |services| async move { services.populations.import_all(batch).await })?;
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
        services.populations.import_catchments(catchments, dry_run).await
    })?;
    Ok(match stored.as_slice() {
        [(id, _)] => format!("population {id}"),
        several => format!("{} populations, catchment-… for each organisation", several.len()),
    })
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

fn parse_date(text: &str) -> Result<Date, String> {
    Date::parse(text, time::macros::format_description!("[year]-[month]-[day]"))
        .map_err(|_| "write a day as 2027-03-31".to_owned())
}
