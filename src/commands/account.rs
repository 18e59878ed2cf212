//! `candour account`: office accounts, by one-time links.

use clap::{Args, Subcommand};
use serde::Serialize;

use super::{CommandError, ConfigFile, Format, table, with_services};
use crate::domain::account::Role;
use crate::domain::organisation::OdsCode;
use crate::security::PlaintextToken;

/// What to do with accounts.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    file: ConfigFile,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Create an account and print its one-time sign-in link
    Create {
        /// Sign-in name
        email: String,
        /// platform_administrator, organisation_administrator, hr_lead, viewer or system_viewer
        #[arg(long)]
        role: Role,
        /// ODS code; needed for every role but platform_administrator
        #[arg(long, value_name = "ODS")]
        organisation: Option<OdsCode>,
    },
    /// Take password and second factor away and print a new one-time sign-in link
    Reset {
        /// Sign-in name
        email: String,
    },
    /// Refuse an account from now on
    Disable {
        /// Sign-in name
        email: String,
    },
    /// List all accounts
    List {
        /// How to print
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
}

#[derive(Serialize)]
struct AccountLine {
    email: String,
    role: Role,
    organisation: Option<OdsCode>,
    disabled: bool,
    has_password: bool,
}

/// Creates, resets, disables or lists.
pub(super) fn run(arguments: Arguments) -> Result<(), CommandError> {
    let public_url = arguments.file.load()?.server.public_url;
    let print_link = |token: PlaintextToken| println!("{public_url}/office/setup/{}", token.reveal());
    match arguments.action {
        Action::Create { email, role, organisation } => with_services(&arguments.file, |services| async move {
            services.accounts.create(email, role, organisation).await
        })
        .map(print_link),
        Action::Reset { email } => {
            with_services(&arguments.file, |services| async move { services.accounts.reset(email).await })
                .map(print_link)
        }
        Action::Disable { email } => {
            with_services(&arguments.file, |services| async move { services.accounts.disable(email).await })
        }
        Action::List { format } => {
            let accounts = with_services(&arguments.file, |services| async move { services.accounts.list().await })?;
            let lines: Vec<AccountLine> = accounts
                .into_iter()
                .map(|account| AccountLine {
                    has_password: account.password_hash.is_some(),
                    email: account.email,
                    role: account.role,
                    organisation: account.organisation,
                    disabled: account.disabled,
                })
                .collect();
            let rows: Vec<Vec<String>> = lines
                .iter()
                .map(|line| {
                    let organisation = line.organisation.as_ref().map_or_else(|| "–".to_owned(), ToString::to_string);
                    vec![line.email.clone(), line.role.to_string(), organisation, line.disabled.to_string()]
                })
                .collect();
            table::print(format, &["e-mail", "role", "organisation", "disabled"], &rows, &lines)
        }
    }
}
