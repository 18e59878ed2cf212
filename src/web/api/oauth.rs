//! OAuth 2.0 beside the token endpoint: its forms and errors (RFC 6749), revocation (RFC 7009), keys (RFC 7517),
//! metadata (RFC 8414).

use std::future::Future;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use actix_web::{FromRequest, HttpRequest, HttpResponse, get, post, web};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::auth::TokenView;
use crate::config::Config;
use crate::domain::scope::Scope;
use crate::security::ClientSecret;
use crate::services::Services;
use crate::services::tokens::{ClientProof, GrantError, TOKEN_PATH};
use crate::web::error::{ApiResult, Problem, ProblemBody};

/// Media type of forms.
pub const FORM: &str = "application/x-www-form-urlencoded";
/// Largest form: an assertion has at most eight kibibytes.
const MOST_BYTES: usize = 16 * 1024;
/// How an assertion says that it is one (RFC 7523).
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// An error of OAuth 2.0 (RFC 6749, section 5.2).
#[derive(Debug, Serialize, ToSchema)]
pub struct OAuthErrorBody {
    /// `invalid_request`, `invalid_client`, `invalid_grant`, `invalid_scope` or `unsupported_grant_type`.
    #[schema(example = "invalid_client")]
    error: &'static str,
    /// What happened and what to do.
    error_description: String,
}

/// What a grant is asked for with.
#[derive(Deserialize, ToSchema)]
pub struct TokenForm {
    /// `client_credentials` or `refresh_token`.
    #[schema(example = "client_credentials")]
    grant_type: String,
    /// Scopes with a space between; without, all that the client has.
    #[schema(example = "workforce:write")]
    scope: Option<String>,
    /// Of an account.
    refresh_token: Option<String>,
    /// The client, unless it is in `Authorization: Basic` or in the assertion.
    client_id: Option<String>,
    /// Its secret.
    client_secret: Option<String>,
    /// Always `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`.
    client_assertion_type: Option<String>,
    /// A JWT that the client signed with a registered key: RS512, PS256, ES256 or EdDSA.
    client_assertion: Option<String>,
}

/// A token to be ended.
#[derive(Deserialize, ToSchema)]
pub struct RevocationForm {
    /// An access token or a refresh token.
    token: String,
}

impl OAuthErrorBody {
    fn request(description: impl Into<String>) -> Self {
        Self { error: "invalid_request", error_description: description.into() }
    }

    fn answer(self) -> HttpResponse {
        let is_client = self.error == "invalid_client";
        let status = if is_client { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
        let mut response = HttpResponse::build(status);
        if is_client {
            response.insert_header((WWW_AUTHENTICATE, "Basic realm=\"candour\""));
        }
        response.json(self)
    }
}

/// Reads a form. Parameters that we do not know are ignored, as the standard wants; one that stands twice is refused.
pub fn read_form<T: DeserializeOwned>(
    request: &HttpRequest,
    payload: &mut Payload,
) -> impl Future<Output = Result<T, OAuthErrorBody>> + use<T> {
    let body = web::Bytes::from_request(request, payload);
    async move {
        let body = body.await.map_err(|_| OAuthErrorBody::request("the body cannot be read"))?;
        let text = std::str::from_utf8(&body).ok().filter(|text| text.len() <= MOST_BYTES);
        let text = text.ok_or_else(|| OAuthErrorBody::request("the form is too long, or not UTF-8"))?;
        let form = web::Query::<T>::from_query(text).map_err(|_| {
            OAuthErrorBody::request(
                "the form lacks a parameter that it needs, or has one twice; see the API's document",
            )
        })?;
        Ok(form.into_inner())
    }
}

/// Answers a grant of OAuth 2.0.
pub async fn answer_grant(
    request: &HttpRequest,
    services: &Services,
    form: Result<TokenForm, OAuthErrorBody>,
) -> ApiResult<HttpResponse> {
    let granted = match form {
        Ok(form) => grant(request, services, form).await,
        Err(error) => Ok(Err(error)),
    };
    Ok(granted?.map_or_else(OAuthErrorBody::answer, |tokens| HttpResponse::Ok().json(tokens)))
}

async fn grant(
    request: &HttpRequest,
    services: &Services,
    form: TokenForm,
) -> Result<Result<TokenView, OAuthErrorBody>, Problem> {
    let granted = match (form.grant_type.as_str(), &form.refresh_token) {
        ("client_credentials", _) => match proof(request, &form) {
            Ok(proof) => services.tokens.client_credentials(proof, form.scope.as_deref()).await,
            Err(error) => return Ok(Err(error)),
        },
        ("refresh_token", Some(token)) => services.tokens.refresh(token).await,
        ("refresh_token", None) => return Ok(Err(OAuthErrorBody::request("refresh_token is missing"))),
        _ => {
            let description = "grant_type is client_credentials or refresh_token".to_owned();
            return Ok(Err(OAuthErrorBody { error: "unsupported_grant_type", error_description: description }));
        }
    };
    let error = match granted {
        Ok(granted) => return Ok(Ok(granted.into())),
        Err(GrantError::Other(error)) => return Err(error.into()),
        Err(error) => error,
    };
    let name = match error {
        GrantError::InvalidGrant => "invalid_grant",
        GrantError::InvalidScope => "invalid_scope",
        GrantError::InvalidClient | GrantError::Other(_) => "invalid_client",
    };
    Ok(Err(OAuthErrorBody { error: name, error_description: error.to_string() }))
}

/// How the client proves who it is: in exactly one way.
fn proof(request: &HttpRequest, form: &TokenForm) -> Result<ClientProof, OAuthErrorBody> {
    let header = request.headers().get(AUTHORIZATION).map(|value| value.to_str().unwrap_or_default());
    match (header, &form.client_secret, &form.client_assertion) {
        (Some(header), None, None) => basic(header).ok_or_else(|| {
            let error_description = "Authorization is to be Basic, with client and secret".to_owned();
            OAuthErrorBody { error: "invalid_client", error_description }
        }),
        (None, Some(secret), None) => {
            let client = form.client_id.clone().ok_or_else(|| OAuthErrorBody::request("client_id is missing"))?;
            Ok(ClientProof::Secret(client, ClientSecret::given(secret)))
        }
        (None, None, Some(_)) if form.client_assertion_type.as_deref() != Some(ASSERTION_TYPE) => {
            Err(OAuthErrorBody::request(format!("client_assertion_type is {ASSERTION_TYPE}")))
        }
        (None, None, Some(assertion)) => Ok(ClientProof::Assertion(assertion.clone(), form.client_id.clone())),
        _ => Err(OAuthErrorBody::request(
            "send exactly one of: Authorization: Basic, client_id and client_secret, client_assertion",
        )),
    }
}

/// Client and secret of `Authorization: Basic`; both are percent-encoded first (RFC 6749, section 2.3.1), which leaves
/// ours as they are.
fn basic(header: &str) -> Option<ClientProof> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (client, secret) = decoded.split_once(':')?;
    Some(ClientProof::Secret(client.to_owned(), ClientSecret::given(secret)))
}

/// A revocation as it came.
pub struct Revocation(Result<RevocationForm, OAuthErrorBody>);

impl FromRequest for Revocation {
    type Error = Problem;
    type Future = futures_util::future::LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let form = read_form(request, payload);
        Box::pin(async move { Ok(Self(form.await)) })
    }
}

/// Ends what a token stands for: the whole sign-in of an account, or one token of a client.
///
/// A token that is not valid is answered alike.
#[utoipa::path(tag = "access", security(()),
    request_body(content = RevocationForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "It is ended, or was not valid"), (status = 400, description = "The form names no token", body = OAuthErrorBody), (status = 503, body = ProblemBody)))]
#[post("/auth/revoke")]
pub async fn revoke_token(services: web::Data<Services>, sent: Revocation) -> ApiResult<HttpResponse> {
    match sent.0 {
        Ok(form) => {
            services.tokens.revoke(&form.token).await?;
            Ok(HttpResponse::Ok().finish())
        }
        Err(error) => Ok(error.answer()),
    }
}

/// Keys that access tokens can be checked with.
#[derive(Serialize, ToSchema)]
pub struct KeySetView {
    /// Public keys as JWK: the one that signs, the next, and those whose tokens may still live.
    #[schema(value_type = Vec<Object>)]
    keys: Vec<Value>,
}

/// The public keys of access tokens, as a JWK Set.
#[utoipa::path(tag = "access", security(()),
    responses((status = 200, body = KeySetView), (status = 503, body = ProblemBody)))]
#[get("/auth/keys")]
pub async fn list_keys(services: web::Data<Services>) -> ApiResult<web::Json<KeySetView>> {
    let keys = services.signing_keys.published().await?;
    Ok(web::Json(KeySetView { keys: keys.iter().filter_map(|key| serde_json::from_str(key).ok()).collect() }))
}

/// What OAuth 2.0 clients find by themselves (RFC 8414).
#[get("/.well-known/oauth-authorization-server")]
pub async fn describe(config: web::Data<Config>) -> HttpResponse {
    let address = &config.server.public_url;
    HttpResponse::Ok().json(json!({
        "issuer": address,
        "token_endpoint": format!("{address}{TOKEN_PATH}"),
        "revocation_endpoint": format!("{address}/api/v1/auth/revoke"),
        "jwks_uri": format!("{address}/api/v1/auth/keys"),
        "grant_types_supported": ["client_credentials", "refresh_token"],
        "response_types_supported": [],
        "scopes_supported": Scope::all().map(Scope::as_str).collect::<Vec<_>>(),
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS512", "PS256", "ES256", "EdDSA"],
    }))
}
