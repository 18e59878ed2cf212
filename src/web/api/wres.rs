//! The nine WRES indicators of a year, beside those of the years before.

use actix_web::http::header::{ACCEPT, CONTENT_DISPOSITION};
use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::indicator_inputs::{parse_variant, parse_year};
use super::national_figures::{NationalFigureView, views};
use crate::domain::indicator::{Computed, HEADINGS, national_row, table_rows};
use crate::domain::questionnaire::Language;
use crate::export::csv_file;
use crate::export::wres_workbook::{self, Heading, MEDIA_TYPE};
use crate::services::indicators::{SurveySource, WresReport, WresYear};
use crate::services::{AppError, Services};
use crate::web::access::{InOrganisation, ReadWorkforce};
use crate::web::error::{ApiResult, Problem, ProblemBody, ProblemPart};

/// Which indicators.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct WresQuery {
    /// `substantive` (the default), `bank` or `medical`.
    variant: Option<String>,
    /// Years before it that stand beside it, where they have figures; 0 to 10.
    #[serde(default = "default_before")]
    #[param(minimum = 0, maximum = 10, default = 1)]
    before: u16,
    /// Where the indicators 5 to 8 come from when a year has both: `release` (the default), or `entered`, what another
    /// survey published.
    #[param(inline)]
    #[serde(default)]
    survey: Source,
    /// `json` (the default), `csv`, or `xlsx`: the statutory return as a workbook, which `Accept` may ask for too.
    #[param(inline)]
    format: Option<FileKind>,
}

/// What comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum FileKind {
    Json,
    Csv,
    Xlsx,
}

/// Where the indicators 5 to 8 come from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Source {
    #[default]
    Release,
    Entered,
}

impl From<Source> for SurveySource {
    fn from(source: Source) -> Self {
        match source {
            Source::Release => Self::Release,
            Source::Entered => Self::Entered,
        }
    }
}

/// Years before the one asked for, at most.
const MOST_YEARS_BEFORE: u16 = 10;

fn default_before() -> u16 {
    1
}

/// The indicators of an organisation.
#[derive(Serialize, ToSchema)]
pub struct WresView {
    /// ODS code.
    organisation: String,
    /// Of which staff: `substantive`, `bank` or `medical`.
    variant: &'static str,
    /// The year asked for, then those before it that have figures.
    years: Vec<WresYearView>,
}

/// The indicators of one year.
#[derive(Serialize, ToSchema)]
pub struct WresYearView {
    /// Reporting year, which ends on 31 March.
    year: u16,
    /// Day of the workforce snapshot: the latest of the year; null when there is none.
    snapshot: Option<String>,
    /// Survey of the indicators 5 to 8: the last one closed in the year and published; null when there is none.
    survey: Option<String>,
    /// Other survey whose published figures were entered and stand for them instead; null when there is none.
    instrument: Option<String>,
    /// The nine indicators, each with unit, direction, denominator, note, source and figures.
    #[schema(value_type = Vec<Object>)]
    indicators: Vec<Computed>,
    /// Figures of the whole country, where the organisation entered them.
    national: Vec<NationalFigureView>,
}

/// The nine indicators, for the organisation's own HR role: those of the survey from its release, the others from what
/// was uploaded. What cannot be calculated says why. In CSV, a figure of the whole country is a line of its own, `national`
/// in the column `of`, with its source in the last column.
#[utoipa::path(tag = "indicators",
    params(("ods" = String, Path, description = "ODS code"), ("year" = String, Path, description = "Reporting year"), WresQuery),
    responses((status = 200, content((WresView = "application/json"),
            (String = "text/csv"), (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
        (status = 401, body = ProblemBody), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
#[get("/organisations/{ods}/wres/{year}")]
pub async fn read_wres(
    request: HttpRequest,
    access: InOrganisation<ReadWorkforce>,
    path: web::Path<(String, String)>,
    query: web::Query<WresQuery>,
    services: web::Data<Services>,
) -> ApiResult<HttpResponse> {
    let (year, variant) = (parse_year(&path.1)?, parse_variant(query.variant.as_deref())?);
    if query.before > MOST_YEARS_BEFORE {
        let detail = format!("before is from 0 to {MOST_YEARS_BEFORE}");
        let part = ProblemPart { pointer: "/before".to_owned(), detail: detail.clone() };
        return Err(Problem::unprocessable(detail, vec![part]));
    }
    let report = services.indicators.report(access.scope, year, variant, query.before, query.survey.into()).await?;
    let accepts = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok());
    match query.format.or(accepts.filter(|accepts| accepts.contains(MEDIA_TYPE)).map(|_| FileKind::Xlsx)) {
        Some(FileKind::Xlsx) => workbook(&report),
        Some(FileKind::Csv) => csv(&report),
        _ => Ok(HttpResponse::Ok().json(WresView::from(report))),
    }
}

fn csv(report: &WresReport) -> ApiResult<HttpResponse> {
    let of_year = |year: &WresYear| -> Vec<Vec<String>> {
        let line = |row, source: &str| [vec![year.year.to_string()], row, vec![source.to_owned()]].concat();
        let of_indicator = |computed: &Computed| {
            let definition = computed.definition;
            let national = year.national.get(&definition.number);
            let national = national.map(|figure| line(national_row(&definition, figure, true), figure.source()));
            let own = table_rows(computed, true).into_iter().map(|row| line(row, ""));
            own.chain(national).collect::<Vec<_>>()
        };
        year.indicators.iter().flat_map(of_indicator).collect()
    };
    let rows: Vec<Vec<String>> = report.years.iter().flat_map(of_year).collect();
    let file = csv_file::write(&[&["year"], HEADINGS.as_slice(), &["source"]].concat(), &rows);
    let bytes = file.map_err(|error| AppError::Internal(error.to_string()))?;
    Ok(HttpResponse::Ok().content_type(csv_file::MEDIA_TYPE).body(bytes))
}

/// The statutory return as a download.
///
/// # Errors
/// 500 when it cannot be written.
pub(in crate::web) fn workbook(report: &WresReport) -> ApiResult<HttpResponse> {
    let organisation = &report.organisation;
    let heading = Heading {
        organisation: format!("{} ({})", organisation.name, organisation.ods),
        variant: report.variant.label(Language::English).to_owned(),
    };
    let years: Vec<_> =
        report.years.iter().rev().map(|year| (year.year.number(), year.lines.clone(), year.national.clone())).collect();
    let bytes = wres_workbook::write(&heading, &years).map_err(|error| AppError::Internal(error.to_string()))?;
    let name =
        format!("wres-{}-{}-{}.xlsx", organisation.ods, years.last().map_or(0, |(year, ..)| *year), report.variant);
    Ok(HttpResponse::Ok()
        .content_type(MEDIA_TYPE)
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .body(bytes))
}

impl From<WresReport> for WresView {
    fn from(report: WresReport) -> Self {
        let year = |year: WresYear| WresYearView {
            year: year.year.number(),
            snapshot: year.snapshot,
            survey: year.survey.map(String::from),
            instrument: year.instrument,
            indicators: year.indicators,
            national: views(&year.national),
        };
        Self {
            organisation: report.organisation.ods.to_string(),
            variant: report.variant.code(),
            years: report.years.into_iter().map(year).collect(),
        }
    }
}
