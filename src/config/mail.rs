//! `[mail]`: how e-mail leaves.

use std::path::PathBuf;

use serde::Deserialize;

use super::Secret;

/// How e-mail leaves.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailConfig {
    /// File or SMTP.
    pub transport: MailTransport,
    /// Folder of the file transport: one `.eml` a message.
    pub directory: PathBuf,
    /// SMTP server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Encryption on the way to it.
    pub tls: MailTls,
    /// User name; empty for none.
    pub username: String,
    /// Password of that user.
    pub password: Secret,
    /// Sender, as `Name <address>`.
    pub from: String,
    /// Seconds after which an attempt is given up and tried again later.
    pub timeout_seconds: u64,
    /// Most messages that this process sends a minute; 0 for no limit.
    pub per_minute: u32,
    /// Maildir into which the mail server delivers what comes back: reports of bounces and complaints. Empty for none.
    pub reports_directory: PathBuf,
}

/// Where messages go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailTransport {
    /// One `.eml` file a message, for trying things out.
    File,
    /// An SMTP server.
    Smtp,
}

/// Encryption to the SMTP server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailTls {
    /// STARTTLS, required.
    Starttls,
    /// TLS from the first byte.
    Tls,
    /// None; only to this machine.
    None,
}

impl MailConfig {
    pub(super) fn problems(&self) -> Vec<String> {
        let local = matches!(self.host.as_str(), "localhost" | "127.0.0.1" | "::1");
        if self.transport == MailTransport::Smtp && self.tls == MailTls::None && !local {
            return vec!["mail.tls = \"none\" is for a server on this machine; use \"starttls\" or \"tls\"".to_owned()];
        }
        Vec::new()
    }
}
