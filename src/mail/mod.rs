//! Mail: the only room that names lettre. One file per e-mail, its templates beside it.

mod account_link;
mod invitation;
mod pace;
mod reports;
mod transport;

pub use account_link::{AccountLinkMail, AccountLinkReason};
pub use invitation::{Greeting, InvitationMail};
pub use reports::ReportsFolder;
pub use transport::{MailError, Mailer};

/// An e-mail, written but not sent: text and HTML in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Subject line.
    pub subject: String,
    /// Body for readers without HTML.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}
