//! Organisations and their units.

use actix_web::{HttpRequest, HttpResponse, get, patch, post, put, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::{Body, CsvOrJson, csv_or_json};
use super::page::{self, PageQuery};
use crate::domain::account::{Powers, Role};
use crate::domain::organisation::{Organisation, Unit, UnitTree};
use crate::import;
use crate::services::Services;
use crate::web::access::{Anywhere, ChangeOrganisation, CreateOrganisation, InOrganisation, ReadOrganisation};
use crate::web::error::{ApiResult, Problem, ProblemBody, ProblemPart};

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
    let found = match (&caller.organisation, &caller.powers) {
        (None, Powers::Role(Role::PlatformAdministrator)) => {
            let after = query.after().and_then(|cursor| cursor.parse().ok());
            services.organisations.list(after, query.limit()).await?
        }
        (Some(own), _) => {
            let scope = caller
                .authorise(crate::domain::account::Action::ReadOrganisation, own)
                .map_err(|_| Problem::not_found("organisation"))?;
            vec![services.organisations.read(scope).await?.0]
        }
        (None, _) => Vec::new(),
    };
    let views: Vec<OrganisationView> = found.into_iter().map(OrganisationView::from).collect();
    Ok(page::answer("/api/v1/organisations", &query, &views, |view| view.ods.clone()))
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
    let (organisation, units) = services.organisations.read(access.scope).await?;
    let units = Some(units.units().iter().map(UnitView::from).collect());
    Ok(web::Json(OrganisationView { units, ..OrganisationView::from(organisation) }))
}

/// Changes the name.
#[utoipa::path(tag = "organisations", params(("ods" = String, Path, description = "ODS code")), request_body = OrganisationChange,
    responses((status = 204), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
#[patch("/organisations/{ods}")]
pub async fn change_organisation(
    access: InOrganisation<ChangeOrganisation>,
    body: Body<OrganisationChange>,
    services: web::Data<Services>,
) -> ApiResult<HttpResponse> {
    services.organisations.rename(access.scope, body.read()?.name).await?;
    Ok(HttpResponse::NoContent().finish())
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
    bytes: web::Bytes,
    services: web::Data<Services>,
) -> ApiResult<HttpResponse> {
    let tree = match csv_or_json::<Vec<UnitView>>(&request, bytes)? {
        CsvOrJson::Csv(bytes) => import::units::read("body", &bytes).map_err(crate::services::AppError::from)?,
        CsvOrJson::Json(units) => {
            let units = units.into_iter().map(Unit::from).collect();
            UnitTree::new(units).map_err(|error| at(&format!("/{}", error.index()), &error))?
        }
    };
    services.organisations.replace_units(access.scope, tree).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// One thing wrong at `pointer`.
fn at(pointer: &str, error: &dyn std::fmt::Display) -> Problem {
    let part = ProblemPart { pointer: pointer.to_owned(), detail: error.to_string() };
    Problem::unprocessable(error.to_string(), vec![part])
}
