//! What a route takes and gives, from the OpenAPI document: 405 with `Allow`, 406, HEAD as GET, OPTIONS.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse, ResponseError};
use serde_json::Value;

use crate::web::{Problem, openapi};

/// By route template and method: media types of what it gives when all is well; none where that has no body.
type Table = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table = Table::new();
        for (path, method, operation) in openapi::operations(openapi::document()) {
            table.entry(path.to_owned()).or_default().insert(method.to_uppercase(), given(operation));
        }
        table
    })
}

fn given(operation: &Value) -> BTreeSet<String> {
    let answers = operation["responses"].as_object().into_iter().flatten();
    let good = answers.filter(|(status, _)| status.starts_with('2'));
    good.flat_map(|(_, answer)| answer["content"].as_object().into_iter().flatten())
        .map(|(kind, _)| kind.clone())
        .collect()
}

/// Refuses methods that a route does not have and answers that the caller cannot read; answers OPTIONS.
pub async fn negotiate(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let pattern = request.match_pattern();
    let Some(methods) = pattern.and_then(|pattern| table().get(&pattern)) else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    let allow = allow(methods);
    if request.method() == Method::OPTIONS {
        let answer = HttpResponse::NoContent().insert_header((header::ALLOW, allow)).finish();
        return Ok(request.into_response(answer));
    }
    if request.method() == Method::HEAD && methods.contains_key("GET") {
        // The connection leaves the body out by itself: it knows what was asked for.
        request.head_mut().method = Method::GET;
    }
    let Some(types) = methods.get(request.method().as_str()) else {
        let detail = format!("{} is not possible here; what is: {allow}", request.method());
        let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method", "Method not allowed", detail);
        return Ok(request.into_response(problem.with_header(header::ALLOW, allow).error_response()));
    };
    if !is_acceptable(request.headers(), types) {
        let types: Vec<&str> = types.iter().map(String::as_str).collect();
        let detail = format!("this route gives {}; ask for that in Accept, or leave Accept out", types.join(" or "));
        let problem = Problem::new(StatusCode::NOT_ACCEPTABLE, "not-acceptable", "Not acceptable", detail);
        return Ok(request.into_response(problem.error_response()));
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

fn allow(methods: &BTreeMap<String, BTreeSet<String>>) -> String {
    let head = methods.contains_key("GET").then_some("HEAD");
    let all: Vec<&str> = methods.keys().map(String::as_str).chain(head).chain(["OPTIONS"]).collect();
    all.join(", ")
}

/// Whether `Accept` lets through one of `types`; nothing in particular is asked for when it is not there.
fn is_acceptable(headers: &HeaderMap, types: &BTreeSet<String>) -> bool {
    let mut ranges = headers
        .get_all(header::ACCEPT)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|range| !range.is_empty())
        .peekable();
    types.is_empty() || ranges.peek().is_none() || ranges.any(|range| types.iter().any(|kind| covers(range, kind)))
}

fn covers(range: &str, kind: &str) -> bool {
    let mut parts = range.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default().to_ascii_lowercase();
    let refused = parts.any(|part| {
        let weight = part.strip_prefix("q=").or_else(|| part.strip_prefix("Q="));
        weight.is_some_and(|weight| weight.parse::<f32>().is_ok_and(|weight| weight == 0.0))
    });
    let family = name.strip_suffix("/*");
    let named = name == "*/*" || name == kind || family.is_some_and(|family| kind.split('/').next() == Some(family));
    named && !refused
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn accept_is_read_as_it_is_written() {
        let types = BTreeSet::from(["application/json".to_owned(), "text/csv".to_owned()]);
        let accepts = |value: &'static str| {
            is_acceptable(TestRequest::get().insert_header(("accept", value)).to_http_request().headers(), &types)
        };
        for good in ["", "*/*", "text/*", "application/json", "text/html, */*;q=0.1", "Application/JSON; charset=utf-8"]
        {
            assert!(accepts(good), "{good}");
        }
        for bad in ["text/html", "application/xml, image/*", "application/json;q=0", "json"] {
            assert!(!accepts(bad), "{bad}");
        }
    }

    #[test]
    fn every_route_of_the_document_stands_in_the_table() {
        let surveys = &table()["/api/v1/surveys/{id}"];
        assert_eq!(allow(surveys), "GET, PATCH, HEAD, OPTIONS");
        assert_eq!(surveys["GET"], BTreeSet::from(["application/json".to_owned()]));
    }
}
