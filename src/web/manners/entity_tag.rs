//! `ETag` on what is read, `If-None-Match` to hear only of changes.
//!
//! The tag is a fingerprint of the body: whatever is told the same has the same tag, on every replica.

use actix_web::body::{BoxBody, MessageBody, to_bytes};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse};

use crate::security::fingerprint;

/// Tags every answer to GET; answers 304 when the caller has it already.
pub async fn tag(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let is_read = request.method() == Method::GET;
    let response = next.call(request).await?;
    if !is_read || response.status() != StatusCode::OK {
        return Ok(response.map_into_boxed_body());
    }
    let (request, response) = response.into_parts();
    let (mut response, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body).await else {
        let error = crate::services::AppError::Internal("an answer could not be read".to_owned());
        let problem = crate::web::Problem::from(error);
        return Ok(ServiceResponse::new(request, actix_web::ResponseError::error_response(&problem)));
    };
    let tag = entity_tag(&bytes);
    let value = HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("\"\""));
    if names(request.headers(), &header::IF_NONE_MATCH, &tag) {
        let mut unchanged = HttpResponse::NotModified().finish();
        unchanged.headers_mut().insert(header::ETAG, value);
        return Ok(ServiceResponse::new(request, unchanged));
    }
    response.headers_mut().insert(header::ETAG, value);
    Ok(ServiceResponse::new(request, response.set_body(bytes)).map_into_boxed_body())
}

/// The tag of a body.
pub(in crate::web) fn entity_tag(body: &[u8]) -> String {
    format!("\"{}\"", fingerprint(body))
}

/// Whether a list of tags names `tag`; `*` names each. Weak tags stand for the same here: we make none.
pub(in crate::web) fn names(headers: &HeaderMap, name: &HeaderName, tag: &str) -> bool {
    headers
        .get_all(name)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|part| part.trim())
        .any(|part| part == "*" || part.strip_prefix("W/").unwrap_or(part) == tag)
}
