//! `Idempotency-Key`: a POST that is sent again under its key gets the answer of the first, and is done once.
//!
//! For identified callers only. What needs no access token is safe without (`/respond/{token}` answers once), and its
//! answers hold what must not be kept: tokens, receipts.

use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody, to_bytes};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse, ResponseError, rt, web};
use futures_util::stream;

use crate::services::idempotency::{FirstRequest, Idempotency, KeptAnswer, Sent, Verdict};
use crate::services::{AppError, Services};
use crate::telemetry::request;
use crate::web::access;
use crate::web::api::payload_problem;
use crate::web::error::Problem;

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
/// Longest key, in characters.
const LONGEST: usize = 255;
/// Headers that belong to a kept answer.
const KEPT_HEADERS: [HeaderName; 2] = [header::CONTENT_TYPE, header::LOCATION];
/// How long somebody waits before asking for an answer that is being worked on.
const WAIT: Duration = Duration::from_secs(2);

/// Does the first request under a key, and answers every other one as the first.
pub async fn once(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let authorization = request.headers().get(header::AUTHORIZATION);
    let has_token = authorization.is_some_and(|value| value.as_bytes().starts_with(b"Bearer "));
    let key = request.headers().get(KEY).filter(|_| request.method() == Method::POST && has_token);
    let Some(key) = key.cloned() else { return Ok(next.call(request).await?.map_into_boxed_body()) };
    let mut request = request;
    let (verdict, idempotency) = match decide(&mut request, &key).await {
        Ok(decided) => decided,
        Err(problem) => return Ok(request.into_response(problem.error_response())),
    };
    match verdict {
        Verdict::Do(first) => finish(request, next, idempotency, first).await,
        Verdict::Answer(kept) => Ok(request.into_response(answer(&kept))),
        Verdict::OtherRequest => Ok(request.into_response(other_request().error_response())),
        Verdict::InProgress => Ok(request.into_response(in_progress().error_response())),
        Verdict::CutOff => Ok(request.into_response(cut_off().error_response())),
    }
}

/// Reads the body, and asks whether the request is to be done. The body is put back for the handler.
async fn decide(request: &mut ServiceRequest, key: &HeaderValue) -> Result<(Verdict, Idempotency), Problem> {
    let is_key = |key: &&str| (1..=LONGEST).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
    let key = key.to_str().ok().filter(is_key).ok_or_else(|| {
        Problem::bad_request(format!("an Idempotency-Key has 1 to {LONGEST} visible ASCII characters"))
    })?;
    let caller = access::identify(request.request()).await?;
    let bytes = request.extract::<web::Bytes>().await.map_err(|error| payload_problem(&error))?;
    let again = bytes.clone();
    request.set_payload(Payload::Stream { payload: Box::pin(stream::once(async move { Ok(again) })) });
    let services = request
        .app_data::<web::Data<Services>>()
        .ok_or_else(|| AppError::Internal("services are not there".to_owned()))?;
    let idempotency = services.idempotency.clone();
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let head = format!("{} {}\n{kind}", request.method(), request.uri());
    let sent = Sent { caller: &caller, key, head: &head, body: &bytes };
    Ok((idempotency.begin(sent).await?, idempotency))
}

/// Does the request in a task of its own: a caller who hangs up, which is when keys are needed most, must not leave it
/// half done.
async fn finish(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
    idempotency: Idempotency,
    first: FirstRequest,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let work = async move {
        let response = next.call(request).await?;
        let (request, response) = response.into_parts();
        let (response, body) = response.into_parts();
        let bytes = to_bytes(body).await.unwrap_or_default();
        let kept = keepable(&response, &bytes);
        // What was done stays done when its answer cannot be kept; the key then says that it was cut off.
        if let Err(error) = idempotency.finish(first, kept).await {
            tracing::warn!(%error, "the answer of a request could not be kept");
        }
        Ok(ServiceResponse::new(request, response.set_body(bytes)).map_into_boxed_body())
    };
    rt::spawn(request::in_own_task(work)).await.unwrap_or_else(|_| {
        Err(Problem::from(AppError::Internal("a request did not come to its end".to_owned())).into())
    })
}

/// The answer as it is kept; none where nothing was done and the same may be tried again.
fn keepable(response: &HttpResponse<()>, body: &web::Bytes) -> Option<KeptAnswer> {
    let status = response.status();
    let passing = [StatusCode::UNAUTHORIZED, StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS];
    if status.is_server_error() || passing.contains(&status) {
        return None;
    }
    let text = |name: &HeaderName| Some((name.to_string(), response.headers().get(name)?.to_str().ok()?.to_owned()));
    Some(KeptAnswer {
        status: status.as_u16(),
        headers: KEPT_HEADERS.iter().filter_map(text).collect(),
        body: String::from_utf8(body.to_vec()).ok()?,
    })
}

fn answer(kept: &KeptAnswer) -> HttpResponse {
    let mut response = HttpResponse::build(StatusCode::from_u16(kept.status).unwrap_or(StatusCode::OK));
    for (name, value) in &kept.headers {
        response.insert_header((name.as_str(), value.as_str()));
    }
    response.insert_header((REPLAYED, "true"));
    response.body(kept.body.clone())
}

fn other_request() -> Problem {
    let detail = "something else was sent under this Idempotency-Key before; make a new key for each new request";
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency-key-reused", "Idempotency-Key used before", detail)
}

fn in_progress() -> Problem {
    let detail = "the first request under this Idempotency-Key is being worked on; ask again in a few seconds";
    Problem::new(StatusCode::CONFLICT, "idempotency-in-progress", "In progress", detail).retry_after(WAIT.as_secs())
}

fn cut_off() -> Problem {
    let detail = "the first request under this Idempotency-Key was cut off; look whether it was done, and send it again \
                  under another key if not";
    Problem::new(StatusCode::CONFLICT, "idempotency-cut-off", "Cut off", detail)
}
