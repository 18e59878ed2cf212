//! Workforce snapshots: counts of staff, never people.

use actix_web::{HttpRequest, HttpResponse, get, put, web};
use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::{IntoParams, ToSchema};

use super::body::{CsvOrJson, WholeBody, aside, csv_or_json};
use crate::domain::column_mapping::FileFormat;
use crate::domain::ethnicity::Scheme;
use crate::domain::organisation::OdsCode;
use crate::domain::pay_band::PayBand;
use crate::domain::staff_group::StaffGroup;
use crate::domain::workforce::{Cell, Contract, MOST_PEOPLE, Workforce};
use crate::import;
use crate::services::{AppError, Services};
use crate::web::access::{ChangeWorkforce, InOrganisation, ReadWorkforce};
use crate::web::error::{ApiResult, Problem, ProblemBody, ProblemPart};
use crate::web::manners::IfMatch;

/// Staff who are alike in everything that a snapshot records.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkforceCellView {
    /// Code of their unit.
    #[serde(default)]
    unit: Option<String>,
    /// Pay band; null when not stated.
    #[serde(default)]
    #[schema(example = "8a")]
    pay_band: Option<String>,
    /// Staff group; null when not stated.
    #[serde(default)]
    #[schema(example = "nursing_and_midwifery")]
    staff_group: Option<String>,
    /// `substantive` or `bank`.
    #[serde(default)]
    #[schema(example = "substantive")]
    contract: Option<String>,
    /// `clinical`, `non_clinical` or `medical`; follows from the staff group when null.
    #[serde(default)]
    setting: Option<String>,
    /// `female` or `male`; null when not recorded.
    #[serde(default)]
    sex: Option<String>,
    /// Decile of deprivation of their home area, 1 (most deprived) to 10; null when not recorded.
    #[serde(default)]
    #[schema(example = "3")]
    deprivation_decile: Option<String>,
    /// Ethnic category: a code of GSS 2021 or of the NHS Data Dictionary (`Z`, `99` and a local second
    /// character included), one of the five groups, or `not_stated`.
    #[schema(example = "asian_indian")]
    ethnic_category: String,
    /// How many.
    #[schema(minimum = 0, maximum = 5_000_000)]
    headcount: u64,
}

/// A snapshot.
#[derive(Serialize, ToSchema)]
pub struct WorkforceView {
    /// Day that it is about.
    #[schema(example = "2027-03-31")]
    date: String,
    /// All staff.
    people: u64,
    /// Counts.
    cells: Vec<WorkforceCellView>,
}

/// The latest snapshot.
#[utoipa::path(tag = "workforce", params(("ods" = String, Path, description = "ODS code")),
    responses((status = 200, body = WorkforceView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
#[get("/organisations/{ods}/workforce")]
pub async fn read_latest_workforce(
    access: InOrganisation<ReadWorkforce>,
    services: web::Data<Services>,
) -> ApiResult<web::Json<WorkforceView>> {
    Ok(web::Json(services.workforces.read(access.scope, None).await?.into()))
}

/// The snapshot of a day.
#[utoipa::path(tag = "workforce", params(("ods" = String, Path, description = "ODS code"), ("date" = String, Path, description = "YYYY-MM-DD")),
    responses((status = 200, body = WorkforceView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
#[get("/organisations/{ods}/workforce/{date}")]
pub async fn read_workforce(
    access: InOrganisation<ReadWorkforce>,
    path: web::Path<(String, String)>,
    services: web::Data<Services>,
) -> ApiResult<web::Json<WorkforceView>> {
    let (_, date) = path.into_inner();
    Ok(web::Json(services.workforces.read(access.scope, Some(date)).await?.into()))
}

/// Stores the snapshot of a day in place of an earlier one, all or nothing: JSON, or CSV or XLSX with the columns
/// `organisation,pay_band,staff_group,ethnic_category,headcount` and optionally `unit,setting,contract,sex,deprivation_decile`, or with the headings of
/// the organisation's column mapping.
#[utoipa::path(tag = "workforce",
    params(("ods" = String, Path, description = "ODS code"), ("date" = String, Path, description = "YYYY-MM-DD"), ReplaceQuery),
    request_body(content((Vec<WorkforceCellView> = "application/json"), (String = "text/csv"))),
    responses((status = 204), (status = 200, body = WorkforceView, description = "What would be stored"), (status = 401, body = ProblemBody),
        (status = 404, body = ProblemBody), (status = 415, body = ProblemBody), (status = 422, body = ProblemBody)))]
#[put("/organisations/{ods}/workforce/{date}")]
pub async fn replace_workforce(
    request: HttpRequest,
    access: InOrganisation<ChangeWorkforce>,
    path: web::Path<(String, String)>,
    query: web::Query<ReplaceQuery>,
    body: WholeBody,
    if_match: IfMatch,
    services: web::Data<Services>,
) -> ApiResult<HttpResponse> {
    let date = parse_date(&path.1)?;
    let mapping = services.column_mappings.read(access.scope.clone(), FileFormat::Workforce).await?;
    let workforce = match csv_or_json::<WorkforceCellView>(&request, body).await? {
        CsvOrJson::Csv(bytes) => {
            aside(move || import::workforce::read_mapped("body", &bytes, &mapping).map_err(AppError::from)).await?
        }
        CsvOrJson::Json(cells) => {
            let organisation = access.scope.organisation().clone();
            aside(move || parse(&organisation, cells)).await?
        }
    };
    if query.dry_run {
        services.workforces.check(&access.scope, &workforce)?;
        return Ok(HttpResponse::Ok().json(WorkforceView::from((path.into_inner().1, workforce))));
    }
    let unchanged = if_match.on(|stored: &(String, Workforce)| WorkforceView::from(stored.clone()));
    services.workforces.replace(access.scope, date, workforce, unchanged).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Whether it is stored.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ReplaceQuery {
    /// Reads and checks everything, stores nothing, and shows what would be stored.
    #[serde(default)]
    dry_run: bool,
}

fn parse_date(text: &str) -> ApiResult<Date> {
    Date::parse(text, time::macros::format_description!("[year]-[month]-[day]"))
        .map_err(|_| Problem::unprocessable(format!("“{text}” is not a day; write it as 2027-03-31"), Vec::new()))
}

fn parse(organisation: &OdsCode, cells: Vec<WorkforceCellView>) -> ApiResult<Workforce> {
    let mut parsed = Vec::with_capacity(cells.len());
    let mut problems = Vec::new();
    for (index, view) in cells.into_iter().enumerate() {
        match view.parse(organisation) {
            Ok(cell) => parsed.push(cell),
            Err((field, detail)) => problems.push(ProblemPart { pointer: format!("/{index}/{field}"), detail }),
        }
    }
    match problems.is_empty() {
        true => Ok(Workforce { cells: parsed }),
        false => Err(Problem::unprocessable("some counts cannot be used; nothing was stored", problems)),
    }
}

impl WorkforceCellView {
    /// The cell, or which field cannot be read and why.
    fn parse(self, organisation: &OdsCode) -> Result<Cell, (&'static str, String)> {
        let told = |field: &'static str| move |error: crate::domain::code_list::UnknownCode| (field, error.to_string());
        if self.headcount > MOST_PEOPLE {
            return Err(("headcount", format!("{} is more than any organisation employs", self.headcount)));
        }
        Ok(Cell {
            organisation: organisation.clone(),
            unit: self.unit,
            pay_band: self.pay_band.as_deref().map(PayBand::parse_loosely).transpose().map_err(told("pay_band"))?,
            staff_group: self
                .staff_group
                .as_deref()
                .map(StaffGroup::parse_loosely)
                .transpose()
                .map_err(told("staff_group"))?,
            contract: self
                .contract
                .as_deref()
                .map_or(Ok(Contract::Substantive), str::parse)
                .map_err(told("contract"))?,
            recorded_setting: self.setting.as_deref().map(str::parse).transpose().map_err(told("setting"))?,
            sex: self.sex.as_deref().map(str::parse).transpose().map_err(told("sex"))?,
            deprivation_decile: self
                .deprivation_decile
                .as_deref()
                .map(str::parse)
                .transpose()
                .map_err(told("deprivation_decile"))?,
            ethnicity: Scheme::read_any(&self.ethnic_category).map_err(told("ethnic_category"))?,
            headcount: self.headcount,
        })
    }
}

impl From<(String, Workforce)> for WorkforceView {
    fn from((date, workforce): (String, Workforce)) -> Self {
        let people = workforce.people();
        let cells = workforce.cells.into_iter().map(|cell| WorkforceCellView {
            unit: cell.unit,
            pay_band: cell.pay_band.map(|band| band.code().to_owned()),
            staff_group: cell.staff_group.map(|group| group.code().to_owned()),
            contract: Some(cell.contract.code().to_owned()),
            setting: cell.recorded_setting.map(|setting| setting.code().to_owned()),
            sex: cell.sex.map(|sex| sex.code().to_owned()),
            deprivation_decile: cell.deprivation_decile.map(|decile| decile.code().to_owned()),
            ethnic_category: cell.ethnicity.code().to_owned(),
            headcount: cell.headcount,
        });
        Self { date, people, cells: cells.collect() }
    }
}
