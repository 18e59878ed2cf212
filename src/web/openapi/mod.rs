//! The OpenAPI 3.1 document, from the code: routes and schemas of the handlers, and what every route has in common.
//!
//! | what | where |
//! | --- | --- |
//! | title, tags, how to sign in | here |
//! | parameters, headers and problems that the manners add to a route | `manners` |
//! | kinds of problems | `problems` |
//! | who may | `permissions` |
//! | an example of every body | `examples` |
//! | the same for people, at `/api/docs` | `reference` |

mod examples;
mod manners;
mod permissions;
pub mod problems;
pub mod reference;

use std::sync::OnceLock;

use actix_web::{HttpResponse, get};
use serde_json::{Map, Value, json};
use utoipa_actix_web::AppExt;

use super::routes;
use crate::domain::scope::Scope;

const DESCRIPTION: &str = "Anonymous race-equality surveys of staff, and workforce against community.\n\n\
     No route gives a single response, to anyone: results are counts, protected together. \
     Errors are `application/problem+json` (RFC 9457) with a stable `type`. Lists come in pages, the next one in `Link`. \
     A POST may carry an `Idempotency-Key` and is then done once, however often it is sent. What can be changed has an \
     `ETag`; a change may name it in `If-Match`. `RateLimit` says how many requests are left. \
     Paths of version 1 keep their meaning; fields may be added to answers.";

/// Areas of the API, in the order in which a newcomer meets them.
const TAGS: [(&str, &str); 12] = [
    ("access", "Signing in, accounts, and the log of who did what."),
    ("organisations", "Trusts and their units."),
    ("questionnaires", "What can be asked."),
    ("surveys", "A survey's life: draft, open, closed, published."),
    ("invitations", "Inviting staff, reminding them, and how many take part."),
    ("answering", "What a personal link opens. No account is needed; the link is the key."),
    ("results", "What a release says. Small groups are withheld, and what would give them away."),
    ("workforce", "Counts of staff, never people."),
    ("populations", "Whom a workforce is compared with."),
    ("reports", "Workforce against community."),
    ("system", "Reports over the members of a system, side by side and rolled up."),
    ("integration", "Programs of an organisation: API clients, and webhooks that tell them what happened."),
];

/// The document.
pub fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(compose)
}

fn compose() -> Value {
    let (_, routes) = actix_web::App::new().into_utoipa_app().configure(routes::api).split_for_parts();
    let mut document = serde_json::to_value(routes).unwrap_or_default();
    document["info"] = json!({
        "title": "Candour",
        "version": env!("CARGO_PKG_VERSION"),
        "summary": "Anonymous race-equality surveys of NHS staff",
        "description": DESCRIPTION,
        "license": { "name": "MIT", "identifier": "MIT" },
    });
    document["servers"] = json!([{ "url": "/", "description": "The installation that serves this document" }]);
    document["security"] = json!([{ "access_token": [] }]);
    document["components"]["securitySchemes"] = json!({
        "access_token": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "From `POST /api/v1/auth/token`; it ends after some minutes.",
        },
        "client": {
            "type": "oauth2",
            "description": "An API client's access token, with the scopes that it was given.",
            "flows": { "clientCredentials": { "tokenUrl": "/api/v1/auth/token", "scopes": scopes() } },
        },
    });
    manners::add(&mut document);
    examples::add(&mut document);
    document["tags"] = tags(&document);
    document
}

/// Every scope, with what it opens.
fn scopes() -> Value {
    let named = |scope: Scope| {
        let opens: Vec<String> = permissions::opened_by(scope).map(|name| name.replace('_', " ")).collect();
        (scope.as_str().to_owned(), Value::String(opens.join(", ")))
    };
    Value::Object(Scope::all().map(named).collect())
}

/// Tags of the document: those with a description first, others that routes have after them.
fn tags(document: &Value) -> Value {
    let mut all: Vec<Value> =
        TAGS.iter().map(|(name, description)| json!({ "name": name, "description": description })).collect();
    for (_, _, operation) in operations(document) {
        for tag in operation["tags"].as_array().into_iter().flatten() {
            if all.iter().all(|known| known["name"] != *tag) {
                all.push(json!({ "name": tag, "description": tag }));
            }
        }
    }
    Value::Array(all)
}

/// Every operation of a document: path, method in lower case, itself.
pub fn operations(document: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths.flat_map(|(path, item)| methods(item).map(move |(method, operation)| (path.as_str(), method, operation)))
}

fn methods(item: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let known = |method: &str| ["get", "put", "post", "patch", "delete"].contains(&method);
    let all = item.as_object().into_iter().flat_map(Map::iter);
    all.filter(move |(method, _)| known(method)).map(|(method, operation)| (method.as_str(), operation))
}

/// This document.
#[get("/api/v1/openapi.json")]
pub async fn read_document() -> HttpResponse {
    HttpResponse::Ok().json(document())
}
