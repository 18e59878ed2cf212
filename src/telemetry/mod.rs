//! Logs: JSON on stderr, with request ids and route templates, never with a path, a query, an address or an answer.
//!
//! | file | what it is |
//! | --- | --- |
//! | `line` | what a line says, as JSON or as text |
//! | `buffer` | lines wait a moment and are written together |
//! | `request` | which request a task serves |
//! | `traces` | a span of each request, where the operator has a collector |

mod buffer;
mod line;
pub mod request;
#[cfg(feature = "opentelemetry")]
mod traces;

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use buffer::Buffer;
use line::Line;
use tracing_subscriber::EnvFilter;
#[cfg(feature = "opentelemetry")]
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::LogConfig;

/// How long a line waits at most.
const WAIT: Duration = Duration::from_millis(250);

/// The log of this process, until it is dropped: then everything that waits is written.
#[must_use = "lines that wait are written when this is dropped"]
pub struct Log {
    lines: Arc<Buffer>,
    #[cfg(feature = "opentelemetry")]
    _traces: Option<traces::Traces>,
}

impl Drop for Log {
    fn drop(&mut self) {
        self.lines.flush();
    }
}

/// Starts logging. A second call in the same process changes nothing.
///
/// # Errors
/// A sentence about a filter that cannot be read, or traces that cannot be sent.
pub fn start(config: &LogConfig) -> Result<Log, String> {
    let filter = EnvFilter::try_new(&config.filter).map_err(|error| format!("log.filter: {error}"))?;
    let buffer = Arc::new(Buffer::default());
    let writer = Arc::downgrade(&buffer);
    thread::Builder::new()
        .name("log".to_owned())
        .spawn(move || {
            while let Some(buffer) = writer.upgrade() {
                buffer.flush();
                drop(buffer);
                thread::sleep(WAIT);
            }
        })
        .map_err(|error| format!("no thread for the log: {error}"))?;
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .event_format(Line(config.format))
        .with_writer(buffer::Writer(Arc::clone(&buffer)))
        .finish();
    let address = Some(config.traces_to.as_str()).filter(|address| !address.is_empty());
    #[cfg(feature = "opentelemetry")]
    let (traces, subscriber) = {
        let (traces, spans) = address.map(traces::Traces::to).transpose()?.unzip();
        (traces, subscriber.with(spans))
    };
    #[cfg(not(feature = "opentelemetry"))]
    if address.is_some() {
        return Err(
            "log.traces_to is set, and this build sends no traces; build with `--features opentelemetry`".to_owned()
        );
    }
    // An error here means that logging has been started before, by another test in the same process.
    let _ = subscriber.try_init();
    Ok(Log {
        lines: buffer,
        #[cfg(feature = "opentelemetry")]
        _traces: traces,
    })
}
