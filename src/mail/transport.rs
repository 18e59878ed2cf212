//! How an e-mail leaves: over SMTP, or into a folder.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{Address, Message, SmtpTransport, Transport};

use super::Mail;
use super::pace::Pace;
use crate::config::{MailConfig, MailTls, MailTransport};
use crate::domain::invitation::EmailAddress;

/// Why an e-mail did not leave. Never names the recipient.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// It cannot be written: a template or an address.
    #[error("the e-mail cannot be written: {0}")]
    Unwritable(String),
    /// Worth another try later.
    #[error("the e-mail could not be handed over: {0}")]
    Temporary(String),
    /// The server refuses it for good.
    #[error("the e-mail was refused: {0}")]
    Refused(String),
    /// `[mail]` cannot work.
    #[error("mail settings: {0}")]
    Settings(String),
}

/// Hands e-mails over. Blocking: call it from a blocking task.
#[derive(Clone)]
pub struct Mailer {
    sender: Mailbox,
    way: Way,
    pace: Pace,
}

#[derive(Clone)]
enum Way {
    Folder(PathBuf),
    Smtp(Box<SmtpTransport>),
}

impl Mailer {
    /// A mailer as `[mail]` says. No connection is made yet.
    ///
    /// # Errors
    /// [`MailError::Settings`].
    pub fn new(config: &MailConfig) -> Result<Self, MailError> {
        let sender = config
            .from
            .parse()
            .map_err(|_| MailError::Settings("mail.from must look like Name <name@example.org>".to_owned()))?;
        let way = match config.transport {
            MailTransport::File => Way::Folder(config.directory.clone()),
            MailTransport::Smtp => Way::Smtp(Box::new(smtp(config)?)),
        };
        Ok(Self { sender, way, pace: Pace::per_minute(config.per_minute) })
    }

    /// Hands `mail` over to `recipient`; `message_id` stays the same when it has to be tried again, so that a
    /// recipient's server can drop the second copy. Waits for its turn, where only so many may leave a minute.
    ///
    /// # Errors
    /// [`MailError`].
    pub fn send(&self, recipient: &EmailAddress, message_id: &str, mail: &Mail) -> Result<(), MailError> {
        let unwritable = |error: &dyn std::fmt::Display| MailError::Unwritable(error.to_string());
        let address: Address = recipient.reveal().parse().map_err(|_| MailError::Unwritable("address".to_owned()))?;
        let message = Message::builder()
            .from(self.sender.clone())
            .to(Mailbox::new(None, address))
            .message_id(Some(format!("<{message_id}@{}>", self.sender.email.domain())))
            .subject(&mail.subject)
            .multipart(MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone()))
            .map_err(|error| unwritable(&error))?;
        std::thread::sleep(self.pace.wait(Instant::now()));
        match &self.way {
            Way::Folder(folder) => into_folder(folder, message_id, &message.formatted())
                .map_err(|error| MailError::Temporary(error.to_string())),
            Way::Smtp(transport) => transport.send(&message).map(drop).map_err(|error| {
                let reason = without_address(&error.to_string(), recipient);
                if error.is_permanent() { MailError::Refused(reason) } else { MailError::Temporary(reason) }
            }),
        }
    }
}

/// One `.eml` file a message, there whole or not at all for whoever watches the folder; another try replaces it.
fn into_folder(folder: &Path, message_id: &str, message: &[u8]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let unfinished = folder.join(format!("{message_id}.partial"));
    std::fs::write(&unfinished, message)?;
    std::fs::rename(unfinished, folder.join(format!("{message_id}.eml")))
}

/// Servers like to repeat the address in their refusal; it must not reach a log.
fn without_address(reason: &str, recipient: &EmailAddress) -> String {
    reason.replace(recipient.reveal(), "(address)")
}

fn smtp(config: &MailConfig) -> Result<SmtpTransport, MailError> {
    let settings = |error: lettre::transport::smtp::Error| MailError::Settings(error.to_string());
    let tls = match config.tls {
        MailTls::Starttls => Tls::Required(TlsParameters::new(config.host.clone()).map_err(settings)?),
        MailTls::Tls => Tls::Wrapper(TlsParameters::new(config.host.clone()).map_err(settings)?),
        MailTls::None => Tls::None,
    };
    let mut builder = SmtpTransport::builder_dangerous(&config.host)
        .port(config.port)
        .tls(tls)
        .timeout(Some(Duration::from_secs(config.timeout_seconds)));
    if !config.username.is_empty() {
        builder = builder.credentials(Credentials::new(config.username.clone(), config.password.reveal().to_owned()));
    }
    Ok(builder.build())
}

impl From<askama::Error> for MailError {
    fn from(error: askama::Error) -> Self {
        Self::Unwritable(error.to_string())
    }
}
