//! Signing in to the API.

use actix_web::{post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Body;
use crate::services::Services;
use crate::web::client_network::ClientNetwork;
use crate::web::error::{ApiResult, ProblemBody};

/// E-mail and password of an office account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// E-mail.
    #[schema(example = "hr.lead@example.org")]
    email: String,
    /// Password.
    password: String,
    /// Current code of the authenticator app, or a recovery code; needed where the account has a second factor, which
    /// it must unless the installation says otherwise.
    #[schema(example = "123456")]
    code: Option<String>,
}

/// An access token.
#[derive(Serialize, ToSchema)]
pub struct TokenView {
    /// Send it as `Authorization: Bearer …`.
    access_token: String,
    /// Always `Bearer`.
    token_type: &'static str,
    /// Seconds until it ends.
    expires_in: i64,
}

/// Exchanges e-mail, password and code for an access token.
#[utoipa::path(tag = "access", request_body = SignIn, security(()),
    responses((status = 200, body = TokenView), (status = 401, body = ProblemBody), (status = 422, body = ProblemBody),
        (status = 429, body = ProblemBody), (status = 503, body = ProblemBody)))]
#[post("/auth/token")]
pub async fn issue_token(
    network: ClientNetwork,
    services: web::Data<Services>,
    body: Body<SignIn>,
) -> ApiResult<web::Json<TokenView>> {
    let body = body.read()?;
    let code = body.code.as_deref();
    let issued = services.accounts.issue_token(&body.email, &body.password, code, network.0).await?;
    Ok(web::Json(TokenView { access_token: issued.access_token, token_type: "Bearer", expires_in: issued.expires_in }))
}
