//! The e-mail that brings somebody the one-time link of their office account. In English, as the office is.

use askama::Template;

use super::{Mail, MailError};

/// Why the link is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountLinkReason {
    /// An account was made for them.
    Invitation,
    /// Somebody asked for a new password.
    NewPassword,
}

/// What the e-mail says.
#[derive(Debug, Clone)]
pub struct AccountLinkMail {
    /// The one-time link.
    pub link: String,
    /// How long it works, in words.
    pub life: &'static str,
    /// Why it is sent.
    pub reason: AccountLinkReason,
}

#[derive(Template)]
#[template(path = "mail/templates/account_link.en.txt")]
struct Text<'a>(&'a AccountLinkMail);

#[derive(Template)]
#[template(path = "mail/templates/account_link.en.html")]
struct Html<'a>(&'a AccountLinkMail);

impl AccountLinkMail {
    /// The e-mail.
    ///
    /// # Errors
    /// [`MailError::Unwritable`] when a template cannot be filled.
    pub fn write(&self) -> Result<Mail, MailError> {
        let subject = if self.is_invitation() { "Your Candour account" } else { "A new password for Candour" };
        Ok(Mail { subject: subject.to_owned(), text: Text(self).render()?, html: Html(self).render()? })
    }

    fn is_invitation(&self) -> bool {
        self.reason == AccountLinkReason::Invitation
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_reasons_carry_the_link() {
        for reason in [AccountLinkReason::Invitation, AccountLinkReason::NewPassword] {
            let mail = AccountLinkMail { link: "https://x/office/setup/t".to_owned(), life: "1 hour", reason };
            let mail = mail.write().expect("written");
            assert!(mail.text.contains("https://x/office/setup/t") && mail.html.contains("https://x/office/setup/t"));
            assert!(mail.text.contains("1 hour") && mail.html.contains("1 hour"));
        }
    }
}
