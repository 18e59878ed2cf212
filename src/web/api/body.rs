//! Reading bodies: JSON, or CSV where a route takes both; every fault becomes a problem document.

use std::convert::Infallible;
use std::fmt;
use std::marker::PhantomData;

use actix_web::dev::Payload;
use actix_web::error::{PathError, PayloadError, QueryPayloadError};
use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::future::LocalBoxFuture;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_path_to_error::Segment;

use crate::config::{Config, ServerConfig};
use crate::services::AppError;
use crate::web::Problem;
use crate::web::error::ProblemPart;

/// Media type of an XLSX workbook.
const WORKBOOK: &str = crate::export::wres_workbook::MEDIA_TYPE;

/// Whole bodies: the size of an import is the most that any route reads.
pub fn payload_config(config: &ServerConfig) -> web::PayloadConfig {
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

/// Why a whole body cannot be had.
pub fn payload_problem(error: &actix_web::Error) -> Problem {
    match error.as_error::<PayloadError>() {
        Some(PayloadError::Overflow) => Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too-large",
            "Too large",
            "the body is too large; send less at once",
        ),
        Some(PayloadError::Io(_)) => too_slow(),
        Some(other) => Problem::bad_request(format!("the body cannot be read: {other}")),
        None => Problem::bad_request("the body cannot be read"),
    }
}

fn too_large(limit: usize) -> Problem {
    let detail = format!("a body here has at most {limit} bytes");
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "Too large", detail)
}

fn too_slow() -> Problem {
    Problem::new(StatusCode::REQUEST_TIMEOUT, "too-slow", "Too slow", "the body did not arrive in time; send it again")
}

fn unsupported(supported: &str) -> Problem {
    let detail = format!("send the body as {supported} and say so in Content-Type");
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media-type", "Unsupported media type", detail)
}

fn unreadable(pointer: String, error: &serde_json::Error) -> Problem {
    let part = ProblemPart { pointer, detail: error.to_string() };
    Problem::unprocessable("the JSON does not have the form that this route takes", vec![part])
}

/// A JSON object. What serde derives would take an array of the fields in their order as well, which nobody has been
/// promised.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor(PhantomData)).map(Self)
    }
}

/// [`Object`] for a field, as `deserialize_with`.
pub(super) fn object<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    Object::deserialize(deserializer).map(|Object(fields)| fields)
}

/// [`object`] for a field that may be null.
pub(super) fn object_or_null<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Ok(Option::<Object<T>>::deserialize(deserializer)?.map(|Object(fields)| fields))
}

/// [`object`] for a field that is a list of them.
pub(super) fn object_list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let objects = Vec::<Object<T>>::deserialize(deserializer)?;
    Ok(objects.into_iter().map(|Object(fields)| fields).collect())
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map))
    }
}

/// JSON of a known form; what does not fit is told with a pointer to it.
fn parse_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // Keeping track of the place costs as much as reading: only for what does not fit.
    if let Ok(parsed) = serde_json::from_slice(bytes) {
        return Ok(parsed);
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let parsed = serde_path_to_error::deserialize(&mut deserializer)
        .map_err(|error| unreadable(pointer(error.path()), error.inner()))?;
    deserializer.end().map_err(|error| unreadable(String::new(), &error))?;
    Ok(parsed)
}

/// A path as a JSON pointer (RFC 6901).
fn pointer(path: &serde_path_to_error::Path) -> String {
    path.iter()
        .map(|step| match step {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            Segment::Enum { .. } | Segment::Unknown => String::new(),
        })
        .collect()
}

/// The whole body, which is only looked at when the handler asks for it: see [`Body`].
pub struct WholeBody(Result<web::Bytes, Problem>);

impl WholeBody {
    /// Its bytes.
    ///
    /// # Errors
    /// 413 when there are too many, 408 when they came too slowly.
    pub fn read(self) -> Result<web::Bytes, Problem> {
        self.0
    }
}

impl FromRequest for WholeBody {
    type Error = Infallible;
    type Future = LocalBoxFuture<'static, Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let bytes = web::Bytes::from_request(request, payload);
        Box::pin(async move { Ok(Self(bytes.await.map_err(|error| payload_problem(&error)))) })
    }
}

/// What a route that takes both got.
pub enum CsvOrJson<T> {
    /// The bytes of a CSV file, or of an XLSX workbook: import tells them apart and reads them alike.
    Csv(web::Bytes),
    /// Parsed JSON: an array of objects.
    Json(Vec<T>),
}

/// Reads a body as `Content-Type` says, on a thread where it keeps nobody waiting.
///
/// # Errors
/// 413 and 408 for bodies that cannot be had, 415 for other types, 422 for JSON of the wrong form.
pub async fn csv_or_json<T>(request: &HttpRequest, body: WholeBody) -> Result<CsvOrJson<T>, Problem>
where
    T: DeserializeOwned + Send + 'static,
{
    match media_type(request) {
        "text/csv" | WORKBOOK => Ok(CsvOrJson::Csv(body.read()?)),
        "application/json" => {
            let bytes = body.read()?;
            let objects: Vec<Object<T>> = aside(move || parse_json(&bytes)).await?;
            Ok(CsvOrJson::Json(objects.into_iter().map(|object| object.0).collect()))
        }
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
/// 413 and 408 for bodies that cannot be had, 415 for other types, 422 for JSON of the wrong form.
pub fn message_or_json<T: DeserializeOwned>(
    request: &HttpRequest,
    body: WholeBody,
) -> Result<MessageOrJson<T>, Problem> {
    match media_type(request) {
        "message/rfc822" => Ok(MessageOrJson::Message(body.read()?)),
        "application/json" => {
            let Object(json) = parse_json(&body.read()?)?;
            Ok(MessageOrJson::Json(json))
        }
        _ => Err(unsupported("application/json or message/rfc822")),
    }
}

/// The bytes of a CSV file or a workbook, where a route takes nothing else.
///
/// # Errors
/// 413 and 408 for bodies that cannot be had, 415 for other types.
pub fn csv(request: &HttpRequest, body: WholeBody) -> Result<web::Bytes, Problem> {
    if matches!(media_type(request), "text/csv" | WORKBOOK) {
        body.read()
    } else {
        Err(unsupported("text/csv or an XLSX workbook"))
    }
}

/// Runs what takes long on a thread where it keeps no other request waiting.
///
/// # Errors
/// What `work` returns.
pub async fn aside<T: Send + 'static, E: Into<Problem> + Send + 'static>(
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, Problem> {
    let done = web::block(work).await.map_err(|error| AppError::Internal(error.to_string()))?;
    done.map_err(Into::into)
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
    /// 408, 413, 415 and 422, for bodies that cannot be read.
    pub fn read(self) -> Result<T, Problem> {
        self.0
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Body<T> {
    type Error = Infallible;
    type Future = LocalBoxFuture<'static, Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_json = media_type(request) == "application/json";
        let limit = request.app_data::<web::Data<Config>>().map_or(0, |config| config.server.body_limit_bytes);
        let payload = web::Payload::from_request(request, payload);
        Box::pin(async move {
            if !is_json {
                return Ok(Self(Err(unsupported("application/json"))));
            }
            let Ok(payload) = payload.await else { return Ok(Self(Err(Problem::bad_request("there is no body")))) };
            Ok(Self(match payload.to_bytes_limited(limit).await {
                Err(_) => Err(too_large(limit)),
                Ok(Ok(bytes)) => parse_json(&bytes).map(|object: Object<T>| object.0),
                Ok(Err(error)) => Err(payload_problem(&error)),
            }))
        })
    }
}
