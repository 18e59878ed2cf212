//! Reports that are computed when they are asked for.

use actix_web::{get, web};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::domain::representation::{Report, report};
use crate::services::Services;
use crate::web::access::{InOrganisation, ReadWorkforce};
use crate::web::error::{ApiResult, ProblemBody};

/// What is compared.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct RepresentationQuery {
    /// Day of the workforce snapshot, YYYY-MM-DD; the latest when left out.
    workforce: Option<String>,
    /// Identifier of the population; England and Wales when left out.
    population: Option<String>,
    /// Leaves out all breakdowns but this one: pay_band, pay_band_cluster, staff_group, setting, contract or unit.
    #[param(inline)]
    by: Option<Part>,
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
    Unit,
}

/// Workforce against population. Counts of staff, for those who may see the snapshot.
#[utoipa::path(tag = "reports", params(("ods" = String, Path, description = "ODS code"), RepresentationQuery),
    responses((status = 200, body = Object, description = "`base`, `groups`, `dissimilarity`, a list for each breakdown, `disparity_ratio`"),
        (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
#[get("/organisations/{ods}/representation")]
pub async fn representation(
    access: InOrganisation<ReadWorkforce>,
    query: web::Query<RepresentationQuery>,
    services: web::Data<Services>,
) -> ApiResult<web::Json<Report>> {
    let query = query.into_inner();
    let compared = services.workforces.compare(access.scope, query.workforce, query.population).await?;
    let mut report = report(&compared.workforce, &compared.population);
    if let Some(wanted) = query.by {
        keep_only(&mut report, wanted);
    }
    Ok(web::Json(report))
}

fn keep_only(report: &mut Report, wanted: Part) {
    let parts = [
        (Part::PayBand, &mut report.by_pay_band),
        (Part::PayBandCluster, &mut report.by_pay_band_cluster),
        (Part::StaffGroup, &mut report.by_staff_group),
        (Part::Setting, &mut report.by_setting),
        (Part::Contract, &mut report.by_contract),
        (Part::Unit, &mut report.by_unit),
    ];
    parts.into_iter().filter(|(part, _)| *part != wanted).for_each(|(_, slices)| slices.clear());
}
