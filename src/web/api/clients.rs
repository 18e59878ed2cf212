//! API clients of an organisation, for its administrator.

use actix_web::{HttpResponse, delete, get, patch, post, put, web};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::body::Body;
use super::page::PageQuery;
use crate::domain::identifier::ClientId;
use crate::domain::scope::Scope;
use crate::security::ClientSecret;
use crate::services::Services;
use crate::services::clients::{Client, ClientChange, NewClient};
use crate::web::access::{AtHome, ManageIntegrations};
use crate::web::error::{ApiResult, Problem, ProblemBody};
use crate::web::manners::IfMatch;

/// A new client.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewClientBody {
    /// What it is, for people; 1 to 100 characters.
    #[schema(example = "Staff system")]
    name: String,
    /// What it may do; with none, nothing.
    #[schema(value_type = Vec<String>, example = json!(["workforce:write", "survey:read"]))]
    scopes: Vec<Scope>,
    /// A JWK Set of public keys for `private_key_jwt`. Left out, the client gets a secret.
    #[schema(value_type = Option<Object>)]
    jwks: Option<Value>,
}

/// What can be changed; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientChangeBody {
    /// Another name.
    #[schema(example = "Staff system")]
    name: Option<String>,
    /// Other scopes. Tokens that are out lose what is not among them at once.
    #[schema(value_type = Option<Vec<String>>, example = json!(["workforce:write"]))]
    scopes: Option<Vec<Scope>>,
}

/// How a secret is replaced.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotationBody {
    /// Hours that the secret before still works; 0 to 168.
    #[serde(default)]
    #[schema(example = 24, minimum = 0, maximum = 168)]
    pub(super) overlap_hours: u16,
}

/// A JWK Set.
#[derive(Deserialize, ToSchema)]
pub struct KeySetBody {
    /// Public keys, at most 10, each with a `kid` of its own.
    #[schema(value_type = Vec<Object>)]
    keys: Vec<Value>,
}

/// A client.
#[derive(Serialize, ToSchema)]
pub struct ClientView {
    /// Its `client_id`.
    #[schema(value_type = String, example = "0f8fad5bd9cb469fa16570867728950e")]
    id: ClientId,
    /// What it is.
    #[schema(example = "Staff system")]
    name: String,
    /// What it may do.
    #[schema(value_type = Vec<String>, example = json!(["workforce:write", "survey:read"]))]
    scopes: Vec<Scope>,
    /// Whether it has a secret.
    has_secret: bool,
    /// Its public keys, as JWK.
    #[schema(value_type = Vec<Object>)]
    keys: Value,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    /// Its secret: shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
}

impl ClientView {
    fn new(client: Client, secret: Option<&ClientSecret>) -> Self {
        Self {
            id: client.id,
            name: client.name,
            scopes: client.scopes.iter().collect(),
            has_secret: client.secret_hash.is_some(),
            keys: serde_json::from_str(&client.public_keys).unwrap_or_default(),
            created_at: client.created_at.replace_nanosecond(0).unwrap_or(client.created_at),
            client_secret: secret.map(|secret| secret.reveal().to_owned()),
        }
    }
}

/// Lists the organisation's clients, by identifier.
#[utoipa::path(tag = "integration", params(PageQuery),
    responses((status = 200, body = Vec<ClientView>), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
#[get("/clients")]
pub async fn list_clients(
    access: AtHome<ManageIntegrations>,
    query: web::Query<PageQuery>,
    services: web::Data<Services>,
) -> ApiResult<HttpResponse> {
    let page = query.of("/api/v1/clients", &services.sealer)?;
    let found = services.clients.list(access.scope, page.after.clone(), page.limit).await?;
    let views: Vec<ClientView> = found.into_iter().map(|client| ClientView::new(client, None)).collect();
    Ok(page.answer(&views, |view| view.id.clone()))
}

/// Makes a client. Its secret is in the answer, and nowhere else.
#[utoipa::path(tag = "integration", request_body = NewClientBody,
    responses((status = 201, body = ClientView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
#[post("/clients")]
pub async fn create_client(
    access: AtHome<ManageIntegrations>,
    body: Body<NewClientBody>,
    services: web::Data<Services>,
) -> ApiResult<HttpResponse> {
    let body = body.read()?;
    let new = NewClient { name: body.name, scopes: body.scopes.into_iter().collect(), public_keys: body.jwks };
    let (client, secret) = services.clients.create(access.scope, new).await?;
    let location = format!("/api/v1/clients/{}", client.id);
    Ok(HttpResponse::Created().insert_header(("Location", location)).json(ClientView::new(client, secret.as_ref())))
}

/// One client.
#[utoipa::path(tag = "integration", params(("client" = String, Path)),
    responses((status = 200, body = ClientView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
#[get("/clients/{client}")]
pub async fn read_client(
    access: AtHome<ManageIntegrations>,
    path: web::Path<String>,
    services: web::Data<Services>,
) -> ApiResult<web::Json<ClientView>> {
    let client = services.clients.read(access.scope, client_of(&path)?).await?;
    Ok(web::Json(ClientView::new(client, None)))
}

fn seen(client: &Client) -> ClientView {
    ClientView::new(client.clone(), None)
}

/// Changes name or scopes.
#[utoipa::path(tag = "integration", params(("client" = String, Path)), request_body = ClientChangeBody,
    responses((status = 200, body = ClientView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
#[patch("/clients/{client}")]
pub async fn change_client(
    access: AtHome<ManageIntegrations>,
    path: web::Path<String>,
    body: Body<ClientChangeBody>,
    if_match: IfMatch,
    services: web::Data<Services>,
) -> ApiResult<web::Json<ClientView>> {
    let body = body.read()?;
    let change = ClientChange { name: body.name, scopes: body.scopes.map(|scopes| scopes.into_iter().collect()) };
    let client = services.clients.change(access.scope, client_of(&path)?, change, if_match.on(seen)).await?;
    Ok(web::Json(ClientView::new(client, None)))
}

/// Revokes a client for good. Its tokens are refused from the next request on.
#[utoipa::path(tag = "integration", params(("client" = String, Path)),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
#[delete("/clients/{client}")]
pub async fn revoke_client(
    access: AtHome<ManageIntegrations>,
    path: web::Path<String>,
    services: web::Data<Services>,
) -> ApiResult<HttpResponse> {
    services.clients.revoke(access.scope, client_of(&path)?).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Gives a client a new secret, or its first. It is in the answer, and nowhere else.
#[utoipa::path(tag = "integration", params(("client" = String, Path)), request_body = RotationBody,
    responses((status = 200, body = ClientView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
#[post("/clients/{client}/secret")]
pub async fn rotate_secret(
    access: AtHome<ManageIntegrations>,
    path: web::Path<String>,
    body: Body<RotationBody>,
    services: web::Data<Services>,
) -> ApiResult<web::Json<ClientView>> {
    let body = body.read()?;
    let (client, secret) = services.clients.rotate_secret(access.scope, client_of(&path)?, body.overlap_hours).await?;
    Ok(web::Json(ClientView::new(client, Some(&secret))))
}

/// Takes a client's secret away: only its keys count from now on.
#[utoipa::path(tag = "integration", params(("client" = String, Path)),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
#[delete("/clients/{client}/secret")]
pub async fn remove_secret(
    access: AtHome<ManageIntegrations>,
    path: web::Path<String>,
    services: web::Data<Services>,
) -> ApiResult<HttpResponse> {
    services.clients.remove_secret(access.scope, client_of(&path)?).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Replaces the public keys of a client, for `private_key_jwt`.
#[utoipa::path(tag = "integration", params(("client" = String, Path)), request_body = KeySetBody,
    responses((status = 200, body = ClientView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
#[put("/clients/{client}/keys")]
pub async fn replace_keys(
    access: AtHome<ManageIntegrations>,
    path: web::Path<String>,
    body: Body<KeySetBody>,
    services: web::Data<Services>,
) -> ApiResult<web::Json<ClientView>> {
    let set = json!({ "keys": body.read()?.keys });
    let client = services.clients.replace_keys(access.scope, client_of(&path)?, &set).await?;
    Ok(web::Json(ClientView::new(client, None)))
}

fn client_of(path: &web::Path<String>) -> Result<ClientId, Problem> {
    path.parse().map_err(|_| Problem::not_found("client"))
}
