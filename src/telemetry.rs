//! Logs: JSON on stderr, with request ids and route templates, never with a path, a query, an address or an answer.

use tracing_subscriber::EnvFilter;

use crate::config::{LogConfig, LogFormat};

/// Starts logging. A second call in the same process changes nothing.
///
/// # Errors
/// A sentence about a filter that cannot be read.
pub fn start(config: &LogConfig) -> Result<(), String> {
    let filter = EnvFilter::try_new(&config.filter).map_err(|error| format!("log.filter: {error}"))?;
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // An error here means that logging has been started before, by another test in the same process.
    let _ = match config.format {
        LogFormat::Json => {
            subscriber.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init()
        }
        LogFormat::Text => subscriber.compact().try_init(),
    };
    Ok(())
}
