//! Counts that the WRES indicators need besides the workforce: counts of people, never people.

use actix_web::{HttpRequest, get, put, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::body::{CsvOrJson, WholeBody, aside, csv_or_json};
use crate::domain::column_mapping::FileFormat;
use crate::domain::indicator::{EventCount, Events, InputKey, InputKind, ReportingYear, Variant};
use crate::import;
use crate::services::{AppError, Services};
use crate::web::access::{ChangeWorkforce, InOrganisation, ReadWorkforce};
use crate::web::error::{ApiResult, Problem, ProblemBody, ProblemPart};
use crate::web::manners::IfMatch;

/// Whose counts, and whether they are stored.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct InputQuery {
    /// `substantive` (the default), `bank` or `medical`.
    variant: Option<String>,
    /// Reads and checks everything, stores nothing.
    #[serde(default)]
    dry_run: bool,
}

/// One count.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EventCountView {
    /// What is counted: `shortlisted`, `appointed`; `disciplinary`; `training`; `board`, `board_voting`,
    /// `board_executive`.
    #[schema(example = "shortlisted")]
    measure: String,
    /// `white`, `bme` or `unknown`.
    #[schema(example = "bme")]
    ethnic_category: String,
    /// How many.
    #[schema(minimum = 0, maximum = 5_000_000)]
    count: u64,
}

/// The counts of one kind and year.
#[derive(Serialize, ToSchema)]
pub struct InputView {
    /// Reporting year, which ends on 31 March.
    year: u16,
    /// Whose.
    variant: &'static str,
    /// What is counted.
    kind: &'static str,
    /// False when this is only a preview.
    stored: bool,
    /// By measure and reporting category.
    counts: Vec<EventCountView>,
}

macro_rules! input_routes {
    ($($kind:ident, $path:literal, $read:ident, $replace:ident, $what:literal;)+) => {$(
        #[doc = concat!("The counts of ", $what, ".")]
        #[utoipa::path(tag = "indicators", summary = concat!("The counts of ", $what, "."),
            params(("ods" = String, Path, description = "ODS code"), ("year" = String, Path, description = "Reporting year"), InputQuery),
            responses((status = 200, body = InputView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody),
                (status = 422, body = ProblemBody)))]
        #[get($path)]
        pub async fn $read(
            access: InOrganisation<ReadWorkforce>,
            path: web::Path<(String, String)>,
            query: web::Query<InputQuery>,
            services: web::Data<Services>,
        ) -> ApiResult<web::Json<InputView>> {
            let key = key(InputKind::$kind, &path.1, &query)?;
            Ok(web::Json(view(key, &services.indicators.read_input(access.scope, key).await?, true)))
        }

        #[doc = concat!("Stores the counts of ", $what, " of a year in place of earlier ones, all or nothing: JSON, or CSV or XLSX \
            with the columns `measure,ethnic_category,count`.")]
        #[utoipa::path(tag = "indicators", summary = concat!("Stores the counts of ", $what, " of a year."),
            description = "In place of earlier ones, all or nothing: JSON, or CSV or XLSX with the columns \
                `measure,ethnic_category,count`.",
            params(("ods" = String, Path, description = "ODS code"), ("year" = String, Path, description = "Reporting year"), InputQuery),
            request_body(content((Vec<EventCountView> = "application/json"), (String = "text/csv"))),
            responses((status = 200, body = InputView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody),
                (status = 415, body = ProblemBody), (status = 422, body = ProblemBody)))]
        #[put($path)]
        pub async fn $replace(
            request: HttpRequest,
            access: InOrganisation<ChangeWorkforce>,
            path: web::Path<(String, String)>,
            query: web::Query<InputQuery>,
            body: WholeBody,
            if_match: IfMatch,
            services: web::Data<Services>,
        ) -> ApiResult<web::Json<InputView>> {
            let key = key(InputKind::$kind, &path.1, &query)?;
            let mapping = services.column_mappings.read(access.scope.clone(), FileFormat::IndicatorInputs).await?;
            let events = match csv_or_json::<EventCountView>(&request, body).await? {
                CsvOrJson::Csv(bytes) => {
                    let read = move || import::indicator_inputs::read_kind("body", &bytes, key.kind, &mapping);
                    aside(move || read().map_err(AppError::from)).await?
                }
                CsvOrJson::Json(counts) => parse(counts)?,
            };
            let unchanged = if_match.on(move |events: &Events| view(key, events, true));
            services.indicators.replace_input(access.scope, key, events.clone(), query.dry_run, unchanged).await?;
            Ok(web::Json(view(key, &events, !query.dry_run)))
        }
    )+};
}

input_routes! {
    Recruitment, "/organisations/{ods}/recruitment/{year}", read_recruitment, replace_recruitment, "shortlisting and appointment";
    Disciplinary, "/organisations/{ods}/disciplinary/{year}", read_disciplinary, replace_disciplinary,
        "staff who entered the formal disciplinary process";
    Training, "/organisations/{ods}/training/{year}", read_training, replace_training, "staff who accessed non-mandatory training and CPD";
    Board, "/organisations/{ods}/board/{year}", read_board, replace_board, "board members";
}

fn key(kind: InputKind, year: &str, query: &InputQuery) -> ApiResult<InputKey> {
    Ok(InputKey { year: parse_year(year)?, variant: parse_variant(query.variant.as_deref())?, kind })
}

/// The reporting year of a path.
pub(super) fn parse_year(text: &str) -> ApiResult<ReportingYear> {
    text.parse()
        .map_err(|error: crate::domain::indicator::MalformedYear| Problem::unprocessable(error.to_string(), Vec::new()))
}

/// The variant of a query; substantive staff unless named.
pub(super) fn parse_variant(text: Option<&str>) -> ApiResult<Variant> {
    text.map_or(Ok(Variant::Substantive), str::parse).map_err(|error| {
        let part = ProblemPart { pointer: "/variant".to_owned(), detail: error.to_string() };
        Problem::unprocessable(error.to_string(), vec![part])
    })
}

fn parse(counts: Vec<EventCountView>) -> ApiResult<Events> {
    let mut parsed: Vec<EventCount> = Vec::with_capacity(counts.len());
    let mut problems = Vec::new();
    for (index, view) in counts.into_iter().enumerate() {
        let mut note = |field: &str, detail: String| {
            problems.push(ProblemPart { pointer: format!("/{index}/{field}"), detail });
        };
        match (view.measure.parse(), view.ethnic_category.parse()) {
            (Ok(measure), Ok(ethnic_category)) => {
                let is_new =
                    !parsed.iter().any(|count| (count.measure, count.ethnic_category) == (measure, ethnic_category));
                match is_new {
                    true => parsed.push(EventCount { measure, ethnic_category, count: view.count }),
                    false => note("measure", "the same measure and category stand further up too; keep one".to_owned()),
                }
            }
            (measure, category) => {
                measure.err().into_iter().for_each(|error| note("measure", error.to_string()));
                category.err().into_iter().for_each(|error| note("ethnic_category", error.to_string()));
            }
        }
    }
    match problems.is_empty() {
        true => Ok(parsed.into_iter().collect()),
        false => Err(Problem::unprocessable("some counts cannot be used; nothing was stored", problems)),
    }
}

fn view(key: InputKey, events: &Events, stored: bool) -> InputView {
    let counts = events.counts().map(|count| EventCountView {
        measure: count.measure.code().to_owned(),
        ethnic_category: count.ethnic_category.code().to_owned(),
        count: count.count,
    });
    InputView {
        year: key.year.number(),
        variant: key.variant.code(),
        kind: key.kind.code(),
        stored,
        counts: counts.collect(),
    }
}
