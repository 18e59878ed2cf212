//! The command line: one file per command. Results go to stdout, errors and progress to stderr.
//!
//! Exit codes: 0 done, 1 could not, 2 bad usage or bad input.

mod account;
pub mod audit;
mod audit_log;
mod backup;
mod config;
pub mod demo;
mod error;
mod healthcheck;
mod import;
mod input;
mod keys;
mod migrate;
mod openapi;
mod progress;
pub mod protect;
mod purge;
mod questionnaire;
pub mod representation;
mod serve;
mod table;
mod verify;
pub mod wres;

pub use error::CommandError;

use std::future::Future;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::config::{Config, load};
use crate::services::{AppError, Services};

/// Anonymous race-equality surveys of NHS staff, and workforce against community.
#[derive(Debug, Parser)]
#[command(name = "candour", version, about, propagate_version = true, arg_required_else_help = true)]
pub struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show a whole survey of a fictional trust: import, invite, answer, close, release, serve
    Demo(demo::Arguments),
    /// Serve the API, the staff forms and the office
    Serve(serve::Arguments),
    /// Bring the database's schema up, take one step back, or show where it stands
    Migrate(migrate::Arguments),
    /// Check the settings, or print the effective ones
    Config(config::Arguments),
    /// Office accounts
    Account(account::Arguments),
    /// Import files, all or nothing
    Import(import::Arguments),
    /// Questionnaires: list, show, check a file
    Questionnaire(questionnaire::Arguments),
    /// Disclosure control of any frequency table
    Protect(protect::Arguments),
    /// Attack a published table; exit code 1 when a cell is disclosed
    Audit(audit::Arguments),
    /// Workforce against a population
    Representation(representation::Arguments),
    /// The nine WRES indicators from files
    Wres(wres::Arguments),
    /// Print the OpenAPI document
    Openapi,
    /// Ask a running server whether it is ready
    Healthcheck(ConfigFile),
    /// Write the whole database to one file, while others go on using it
    Backup(backup::BackupArguments),
    /// Put a backup back
    Restore(backup::RestoreArguments),
    /// Read everything that is stored and say what is wrong with it
    Verify(verify::Arguments),
    /// Delete what is older than the settings of retention allows
    Purge(purge::Arguments),
    /// The keys that sign access tokens
    Keys(keys::Arguments),
    /// Who did what: verify that the record is whole
    AuditLog(audit_log::Arguments),
}

/// Where the settings are.
#[derive(Debug, Clone, Args)]
pub struct ConfigFile {
    /// Settings file; the environment (CANDOUR__…) wins over it
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
}

impl ConfigFile {
    fn load(&self) -> Result<Config, CommandError> {
        load(self.config.as_deref()).map_err(CommandError::bad_input)
    }
}

/// How results are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Table,
    /// For programs.
    Json,
    /// For spreadsheets.
    Csv,
}

/// Runs one command.
///
/// # Errors
/// [`CommandError`], with the sentence and the exit code that the user gets.
pub fn run(line: CommandLine) -> Result<(), CommandError> {
    match line.command {
        Command::Demo(arguments) => demo::run(arguments),
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Migrate(arguments) => migrate::run(&arguments),
        Command::Config(arguments) => config::run(&arguments),
        Command::Account(arguments) => account::run(arguments),
        Command::Import(arguments) => import::run(arguments),
        Command::Questionnaire(arguments) => questionnaire::run(&arguments),
        Command::Protect(arguments) => protect::run(arguments),
        Command::Audit(arguments) => audit::run(arguments),
        Command::Representation(arguments) => representation::run(arguments),
        Command::Wres(arguments) => wres::run(arguments),
        Command::Openapi => openapi::run(),
        Command::Healthcheck(file) => healthcheck::run(&file),
        Command::Backup(arguments) => backup::run(&arguments),
        Command::Restore(arguments) => backup::restore(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Purge(arguments) => purge::run(&arguments),
        Command::Keys(arguments) => keys::run(&arguments),
        Command::AuditLog(arguments) => audit_log::run(&arguments),
    }
}

/// Runs `work` over the services of the configured installation.
fn with_services<T, F>(file: &ConfigFile, work: impl FnOnce(Services) -> F) -> Result<T, CommandError>
where
    F: Future<Output = Result<T, AppError>>,
{
    let services = Services::new(&file.load()?)?;
    runtime()?.block_on(work(services)).map_err(CommandError::from)
}

fn runtime() -> Result<tokio::runtime::Runtime, CommandError> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(CommandError::failed)
}

impl From<AppError> for CommandError {
    fn from(error: AppError) -> Self {
        match error {
            AppError::Invalid { detail, problems } => {
                let parts: Vec<String> = problems.iter().map(|problem| format!("\n  {}", problem.detail)).collect();
                Self::BadInput(format!("{detail}{}", parts.concat()))
            }
            AppError::NotFound(_) | AppError::Conflict { .. } => Self::bad_input(error),
            other => Self::failed(other),
        }
    }
}
