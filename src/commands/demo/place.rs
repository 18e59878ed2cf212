//! Where the demo lives: a folder with its database and its mailbox.

use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};

use super::Arguments;
use crate::commands::{CommandError, migrate};
use crate::config::{Config, load_with_environment};
use crate::domain::identifier::hexadecimal;
use crate::security::random_identifier_bytes;
use crate::services::Services;

/// The demo's settings and services, and the folder that goes away with them.
pub(super) struct Place {
    pub config: Config,
    pub services: Services,
    folder: PathBuf,
    temporary: bool,
}

impl Place {
    /// A new database with the schema, and nothing in it.
    pub(super) fn prepare(arguments: &Arguments) -> Result<Self, CommandError> {
        let (folder, temporary) = match &arguments.data_dir {
            Some(folder) => (folder.clone(), false),
            None => (std::env::temp_dir().join(format!("candour-demo-{}", random_hex())), true),
        };
        refuse_used(&folder)?;
        // Nobody waits for 4,000 invitations only to hear that the port is taken.
        let port = if arguments.once { 0 } else { free_port(arguments.port)? };
        std::fs::create_dir_all(&folder)
            .map_err(|error| CommandError::failed(format!("{}: {error}", folder.display())))?;
        let config = settings(&folder, port)?;
        migrate::up(&config)?;
        let services = Services::new(&config)?;
        Ok(Self { config, services, folder, temporary })
    }

    /// The mailbox: a folder with one `.eml` a message.
    pub(super) fn mailbox(&self) -> &Path {
        &self.config.mail.directory
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.temporary {
            // What cannot be deleted lies in the system's temporary folder, which is cleared anyway.
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

/// Settings of the demo: the defaults, whatever the environment says about a real installation.
fn settings(folder: &Path, port: u16) -> Result<Config, CommandError> {
    let secret: String = random_hex() + &random_hex();
    let variables = [
        ("CANDOUR__DATABASE__URL", format!("sqlite://{}", folder.join("candour.sqlite3").display())),
        ("CANDOUR__MAIL__DIRECTORY", folder.join("mail").display().to_string()),
        ("CANDOUR__SECURITY__SECRET", secret),
        // Fictional people: nobody should need an app on their phone to look around.
        ("CANDOUR__SECURITY__SECOND_FACTOR", "optional".to_owned()),
        ("CANDOUR__SERVER__PORT", port.to_string()),
        ("CANDOUR__SERVER__PUBLIC_URL", format!("http://127.0.0.1:{port}")),
    ];
    load_with_environment(None, variables.into_iter().map(|(name, value)| (name.to_owned(), value)))
        .map_err(CommandError::failed)
}

fn refuse_used(folder: &Path) -> Result<(), CommandError> {
    match std::fs::read_dir(folder).map(|mut entries| entries.next().is_some()) {
        Ok(true) => Err(CommandError::bad_input(format!(
            "{} is not empty; the demo wants a folder of its own, so that it overwrites nothing",
            folder.display()
        ))),
        _ => Ok(()),
    }
}

fn free_port(wanted: u16) -> Result<u16, CommandError> {
    TcpListener::bind((IpAddr::from(Ipv4Addr::LOCALHOST), wanted))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| {
            CommandError::failed(format!("port {wanted} cannot be used ({error}); choose another with --port"))
        })
}

fn random_hex() -> String {
    hexadecimal(&random_identifier_bytes())
}
