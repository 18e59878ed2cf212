//! Reports that are computed when they are asked for.

use actix_web::{HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::indicator_inputs::parse_year;
use super::results::AuditView;
use crate::domain::representation::{
    HEADINGS, PublishedReport, Report, Trajectory, TrajectoryError, report, table_rows,
};
use crate::export::csv_file;
use crate::services::{AppError, Services};
use crate::web::access::{ChangeWorkforce, InOrganisation, ReadRelease, ReadWorkforce};
use crate::web::error::{ApiResult, Problem, ProblemBody};

/// What is compared.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct RepresentationQuery {
    /// Day of the workforce snapshot, YYYY-MM-DD; the latest when left out.
    workforce: Option<String>,
    /// Identifier of the population; England and Wales when left out.
    population: Option<String>,
    /// Leaves out all breakdowns but this one: pay_band, pay_band_cluster, staff_group, setting, contract, sex,
    /// deprivation_decile or unit.
    #[param(inline)]
    by: Option<Part>,
    /// Adds how many appointments a year lead minority ethnic staff to parity in this many years; needs `turnover`.
    parity_in: Option<u32>,
    /// Share of staff who leave in a year, above 0, at most 1.
    turnover: Option<f64>,
    /// `json` (the default) or `csv`.
    #[param(inline)]
    #[serde(default)]
    format: FileKind,
}

/// What comes back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum FileKind {
    #[default]
    Json,
    Csv,
}

/// The report, and the trajectory where one was asked for.
#[derive(Serialize)]
struct ReportView {
    /// Day of the workforce snapshot.
    snapshot: String,
    #[serde(flatten)]
    report: Report,
    #[serde(skip_serializing_if = "Option::is_none")]
    trajectory: Option<Trajectory>,
}

/// A breakdown of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Part {
    PayBand,
    PayBandCluster,
    StaffGroup,
    Setting,
    Contract,
    Sex,
    DeprivationDecile,
    Unit,
}

/// Workforce against population. Counts of staff, for those who may see the snapshot.
#[utoipa::path(tag = "reports", params(("ods" = String, Path, description = "ODS code"), RepresentationQuery),
    responses((status = 200, content((Object = "application/json"), (String = "text/csv")),
            description = "`snapshot`, `base`, `groups`, `dissimilarity`, a list for each breakdown, `disparity_ratio`, `trajectory`"),
        (status = 401, body = ProblemBody), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
#[get("/organisations/{ods}/representation")]
pub async fn representation(
    access: InOrganisation<ReadWorkforce>,
    query: web::Query<RepresentationQuery>,
    services: web::Data<Services>,
) -> ApiResult<HttpResponse> {
    let query = query.into_inner();
    let compared = services.workforces.compare(access.scope, query.workforce, query.population).await?;
    let mut report = report(&compared.workforce, &compared.population);
    if let Some(wanted) = query.by {
        keep_only(&mut report, wanted);
    }
    if query.format == FileKind::Csv {
        let file = csv_file::write(&HEADINGS, &table_rows(&report, true));
        let bytes = file.map_err(|error| AppError::Internal(error.to_string()))?;
        return Ok(HttpResponse::Ok().content_type(csv_file::MEDIA_TYPE).body(bytes));
    }
    let trajectory = match (query.parity_in, query.turnover) {
        (Some(years), Some(turnover)) => Some(to_parity(&report, turnover, years)?),
        (None, None) => None,
        _ => return Err(Problem::unprocessable("parity_in and turnover need each other", Vec::new())),
    };
    Ok(HttpResponse::Ok().json(ReportView { snapshot: compared.date, report, trajectory }))
}

fn to_parity(report: &Report, turnover: f64, years: u32) -> ApiResult<Trajectory> {
    let refused = |error: TrajectoryError| Problem::unprocessable(error.to_string(), Vec::new());
    report.trajectory(turnover, years).map_err(refused)
}

fn keep_only(report: &mut Report, wanted: Part) {
    let parts = [
        (Part::PayBand, &mut report.by_pay_band),
        (Part::PayBandCluster, &mut report.by_pay_band_cluster),
        (Part::StaffGroup, &mut report.by_staff_group),
        (Part::Setting, &mut report.by_setting),
        (Part::Contract, &mut report.by_contract),
        (Part::Sex, &mut report.by_sex),
        (Part::DeprivationDecile, &mut report.by_deprivation_decile),
        (Part::Unit, &mut report.by_unit),
    ];
    parts.into_iter().filter(|(part, _)| *part != wanted).for_each(|(_, slices)| slices.clear());
}

/// What the published report compares.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct PublishedQuery {
    /// Identifier of the population; England and Wales when left out.
    population: Option<String>,
}

/// How the published report is made.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct PublishQuery {
    /// Says what would be seen, publishes nothing.
    #[serde(default)]
    dry_run: bool,
}

/// What is published of a snapshot, and how it was audited.
#[derive(Serialize, ToSchema)]
pub struct PublicationView {
    /// Reporting year, which ends on 31 March.
    year: u16,
    /// Counted from 1.
    published_version: usize,
    /// False when this is only a preview.
    published: bool,
    /// The audit; its cells are groups of staff.
    audit: AuditView,
}

/// The report of what is published, with its version.
#[derive(Serialize)]
struct PublishedView {
    published_version: usize,
    #[serde(flatten)]
    report: PublishedReport,
}

/// Workforce on 31 March against population, for everybody who may see releases: from the published counts. Groups that
/// are too small, and those that would give them away, are withheld with everything computed from them. 404 until HR
/// has published the year.
#[utoipa::path(tag = "reports",
    params(("ods" = String, Path, description = "ODS code"), ("year" = String, Path, description = "Reporting year"), PublishedQuery),
    responses((status = 200, body = Object, description = "`version`, `population`, `groups`, `dissimilarity`, `by_pay_band_cluster`, `by_staff_group`, `population_deprivation`, `deprivation`, `by_deprivation_decile`"),
        (status = 401, body = ProblemBody), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
#[get("/organisations/{ods}/published-representation/{year}")]
pub async fn read_published_representation(
    access: InOrganisation<ReadRelease>,
    path: web::Path<(String, String)>,
    query: web::Query<PublishedQuery>,
    services: web::Data<Services>,
) -> ApiResult<HttpResponse> {
    let year = parse_year(&path.1)?;
    let (published, report) =
        services.workforces.read_published(access.scope, year, query.into_inner().population).await?;
    Ok(HttpResponse::Ok().json(PublishedView { published_version: published.version, report }))
}

/// Publishes the workforce of 31 March beyond HR, under disclosure control and for good. What was published stays in the
/// ledger: a later version is protected together with it, and refused where a correction would show by subtraction.
#[utoipa::path(tag = "reports",
    params(("ods" = String, Path, description = "ODS code"), ("year" = String, Path, description = "Reporting year"), PublishQuery),
    responses((status = 200, body = PublicationView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
#[post("/organisations/{ods}/published-representation/{year}")]
pub async fn publish_representation(
    access: InOrganisation<ChangeWorkforce>,
    path: web::Path<(String, String)>,
    query: web::Query<PublishQuery>,
    services: web::Data<Services>,
) -> ApiResult<web::Json<PublicationView>> {
    let year = parse_year(&path.1)?;
    let done = services.workforces.publish(access.scope, year, query.dry_run).await?;
    Ok(web::Json(PublicationView {
        year: year.number(),
        published_version: done.version,
        published: !query.dry_run,
        audit: AuditView::of(&done.table),
    }))
}
