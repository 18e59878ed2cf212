//! `candour config`: are the settings right, and which are in force?

use clap::{Args, Subcommand};

use super::{CommandError, ConfigFile, Format, table};
use crate::config::effective_settings;

/// What to do with the settings.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    file: ConfigFile,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Read all settings and say what is wrong
    Check {
        /// Refuse what is too weak for production: plain HTTP, example addresses, a secret that is not random, …
        #[arg(long)]
        production: bool,
    },
    /// Print every setting, secrets masked, and where it came from
    Print {
        /// How to print
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
}

/// Checks or prints.
pub(super) fn run(arguments: &Arguments) -> Result<(), CommandError> {
    match arguments.action {
        Action::Check { production } => {
            let config = arguments.file.load()?;
            let weak = if production { config.weaknesses() } else { Vec::new() };
            if !weak.is_empty() {
                let lines: Vec<String> = weak.iter().map(|sentence| format!("\n  {sentence}")).collect();
                return Err(CommandError::bad_input(format!("too weak for production:{}", lines.concat())));
            }
            println!("the settings can be used");
            Ok(())
        }
        Action::Print { format } => {
            let settings = effective_settings(arguments.file.config.as_deref()).map_err(CommandError::bad_input)?;
            let rows: Vec<Vec<String>> = settings
                .iter()
                .map(|setting| vec![setting.key.clone(), setting.value.clone(), setting.origin.clone()])
                .collect();
            table::print(format, &["setting", "value", "from"], &rows, &settings)
        }
    }
}
