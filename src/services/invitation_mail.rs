//! Writing the e-mail of an invitation: for the person who gets it, for the preview and for the test.

use crate::domain::mail_template::{Filling, MailTemplates};
use crate::domain::questionnaire::Language;
use crate::domain::survey::Survey;
use crate::mail::{Greeting, InvitationMail, Mail, MailError};

/// What an e-mail is written from.
pub(super) struct Ingredients {
    pub(super) organisation: String,
    pub(super) survey: Survey,
    pub(super) templates: MailTemplates,
}

/// The e-mail in one language; `link` is the personal link without a language.
pub(super) fn write(
    public_url: &str,
    ingredients: Ingredients,
    link: &str,
    greeting: Greeting,
    language: Language,
) -> Result<Mail, MailError> {
    let Ingredients { organisation, survey, templates } = ingredients;
    let query = if language == Language::Welsh { "?lang=cy" } else { "" };
    let closes_on = survey.closes_on.map(|date| language.date(date)).unwrap_or_default();
    let filling = Filling { organisation: &organisation, survey: survey.title.as_str(), closes_on: &closes_on };
    let template = templates.find(greeting == Greeting::Reminder, language);
    InvitationMail {
        own_words: template.map(|template| template.fill(&filling)),
        survey: survey.title.as_str().to_owned(),
        link: format!("{link}{query}"),
        about: format!("{public_url}/about/anonymity{query}"),
        opt_out: format!("{link}/no-more-e-mail{query}"),
        closes_on,
        greeting,
        organisation,
    }
    .write(language)
}
