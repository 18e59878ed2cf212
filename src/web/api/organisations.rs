//! Organisations and their units.

use actix_web::{HttpRequest, HttpResponse, get, patch, post, put, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::{Body, CsvOrJson, WholeBody, aside, csv_or_json};
use super::page::PageQuery;
use crate::domain::account::{Powers, Role};
use crate::domain::organisation::{Organisation, Unit, UnitTree};
use crate::import;
use crate::services::{AppError, Services};
use crate::web::access::{Anywhere, ChangeOrganisation, CreateOrganisation, InOrganisation, ReadOrganisation};
use crate::web::error::{ApiResult, Problem, ProblemBody, ProblemPart};
use crate::web::manners::IfMatch;

/// A new organisation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOrganisation {
    /// ODS code.
    #[schema(example = "RXX")]
    ods: String,
    /// Name.
    #[schema(example = "Fenbrook University Hospitals")]
    name: String,
}

/// What can be changed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganisationChange {
    /// New name.
    name: String,
}

/// An organisation.
#[derive(Serialize, ToSchema)]
pub struct OrganisationView {
    /// ODS code.
    ods: String,
    /// Name.
    name: String,
    /// Units, parents before children; left out in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    units: Option<Vec<UnitView>>,
}

/// A unit.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitView {
    /// Code, unique in the organisation.
    #[schema(example = "MAT-1")]
    code: String,
    /// Name.
    #[schema(example = "Birth centre")]
    name: String,
    /// Code of the unit above; null directly below the organisation.
    #[serde(default)]
    parent: Option<String>,
}

impl From<&Unit> for UnitView {
    fn from(unit: &Unit) -> Self {
        Self { code: unit.code.clone(), name: unit.name.clone(), parent: unit.parent.clone() }
    }
}

impl From<UnitView> for Unit {
    fn from(unit: UnitView) -> Self {
        Self { code: unit.code, name: unit.name, parent: unit.parent }
    }
}

impl OrganisationView {
    fn whole((organisation, units): &(Organisation, UnitTree)) -> Self {
        Self { units: Some(views(units)), ..Self::from(organisation.clone()) }
    }
}

fn views(units: &UnitTree) -> Vec<UnitView> {
    units.units().iter().map(UnitView::from).collect()
}

impl From<Organisation> for OrganisationView {
    fn from(organisation: Organisation) -> Self {
        Self { ods: organisation.ods.into(), name: organisation.name, units: None }
    }
}

/// Lists organisations: all of them for a platform administrator, the own one for everybody else.
#[utoipa::path(tag = "organisations", params(PageQuery),
    responses((status = 200, body = Vec<OrganisationView>), (status = 401, body = ProblemBody)))]
#[get("/organisations")]
pub async fn list_organisations(
    access: Anywhere<ReadOrganisation>,
    query: web::Query<PageQuery>,
    services: web::Data<Services>,
) -> ApiResult<HttpResponse> {
    let caller = &access.caller;
    let page = query.of("/api/v1/organisations", &services.sealer)?;
    let found = match (&caller.organisation, &caller.powers) {
        (None, Powers::Role(Role::PlatformAdministrator)) => {
            services.organisations.list(page.after.clone(), page.limit).await?
        }
        // A list of one has no second page.
        (Some(_), _) if page.after.is_some() => Vec::new(),
        (Some(own), _) => {
            let scope = caller
                .authorise(crate::domain::account::Action::ReadOrganisation, own)
                .map_err(|_| Problem::not_found("organisation"))?;
            vec![services.organisations.read(scope).await?.0]
        }
        (None, _) => Vec::new(),
    };
    let views: Vec<OrganisationView> = found.into_iter().map(OrganisationView::from).collect();
    Ok(page.answer(&views, |view| view.ods.clone()))
}

/// Adds an organisation.
#[utoipa::path(tag = "organisations", request_body = NewOrganisation,
    responses((status = 201, body = OrganisationView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
#[post("/organisations")]
pub async fn create_organisation(
    access: Anywhere<CreateOrganisation>,
    body: Body<NewOrganisation>,
    services: web::Data<Services>,
) -> ApiResult<HttpResponse> {
    let body = body.read()?;
    let ods = body.ods.parse().map_err(|error| at("/ods", &error))?;
    let created = services.organisations.create(access.caller.actor(), Organisation { ods, name: body.name }).await?;
    let location = format!("/api/v1/organisations/{}", created.ods);
    Ok(HttpResponse::Created().insert_header(("Location", location)).json(OrganisationView::from(created)))
}

/// The organisation and its units.
#[utoipa::path(tag = "organisations", params(("ods" = String, Path, description = "ODS code")),
    responses((status = 200, body = OrganisationView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
#[get("/organisations/{ods}")]
pub async fn read_organisation(
    access: InOrganisation<ReadOrganisation>,
    services: web::Data<Services>,
) -> ApiResult<web::Json<OrganisationView>> {
    Ok(web::Json(OrganisationView::whole(&services.organisations.read(access.scope).await?)))
}

/// Changes the name.
#[utoipa::path(tag = "organisations", params(("ods" = String, Path, description = "ODS code")), request_body = OrganisationChange,
    responses((status = 204), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
#[patch("/organisations/{ods}")]
pub async fn change_organisation(
    access: InOrganisation<ChangeOrganisation>,
    body: Body<OrganisationChange>,
    if_match: IfMatch,
    services: web::Data<Services>,
) -> ApiResult<HttpResponse> {
    services.organisations.rename(access.scope, body.read()?.name, if_match.on(OrganisationView::whole)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The units, parents before children.
#[utoipa::path(tag = "organisations", params(("ods" = String, Path, description = "ODS code")),
    responses((status = 200, body = Vec<UnitView>), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
#[get("/organisations/{ods}/units")]
pub async fn read_units(
    access: InOrganisation<ReadOrganisation>,
    services: web::Data<Services>,
) -> ApiResult<web::Json<Vec<UnitView>>> {
    Ok(web::Json(views(&services.organisations.read(access.scope).await?.1)))
}

/// Replaces the whole unit tree, all or nothing: JSON, or CSV with the columns `code,name,parent`.
#[utoipa::path(tag = "organisations", params(("ods" = String, Path, description = "ODS code")),
    request_body(content((Vec<UnitView> = "application/json"), (String = "text/csv"))),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody), (status = 415, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
#[put("/organisations/{ods}/units")]
pub async fn replace_units(
    request: HttpRequest,
    access: InOrganisation<ChangeOrganisation>,
    body: WholeBody,
    if_match: IfMatch,
    services: web::Data<Services>,
) -> ApiResult<HttpResponse> {
    let tree = match csv_or_json::<UnitView>(&request, body).await? {
        CsvOrJson::Csv(bytes) => aside(move || import::units::read("body", &bytes).map_err(AppError::from)).await?,
        CsvOrJson::Json(units) => {
            let units = units.into_iter().map(Unit::from).collect();
            UnitTree::new(units).map_err(|error| at(&format!("/{}", error.index()), &error))?
        }
    };
    services.organisations.replace_units(access.scope, tree, if_match.on(views)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// One thing wrong at `pointer`.
fn at(pointer: &str, error: &dyn std::fmt::Display) -> Problem {
    let part = ProblemPart { pointer: pointer.to_owned(), detail: error.to_string() };
    Problem::unprocessable(error.to_string(), vec![part])
}
