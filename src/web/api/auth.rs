//! The token endpoint: accounts sign in with JSON, OAuth 2.0 grants come as a form.

use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{FromRequest, HttpRequest, HttpResponse, post, web};
use futures_util::future::LocalBoxFuture;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Body;
use super::oauth::{self, OAuthErrorBody, TokenForm};
use crate::services::Services;
use crate::services::tokens::Granted;
use crate::web::Problem;
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

/// Tokens.
#[derive(Serialize, ToSchema)]
pub struct TokenView {
    /// Send it as `Authorization: Bearer …`.
    access_token: String,
    /// Always `Bearer`.
    token_type: &'static str,
    /// Seconds until it ends.
    #[schema(example = 900)]
    expires_in: i64,
    /// Of an account: exchange it for the next tokens, once.
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    /// Of a client: what the token is good for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "workforce:write survey:read")]
    scope: Option<String>,
}

impl From<Granted> for TokenView {
    fn from(granted: Granted) -> Self {
        Self {
            access_token: granted.access_token,
            token_type: "Bearer",
            expires_in: granted.expires_in,
            refresh_token: granted.refresh_token,
            scope: granted.scopes.map(|scopes| scopes.to_string()),
        }
    }
}

/// What came to the token endpoint.
pub enum TokenRequest {
    /// An account signs in.
    SignIn(Body<SignIn>),
    /// A grant of OAuth 2.0.
    Grant(Result<TokenForm, OAuthErrorBody>),
}

impl FromRequest for TokenRequest {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if kind.split(';').next().unwrap_or_default().trim() == oauth::FORM {
            let form = oauth::read_form(request, payload);
            Box::pin(async move { Ok(Self::Grant(form.await)) })
        } else {
            let body = Body::from_request(request, payload);
            Box::pin(async move { Ok(Self::SignIn(body.await.unwrap_or_else(|never| match never {}))) })
        }
    }
}

/// Gives out tokens.
///
/// To an account for e-mail, password and code (JSON); to an API client for its secret or a signed assertion, and to an
/// account for a refresh token (OAuth 2.0, as a form).
#[utoipa::path(tag = "access", security(()),
    request_body(content((SignIn = "application/json"), (TokenForm = "application/x-www-form-urlencoded"))),
    responses((status = 200, body = TokenView),
        (status = 400, description = "No token: what was asked for, as OAuth 2.0 names it", body = OAuthErrorBody),
        (status = 401, description = "Not signed in; for clients as OAuth 2.0 says it, `invalid_client`",
            content((ProblemBody = "application/problem+json"), (OAuthErrorBody = "application/json"))),
        (status = 422, body = ProblemBody), (status = 429, body = ProblemBody), (status = 503, body = ProblemBody)))]
#[post("/auth/token")]
pub async fn issue_token(
    request: HttpRequest,
    network: ClientNetwork,
    services: web::Data<Services>,
    sent: TokenRequest,
) -> ApiResult<HttpResponse> {
    match sent {
        TokenRequest::SignIn(body) => {
            let body = body.read()?;
            let code = body.code.as_deref();
            let granted = services.tokens.sign_in(&body.email, &body.password, code, network.0).await?;
            Ok(HttpResponse::Ok().json(TokenView::from(granted)))
        }
        TokenRequest::Grant(form) => oauth::answer_grant(&request, &services, form).await,
    }
}
