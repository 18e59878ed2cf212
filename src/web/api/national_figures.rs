//! Figures of the whole country that an organisation enters, to read its own indicators against.

use actix_web::{get, put, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::{Body, object_list};
use super::indicator_inputs::parse_year;
use crate::domain::indicator::{NationalFigure, NationalFigures, ReportingYear};
use crate::services::Services;
use crate::web::access::{ChangeWorkforce, InOrganisation, ReadWorkforce};
use crate::web::error::{ApiResult, Problem, ProblemBody, ProblemPart};
use crate::web::manners::IfMatch;

/// One figure of the whole country.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NationalFigureView {
    /// 1 to 9.
    #[schema(minimum = 1, maximum = 9)]
    indicator: u8,
    /// In the indicator's own unit and direction: for 1 and 5 to 8 the share among BME staff, from 0 to 1; for 2 to 4 the
    /// relative likelihood; for 9 the difference in percentage points.
    #[schema(example = 0.286)]
    figure: f64,
    /// Where it stands.
    #[schema(min_length = 1, max_length = 200, example = "NHS England, WRES 2025 data analysis report")]
    source: String,
}

/// Figures of the whole country.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NationalFiguresBody {
    /// By indicator; an empty list where none is known.
    #[serde(deserialize_with = "object_list")]
    figures: Vec<NationalFigureView>,
}

/// Figures of the whole country in a year.
#[derive(Serialize, ToSchema)]
pub struct NationalFiguresView {
    /// Reporting year, which ends on 31 March.
    year: u16,
    /// By indicator; what is not there is not known.
    figures: Vec<NationalFigureView>,
}

/// The country's figures of a year, as the organisation entered them; an empty list where none is known.
#[utoipa::path(tag = "indicators",
    params(("ods" = String, Path, description = "ODS code"), ("year" = String, Path, description = "Reporting year")),
    responses((status = 200, body = NationalFiguresView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
#[get("/organisations/{ods}/national-figures/{year}")]
pub async fn read_national_figures(
    access: InOrganisation<ReadWorkforce>,
    path: web::Path<(String, String)>,
    services: web::Data<Services>,
) -> ApiResult<web::Json<NationalFiguresView>> {
    let year = parse_year(&path.1)?;
    Ok(web::Json(view(year, &services.indicators.read_national_figures(access.scope, year).await?)))
}

/// Stores the country's figures of a year in place of earlier ones, all or nothing. They stand beside the organisation's
/// own and are never computed with.
#[utoipa::path(tag = "indicators",
    params(("ods" = String, Path, description = "ODS code"), ("year" = String, Path, description = "Reporting year")),
    request_body = NationalFiguresBody,
    responses((status = 200, body = NationalFiguresView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
#[put("/organisations/{ods}/national-figures/{year}")]
pub async fn replace_national_figures(
    access: InOrganisation<ChangeWorkforce>,
    path: web::Path<(String, String)>,
    body: Body<NationalFiguresBody>,
    if_match: IfMatch,
    services: web::Data<Services>,
) -> ApiResult<web::Json<NationalFiguresView>> {
    let year = parse_year(&path.1)?;
    let figures = parse(body.read()?.figures)?;
    let answer = view(year, &figures);
    let unchanged = if_match.on(move |stored| view(year, stored));
    services.indicators.replace_national_figures(access.scope, year, figures, unchanged).await?;
    Ok(web::Json(answer))
}

/// Every mistake, each with its place.
fn parse(views: Vec<NationalFigureView>) -> ApiResult<NationalFigures> {
    let mut figures = NationalFigures::new();
    let mut problems = Vec::new();
    for (index, NationalFigureView { indicator, figure, source }) in views.iter().enumerate() {
        let mut note = |field: &str, detail: String| {
            problems.push(ProblemPart { pointer: format!("/figures/{index}/{field}"), detail });
        };
        match NationalFigure::new(*indicator, *figure, source) {
            Ok(_) if figures.contains_key(indicator) => {
                note("indicator", format!("indicator {indicator} stands further up too; keep one"));
            }
            Ok(national) => _ = figures.insert(*indicator, national),
            Err(mistakes) => mistakes.iter().for_each(|mistake| note(mistake.field(), mistake.to_string())),
        }
    }
    match problems.is_empty() {
        true => Ok(figures),
        false => Err(Problem::unprocessable("some figures cannot be used; nothing was stored", problems)),
    }
}

fn view(year: ReportingYear, figures: &NationalFigures) -> NationalFiguresView {
    NationalFiguresView { year: year.number(), figures: views(figures) }
}

/// Figures as the API shows them.
pub(super) fn views(figures: &NationalFigures) -> Vec<NationalFigureView> {
    let view = |(indicator, national): (&u8, &NationalFigure)| NationalFigureView {
        indicator: *indicator,
        figure: national.number(),
        source: national.source().to_owned(),
    };
    figures.iter().map(view).collect()
}
