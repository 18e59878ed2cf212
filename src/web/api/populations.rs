//! Populations to compare a workforce with.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::body::{WholeBody, aside, csv};
use super::page::PageQuery;
use crate::domain::audit_event::Event;
use crate::domain::deprivation::DeprivationDecile;
use crate::domain::ethnicity::Group;
use crate::domain::organisation::OdsCode;
use crate::domain::population::{Base, DeprivationProfile, Population};
use crate::import;
use crate::services::{AppError, Services};
use crate::web::access::{Anywhere, ChangePopulation, ReadPopulation};
use crate::web::error::{ApiResult, ProblemBody};

/// What is imported, and under which name.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ImportQuery {
    /// Identifier: lower-case letters, digits and hyphens. A catchment is stored as `catchment-` and the ODS code.
    #[param(example = "birmingham-2021")]
    id: Option<String>,
    /// Codes of the areas whose residents it sums, separated by commas; all areas of the file when left out.
    areas: Option<String>,
    /// ODS code: the file holds catchment shares, `ods_code,area_code,share`, and this organisation's are imported. Its
    /// areas must have been imported before, each under its own code.
    organisation: Option<String>,
    /// Name, as reports show it.
    name: Option<String>,
    /// Version of the figures, as reports show it.
    version: Option<String>,
    /// Day that they are about, YYYY-MM-DD.
    date: Option<String>,
    /// Reads and checks everything, stores nothing.
    #[serde(default)]
    dry_run: bool,
}

/// Lists the identifiers of populations.
#[utoipa::path(tag = "populations", params(PageQuery), responses((status = 200, body = Vec<String>), (status = 401, body = ProblemBody)))]
#[get("/populations")]
pub async fn list_populations(
    _access: Anywhere<ReadPopulation>,
    query: web::Query<PageQuery>,
    services: web::Data<Services>,
) -> ApiResult<HttpResponse> {
    let page = query.of("/api/v1/populations", &services.sealer)?;
    let ids = services.populations.list(page.after.clone(), page.limit).await?;
    Ok(page.answer(&ids, String::clone))
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
    /// Version of the deciles of deprivation, where they have been imported.
    deprivation: Option<String>,
    /// Share of each decile of deprivation, 0 to 1, by code; empty where they have not been imported.
    deprivation_deciles: BTreeMap<&'static str, f64>,
}

impl PopulationView {
    fn new(id: String, population: Population) -> Self {
        let decile = |decile: &DeprivationDecile| {
            population.decile_share(*decile).value().map(|share| (decile.code(), share.as_f64()))
        };
        let share = |group: &Group| population.group_share(*group).value().map(|share| (group.code(), share.as_f64()));
        Self {
            id,
            groups: Group::ALL.iter().filter_map(share).collect(),
            deprivation_deciles: DeprivationDecile::ALL.iter().filter_map(decile).collect(),
            deprivation: population.deprivation.as_ref().map(|profile| profile.version.clone()),
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

/// Imports a population in place of an earlier one with this identifier. CSV or XLSX: the residents of areas as ONS
/// publishes TS021 (`area_code,area_name,total` and a column per ethnic category), a table of your own
/// (`ethnic_category,people`), or catchment shares. A table of deciles (`deprivation_decile,people`) is added to the
/// population that is there under `id`.
#[utoipa::path(tag = "populations", params(ImportQuery), request_body(content((String = "text/csv"))),
    responses((status = 201, body = PopulationView), (status = 200, body = PopulationView, description = "What would be stored"),
        (status = 401, body = ProblemBody), (status = 404, body = ProblemBody), (status = 415, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
#[post("/populations")]
pub async fn import_population(
    request: HttpRequest,
    access: Anywhere<ChangePopulation>,
    query: web::Query<ImportQuery>,
    body: WholeBody,
    services: web::Data<Services>,
) -> ApiResult<HttpResponse> {
    let bytes = csv(&request, body)?;
    let (id, population) = match &query.organisation {
        Some(organisation) => catchment(&services, organisation, bytes, query.dry_run).await?,
        None => {
            let id = query.id.clone().ok_or_else(|| AppError::invalid("name the population with id"))?;
            let (wanted, of) = (query.clone(), id.clone());
            match aside(move || wanted.read(&of, &bytes)).await? {
                Table::People(population) => {
                    services.populations.import(id.clone(), (*population).clone(), query.dry_run).await?;
                    (id, *population)
                }
                Table::Deciles(profile) => {
                    let changed = services.populations.import_deprivation(vec![(id, profile)], query.dry_run).await?;
                    changed.into_iter().next().ok_or_else(|| AppError::Internal("nothing was imported".to_owned()))?
                }
            }
        }
    };
    let mut response = if query.dry_run { HttpResponse::Ok() } else { HttpResponse::Created() };
    if !query.dry_run {
        let event = Event::Imported { what: "population", subject: id.clone() };
        services.audit_log.record_by(access.caller.actor(), access.caller.organisation, event).await?;
        response.insert_header(("Location", format!("/api/v1/populations/{id}")));
    }
    Ok(response.json(PopulationView::new(id, population)))
}

/// What a file holds.
enum Table {
    /// People by ethnic category.
    People(Box<Population>),
    /// People by decile of deprivation.
    Deciles(DeprivationProfile),
}

impl ImportQuery {
    fn read(&self, id: &str, bytes: &[u8]) -> Result<Table, AppError> {
        if !import::deprivation::is_one("body", bytes)? {
            return Ok(Table::People(Box::new(self.read_people(id, bytes)?)));
        }
        let (version, date) =
            (self.version.as_deref().unwrap_or("own table"), self.date.as_deref().unwrap_or_default());
        let profile = import::deprivation::read("body", bytes, version, date)?.remove(&None);
        let areas =
            || AppError::invalid("the file holds several areas; send the deciles of one population, without area_code");
        profile.map(Table::Deciles).ok_or_else(areas)
    }

    fn read_people(&self, id: &str, bytes: &[u8]) -> Result<Population, AppError> {
        if import::own_population::is_one("body", bytes)? {
            let text = |given: &Option<String>, otherwise: &str| given.as_deref().unwrap_or(otherwise).to_owned();
            let (name, version) = (text(&self.name, id), text(&self.version, "own table"));
            return Ok(import::own_population::read("body", bytes, &name, &version, &text(&self.date, ""))?);
        }
        let table = import::population::read("body", bytes)?;
        let areas = self.areas.iter().flat_map(|areas| areas.split(','));
        let codes: Vec<String> = areas.map(|code| code.trim().to_owned()).collect();
        let mut population = table.residents(&codes).map_err(|error| AppError::invalid(error.to_string()))?;
        population.rename(self.name.clone(), self.version.clone(), self.date.clone());
        Ok(population)
    }
}

async fn catchment(
    services: &Services,
    organisation: &str,
    bytes: web::Bytes,
    dry_run: bool,
) -> ApiResult<(String, Population)> {
    let ods: OdsCode = organisation.parse().map_err(|error| AppError::invalid(format!("“{organisation}”: {error}")))?;
    let mut catchments = aside(move || import::catchment::read("body", &bytes).map_err(AppError::from)).await?;
    catchments.retain(|of, _| *of == ods);
    let stored = services.populations.import_catchments(catchments, dry_run).await?;
    stored
        .into_iter()
        .next()
        .ok_or_else(|| AppError::invalid(format!("no line is of organisation {ods}; check the code")).into())
}
