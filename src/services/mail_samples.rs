//! What an invitation looks like before anybody gets one: a preview, and a test sent to one address.

use time::format_description::well_known::Iso8601;

use super::AppError;
use super::invitations::Invitations;
use crate::domain::account::TenantScope;
use crate::domain::identifier::{JobId, SurveyId};
use crate::domain::invitation::EmailAddress;
use crate::domain::questionnaire::Language;
use crate::mail::{Greeting, InvitationMail, Mail};
use crate::security::{PlaintextToken, random_identifier_bytes};
use crate::storage::{organisations, surveys};

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
        let Mail { subject, text, html } = self.written_sample(scope, survey, language, greeting).await?;
        Ok(MailSample { subject, text, html })
    }

    async fn written_sample(
        &self,
        scope: TenantScope,
        survey: SurveyId,
        language: Language,
        greeting: Greeting,
    ) -> Result<Mail, AppError> {
        let (survey, organisation) = self
            .database
            .read(move |conn| {
                let survey = surveys::find(conn, &scope, &survey).map_err(AppError::or_not_found("survey"))?;
                Ok::<_, AppError>((survey, organisations::find(conn, &scope)?))
            })
            .await?;
        let query = if language == Language::Welsh { "?lang=cy" } else { "" };
        let link = format!("{}/s/{}", self.public_url, PlaintextToken::random().reveal());
        let mail = InvitationMail {
            organisation: organisation.name,
            survey: survey.title.as_str().to_owned(),
            opt_out: format!("{link}/no-more-e-mail{query}"),
            link: format!("{link}{query}"),
            about: format!("{}/about/anonymity{query}", self.public_url),
            closes_on: survey.closes_on.and_then(|date| date.format(&Iso8601::DATE).ok()).unwrap_or_default(),
            greeting,
        };
        Ok(mail.write(language)?)
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
        address: EmailAddress,
    ) -> Result<(), AppError> {
        let mail = self.written_sample(scope, survey, language, Greeting::Invitation).await?;
        let mailer = self.mailer.clone();
        let id = JobId::from_random(random_identifier_bytes());
        tokio::task::spawn_blocking(move || mailer.send(&address, id.as_str(), &mail))
            .await
            .map_err(|_| AppError::Internal("sending did not finish".to_owned()))?
            .map_err(|error| AppError::Conflict { code: "mail-not-sent", detail: error.to_string() })
    }
}
