//! Pages of a list: `?limit=&cursor=`, the next one in `Link`.

use actix_web::HttpResponse;
use actix_web::http::header;
use serde::{Deserialize, Serialize};

/// Which page is asked for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct PageQuery {
    /// Entries at most; 1 to 200.
    #[serde(default = "default_limit")]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: u16,
    /// From the `Link` of the page before.
    cursor: Option<String>,
}

fn default_limit() -> u16 {
    50
}

impl PageQuery {
    /// Entries of this page, at most.
    pub fn limit(&self) -> u16 {
        self.limit.clamp(1, 200)
    }

    /// The last key of the page before.
    pub fn after(&self) -> Option<&str> {
        self.cursor.as_deref()
    }
}

/// A page as the answer to `path`; `key` gives the key that the list is ordered by.
pub fn answer<T: Serialize>(path: &str, query: &PageQuery, entries: &[T], key: impl Fn(&T) -> String) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    if let Some(last) = entries.last().filter(|_| entries.len() == usize::from(query.limit())) {
        let link = format!("<{path}?limit={}&cursor={}>; rel=\"next\"", query.limit(), key(last));
        response.insert_header((header::LINK, link));
    }
    response.json(entries)
}
