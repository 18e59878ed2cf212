//! Is it alive, is it ready: for load balancers.

use actix_web::{HttpResponse, get, web};

use crate::services::Services;

/// The process runs.
#[get("/livez")]
pub async fn alive() -> &'static str {
    "alive\n"
}

/// The database answers and has the schema of this build.
#[get("/readyz")]
pub async fn ready(services: web::Data<Services>) -> HttpResponse {
    match services.health.is_ready().await {
        Ok(true) => HttpResponse::Ok().body("ready\n"),
        Ok(false) => HttpResponse::ServiceUnavailable().body("not ready: run `candour migrate up`\n"),
        Err(_) => HttpResponse::ServiceUnavailable().body("not ready: the database does not answer\n"),
    }
}
