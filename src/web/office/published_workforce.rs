//! What is published of a workforce on 31 March: for everybody who may see releases, and for the system. HR publishes it
//! here, after a look at what would be seen.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

use super::confirm::{check_form_token, form_token};
use super::frame::{Section, page, render, see_other};
use super::published_lines::{NOTE, bar, minority_of_each, table};
use super::representation::{PopulationChoice, deciles_from, population_choices};
use super::system::own;
use super::wres::{current_year, sentence};
use crate::domain::account::{Action, TenantScope};
use crate::domain::indicator::ReportingYear;
use crate::domain::questionnaire::Language;
use crate::domain::representation::{PublishedReport, published_report};
use crate::services::populations::BUILT_IN;
use crate::services::{AppError, Services};
use crate::web::Problem;
use crate::web::access::{Anywhere, ReadRelease};
use crate::web::components::{Axis, BarChart, Page, Table};

#[derive(Template)]
#[template(path = "web/office/published_workforce.html")]
struct PublishedPage {
    page: Page,
    organisation: String,
    year: u16,
    years: Vec<(u16, bool)>,
    populations: Vec<(&'static str, Vec<PopulationChoice>)>,
    population: String,
    /// Whether the caller publishes for the organisation.
    may_publish: bool,
    state: State,
    token: String,
}

/// What the page shows.
enum State {
    /// Nothing is published of this year.
    Nothing,
    /// What is published.
    Published(Shown),
    /// What would be published.
    Preview(Shown),
    /// Why nothing can be.
    Refused(String),
}

struct Shown {
    population: String,
    chart: BarChart,
    groups: Table,
    bands: Table,
    staff_groups: Table,
    deprivation: Option<(String, Table)>,
}

/// Years that can be chosen.
const BEFORE: u16 = 3;

/// Which year and population; whether to look at what would be published.
#[derive(Deserialize)]
pub struct PublishedQuery {
    year: Option<u16>,
    population: Option<String>,
    #[serde(default)]
    preview: bool,
}

/// The page.
#[get("/representation/published")]
pub async fn show(
    request: HttpRequest,
    access: Anywhere<ReadRelease>,
    query: web::Query<PublishedQuery>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let scope = own(&access.caller, Action::ReadRelease)?;
    let (organisation, _) = services.organisations.read(own(&access.caller, Action::ReadOrganisation)?).await?;
    let chosen = query.population.clone().unwrap_or_else(|| BUILT_IN.to_owned());
    let current = current_year();
    let number = query.year.unwrap_or(current);
    let year = ReportingYear::try_from(number).map_err(|_| Problem::not_found("year"))?;
    let publisher = own(&access.caller, Action::ChangeWorkforce).ok();
    let state = match publisher.clone().filter(|_| query.preview) {
        Some(publisher) => preview(&services, publisher, year, chosen.clone()).await?,
        None => published(&services, scope, year, chosen.clone()).await?,
    };
    render(&PublishedPage {
        page: page("Published workforce", Some(Section::Representation)),
        organisation: organisation.name,
        year: number,
        years: (0..=BEFORE).map(|back| current - back).map(|year| (year, year == number)).collect(),
        populations: population_choices(&services, &chosen).await?,
        population: chosen,
        may_publish: publisher.is_some(),
        state,
        token: form_token(&request, &services)?,
    })
}

/// Which year is published.
#[derive(Deserialize)]
pub struct PublishForm {
    token: String,
    year: u16,
}

/// Publishes it.
#[post("/representation/published")]
pub async fn publish(
    request: HttpRequest,
    access: Anywhere<ReadRelease>,
    form: web::Form<PublishForm>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    check_form_token(&request, &services, &form.token)?;
    let scope = own(&access.caller, Action::ChangeWorkforce)?;
    let year = ReportingYear::try_from(form.year).map_err(|_| Problem::not_found("year"))?;
    services.workforces.publish(scope, year, false).await?;
    Ok(see_other(&format!("/office/representation/published?year={year}")))
}

async fn published(
    services: &Services,
    scope: TenantScope,
    year: ReportingYear,
    population: String,
) -> Result<State, Problem> {
    match services.workforces.read_published(scope, year, Some(population)).await {
        Ok((_, report)) => Ok(State::Published(Shown::new(&report))),
        Err(AppError::NotFound("published workforce")) => Ok(State::Nothing),
        Err(other) => Err(other.into()),
    }
}

async fn preview(
    services: &Services,
    scope: TenantScope,
    year: ReportingYear,
    population: String,
) -> Result<State, Problem> {
    match services.workforces.publish(scope, year, true).await {
        Ok(found) => {
            let population = services.populations.read(population).await?;
            Ok(State::Preview(Shown::new(&published_report(&found.table, &population))))
        }
        Err(AppError::Conflict { detail, .. }) => Ok(State::Refused(sentence(&detail))),
        Err(AppError::NotFound("workforce snapshot of 31 March")) => Ok(State::Refused(format!(
            "There is no snapshot of 31 March {}. Upload one with this day: only one day a year is published, so that \
             those who come and go between two do not follow by subtraction",
            year
        ))),
        Err(other) => Err(other.into()),
    }
}

impl Shown {
    fn new(report: &PublishedReport) -> Self {
        Self {
            population: format!("{} ({})", report.population, report.version),
            chart: BarChart {
                language: Language::English,
                axis: Axis::Whole,
                title: "Share of the workforce by ethnic group".to_owned(),
                note: NOTE.to_owned(),
                bars: report.groups.iter().map(|line| bar(line.label, line)).collect(),
            },
            groups: table(
                "Ethnic group",
                "Workforce against population",
                report.groups.iter().map(|line| (line.label.to_owned(), line)),
            ),
            bands: table(
                "Pay bands",
                "Minority ethnic staff by pay bands",
                minority_of_each(&report.by_pay_band_cluster),
            ),
            staff_groups: table(
                "Staff group",
                "Minority ethnic staff by staff group",
                minority_of_each(&report.by_staff_group),
            ),
            deprivation: (!report.deprivation.is_empty()).then(|| {
                let lines = report.deprivation.iter().map(|line| (line.label.to_owned(), line));
                let table = table("Decile of home area", "Staff and population by decile of deprivation", lines);
                (deciles_from(report.population_deprivation.as_deref()), table)
            }),
        }
    }
}
