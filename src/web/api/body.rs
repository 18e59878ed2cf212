//! Reading bodies: JSON, or CSV where a route takes both; every fault becomes a problem document.

use std::convert::Infallible;

use actix_web::dev::Payload;
use actix_web::error::{JsonPayloadError, PathError, PayloadError, QueryPayloadError};
use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;

use crate::config::ServerConfig;
use crate::web::Problem;
use crate::web::error::ProblemPart;

/// Media type of an XLSX workbook.
const WORKBOOK: &str = crate::export::wres_workbook::MEDIA_TYPE;

/// JSON bodies up to the configured size.
pub fn json_config(config: &ServerConfig) -> web::JsonConfig {
    let limit = config.body_limit_bytes;
    web::JsonConfig::default().limit(limit).error_handler(move |error, _| problem_of_json(error, limit).into())
}

/// Whole bodies up to the size of an import.
pub fn csv_or_json_config(config: &ServerConfig) -> web::PayloadConfig {
    web::PayloadConfig::new(config.import_limit_bytes)
}

/// A path that does not fit its route names nothing.
pub fn path_config() -> web::PathConfig {
    web::PathConfig::default().error_handler(|_: PathError, _| Problem::not_found("thing").into())
}

/// Query strings.
pub fn query_config() -> web::QueryConfig {
    web::QueryConfig::default().error_handler(|error: QueryPayloadError, _| {
        Problem::bad_request(format!("the query cannot be read: {error}")).into()
    })
}

fn problem_of_json(error: JsonPayloadError, limit: usize) -> Problem {
    match error {
        JsonPayloadError::Overflow { .. } | JsonPayloadError::OverflowKnownLength { .. } => Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too-large",
            "Too large",
            format!("a body here has at most {limit} bytes"),
        ),
        JsonPayloadError::ContentType => unsupported("application/json"),
        JsonPayloadError::Deserialize(error) => unreadable(&error),
        JsonPayloadError::Payload(PayloadError::Io(_)) => too_slow(),
        other => Problem::bad_request(other.to_string()),
    }
}

fn too_slow() -> Problem {
    Problem::new(StatusCode::REQUEST_TIMEOUT, "too-slow", "Too slow", "the body did not arrive in time; send it again")
}

fn unsupported(supported: &str) -> Problem {
    let detail = format!("send the body as {supported} and say so in Content-Type");
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media-type", "Unsupported media type", detail)
}

fn unreadable(error: &serde_json::Error) -> Problem {
    let part = ProblemPart { pointer: String::new(), detail: error.to_string() };
    Problem::unprocessable("the JSON does not have the form that this route takes", vec![part])
}

/// What a route that takes both got.
pub enum CsvOrJson<T> {
    /// The bytes of a CSV file, or of an XLSX workbook: import tells them apart and reads them alike.
    Csv(web::Bytes),
    /// Parsed JSON.
    Json(T),
}

/// Reads a body as `Content-Type` says.
///
/// # Errors
/// 415 for other types, 422 for JSON of the wrong form.
pub fn csv_or_json<T: DeserializeOwned>(request: &HttpRequest, bytes: web::Bytes) -> Result<CsvOrJson<T>, Problem> {
    match media_type(request) {
        "text/csv" | WORKBOOK => Ok(CsvOrJson::Csv(bytes)),
        "application/json" => serde_json::from_slice(&bytes).map(CsvOrJson::Json).map_err(|error| unreadable(&error)),
        _ => Err(unsupported("text/csv, an XLSX workbook or application/json")),
    }
}

/// What a route that takes both got.
pub enum MessageOrJson<T> {
    /// An e-mail as it arrived.
    Message(web::Bytes),
    /// Parsed JSON.
    Json(T),
}

/// Reads a body as `Content-Type` says.
///
/// # Errors
/// 415 for other types, 422 for JSON of the wrong form.
pub fn message_or_json<T: DeserializeOwned>(
    request: &HttpRequest,
    bytes: web::Bytes,
) -> Result<MessageOrJson<T>, Problem> {
    match media_type(request) {
        "message/rfc822" => Ok(MessageOrJson::Message(bytes)),
        "application/json" => {
            serde_json::from_slice(&bytes).map(MessageOrJson::Json).map_err(|error| unreadable(&error))
        }
        _ => Err(unsupported("application/json or message/rfc822")),
    }
}

/// The bytes of a CSV file or a workbook, where a route takes nothing else.
///
/// # Errors
/// 415 for other types.
pub fn csv(request: &HttpRequest, bytes: web::Bytes) -> Result<web::Bytes, Problem> {
    if matches!(media_type(request), "text/csv" | WORKBOOK) {
        Ok(bytes)
    } else {
        Err(unsupported("text/csv or an XLSX workbook"))
    }
}

fn media_type(request: &HttpRequest) -> &str {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim()
}

/// A JSON body that is only looked at when the handler asks for it, so that who may not call a route hears that first,
/// whatever they sent.
pub struct Body<T>(Result<T, Problem>);

impl<T> Body<T> {
    /// The body.
    ///
    /// # Errors
    /// What [`json_config`] says of bodies that cannot be read.
    pub fn read(self) -> Result<T, Problem> {
        self.0
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Body<T> {
    type Error = Infallible;
    type Future = LocalBoxFuture<'static, Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = web::Json::<T>::from_request(request, payload);
        Box::pin(async move {
            Ok(Self(body.await.map(web::Json::into_inner).map_err(|error| match error.as_error::<Problem>() {
                Some(problem) => problem.clone(),
                None => Problem::bad_request("the body cannot be read"),
            })))
        })
    }
}
