//! What the threshold will let be seen of each unit, for a response rate that can be tried out.

use actix_web::{HttpResponse, get, web};
use askama::Template;
use serde::Deserialize;

use super::draft::{below, day_in_words};
use super::figures::count;
use super::frame::render;
use crate::domain::disclosure::{Forecast, Shows, UnitForecast};
use crate::domain::figure::Share;
use crate::domain::organisation::UnitTree;
use crate::services::Services;
use crate::services::forecasts::ForecastOutcome;
use crate::web::Problem;
use crate::web::access::{Managed, RunSurvey};
use crate::web::components::{Page, Table};

/// What a page without a choice assumes: trusts' staff surveys lie about there.
const USUAL: u64 = 50;
/// Fewer merges than this are spelt out one by one.
const MOST_MERGES: usize = 30;

#[derive(Template)]
#[template(path = "web/office/breakdowns.html")]
struct BreakdownsPage {
    page: Page,
    survey: String,
    title: String,
    response: u64,
    shown: Option<Shown>,
    /// Why there is no forecast.
    missing: &'static str,
}

struct Shown {
    snapshot: String,
    minimum_count: u32,
    finding: String,
    suggestion: Option<String>,
    merges: Vec<String>,
    table: Table,
}

/// What is assumed.
#[derive(Deserialize)]
pub struct BreakdownsQuery {
    /// Percent of staff who answer, 1 to 100.
    response: Option<u64>,
}

/// The page.
#[get("/surveys/{id}/breakdowns")]
pub async fn show(
    access: Managed<RunSurvey>,
    query: web::Query<BreakdownsQuery>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let response = query.response.unwrap_or(USUAL).clamp(1, 100);
    let survey = services.surveys.read(access.scope.clone(), access.id.clone()).await?;
    let content = services.surveys.content(access.scope.clone(), access.id.clone()).await?;
    let share = Share::of(response, 100).value().ok_or_else(|| Problem::not_found("response rate"))?;
    let (shown, missing) = match services.surveys.forecast(access.scope, access.id, share).await? {
        ForecastOutcome::Made { snapshot, minimum_count, forecast } => {
            (Some(shown(&content.units, snapshot, minimum_count, response, &forecast)), "")
        }
        ForecastOutcome::NoSnapshot => (None, "there is no workforce snapshot yet"),
        ForecastOutcome::NoUnits => (None, "the latest workforce snapshot does not say in which unit staff work"),
    };
    render(&BreakdownsPage {
        page: below(&survey, "Breakdowns"),
        survey: survey.id.to_string(),
        title: survey.title.as_str().to_owned(),
        response,
        shown,
        missing,
    })
}

fn shown(units: &UnitTree, snapshot: String, minimum_count: u32, response: u64, forecast: &Forecast) -> Shown {
    let (all, by_ethnicity) = (forecast.units.len(), forecast.by_ethnicity());
    let results = forecast.units.iter().filter(|unit| unit.shows >= Shows::Results).count();
    let merged = forecast.by_ethnicity_merged();
    let name = |code: &String| units.find(code).map_or_else(|| code.clone(), |unit| unit.name.clone());
    let named = |unit: &UnitForecast| unit.units.iter().map(&name).collect::<Vec<_>>().join(", ");
    let within =
        |unit: &UnitForecast| unit.parent.as_ref().map(|code| format!(" (in {})", name(code))).unwrap_or_default();
    let row = |unit: &UnitForecast| {
        let shows = match unit.shows {
            Shows::ByEthnicity => "Results by ethnicity",
            Shows::Results => "Results, not by ethnicity",
            Shows::Nothing => "Counted in the larger unit only",
        };
        let people = unit.expected.map(count);
        [named(unit) + &within(unit), shows.to_owned()].into_iter().chain(people).collect()
    };
    Shown {
        snapshot: day_in_words(&snapshot),
        minimum_count,
        finding: format!(
            "At {response} % response, {by_ethnicity} of {all} units will show results by ethnicity, and {results} will \
             show results of their own."
        ),
        suggestion: (merged > by_ethnicity)
            .then(|| format!("Merging small units with their neighbours gives {merged} by ethnicity.")),
        merges: forecast.merges().take(MOST_MERGES).map(|unit| named(unit) + &within(unit)).collect(),
        table: Table {
            caption: format!("Expected respondents of each unit at {response} % response"),
            columns: ["Unit", "Will show", "White", "Minority ethnic", "Not known"].map(str::to_owned).into(),
            rows: forecast.units.iter().map(row).collect(),
            numbers_from: 2,
            levels: Vec::new(),
        },
    }
}
