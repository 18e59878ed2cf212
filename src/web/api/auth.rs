//! Signing in to the API.

use actix_web::{post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::services::Services;
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

/// Exchanges e-mail and password for an access token.
#[utoipa::path(tag = "access", request_body = SignIn, security(()),
    responses((status = 200, body = TokenView), (status = 401, body = ProblemBody), (status = 422, body = ProblemBody)))]
#[post("/auth/token")]
pub async fn issue_token(services: web::Data<Services>, body: web::Json<SignIn>) -> ApiResult<web::Json<TokenView>> {
    let issued = services.accounts.issue_token(&body.email, &body.password).await?;
    Ok(web::Json(TokenView { access_token: issued.access_token, token_type: "Bearer", expires_in: issued.expires_in }))
}
