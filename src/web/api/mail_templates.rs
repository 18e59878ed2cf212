//! What an organisation says in its own words in invitations and reminders.

use actix_web::{HttpResponse, get, put, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::{Body, object, object_or_null};
use crate::domain::mail_template::{MailTemplate, MailTemplates, Translations};
use crate::services::Services;
use crate::web::access::{InOrganisation, RunSurvey};
use crate::web::error::{ApiResult, ProblemBody};
use crate::web::manners::IfMatch;

/// Own words for both e-mails. What is left out is said in Candour's words. The personal link, what is promised about
/// anonymity and the way to stop e-mails always follow the opening.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MailTemplatesBody {
    /// The first e-mail.
    #[serde(default, deserialize_with = "object")]
    invitation: TranslationsBody,
    /// The reminder.
    #[serde(default, deserialize_with = "object")]
    reminder: TranslationsBody,
}

/// One e-mail in each language that there are own words in.
#[derive(Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TranslationsBody {
    /// In English.
    #[serde(default, deserialize_with = "object_or_null", skip_serializing_if = "Option::is_none")]
    en: Option<MailTemplateBody>,
    /// In Welsh.
    #[serde(default, deserialize_with = "object_or_null", skip_serializing_if = "Option::is_none")]
    cy: Option<MailTemplateBody>,
}

/// Words of one e-mail. `{organisation}`, `{survey}` and `{closes_on}` are filled in; an empty line starts a paragraph.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MailTemplateBody {
    /// Subject line, at most 150 characters.
    #[schema(example = "{survey}: your voice counts")]
    subject: String,
    /// What comes before the link, at most 4,000 characters.
    #[schema(example = "Dear colleague,\n\n{organisation} asks everyone about race equality at work.")]
    opening: String,
    /// What comes last, at most 4,000 characters.
    #[serde(default)]
    #[schema(example = "Yours, the staff network")]
    closing: String,
}

/// The organisation's own words.
#[utoipa::path(tag = "invitations", params(("ods" = String, Path, description = "ODS code")),
    responses((status = 200, body = MailTemplatesBody), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
#[get("/organisations/{ods}/mail-templates")]
pub async fn read_mail_templates(
    access: InOrganisation<RunSurvey>,
    services: web::Data<Services>,
) -> ApiResult<web::Json<MailTemplatesBody>> {
    Ok(web::Json(services.mail_words.read(access.scope).await?.into()))
}

/// Replaces all of the organisation's own words; an empty object goes back to Candour's. Look at the outcome with
/// `GET /surveys/{id}/invitations/preview`, and send yourself one with `POST /surveys/{id}/invitations/test`.
#[utoipa::path(tag = "invitations", params(("ods" = String, Path, description = "ODS code")), request_body = MailTemplatesBody,
    responses((status = 204), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
#[put("/organisations/{ods}/mail-templates")]
pub async fn replace_mail_templates(
    access: InOrganisation<RunSurvey>,
    body: Body<MailTemplatesBody>,
    if_match: IfMatch,
    services: web::Data<Services>,
) -> ApiResult<HttpResponse> {
    let unchanged = if_match.on(|stored: &MailTemplates| MailTemplatesBody::from(stored.clone()));
    services.mail_words.replace(access.scope, body.read()?.into(), unchanged).await?;
    Ok(HttpResponse::NoContent().finish())
}

impl From<MailTemplatesBody> for MailTemplates {
    fn from(body: MailTemplatesBody) -> Self {
        let words = |words: MailTemplateBody| MailTemplate {
            subject: words.subject,
            opening: words.opening,
            closing: words.closing,
        };
        let both = |body: TranslationsBody| Translations { en: body.en.map(words), cy: body.cy.map(words) };
        Self { invitation: both(body.invitation), reminder: both(body.reminder) }
    }
}

impl From<MailTemplates> for MailTemplatesBody {
    fn from(templates: MailTemplates) -> Self {
        let words = |words: MailTemplate| MailTemplateBody {
            subject: words.subject,
            opening: words.opening,
            closing: words.closing,
        };
        let both = |both: Translations| TranslationsBody { en: both.en.map(words), cy: both.cy.map(words) };
        Self { invitation: both(templates.invitation), reminder: both(templates.reminder) }
    }
}
