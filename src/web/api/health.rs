//! Is it alive, is it ready: for load balancers.

use actix_web::{HttpResponse, get, web};

use crate::services::Services;

/// The process runs.
#[get("/livez")]
pub async fn alive() -> &'static str {
    "alive\n"
}

/// Everything is there that serving needs; otherwise what is missing. E-mails that wait do not count: whoever answers
/// does not need them, and a mail server in trouble must not take every replica away. `/metrics` tells of them.
#[get("/readyz")]
pub async fn ready(services: web::Data<Services>) -> HttpResponse {
    match services.health.problem().await {
        None => HttpResponse::Ok().body("ready\n"),
        Some(problem) => HttpResponse::ServiceUnavailable().body(format!("not ready: {problem}\n")),
    }
}
