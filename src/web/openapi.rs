//! The OpenAPI 3.1 document, from the handlers' own annotations.

use actix_web::{HttpResponse, get};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Contact, InfoBuilder, License, OpenApi, SecurityRequirement};
use utoipa_actix_web::AppExt;

use super::routes;

const DESCRIPTION: &str = "Anonymous race-equality surveys of staff, and workforce against community. No route gives a single \
     response, to anyone. Errors are `application/problem+json` (RFC 9457).";

/// The document.
pub fn document() -> OpenApi {
    let (_, mut document) = actix_web::App::new().into_utoipa_app().configure(routes::api).split_for_parts();
    let mut license = License::new("MIT");
    license.identifier = Some("MIT".to_owned());
    document.info = InfoBuilder::new()
        .title("Candour")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(DESCRIPTION))
        .contact(Some(Contact::new()))
        .license(Some(license))
        .build();
    let bearer = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build());
    document.components.get_or_insert_default().add_security_scheme("access_token", bearer);
    document.security = Some(vec![SecurityRequirement::new("access_token", Vec::<String>::new())]);
    document
}

/// This document.
#[get("/api/v1/openapi.json")]
pub async fn read_document() -> HttpResponse {
    HttpResponse::Ok().json(document())
}
