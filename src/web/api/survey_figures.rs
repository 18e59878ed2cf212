//! Figures of the indicators 5 to 8 that another survey published, such as the national one in earlier years.

use actix_web::{HttpRequest, get, put, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::body::{CsvOrJson, WholeBody, aside, csv_or_json};
use super::indicator_inputs::{parse_variant, parse_year};
use crate::domain::indicator::{EnteredFigures, ReportingYear, SurveyCount, SurveyCounts, Variant};
use crate::import;
use crate::services::{AppError, Services};
use crate::web::access::{ChangeWorkforce, InOrganisation, ReadWorkforce};
use crate::web::error::{ApiResult, Problem, ProblemBody, ProblemPart};
use crate::web::manners::IfMatch;

/// Whose figures, from which survey, and whether they are stored.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct FiguresQuery {
    /// `substantive` (the default), `bank` or `medical`.
    variant: Option<String>,
    /// Name of the survey; needed to store figures.
    #[param(example = "NHS Staff Survey 2025")]
    instrument: Option<String>,
    /// Reads and checks everything, stores nothing.
    #[serde(default)]
    dry_run: bool,
}

/// One figure; `count` and `base` are null where that survey withheld it.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SurveyFigureView {
    /// 5 to 8.
    #[schema(minimum = 5, maximum = 8)]
    indicator: u8,
    /// `white` or `bme`.
    #[schema(example = "bme")]
    ethnic_category: String,
    /// Who gave the answer that the indicator counts; for indicator 7, yes.
    #[schema(minimum = 0, maximum = 5_000_000)]
    count: Option<u64>,
    /// Who answered; for indicator 7, yes or no.
    #[schema(minimum = 0, maximum = 5_000_000)]
    base: Option<u64>,
}

/// The figures of a year.
#[derive(Serialize, ToSchema)]
pub struct SurveyFiguresView {
    /// Reporting year, which ends on 31 March.
    year: u16,
    /// Whose.
    variant: &'static str,
    /// Name of the survey.
    instrument: String,
    /// False when this is only a preview.
    stored: bool,
    /// By indicator and group.
    figures: Vec<SurveyFigureView>,
}

/// The figures that another survey published.
#[utoipa::path(tag = "indicators",
    params(("ods" = String, Path, description = "ODS code"), ("year" = String, Path, description = "Reporting year"), FiguresQuery),
    responses((status = 200, body = SurveyFiguresView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
#[get("/organisations/{ods}/survey-figures/{year}")]
pub async fn read_survey_figures(
    access: InOrganisation<ReadWorkforce>,
    path: web::Path<(String, String)>,
    query: web::Query<FiguresQuery>,
    services: web::Data<Services>,
) -> ApiResult<web::Json<SurveyFiguresView>> {
    let of = (parse_year(&path.1)?, parse_variant(query.variant.as_deref())?);
    Ok(web::Json(view(of, services.indicators.read_survey_figures(access.scope, of).await?, true)))
}

/// Stores figures of the indicators 5 to 8 that another survey published, in place of earlier ones of that year, all or
/// nothing: JSON, or CSV or XLSX with the columns `indicator,ethnic_category,count,base`, `[c]` where it withheld them.
#[utoipa::path(tag = "indicators",
    params(("ods" = String, Path, description = "ODS code"), ("year" = String, Path, description = "Reporting year"), FiguresQuery),
    request_body(content((Vec<SurveyFigureView> = "application/json"), (String = "text/csv"))),
    responses((status = 200, body = SurveyFiguresView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 415, body = ProblemBody), (status = 422, body = ProblemBody)))]
#[put("/organisations/{ods}/survey-figures/{year}")]
pub async fn replace_survey_figures(
    request: HttpRequest,
    access: InOrganisation<ChangeWorkforce>,
    path: web::Path<(String, String)>,
    query: web::Query<FiguresQuery>,
    body: WholeBody,
    if_match: IfMatch,
    services: web::Data<Services>,
) -> ApiResult<web::Json<SurveyFiguresView>> {
    let of = (parse_year(&path.1)?, parse_variant(query.variant.as_deref())?);
    let counts = match csv_or_json::<SurveyFigureView>(&request, body).await? {
        CsvOrJson::Csv(bytes) => {
            aside(move || import::indicator_inputs::read_survey("body", &bytes).map_err(AppError::from)).await?
        }
        CsvOrJson::Json(figures) => parse(figures)?,
    };
    let instrument = query.instrument.clone().ok_or_else(|| {
        let detail = "which survey? Name it with instrument, such as “NHS Staff Survey 2025”".to_owned();
        Problem::unprocessable(detail.clone(), vec![ProblemPart { pointer: "/instrument".to_owned(), detail }])
    })?;
    let entered = EnteredFigures { instrument, counts };
    let unchanged = if_match.on(move |stored: &EnteredFigures| view(of, stored.clone(), true));
    services.indicators.replace_survey_figures(access.scope, of, entered.clone(), query.dry_run, unchanged).await?;
    Ok(web::Json(view(of, entered, !query.dry_run)))
}

/// Every mistake, each with its place.
fn parse(figures: Vec<SurveyFigureView>) -> ApiResult<SurveyCounts> {
    let mut counts: Vec<SurveyCount> = Vec::with_capacity(figures.len());
    let mut problems = Vec::new();
    for (index, view) in figures.into_iter().enumerate() {
        let mut note = |field: &str, detail: String| {
            problems.push(ProblemPart { pointer: format!("/{index}{field}"), detail });
        };
        match view.ethnic_category.parse() {
            Ok(ethnic_category) => {
                let (indicator, count, base) = (view.indicator, view.count, view.base);
                let count = SurveyCount { indicator, ethnic_category, count, base };
                match count.tally() {
                    Ok(_) => counts.push(count),
                    Err(error) => note("", error.to_string()),
                }
            }
            Err(error) => note("/ethnic_category", format!("{error}")),
        }
    }
    if problems.is_empty() {
        return SurveyCounts::try_from(counts).map_err(|error| Problem::unprocessable(error.to_string(), Vec::new()));
    }
    Err(Problem::unprocessable("some figures cannot be read; nothing was stored", problems))
}

fn view((year, variant): (ReportingYear, Variant), entered: EnteredFigures, stored: bool) -> SurveyFiguresView {
    let figure = |count: SurveyCount| SurveyFigureView {
        indicator: count.indicator,
        ethnic_category: count.ethnic_category.code().to_owned(),
        count: count.count,
        base: count.base,
    };
    let counts: Vec<SurveyCount> = entered.counts.into();
    SurveyFiguresView {
        year: year.number(),
        variant: variant.code(),
        instrument: entered.instrument,
        stored,
        figures: counts.into_iter().map(figure).collect(),
    }
}
