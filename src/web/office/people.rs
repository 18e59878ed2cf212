//! Who is asked: a staff list is looked at before anybody is invited.

use actix_multipart::Multipart;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;

use super::confirm::form_token;
use super::draft::below;
use super::figures::count;
use super::frame::{render, render_with, see_other};
use super::upload::Upload;
use crate::domain::invitation::Invitee;
use crate::domain::questionnaire::Language;
use crate::domain::survey::{Survey, SurveyState};
use crate::import;
use crate::services::invitations::InvitationSummary;
use crate::services::{AppError, Services};
use crate::web::Problem;
use crate::web::access::{Managed, RunSurvey};
use crate::web::components::{ErrorSummary, Page};

/// Problems of a file that are spelt out on the page.
const MOST_PROBLEMS: usize = 20;

#[derive(Template)]
#[template(path = "web/office/people.html")]
struct PeoplePage {
    page: Page,
    errors: Option<ErrorSummary>,
    /// What is wrong with the file, line by line.
    problems: Vec<String>,
    survey: String,
    title: String,
    invited: String,
    open: bool,
    token: String,
}

#[derive(Template)]
#[template(path = "web/office/people_check.html")]
struct CheckPage {
    page: Page,
    survey: String,
    title: String,
    added: String,
    already: String,
    widened: String,
    units: Vec<(String, String)>,
    welsh: String,
    open: bool,
    list: String,
    token: String,
}

/// The page.
#[get("/surveys/{id}/people")]
pub async fn show(
    request: HttpRequest,
    access: Managed<RunSurvey>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let survey = services.surveys.read(access.scope.clone(), access.id.clone()).await?;
    let invited = services.participation.read(access.scope, access.id).await?.invited;
    render(&people_page(&survey, invited, Vec::new(), form_token(&request, &services)?))
}

/// Looks at a staff list, and says what inviting it would do.
#[post("/surveys/{id}/people/check")]
pub async fn check(
    request: HttpRequest,
    access: Managed<RunSurvey>,
    form: Multipart,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let form = Upload::read(form, &request, &services).await?;
    let survey = services.surveys.read(access.scope.clone(), access.id.clone()).await?;
    let invited = services.participation.read(access.scope.clone(), access.id.clone()).await?.invited;
    let refused = |problems: Vec<String>| {
        let page = people_page(&survey, invited, problems, form_token(&request, &services)?);
        render_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
    };
    let Some((name, bytes)) = form.file("file") else {
        return refused(vec!["Choose a file: CSV or Excel, with the columns email and unit".to_owned()]);
    };
    let people = match import::staff::read(name, bytes) {
        Ok(people) => people,
        Err(error) => return refused(error.to_string().lines().take(MOST_PROBLEMS).map(str::to_owned).collect()),
    };
    let list = as_csv(&people);
    let by_unit = by_unit(&services, &access, &people).await?;
    let welsh = people.iter().filter(|person| person.language == Language::Welsh).count();
    match services.invitations.invite(access.scope, access.id, people, true).await {
        Ok(InvitationSummary { added, already_invited, widened }) => render(&CheckPage {
            page: below(&survey, "Check who is asked"),
            survey: survey.id.to_string(),
            title: survey.title.as_str().to_owned(),
            added: count(added as u64),
            already: count(already_invited as u64),
            widened: count(widened as u64),
            units: by_unit,
            welsh: count(welsh as u64),
            open: survey.state == SurveyState::Open,
            list,
            token: form_token(&request, &services)?,
        }),
        Err(AppError::Invalid { detail, problems }) => {
            let lines = problems.into_iter().take(MOST_PROBLEMS).map(|problem| problem.detail);
            refused(std::iter::once(detail).chain(lines).collect())
        }
        Err(other) => Err(other.into()),
    }
}

/// Invites the list that was looked at.
#[post("/surveys/{id}/people")]
pub async fn invite(
    request: HttpRequest,
    access: Managed<RunSurvey>,
    form: Multipart,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let form = Upload::read(form, &request, &services).await?;
    let people = import::staff::read("the list", form.text("list").as_bytes())
        .map_err(|error| Problem::bad_request(format!("the list came back changed; upload it again ({error})")))?;
    let path = format!("/office/surveys/{}", access.id);
    services.invitations.invite(access.scope, access.id, people, false).await?;
    Ok(see_other(&path))
}

/// People of each unit, the most first.
async fn by_unit(
    services: &Services,
    access: &Managed<RunSurvey>,
    people: &[Invitee],
) -> Result<Vec<(String, String)>, Problem> {
    let content = services.surveys.content(access.scope.clone(), access.id.clone()).await?;
    let mut counts: std::collections::BTreeMap<&str, u64> = std::collections::BTreeMap::new();
    for person in people {
        *counts.entry(person.unit.as_str()).or_default() += 1;
    }
    let mut counts: Vec<(&str, u64)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, people)| std::cmp::Reverse(*people));
    let name = |code: &str| content.units.find(code).map_or_else(|| code.to_owned(), |unit| unit.name.clone());
    Ok(counts.into_iter().map(|(code, people)| (name(code), count(people))).collect())
}

/// The list as it is sent back with the confirmation: what was read, and nothing else of the file.
fn as_csv(people: &[Invitee]) -> String {
    let lines = people.iter().map(|person| format!("{},{},{}\n", person.email.reveal(), person.unit, person.language));
    std::iter::once("email,unit,language\n".to_owned()).chain(lines).collect()
}

fn people_page(survey: &Survey, invited: u64, problems: Vec<String>, token: String) -> PeoplePage {
    let first = problems.first().cloned();
    PeoplePage {
        page: below(survey, "Who is asked").with_errors(first.is_some()),
        errors: first.map(|text| ErrorSummary::of_one(Language::English, "file", text)),
        problems,
        survey: survey.id.to_string(),
        title: survey.title.as_str().to_owned(),
        invited: count(invited),
        open: survey.state == SurveyState::Open,
        token,
    }
}
