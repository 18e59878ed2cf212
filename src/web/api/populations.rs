//! Populations to compare a workforce with.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::body::csv;
use super::page::{self, PageQuery};
use crate::domain::ethnicity::Group;
use crate::domain::population::{Base, Population};
use crate::import;
use crate::services::{AppError, Services};
use crate::web::access::{Anywhere, ChangePopulation, ReadPopulation};
use crate::web::error::{ApiResult, ProblemBody};

/// What is imported, and under which name.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ImportQuery {
    /// Identifier: lower-case letters, digits and hyphens.
    #[param(example = "birmingham-2021")]
    id: String,
    /// Codes of the areas whose residents it sums, separated by commas; all areas of the file when left out.
    #[serde(default)]
    areas: Option<String>,
}

/// Lists the identifiers of populations.
#[utoipa::path(tag = "populations", params(PageQuery), responses((status = 200, body = Vec<String>), (status = 401, body = ProblemBody)))]
#[get("/populations")]
pub async fn list_populations(
    _access: Anywhere<ReadPopulation>,
    query: web::Query<PageQuery>,
    services: web::Data<Services>,
) -> ApiResult<HttpResponse> {
    let ids = services.populations.list(query.after().map(str::to_owned), query.limit()).await?;
    Ok(page::answer("/api/v1/populations", &query, &ids, String::clone))
}

/// A population.
#[derive(Serialize, ToSchema)]
pub struct PopulationView {
    /// Identifier.
    id: String,
    /// Name, as reports show it.
    name: String,
    /// Version of the figures.
    version: String,
    /// Day that they are about.
    date: String,
    /// Whom it counts.
    #[schema(value_type = Object)]
    base: Base,
    /// People; 1 for a weighted catchment, which has shares and no count.
    people: f64,
    /// Share of each of the five groups, 0 to 1, by code.
    groups: BTreeMap<&'static str, f64>,
}

impl PopulationView {
    fn new(id: String, population: Population) -> Self {
        let share = |group: &Group| population.group_share(*group).value().map(|share| (group.code(), share.as_f64()));
        Self {
            id,
            groups: Group::ALL.iter().filter_map(share).collect(),
            people: population.total(),
            name: population.name,
            version: population.version,
            date: population.date,
            base: population.base,
        }
    }
}

/// One population.
#[utoipa::path(tag = "populations", params(("id" = String, Path, description = "Population")),
    responses((status = 200, body = PopulationView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
#[get("/populations/{id}")]
pub async fn read_population(
    _access: Anywhere<ReadPopulation>,
    id: web::Path<String>,
    services: web::Data<Services>,
) -> ApiResult<web::Json<PopulationView>> {
    let id = id.into_inner();
    let population = services.populations.read(id.clone()).await?;
    Ok(web::Json(PopulationView::new(id, population)))
}

/// Imports the residents of areas as one population, in place of an earlier one with this identifier. CSV as ONS
/// publishes TS021: `area_code,area_name,total` and a column per ethnic category.
#[utoipa::path(tag = "populations", params(ImportQuery), request_body(content((String = "text/csv"))),
    responses((status = 201, body = PopulationView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 415, body = ProblemBody), (status = 422, body = ProblemBody)))]
#[post("/populations")]
pub async fn import_population(
    request: HttpRequest,
    _access: Anywhere<ChangePopulation>,
    query: web::Query<ImportQuery>,
    bytes: web::Bytes,
    services: web::Data<Services>,
) -> ApiResult<HttpResponse> {
    let ImportQuery { id, areas } = query.into_inner();
    let table = import::population::read("body", &csv(&request, bytes)?).map_err(AppError::from)?;
    let codes: Vec<String> =
        areas.iter().flat_map(|areas| areas.split(',')).map(|code| code.trim().to_owned()).collect();
    let population = table.residents(&codes).map_err(|error| AppError::invalid(error.to_string()))?;
    services.populations.import(id.clone(), population.clone()).await?;
    let location = format!("/api/v1/populations/{id}");
    Ok(HttpResponse::Created().insert_header(("Location", location)).json(PopulationView::new(id, population)))
}
