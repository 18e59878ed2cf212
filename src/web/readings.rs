//! Which routes are reports, so that reading one stands in the audit log: whichever front end it is read through.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, ResponseError, web};

use super::Problem;
use crate::domain::account::Caller;
use crate::domain::audit_event::Event;
use crate::services::Services;

/// Routes whose answers are figures, and what the audit log calls them.
pub const REPORTS: &[(&str, &str)] = &[
    ("/api/v1/surveys/{id}/release", "release"),
    ("/api/v1/surveys/{id}/results", "results"),
    ("/api/v1/surveys/{id}/results.csv", "results"),
    ("/api/v1/surveys/{id}/results.xlsx", "results"),
    ("/api/v1/surveys/{id}/results.ods", "results"),
    ("/api/v1/surveys/{id}/release.zip", "release"),
    ("/api/v1/surveys/{id}/indicators", "survey_indicators"),
    ("/api/v1/surveys/{id}/trend", "trend"),
    ("/api/v1/surveys/{id}/comments", "comments"),
    ("/api/v1/surveys/{id}/representativeness", "representativeness"),
    ("/api/v1/organisations/{ods}/representation", "representation"),
    ("/api/v1/organisations/{ods}/published-representation/{year}", "published_representation"),
    ("/api/v1/organisations/{ods}/workforce", "workforce"),
    ("/api/v1/organisations/{ods}/workforce/{date}", "workforce"),
    ("/api/v1/organisations/{ods}/wres/{year}", "wres"),
    ("/api/v1/systems/{ods}", "system"),
    ("/api/v1/systems/{ods}/results", "system"),
    ("/api/v1/systems/{ods}/representation/{year}", "system_representation"),
    ("/office/system", "system"),
    ("/office/system/representation", "system_representation"),
    ("/office/surveys/{id}/results", "results"),
    ("/office/surveys/{id}/results.csv", "results"),
    ("/office/surveys/{id}/results.xlsx", "results"),
    ("/office/surveys/{id}/results.ods", "results"),
    ("/office/surveys/{id}/release.zip", "release"),
    ("/office/surveys/{id}/results/{question}", "results"),
    ("/office/surveys/{id}/differences", "results"),
    ("/office/surveys/{id}/heat-map", "results"),
    ("/office/surveys/{id}/trend", "trend"),
    ("/office/surveys/{id}/comments", "comments"),
    ("/office/surveys/{id}/comments/review", "comments_to_review"),
    ("/office/surveys/{id}/respondents", "representativeness"),
    ("/office/representation", "representation"),
    ("/office/actions", "action_plan"),
    ("/office/actions.csv", "action_plan"),
    ("/office/wres", "wres"),
    ("/office/wres.xlsx", "wres"),
];

/// Notes who read a report, before the answer leaves: what cannot be noted is not shown.
pub(super) async fn note(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody>>, Error> {
    let response = next.call(request).await?;
    let Some(event) = reading(&response) else { return Ok(response.map_into_left_body()) };
    match record(response.request(), event).await {
        Ok(()) => Ok(response.map_into_left_body()),
        Err(problem) => Ok(response.into_response(problem.error_response()).map_into_right_body()),
    }
}

/// The event of an answer that shows figures; the same answer again, as the browser has it already, shows none.
fn reading(response: &ServiceResponse<impl MessageBody>) -> Option<Event> {
    let request = response.request();
    if request.method() != Method::GET || !response.status().is_success() {
        return None;
    }
    let pattern = request.match_pattern()?;
    let (_, report) = REPORTS.iter().find(|(route, _)| *route == pattern)?;
    let info = request.match_info();
    // What stands in the path: a survey, a year. Never the query, and never what the answer says.
    let subject: Vec<&str> =
        info.iter().filter(|(name, _)| matches!(*name, "id" | "year" | "date")).map(|(_, value)| value).collect();
    let subject = subject.join("/");
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let on_screen = kind.starts_with("application/json") || kind.starts_with("text/html");
    Some(if on_screen { Event::ReportRead { report, subject } } else { Event::ReportExported { report, subject } })
}

async fn record(request: &HttpRequest, event: Event) -> Result<(), Problem> {
    // Both are there wherever a report is: the route was authorised.
    let caller = request.extensions().get::<Caller>().cloned();
    let (Some(caller), Some(services)) = (caller, request.app_data::<web::Data<Services>>()) else { return Ok(()) };
    let services = services.clone();
    Ok(services.audit_log.record_reading(caller.actor(), caller.organisation, event).await?)
}
