//! Looking at an invitation before anybody gets one.

use actix_web::{HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::body::Body;
use crate::domain::invitation::EmailAddress;
use crate::domain::questionnaire::Language;
use crate::services::Services;
use crate::web::access::{Managed, RunSurvey};
use crate::web::error::{ApiResult, Problem, ProblemBody, ProblemPart};

/// Which e-mail.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct SampleQuery {
    /// `en` or `cy`.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    language: Language,
    /// The reminder instead of the first e-mail.
    #[serde(default)]
    reminder: bool,
}

/// An e-mail as its reader sees it; its link leads nowhere.
#[derive(Serialize, ToSchema)]
pub struct MailSampleView {
    /// Subject line.
    subject: String,
    /// Body for readers without HTML.
    text: String,
    /// The same as HTML.
    html: String,
}

/// Where a test goes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TestMailBody {
    /// One address.
    #[schema(example = "a.khan@example.org")]
    email: String,
    /// `en` or `cy`.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "en")]
    language: Language,
    /// The reminder instead of the first e-mail.
    #[serde(default)]
    reminder: bool,
}

/// The e-mail that people will get.
#[utoipa::path(tag = "invitations", params(("id" = String, Path, description = "Survey"), SampleQuery),
    responses((status = 200, body = MailSampleView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
#[get("/surveys/{id}/invitations/preview")]
pub async fn preview_mail(
    survey: Managed<RunSurvey>,
    query: web::Query<SampleQuery>,
    services: web::Data<Services>,
) -> ApiResult<web::Json<MailSampleView>> {
    let sample = services.invitations.sample(survey.scope, survey.id, query.language, query.reminder).await?;
    Ok(web::Json(MailSampleView { subject: sample.subject, text: sample.text, html: sample.html }))
}

/// Sends that e-mail to one address, at once.
#[utoipa::path(tag = "invitations", params(("id" = String, Path, description = "Survey")), request_body = TestMailBody,
    responses((status = 204), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
#[post("/surveys/{id}/invitations/test")]
pub async fn send_test_mail(
    survey: Managed<RunSurvey>,
    body: Body<TestMailBody>,
    services: web::Data<Services>,
) -> ApiResult<HttpResponse> {
    let body = body.read()?;
    let address = EmailAddress::parse(&body.email).map_err(|error| {
        let part = ProblemPart { pointer: "/email".to_owned(), detail: error.to_string() };
        Problem::unprocessable("the test was not sent", vec![part])
    })?;
    services.invitations.send_sample(survey.scope, survey.id, body.language, body.reminder, address).await?;
    Ok(HttpResponse::NoContent().finish())
}
