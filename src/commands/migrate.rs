//! `candour migrate`: the database's schema.

use clap::{Args, Subcommand};

use super::{CommandError, ConfigFile};
use crate::config::Config;
use crate::storage::{Database, StorageError, migrations};

/// What to do with the schema.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    file: ConfigFile,
}

#[derive(Debug, Clone, Copy, Subcommand)]
enum Action {
    /// Apply every migration that is missing
    Up,
    /// Take the latest migration back, and what it stored with it
    Down {
        /// Say so twice: data of that migration is lost
        #[arg(long)]
        yes: bool,
    },
    /// Show which migrations are applied
    Status,
}

/// Migrates or shows.
pub(super) fn run(arguments: &Arguments) -> Result<(), CommandError> {
    let config = arguments.file.load()?;
    match arguments.action {
        Action::Up => match up(&config)?.as_slice() {
            [] => println!("nothing to do: every migration is applied"),
            applied => applied.iter().for_each(|name| println!("applied {name}")),
        },
        Action::Down { yes: false } => {
            return Err(CommandError::bad_input(
                "this deletes what the latest migration stores; add --yes if you mean it",
            ));
        }
        Action::Down { yes: true } => {
            println!("took back {}", migrations::down(&mut connection(&config)?).map_err(failed)?)
        }
        Action::Status => {
            for migration in migrations::status(&mut connection(&config)?).map_err(failed)? {
                println!("{} {}", if migration.applied { "applied" } else { "missing" }, migration.name);
            }
        }
    }
    Ok(())
}

/// Applies every migration that is missing; gives their names.
pub(super) fn up(config: &Config) -> Result<Vec<String>, CommandError> {
    migrations::up(&mut connection(config)?).map_err(failed)
}

/// Refuses a schema that this build does not know. A database that does not answer yet is no reason not to start: the
/// service says that it is not ready until it does.
pub(super) fn refuse_newer(config: &Config) -> Result<(), CommandError> {
    match connection(config) {
        Ok(mut conn) => migrations::is_current(&mut conn).map(drop).map_err(failed),
        Err(error) => {
            tracing::warn!(%error, "the database does not answer yet");
            Ok(())
        }
    }
}

fn connection(config: &Config) -> Result<crate::storage::Connection, CommandError> {
    Database::new(&config.database).and_then(|database| database.dedicated_connection()).map_err(failed)
}

fn failed(error: StorageError) -> CommandError {
    CommandError::failed(error)
}
