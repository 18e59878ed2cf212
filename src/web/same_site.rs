//! Whether a request that changes something came from our own pages.
//!
//! The personal link is the authority; this check is the second wall against pages of other sites.

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderName};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Browsers say where a request comes from in `Sec-Fetch-Site`; older ones in `Origin`. Our pages send no referrer, so
/// that `Origin` may be `null`; programs send neither.
pub(super) fn came_from_elsewhere(request: &HttpRequest) -> bool {
    let text = |name: &HeaderName| request.headers().get(name).map(|value| value.to_str().unwrap_or("?"));
    match (text(&SEC_FETCH_SITE), text(&header::ORIGIN)) {
        (Some(site), _) => !matches!(site, "same-origin" | "none"),
        (None, None | Some("null")) => false,
        (None, Some(origin)) => origin.split_once("://").map(|(_, host)| host) != text(&header::HOST),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn only_our_own_pages_may_change_something() {
        let elsewhere = |headers: &[(&'static str, &'static str)]| {
            let request = headers.iter().fold(TestRequest::post(), |request, header| request.insert_header(*header));
            came_from_elsewhere(&request.insert_header(("host", "survey.example:8080")).to_http_request())
        };
        assert!(!elsewhere(&[]));
        assert!(!elsewhere(&[("sec-fetch-site", "same-origin"), ("origin", "null")]));
        assert!(!elsewhere(&[("origin", "https://survey.example:8080")]));
        assert!(elsewhere(&[("sec-fetch-site", "cross-site"), ("origin", "https://survey.example:8080")]));
        assert!(elsewhere(&[("sec-fetch-site", "same-site")]));
        assert!(elsewhere(&[("origin", "https://other.example")]));
    }
}
