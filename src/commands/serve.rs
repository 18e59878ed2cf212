//! `candour serve`: the API, the staff forms, the office, and the background jobs.

use clap::Args;

use super::{CommandError, ConfigFile, migrate};
use crate::config::{Config, DatabaseUrl};
use crate::jobs::{Runner, Stop};
use crate::services::Services;
use crate::telemetry;
use crate::web::{Server, metrics};

/// How to serve.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    file: ConfigFile,
}

/// Serves until told to stop.
pub(super) fn run(arguments: &Arguments) -> Result<(), CommandError> {
    let config = arguments.file.load()?;
    let _log = telemetry::start(&config.log).map_err(CommandError::bad_input)?;
    // An embedded database belongs to this process alone; a shared one is migrated when its operator says so.
    if matches!(config.database.parsed_url(), Ok(DatabaseUrl::Sqlite(_))) {
        migrate::up(&config)?;
    } else {
        migrate::refuse_newer(&config)?;
    }
    let services = Services::new(&config)?;
    serve(config, services, |address| tracing::info!(%address, "listening"))
}

/// Serves `services`; `ready` is called with the address once it listens.
pub(super) fn serve(
    config: Config,
    services: Services,
    ready: impl FnOnce(std::net::SocketAddr),
) -> Result<(), CommandError> {
    let metrics_address = config.server.metrics_address();
    let server = Server::bind(config, services.clone())
        .map_err(|error| CommandError::failed(format!("cannot listen: {error}; is the port taken?")))?;
    let address = server.address().map_err(CommandError::failed)?;
    let metrics = metrics_address.map(|address| (address, server.metrics(), services.clone()));
    actix_web::rt::System::new().block_on(async move {
        if let Some((address, metrics, services)) = metrics {
            let metrics = metrics::serve(address, metrics, services).map_err(|error| {
                CommandError::failed(format!("cannot serve metrics on {address}: {error}; is the port taken?"))
            })?;
            tokio::spawn(metrics);
        }
        let (switch, stop) = Stop::new();
        let runner = tokio::spawn(Runner::new(services).run(stop));
        let running = server.start().map_err(CommandError::failed)?;
        ready(address);
        running.await.map_err(CommandError::failed)?;
        // The runner hears of it even if nobody listens any more; it ends after its batch.
        let _ = switch.send(true);
        runner.await.map_err(CommandError::failed)
    })
}
