//! The audit log, for those who run an organisation.

use actix_web::{HttpResponse, get, web};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::page::Page;
use crate::services::Services;
use crate::services::audit_log::{Entry, Filter, micros};
use crate::web::access::{Anywhere, ReadAuditLog};
use crate::web::error::{ApiResult, Problem, ProblemBody};

/// Which entries are asked for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct AuditQuery {
    /// Entries at most; 1 to 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    /// From the `Link` of the page before.
    cursor: Option<String>,
    /// Only this kind, such as `sign_in_refused`.
    kind: Option<String>,
    /// Only from this moment on, such as `2027-05-01T00:00:00Z`.
    #[serde(default, with = "time::serde::rfc3339::option")]
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<OffsetDateTime>,
    /// Only before this moment.
    #[serde(default, with = "time::serde::rfc3339::option")]
    #[param(value_type = Option<String>, format = DateTime)]
    until: Option<OffsetDateTime>,
}

/// An entry of the audit log.
#[derive(Serialize, ToSchema)]
pub struct AuditEventView {
    /// Place in the organisation's chain.
    sequence: i64,
    /// When, to the second.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    happened_at: OffsetDateTime,
    /// Who: `account:` or `client:` and an identifier, `operator` (the command line) or `service`.
    #[schema(example = "account:0f8fad5bd9cb469fa16570867728950e")]
    actor: String,
    /// What.
    #[schema(example = "survey_opened")]
    kind: String,
    /// What belongs to it.
    #[schema(value_type = Object)]
    detail: serde_json::Value,
}

impl From<Entry> for AuditEventView {
    fn from(entry: Entry) -> Self {
        Self {
            sequence: entry.sequence,
            happened_at: entry.moment(),
            actor: entry.actor,
            kind: entry.kind,
            detail: serde_json::from_str(&entry.detail).unwrap_or_default(),
        }
    }
}

/// Lists who did what in the caller's organisation, the newest first; for a platform administrator, what belongs to no
/// organisation.
#[utoipa::path(tag = "access", params(AuditQuery),
    responses((status = 200, body = Vec<AuditEventView>), (status = 401, body = ProblemBody),
        (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
#[get("/audit-events")]
pub async fn list_audit_events(
    access: Anywhere<ReadAuditLog>,
    query: web::Query<AuditQuery>,
    services: web::Data<Services>,
) -> ApiResult<HttpResponse> {
    let page = Page::new("/api/v1/audit-events", query.limit, query.cursor.as_deref(), &services.sealer)?;
    let filter = Filter { kind: query.kind.clone(), from: query.from.map(micros), until: query.until.map(micros) };
    let entries = services.audit_log.list(access.caller.organisation, filter, page.after, page.limit).await?;
    let views: Vec<AuditEventView> = entries.into_iter().map(AuditEventView::from).collect();
    Ok(page.answer_with(&views, |view| view.sequence, &filters(&query)?))
}

/// The next page asks the same.
fn filters(query: &AuditQuery) -> Result<String, Problem> {
    // Kinds are names; one that is not finds nothing, so that it never comes here.
    let mut text = query.kind.as_ref().map(|kind| format!("&kind={kind}")).unwrap_or_default();
    for (name, moment) in [("from", query.from), ("until", query.until)] {
        if let Some(moment) = moment {
            let moment = moment
                .to_offset(time::UtcOffset::UTC)
                .format(&time::format_description::well_known::Rfc3339)
                .map_err(|error| crate::services::AppError::Internal(error.to_string()))?;
            text = format!("{text}&{name}={moment}");
        }
    }
    Ok(text)
}
