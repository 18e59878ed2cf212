//! `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10) on what an identified caller is told.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, web};

use crate::domain::account::Caller;
use crate::services::rate_limits::{Allowance, WINDOW_SECONDS};
use crate::services::{AppError, Services};

/// Counts a request of `caller`; what is left of the allowance goes into the answer's headers.
pub async fn count(request: &HttpRequest, caller: &Caller) -> Result<(), AppError> {
    let Some(services) = request.app_data::<web::Data<Services>>() else { return Ok(()) };
    let Some(allowance) = services.rate_limits.take(caller).await? else { return Ok(()) };
    request.extensions_mut().insert(allowance);
    match allowance.remaining {
        Some(_) => Ok(()),
        None => Err(AppError::TooSoon { seconds: allowance.reset_seconds.unsigned_abs() }),
    }
}

/// Says how many requests are left.
pub async fn tell(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let mut response = next.call(request).await?;
    let allowance = response.request().extensions().get::<Allowance>().copied();
    if let Some(Allowance { limit, remaining, reset_seconds }) = allowance {
        let remaining = remaining.unwrap_or(0);
        let headers = response.headers_mut();
        for (name, value) in [
            ("ratelimit-policy", format!("\"caller\";q={limit};w={WINDOW_SECONDS}")),
            ("ratelimit", format!("\"caller\";r={remaining};t={reset_seconds}")),
        ] {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
    }
    Ok(response)
}
