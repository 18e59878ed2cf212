//! `security.txt` (RFC 9116): whom to tell of a weakness.

use actix_web::{HttpResponse, get, web};
use time::Duration;
use time::format_description::well_known::Rfc3339;

use super::Problem;
use crate::config::Config;
use crate::services::{AppError, now};

/// The standard wants a date within a year after which nobody should rely on the file.
const GOOD_FOR: Duration = Duration::days(180);

/// The contact of the settings; not found where there is none.
#[get("/.well-known/security.txt")]
pub async fn read(config: web::Data<Config>) -> Result<HttpResponse, Problem> {
    let contact = &config.security.contact;
    if contact.is_empty() {
        return Err(Problem::not_found("contact"));
    }
    let until = (now() + GOOD_FOR).format(&Rfc3339).map_err(|error| AppError::Internal(error.to_string()))?;
    let address = &config.server.public_url;
    let text = format!(
        "Contact: {contact}\nExpires: {until}\nPreferred-Languages: en, cy\nCanonical: {address}/.well-known/security.txt\n"
    );
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(text))
}
