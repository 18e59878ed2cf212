//! The one place where an [`AppError`] becomes an answer: `application/problem+json` for programs, a page for people.
//! It is logged here, once.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use super::openapi::problems::PREFIX;
use crate::services::{AppError, FieldProblem};

/// An error as programs read it (RFC 9457).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProblemBody {
    /// Stable name of the kind of problem.
    #[serde(rename = "type")]
    #[schema(example = "urn:candour:problem:survey-not-open")]
    pub kind: String,
    /// The kind in words.
    pub title: &'static str,
    /// HTTP status.
    pub status: u16,
    /// What happened and what to do.
    pub detail: String,
    /// Each thing that is wrong with what was sent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ProblemPart>,
    /// Name this when you ask for help.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// One thing that is wrong with what was sent.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProblemPart {
    /// JSON pointer (RFC 6901).
    pub pointer: String,
    /// One sentence.
    pub detail: String,
}

impl From<FieldProblem> for ProblemPart {
    fn from(problem: FieldProblem) -> Self {
        Self { pointer: problem.pointer, detail: problem.detail }
    }
}

/// An error of a handler.
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    kind: String,
    title: &'static str,
    detail: String,
    errors: Vec<ProblemPart>,
    retry_after: Option<u64>,
    /// Boxed, so that results of handlers stay small.
    header: Option<Box<(HeaderName, String)>>,
}

/// What a handler of the API returns.
pub type ApiResult<T> = Result<T, Problem>;

/// Things that are wrong, as a caller is told them: whoever sends a wrong column need not read all of it.
const MOST_ERRORS: usize = 100;

const INTERNAL: &str = "something went wrong on our side; nothing was changed";

impl Problem {
    /// A problem of a kind that only one handler knows.
    pub fn new(status: StatusCode, kind: &str, title: &'static str, detail: impl Into<String>) -> Self {
        let retry_after = (status == StatusCode::SERVICE_UNAVAILABLE).then_some(2);
        let kind = format!("{PREFIX}{kind}");
        Self { status, kind, title, detail: detail.into(), errors: Vec::new(), retry_after, header: None }
    }

    /// There is no such thing.
    pub fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "Not found", format!("there is no such {what}"))
    }

    /// What was sent cannot be used.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad-request", "Bad request", detail)
    }

    /// The same, with each thing that is wrong; the first hundred, where there are more.
    pub fn unprocessable(detail: impl Into<String>, mut errors: Vec<ProblemPart>) -> Self {
        let (mut detail, all) = (detail.into(), errors.len());
        if all > MOST_ERRORS {
            errors.truncate(MOST_ERRORS);
            detail = format!("{detail}; {all} things are wrong, of which the first {MOST_ERRORS} are named");
        }
        Self { errors, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "Cannot be processed", detail) }
    }

    /// The same with a header that belongs to it.
    pub fn with_header(self, name: HeaderName, value: String) -> Self {
        Self { header: Some(Box::new((name, value))), ..self }
    }

    /// The same, worth another try after so many seconds.
    pub fn retry_after(self, seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    /// HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// What happened and what to do.
    pub fn detail(&self) -> &str {
        &self.detail
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        let detail = error.to_string();
        match error {
            AppError::NotFound(what) => Self::not_found(what),
            AppError::Unauthenticated => {
                Self::new(StatusCode::UNAUTHORIZED, "sign-in", "Sign in", "sign in, or send a valid access token")
            }
            // Whether the thing exists is private: the same answer as for something that does not.
            AppError::Denied => Self::not_found("thing"),
            AppError::LacksScope(scope) => {
                Self::new(StatusCode::FORBIDDEN, "insufficient-scope", "Insufficient scope", detail).with_header(
                    header::WWW_AUTHENTICATE,
                    format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\""),
                )
            }
            AppError::Conflict { code, .. } => Self::new(StatusCode::CONFLICT, code, "Conflict", detail),
            AppError::Invalid { problems, .. } => {
                Self::unprocessable(detail, problems.into_iter().map(ProblemPart::from).collect())
            }
            AppError::ChangedMeanwhile => {
                Self::new(StatusCode::PRECONDITION_FAILED, "changed-meanwhile", "Changed meanwhile", detail)
            }
            AppError::TooSoon { seconds } => Self {
                retry_after: Some(seconds),
                ..Self::new(StatusCode::TOO_MANY_REQUESTS, "too-soon", "Too many tries", detail)
            },
            AppError::Busy(reason) => {
                tracing::warn!(%reason, "busy");
                Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "busy",
                    "Busy",
                    "too much at once just now; try again in a few seconds",
                )
            }
            AppError::Internal(reason) => {
                tracing::error!(%reason, "internal error");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Internal error", INTERNAL)
            }
        }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let body = ProblemBody {
            kind: self.kind.clone(),
            title: self.title,
            status: self.status.as_u16(),
            detail: self.detail.clone(),
            errors: self.errors.clone(),
            request_id: crate::telemetry::request::current_id(),
        };
        let mut response = HttpResponse::build(self.status);
        if let Some(seconds) = self.retry_after {
            response.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        if let Some((name, value)) = self.header.as_deref() {
            response.insert_header((name.clone(), value.as_str()));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        response.insert_header((header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json")));
        response.body(serde_json::to_string(&body).unwrap_or_default())
    }
}
