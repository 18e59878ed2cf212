//! The organisation's own identity provider, for its administrator.

use actix_web::{HttpResponse, delete, get, put, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Body;
use crate::services::Services;
use crate::services::identity_providers::{IdentityProvider, NewIdentityProvider};
use crate::web::access::{InOrganisation, ManageIntegrations};
use crate::web::error::{ApiResult, ProblemBody};
use crate::web::manners::IfMatch;

/// How people sign in at the organisation's own provider (OpenID Connect).
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewIdentityProviderBody {
    /// The provider's address, exactly as it calls itself: https, on the public Internet.
    #[schema(example = "https://login.example.nhs.uk/tenant")]
    issuer: String,
    /// What Candour is called there.
    #[schema(example = "candour")]
    client_id: String,
    /// The secret that the provider gave out for it. Left out, the stored one stays, unless the issuer is another.
    client_secret: Option<String>,
}

/// How people sign in at the organisation's own provider. The secret is never shown.
#[derive(Serialize, ToSchema)]
pub struct IdentityProviderView {
    /// The provider's address.
    #[schema(example = "https://login.example.nhs.uk/tenant")]
    issuer: String,
    /// What Candour is called there.
    #[schema(example = "candour")]
    client_id: String,
    /// Where the provider sends people back to: register it there, exactly so.
    #[schema(example = "https://candour.example/office/sign-in/trust/RXX")]
    redirect_uri: String,
}

fn view(provider: IdentityProvider, redirect_uri: String) -> IdentityProviderView {
    IdentityProviderView { issuer: provider.issuer, client_id: provider.client_id, redirect_uri }
}

/// The organisation's identity provider.
#[utoipa::path(tag = "access", params(("ods" = String, Path, description = "ODS code")),
    responses((status = 200, body = IdentityProviderView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
#[get("/organisations/{ods}/identity-provider")]
pub async fn read_identity_provider(
    access: InOrganisation<ManageIntegrations>,
    services: web::Data<Services>,
) -> ApiResult<web::Json<IdentityProviderView>> {
    let redirect_uri = services.single_sign_on.redirect_address(access.scope.organisation());
    Ok(web::Json(view(services.identity_providers.read(access.scope).await?, redirect_uri)))
}

/// Sets the organisation's identity provider. From then on, people who have an account here can sign in there; nobody
/// gets an account by it. The provider then answers for the second factor.
#[utoipa::path(tag = "access", params(("ods" = String, Path, description = "ODS code")), request_body = NewIdentityProviderBody,
    responses((status = 200, body = IdentityProviderView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
#[put("/organisations/{ods}/identity-provider")]
pub async fn replace_identity_provider(
    access: InOrganisation<ManageIntegrations>,
    body: Body<NewIdentityProviderBody>,
    if_match: IfMatch,
    services: web::Data<Services>,
) -> ApiResult<web::Json<IdentityProviderView>> {
    let body = body.read()?;
    let new = NewIdentityProvider { issuer: body.issuer, client_id: body.client_id, client_secret: body.client_secret };
    let redirect_uri = services.single_sign_on.redirect_address(access.scope.organisation());
    let shown = redirect_uri.clone();
    let unchanged = if_match.on(move |stored: &IdentityProvider| view(stored.clone(), shown));
    let provider = services.identity_providers.replace(access.scope, new, unchanged).await?;
    Ok(web::Json(view(provider, redirect_uri)))
}

/// Removes the organisation's identity provider: people sign in with passwords again.
#[utoipa::path(tag = "access", params(("ods" = String, Path, description = "ODS code")),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
#[delete("/organisations/{ods}/identity-provider")]
pub async fn remove_identity_provider(
    access: InOrganisation<ManageIntegrations>,
    services: web::Data<Services>,
) -> ApiResult<HttpResponse> {
    services.identity_providers.remove(access.scope).await?;
    Ok(HttpResponse::NoContent().finish())
}
