//! `[log]`: what is written about running.

use serde::Deserialize;

/// Format and filter of the log on stderr.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogConfig {
    /// JSON for machines, text for people.
    pub format: LogFormat,
    /// `info`, or `warn,candour=debug` and the like.
    pub filter: String,
    /// Where a trace of each request goes (OTLP over HTTP), such as `http://127.0.0.1:4318/v1/traces`; empty sends none.
    /// What `filter` leaves out of the log is left out of the traces.
    pub traces_to: String,
}

/// Format of a line of log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
}
