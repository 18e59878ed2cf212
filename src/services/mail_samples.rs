//! What an invitation looks like before anybody gets one: a preview, and a test sent to one address.

use super::AppError;
use super::invitation_mail::{self, Ingredients};
use super::invitations::{Invitations, message_id};
use super::mail_templates::refuse_what_cannot_be_sent;
use crate::domain::account::TenantScope;
use crate::domain::identifier::{JobId, SurveyId};
use crate::domain::invitation::EmailAddress;
use crate::domain::mail_template::{MailTemplate, MailTemplates};
use crate::domain::questionnaire::Language;
use crate::mail::{Greeting, Mail};
use crate::security::{PlaintextToken, random_identifier_bytes};
use crate::storage::{mail_templates, organisations, surveys};

/// An e-mail as its reader sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailSample {
    /// Subject line.
    pub subject: String,
    /// Body for readers without HTML.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

impl Invitations {
    /// The e-mail as people will get it, with a link that leads nowhere.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn sample(
        &self,
        scope: TenantScope,
        survey: SurveyId,
        language: Language,
        reminder: bool,
    ) -> Result<MailSample, AppError> {
        let greeting = if reminder { Greeting::Reminder } else { Greeting::Invitation };
        let Mail { subject, text, html } = self.written_sample(scope, survey, language, greeting, None).await?;
        Ok(MailSample { subject, text, html })
    }

    /// The same in words that nobody has kept yet.
    ///
    /// # Errors
    /// [`AppError::NotFound`]; [`AppError::Invalid`] with a pointer to each fault of the words.
    pub async fn sample_in(
        &self,
        words: MailTemplate,
        scope: TenantScope,
        survey: SurveyId,
        language: Language,
        reminder: bool,
    ) -> Result<MailSample, AppError> {
        let mut templates = MailTemplates::default();
        templates.set(reminder, language, Some(words));
        refuse_what_cannot_be_sent(&templates)?;
        let greeting = if reminder { Greeting::Reminder } else { Greeting::Invitation };
        let mail = self.written_sample(scope, survey, language, greeting, Some(templates)).await?;
        Ok(MailSample { subject: mail.subject, text: mail.text, html: mail.html })
    }

    async fn written_sample(
        &self,
        scope: TenantScope,
        survey: SurveyId,
        language: Language,
        greeting: Greeting,
        own: Option<MailTemplates>,
    ) -> Result<Mail, AppError> {
        let ingredients = self
            .database
            .of(&scope)
            .read(move |conn| {
                let survey = surveys::find(conn, &scope, &survey).map_err(AppError::or_not_found("survey"))?;
                let organisation = organisations::find(conn, &scope)?.name;
                let templates = match own {
                    Some(own) => own,
                    None => mail_templates::find(conn, scope.organisation())?,
                };
                Ok::<_, AppError>(Ingredients { organisation, survey, templates })
            })
            .await?;
        let link = format!("{}/s/{}", self.public_url, PlaintextToken::random().reveal());
        Ok(invitation_mail::write(&self.public_url, ingredients, &link, greeting, language)?)
    }

    /// Sends the sample to one address, at once.
    ///
    /// # Errors
    /// [`AppError::Busy`] when the mail server does not take it now, [`AppError::Conflict`] when it refuses.
    pub async fn send_sample(
        &self,
        scope: TenantScope,
        survey: SurveyId,
        language: Language,
        reminder: bool,
        address: EmailAddress,
    ) -> Result<(), AppError> {
        let greeting = if reminder { Greeting::Reminder } else { Greeting::Invitation };
        let mail = self.written_sample(scope, survey, language, greeting, None).await?;
        let mailer = self.mailer.clone();
        let message_id = message_id(&self.keys, &JobId::from_random(random_identifier_bytes()));
        tokio::task::spawn_blocking(move || mailer.send(&address, &message_id, &mail))
            .await
            .map_err(|_| AppError::Internal("sending did not finish".to_owned()))?
            .map_err(|error| AppError::Conflict { code: "mail-not-sent", detail: error.to_string() })
    }
}
