//! Home: the organisation's surveys, and what needs doing.

use actix_web::{HttpRequest, HttpResponse, get, web};
use askama::Template;

use super::confirm::form_token;
use super::frame::{Section, page, render, see_other};
use super::policy::ProposalView;
use crate::domain::account::Action;
use crate::domain::survey::{Survey, SurveyState};
use crate::services::Services;
use crate::web::Problem;
use crate::web::access::{Anywhere, ReadOrganisation};
use crate::web::components::Page;

#[derive(Template)]
#[template(path = "web/office/home.html")]
struct HomePage {
    page: Page,
    organisation: String,
    /// Whether it has members.
    is_system: bool,
    surveys: Vec<SurveyLine>,
    /// A lower threshold that waits for an administrator, for those who are one.
    proposal: Option<ProposalView>,
    may_run: bool,
    token: String,
}

struct SurveyLine {
    id: String,
    title: String,
    state: SurveyState,
    next: &'static str,
    path: String,
}

impl From<Survey> for SurveyLine {
    fn from(survey: Survey) -> Self {
        let next = match survey.state {
            SurveyState::Draft => "Set it up, then open it",
            SurveyState::Open => "Staff are answering; watch how many take part",
            SurveyState::Closed => "Make the release",
            SurveyState::Published => "Read the results",
        };
        let path = match survey.state {
            SurveyState::Published => format!("/office/surveys/{}/results", survey.id),
            _ => format!("/office/surveys/{}", survey.id),
        };
        Self { path, id: survey.id.into(), title: survey.title.into(), state: survey.state, next }
    }
}

/// The page.
#[get("")]
pub async fn show(
    request: HttpRequest,
    access: Anywhere<ReadOrganisation>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let own = access.caller.organisation.clone().ok_or_else(|| Problem::not_found("organisation"))?;
    let authorise = |action| access.caller.authorise(action, &own).map_err(|_| Problem::not_found("organisation"));
    let (organisation, _) = services.organisations.read(authorise(Action::ReadOrganisation)?).await?;
    let is_system = services.systems.members(authorise(Action::ReadOrganisation)?).await.is_ok();
    // Who sees no surveys is here for those of members.
    if authorise(Action::ReadSurvey).is_err() {
        return Ok(see_other(if is_system { "/office/system" } else { "/office/account" }));
    }
    let surveys = services.surveys.list(authorise(Action::ReadSurvey)?, None, 200).await?;
    let proposal = match authorise(Action::ChangePolicy) {
        Ok(scope) => {
            let threshold = services.policies.read(scope.clone()).await?;
            threshold.proposal.map(|proposal| ProposalView::new(&proposal, &scope))
        }
        Err(_) => None,
    };
    render(&HomePage {
        page: page("Surveys", Some(Section::Surveys)),
        organisation: organisation.name,
        is_system,
        surveys: surveys.into_iter().map(SurveyLine::from).collect(),
        proposal,
        may_run: authorise(Action::RunSurvey).is_ok(),
        token: form_token(&request, &services)?,
    })
}
