//! Scripts of other origins: refused by browsers unless `api.allowed_origins` names the origin.
//!
//! Access tokens travel in a header that a script sets itself; cookies are never taken, so credentials are not allowed.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse, web};

use crate::config::Config;

const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE";
const HEADERS: &str = "Accept, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match";
const EXPOSED: &str =
    "ETag, Idempotent-Replayed, Link, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id";
/// Seconds that a browser may remember the answer to its question.
const MAX_AGE: &str = "600";

/// Answers a browser's question whether a script may call, and marks answers that a script may read.
pub async fn answer_origins(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let origin = request.headers().get(header::ORIGIN).cloned();
    let allowed = origin.filter(|origin| {
        let config = request.app_data::<web::Data<Config>>();
        config.is_some_and(|config| config.api.allowed_origins.iter().any(|allowed| origin == allowed.as_str()))
    });
    let asks = request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
        && allowed.is_some();
    let mut response = if asks {
        request.into_response(HttpResponse::NoContent().finish())
    } else {
        next.call(request).await?.map_into_boxed_body()
    };
    let headers = response.headers_mut();
    // Also where the origin is not allowed: a cache must not give one origin the answer of another.
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    let Some(origin) = allowed else { return Ok(response) };
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    let told: &[(HeaderName, &'static str)] = if asks {
        &[
            (header::ACCESS_CONTROL_ALLOW_METHODS, METHODS),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS),
            (header::ACCESS_CONTROL_MAX_AGE, MAX_AGE),
        ]
    } else {
        &[(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED)]
    };
    for (name, value) in told {
        headers.insert(name.clone(), HeaderValue::from_static(value));
    }
    Ok(response)
}
