//! The e-mails of a survey, to read and to try.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

use super::confirm::{check_form_token, form_token};
use super::draft::below;
use super::frame::{render, render_with, see_other};
use super::mail_words::Which;
use crate::domain::account::TenantScope;
use crate::domain::identifier::SurveyId;
use crate::domain::invitation::EmailAddress;
use crate::domain::questionnaire::Language;
use crate::services::mail_samples::MailSample;
use crate::services::{AppError, Services};
use crate::web::Problem;
use crate::web::access::{Managed, RunSurvey};
use crate::web::components::{ErrorSummary, Page, TextField};

#[derive(Template)]
#[template(path = "web/office/mails.html")]
struct MailsPage {
    page: Page,
    errors: Option<ErrorSummary>,
    survey: String,
    title: String,
    mails: Vec<MailView>,
    address: TextField,
    sent: bool,
    kept: bool,
    token: String,
}

struct MailView {
    heading: &'static str,
    language: Language,
    mail: MailSample,
    /// Whether it is in the organisation's own words.
    own: bool,
    /// Where its words are changed.
    change: String,
}

/// What was just done.
#[derive(Default, Deserialize)]
pub struct MailsQuery {
    /// A test was sent.
    #[serde(default)]
    sent: bool,
    /// Words were changed.
    #[serde(default)]
    kept: bool,
}

/// Where a test goes.
#[derive(Deserialize)]
pub struct TestForm {
    token: String,
    address: String,
    language: Language,
}

/// The page.
#[get("/surveys/{id}/e-mails")]
pub async fn show(
    request: HttpRequest,
    access: Managed<RunSurvey>,
    query: web::Query<MailsQuery>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    render(&mails_page(&request, (access.scope, access.id), &services, ("", None), &query).await?)
}

/// Sends the invitation to one address, with a link that leads nowhere.
#[post("/surveys/{id}/e-mails")]
pub async fn send_test(
    request: HttpRequest,
    access: Managed<RunSurvey>,
    form: web::Form<TestForm>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    check_form_token(&request, &services, &form.token)?;
    let place = (access.scope.clone(), access.id.clone());
    let outcome = match EmailAddress::parse(&form.address) {
        Ok(address) => services.invitations.send_sample(access.scope, access.id, form.language, false, address).await,
        Err(error) => Err(AppError::invalid(error.to_string())),
    };
    match outcome {
        Ok(()) => Ok(see_other(&format!("/office/surveys/{}/e-mails?sent=true", place.1))),
        Err(AppError::Invalid { detail, .. } | AppError::Conflict { detail, .. }) => {
            let page =
                mails_page(&request, place, &services, (&form.address, Some(detail)), &MailsQuery::default()).await?;
            render_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(other) => Err(other.into()),
    }
}

async fn mails_page(
    request: &HttpRequest,
    (scope, id): (TenantScope, SurveyId),
    services: &Services,
    (address, error): (&str, Option<String>),
    done: &MailsQuery,
) -> Result<MailsPage, Problem> {
    let survey = services.surveys.read(scope.clone(), id.clone()).await?;
    let words = services.mail_words.read(scope.clone()).await?;
    let mut mails = Vec::new();
    for which in Which::ALL {
        let (language, reminder) = (which.language(), which.is_reminder());
        mails.push(MailView {
            heading: which.name(),
            language,
            mail: services.invitations.sample(scope.clone(), id.clone(), language, reminder).await?,
            own: words.find(reminder, language).is_some(),
            change: which.address(&survey.id),
        });
    }
    Ok(MailsPage {
        page: below(&survey, "E-mails").with_errors(error.is_some()),
        errors: error.clone().map(|text| ErrorSummary::of_one(Language::English, "address", text)),
        survey: survey.id.to_string(),
        title: survey.title.as_str().to_owned(),
        mails,
        address: TextField {
            hint: Some("The test goes to this address only. Its link leads nowhere.".to_owned()),
            error,
            value: address.to_owned(),
            input_type: "email",
            autocomplete: "email",
            ..TextField::new("address", "Your e-mail address")
        },
        sent: done.sent,
        kept: done.kept,
        token: form_token(request, services)?,
    })
}
