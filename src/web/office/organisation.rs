//! The units of the organisation as a tree, with how many are invited where that tells nothing of few people.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, get, web};
use askama::Template;
use askama::filters::HtmlSafe;

use super::figures::count;
use super::frame::{Section, page, render};
use crate::domain::account::{Action, TenantScope};
use crate::domain::organisation::UnitTree;
use crate::domain::survey::{Survey, SurveyState};
use crate::services::Services;
use crate::web::Problem;
use crate::web::access::{Anywhere, ReadOrganisation};
use crate::web::components::Page;

#[derive(Template)]
#[template(path = "web/office/organisation.html")]
struct OrganisationPage {
    page: Page,
    name: String,
    units: usize,
    branches: Vec<Branch>,
    /// Title of the survey that people are invited to.
    survey: Option<String>,
    may_change: bool,
}

/// A unit, and what lies below it.
#[derive(Template)]
#[template(path = "web/office/branch.html")]
struct Branch {
    name: String,
    code: String,
    invited: Option<String>,
    branches: Vec<Branch>,
}

impl HtmlSafe for Branch {}

/// The page.
#[get("/organisation")]
pub async fn show(access: Anywhere<ReadOrganisation>, services: web::Data<Services>) -> Result<HttpResponse, Problem> {
    let at_home = |action| access.caller.authorise_at_home(action);
    let scope = at_home(Action::ReadOrganisation).map_err(|_| Problem::not_found("organisation"))?;
    let (organisation, units) = services.organisations.read(scope).await?;
    let (survey, invited) = match at_home(Action::ReadSurvey) {
        Ok(scope) => invited(scope, &services).await?,
        Err(_) => (None, BTreeMap::new()),
    };
    render(&OrganisationPage {
        page: page("Units", Some(Section::Surveys)).below([("/office".to_owned(), "Surveys".to_owned())]),
        name: organisation.name,
        units: units.units().len(),
        branches: branches(&units, None, &invited),
        survey: survey.map(|survey| survey.title.into()),
        may_change: at_home(Action::ChangeOrganisation).is_ok(),
    })
}

/// The survey that is open, and how many are invited to it by unit: only units that the survey's own page has a line for.
async fn invited(scope: TenantScope, services: &Services) -> Result<(Option<Survey>, BTreeMap<String, u64>), Problem> {
    let surveys = services.surveys.list(scope.clone(), None, u16::MAX).await?;
    let Some(survey) = surveys.into_iter().find(|survey| survey.state == SurveyState::Open) else {
        return Ok((None, BTreeMap::new()));
    };
    let participation = services.participation.read(scope, survey.id.clone()).await?;
    Ok((Some(survey), participation.units.into_iter().map(|unit| (unit.unit, unit.invited)).collect()))
}

fn branches(units: &UnitTree, parent: Option<&str>, invited: &BTreeMap<String, u64>) -> Vec<Branch> {
    units
        .children(parent)
        .map(|unit| Branch {
            name: unit.name.clone(),
            code: unit.code.clone(),
            invited: invited.get(&unit.code).map(|people| count(*people)),
            branches: branches(units, Some(&unit.code), invited),
        })
        .collect()
}
