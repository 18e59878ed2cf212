//! One survey: where it stands, how many take part, and its next step.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

use super::confirm::{Confirmation, form_token};
use super::draft::{Status, Task, is_being_set_up, tasks};
use super::figures::count;
use super::frame::{Section, page, render, see_other};
use super::participation::{DaysChart, days_table, units_table};
use crate::domain::survey::{Survey, SurveyState};
use crate::services::{Services, today};
use crate::web::Problem;
use crate::web::access::{Managed, ReadSurvey, RunSurvey};
use crate::web::components::{Page, Table};

#[derive(Template)]
#[template(path = "web/office/survey.html")]
struct SurveyPage {
    page: Page,
    /// What setting up takes; empty once it is done.
    tasks: Vec<Task>,
    survey: Survey,
    invited: String,
    answered: String,
    /// The number that participation moves in steps of.
    each: u64,
    /// Units in which enough people are invited: invited, and answered in steps.
    units: Option<Table>,
    /// The response day by day, from the second day on: a chart and its table.
    trend: Option<(DaysChart, Table)>,
    step: Option<NextStep>,
    asked: bool,
    /// Whether reminders were asked for, and how many went out at most.
    reminding: bool,
    reminded: Option<u64>,
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
    #[serde(default)]
    remind: bool,
    reminded: Option<u64>,
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
    let participation = services.participation.read(access.scope.clone(), access.id.clone()).await?;
    let units = if survey.state == SurveyState::Draft || participation.units.is_empty() {
        None
    } else {
        Some(units_table(&services.surveys.content(access.scope, access.id).await?.units, &participation))
    };
    render(&SurveyPage {
        page: page(survey.title.as_str(), Some(Section::Surveys)),
        tasks: if is_being_set_up(&survey) { tasks(&survey, &participation) } else { Vec::new() },
        step: next_step(survey.state),
        units,
        trend: DaysChart::new(&participation, (survey.state == SurveyState::Open).then(today))
            .map(|chart| (chart, days_table(&participation))),
        asked: query.confirm,
        reminding: query.remind,
        reminded: query.reminded,
        token: form_token(&request, &services)?,
        invited: count(participation.invited),
        answered: count(participation.answered),
        each: participation.step,
        survey,
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

/// Reminds everybody who has not answered.
#[post("/surveys/{id}/remind")]
pub async fn remind(
    request: HttpRequest,
    access: Managed<RunSurvey>,
    form: web::Form<Confirmation>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    form.check(&request, &services)?;
    let path = format!("/office/surveys/{}", access.id);
    let at_most = services.invitations.remind(access.scope, access.id).await?;
    Ok(see_other(&format!("{path}?reminded={at_most}")))
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
