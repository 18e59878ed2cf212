//! One survey: where it stands, how many take part, and its next step.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

use super::confirm::{Confirmation, form_token};
use super::frame::{Section, page, render, see_other};
use crate::domain::survey::{Survey, SurveyState};
use crate::services::Services;
use crate::services::invitations::Participation;
use crate::web::Problem;
use crate::web::access::{Managed, ReadSurvey, RunSurvey};
use crate::web::components::Page;

#[derive(Template)]
#[template(path = "web/office/survey.html")]
struct SurveyPage {
    page: Page,
    survey: Survey,
    participation: Participation,
    step: Option<NextStep>,
    asked: bool,
    token: String,
}

/// The step that comes next, with what it means.
struct NextStep {
    path: &'static str,
    button: &'static str,
    meaning: &'static str,
}

fn next_step(state: SurveyState) -> Option<NextStep> {
    let step = |path, button, meaning| Some(NextStep { path, button, meaning });
    match state {
        SurveyState::Draft => step(
            "open",
            "Open the survey",
            "Everybody invited gets an e-mail with a personal link, and staff can answer.",
        ),
        SurveyState::Open => {
            step("close", "Close the survey", "Nobody can answer any more. A closed survey cannot be opened again.")
        }
        SurveyState::Closed => step(
            "publish",
            "Make the release",
            "The results are protected and audited together, once, and become readable. A release cannot be changed or taken back.",
        ),
        SurveyState::Published => None,
    }
}

/// Whether the step was asked for already.
#[derive(Deserialize)]
pub struct SurveyQuery {
    #[serde(default)]
    confirm: bool,
}

/// The page.
#[get("/surveys/{id}")]
pub async fn show(
    request: HttpRequest,
    access: Managed<ReadSurvey>,
    query: web::Query<SurveyQuery>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let survey = services.surveys.read(access.scope.clone(), access.id.clone()).await?;
    let participation = services.invitations.participation(access.scope, access.id).await?;
    render(&SurveyPage {
        page: page(survey.title.as_str(), Some(Section::Surveys)),
        step: next_step(survey.state),
        asked: query.confirm,
        token: form_token(&request, &services)?,
        survey,
        participation,
    })
}

/// Opens the survey.
#[post("/surveys/{id}/open")]
pub async fn open(
    request: HttpRequest,
    access: Managed<RunSurvey>,
    form: web::Form<Confirmation>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    form.check(&request, &services)?;
    let survey = services.surveys.open(access.scope, access.id).await?;
    Ok(see_other(&format!("/office/surveys/{}", survey.id)))
}

/// Closes the survey.
#[post("/surveys/{id}/close")]
pub async fn close(
    request: HttpRequest,
    access: Managed<RunSurvey>,
    form: web::Form<Confirmation>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    form.check(&request, &services)?;
    let survey = services.surveys.close(access.scope, access.id).await?;
    Ok(see_other(&format!("/office/surveys/{}", survey.id)))
}

/// Makes the release.
#[post("/surveys/{id}/publish")]
pub async fn publish(
    request: HttpRequest,
    access: Managed<RunSurvey>,
    form: web::Form<Confirmation>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    form.check(&request, &services)?;
    let path = format!("/office/surveys/{}/results", access.id);
    services.surveys.publish(access.scope, access.id).await?;
    Ok(see_other(&path))
}
