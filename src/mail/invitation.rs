//! The e-mail that brings a member of staff their one-time link, and the reminder that repeats it.

use askama::Template;

use super::{Mail, MailError};
use crate::domain::mail_template::OwnWords;
use crate::domain::questionnaire::Language;

/// Whether it is the first e-mail or a reminder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Greeting {
    /// The first.
    Invitation,
    /// A reminder, to somebody who has not answered.
    Reminder,
}

/// What an invitation says.
#[derive(Debug, Clone)]
pub struct InvitationMail {
    /// Name of the organisation whose staff are asked.
    pub organisation: String,
    /// Title of the survey.
    pub survey: String,
    /// The personal link.
    pub link: String,
    /// Where anonymity is explained.
    pub about: String,
    /// Where one asks for no further e-mail.
    pub opt_out: String,
    /// Last day, as read by people; empty when there is none.
    pub closes_on: String,
    /// First e-mail or reminder.
    pub greeting: Greeting,
    /// What the organisation says in its own words.
    pub own_words: Option<OwnWords>,
}

#[derive(Template)]
#[template(path = "mail/templates/invitation.en.txt")]
struct EnglishText<'a>(&'a InvitationMail);

#[derive(Template)]
#[template(path = "mail/templates/invitation.en.html")]
struct EnglishHtml<'a>(&'a InvitationMail);

#[derive(Template)]
#[template(path = "mail/templates/invitation.cy.txt")]
struct WelshText<'a>(&'a InvitationMail);

#[derive(Template)]
#[template(path = "mail/templates/invitation.cy.html")]
struct WelshHtml<'a>(&'a InvitationMail);

impl InvitationMail {
    /// The e-mail in `language`.
    ///
    /// # Errors
    /// [`MailError::Unwritable`] when a template cannot be filled.
    pub fn write(&self, language: Language) -> Result<Mail, MailError> {
        let is_reminder = self.greeting == Greeting::Reminder;
        let (prefix, text, html) = match language {
            Language::English => {
                (if is_reminder { "Reminder: " } else { "" }, EnglishText(self).render(), EnglishHtml(self).render())
            }
            Language::Welsh => {
                (if is_reminder { "Nodyn atgoffa: " } else { "" }, WelshText(self).render(), WelshHtml(self).render())
            }
        };
        let subject = match &self.own_words {
            Some(own) => own.subject.clone(),
            None => format!("{prefix}{}", self.survey),
        };
        Ok(Mail { subject, text: text?, html: html? })
    }

    fn is_reminder(&self) -> bool {
        self.greeting == Greeting::Reminder
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_and_greeting_carries_the_link_and_escapes_names() {
        for language in [Language::English, Language::Welsh] {
            for greeting in [Greeting::Invitation, Greeting::Reminder] {
                let mail = InvitationMail {
                    organisation: "Mersey <Trust>".to_owned(),
                    survey: "Staff survey".to_owned(),
                    link: "https://x/s/token".to_owned(),
                    about: "https://x/about/anonymity".to_owned(),
                    opt_out: "https://x/s/token/no-more-e-mail".to_owned(),
                    closes_on: "1 May 2027".to_owned(),
                    greeting,
                    own_words: None,
                };
                let own_words = OwnWords {
                    subject: "In our words".to_owned(),
                    opening: vec!["Dear <colleague>".to_owned()],
                    closing: vec!["Yours, Asha".to_owned()],
                };
                let own =
                    InvitationMail { own_words: Some(own_words), ..mail.clone() }.write(language).expect("written");
                assert_eq!(own.subject, "In our words");
                assert!(
                    own.text.starts_with("Dear <colleague>\n") && own.html.contains("<p>Dear &#60;colleague&#62;</p>")
                );
                assert!(own.text.trim_end().ends_with("Yours, Asha") && own.html.contains("<p>Yours, Asha</p>"));
                for kept in ["https://x/s/token", "https://x/about/anonymity", "/no-more-e-mail"] {
                    assert!(own.text.contains(kept) && own.html.contains(kept), "{kept}");
                }
                let mail = mail.write(language).expect("written");
                assert!(mail.text.contains("https://x/s/token") && mail.html.contains("https://x/s/token"));
                assert!(mail.text.contains("Mersey <Trust>") && !mail.html.contains("<Trust>"));
                assert!(mail.text.contains("1 May 2027"));
                assert!(mail.text.contains("/no-more-e-mail") && mail.html.contains("/no-more-e-mail"));
            }
        }
    }
}
