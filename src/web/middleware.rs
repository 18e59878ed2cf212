//! What every request passes: one line of log without personal data, careful headers, a deadline for its body.

use std::borrow::Cow;
use std::io;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, web};
use futures_util::{Stream, StreamExt, stream};

use super::metrics::Metrics;
use crate::config::Config;
use crate::domain::identifier::hexadecimal;
use crate::telemetry::request;

/// Gives the request an id, and writes one line when it is done: method, route template, status and time. Never the
/// path itself, which may hold a token, nor a query, an address or an agent.
pub(super) async fn log(
    received: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let id = hexadecimal(&fastrand::u64(..).to_be_bytes());
    let method = received.method().clone();
    let started = Instant::now();
    let header_id = HeaderValue::from_str(&id).unwrap_or(HeaderValue::from_static(""));
    let work = async move {
        let mut response = next.call(received).await?;
        let route = route(response.request());
        let status = response.status().as_u16();
        let milliseconds = started.elapsed().as_secs_f64() * 1_000.0;
        if let Some(metrics) = response.request().app_data::<web::Data<Metrics>>() {
            metrics.note(method.as_str(), &route, status, milliseconds / 1_000.0);
        }
        tracing::info!(%method, %route, status, milliseconds, "request");
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), header_id);
        Ok(response)
    };
    request::within(id, work).await
}

/// The template of the route that a request took, where its resource notes it: finding it again takes as long as
/// finding it did.
#[derive(Clone, Copy)]
pub(super) struct Route(pub(super) &'static str);

fn route(request: &HttpRequest) -> Cow<'static, str> {
    if let Some(Route(noted)) = request.extensions().get() {
        return Cow::Borrowed(noted);
    }
    request.match_pattern().map_or(Cow::Borrowed("(no route)"), Cow::Owned)
}

/// What [`careful_headers`] sets, read once.
static CAREFUL: LazyLock<[(HeaderName, HeaderValue); 6]> = LazyLock::new(|| {
    const HEADERS: [(HeaderName, &str); 6] = [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; \
             base-uri 'none'; frame-ancestors 'none'",
        ),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::PERMISSIONS_POLICY, "camera=(), geolocation=(), microphone=(), interest-cohort=()"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    HEADERS.map(|(name, value)| (name, HeaderValue::from_static(value)))
});
static TRANSPORT: HeaderValue = HeaderValue::from_static("max-age=31536000; includeSubDomains");

/// Headers that keep browsers careful. No script from anywhere but ourselves, no frame, no referrer, nothing stored.
pub(super) async fn careful_headers(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let https = request.app_data::<web::Data<Config>>().is_some_and(|config| config.server.is_https());
    let mut response = next.call(request).await?;
    let headers = response.headers_mut();
    for (name, value) in &*CAREFUL {
        insert_unless_set(headers, name, value);
    }
    if https {
        insert_unless_set(headers, &header::STRICT_TRANSPORT_SECURITY, &TRANSPORT);
    }
    Ok(response)
}

fn insert_unless_set(headers: &mut HeaderMap, name: &HeaderName, value: &HeaderValue) {
    if !headers.contains_key(name) {
        headers.insert(name.clone(), value.clone());
    }
}

/// Ends a body that takes too long: actix limits the time of a head, never that of a body.
pub(super) async fn body_deadline(
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let seconds = request.app_data::<web::Data<Config>>().map_or(15, |config| config.server.body_deadline_seconds);
    let payload = request.take_payload();
    if !matches!(payload, Payload::None) {
        request.set_payload(Payload::Stream { payload: Box::pin(until(Duration::from_secs(seconds), payload)) });
    }
    next.call(request).await
}

/// `payload` for as long as `limit`; then one error that extractors answer with 408.
fn until(limit: Duration, payload: Payload) -> impl Stream<Item = Result<web::Bytes, PayloadError>> {
    let deadline = tokio::time::Instant::now() + limit;
    stream::unfold(Some(payload), move |payload| async move {
        let mut payload = payload?;
        match tokio::time::timeout_at(deadline, payload.next()).await {
            Ok(chunk) => chunk.map(|chunk| (chunk, Some(payload))),
            Err(_) => Some((Err(PayloadError::Io(io::ErrorKind::TimedOut.into())), None)),
        }
    })
    // Forms with files ask once more after the end.
    .fuse()
}
