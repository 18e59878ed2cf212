//! `If-Match`: a change that is made only to what its caller has seen.

use std::convert::Infallible;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{HeaderMap, IF_MATCH, IF_NONE_MATCH};
use actix_web::{FromRequest, HttpRequest};
use serde::Serialize;

use super::entity_tag::{entity_tag, names};
use crate::services::Precondition;

/// The condition that a request puts on its change: `If-Match` with the tag that was read, or `If-None-Match: *` for
/// what must not be there yet.
pub struct IfMatch(HeaderMap);

impl IfMatch {
    /// The condition on a thing that is read as `view`: the route that shows it must answer with just that.
    pub fn on<T, V: Serialize>(self, view: impl FnOnce(&T) -> V + Send + 'static) -> Precondition<T> {
        let headers = self.0;
        if !headers.contains_key(IF_MATCH) && !headers.contains_key(IF_NONE_MATCH) {
            return Precondition::none();
        }
        Precondition::new(move |current| {
            let tag = current.map(|current| serde_json::to_vec(&view(current)).unwrap_or_default());
            let tag = tag.map(|body| entity_tag(&body));
            let named = |name| tag.as_ref().is_some_and(|tag| names(&headers, name, tag));
            (!headers.contains_key(IF_MATCH) || named(&IF_MATCH))
                && (!headers.contains_key(IF_NONE_MATCH) || !named(&IF_NONE_MATCH))
        })
    }
}

impl FromRequest for IfMatch {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let mut headers = HeaderMap::new();
        for name in [IF_MATCH, IF_NONE_MATCH] {
            for value in request.headers().get_all(&name) {
                headers.append(name.clone(), value.clone());
            }
        }
        ready(Ok(Self(headers)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn tags_stand_in_lists() {
        let named = |value: &'static str| {
            let request = TestRequest::get().insert_header((IF_MATCH, value)).to_http_request();
            names(request.headers(), &IF_MATCH, "\"abc\"")
        };
        assert!(named("\"abc\"") && named("\"x\", \"abc\"") && named("*") && named("W/\"abc\""));
        assert!(!named("abc") && !named("\"x\"") && !named(""));
    }
}
