//! Pages of a list: `?limit=&cursor=`, the next one in `Link`.
//!
//! A cursor is sealed for its list: nobody can read it, make one, or use one with another list.

use std::fmt::Display;
use std::str::FromStr;

use actix_web::HttpResponse;
use actix_web::http::header;
use serde::{Deserialize, Serialize};

use crate::security::{Purpose, Sealer};
use crate::web::error::{ApiResult, Problem, ProblemPart};

/// Entries of a page when nobody says how many.
const USUAL: u16 = 50;
/// Entries of a page at most.
const MOST: u16 = 200;

/// Which page is asked for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct PageQuery {
    /// Entries at most; 1 to 200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// From the `Link` of the page before.
    cursor: Option<String>,
}

impl PageQuery {
    /// The page of `list`, as the path of its route.
    ///
    /// # Errors
    /// 422 for a limit out of bounds, 400 for a cursor that is none of this list's.
    pub fn of<K: FromStr>(&self, list: &str, sealer: &Sealer) -> ApiResult<Page<K>> {
        Page::new(list, self.limit, self.cursor.as_deref(), sealer)
    }
}

/// A page of a list that is ordered by `K`.
pub struct Page<K> {
    list: String,
    sealer: Sealer,
    /// Entries at most.
    pub limit: u16,
    /// Key of the last entry of the page before.
    pub after: Option<K>,
}

impl<K: FromStr> Page<K> {
    /// The page of `list` after what `cursor` stands for.
    ///
    /// # Errors
    /// 422 for a limit out of bounds, 400 for a cursor that is none of this list's.
    pub fn new(list: &str, limit: Option<u16>, cursor: Option<&str>, sealer: &Sealer) -> ApiResult<Self> {
        let limit = limit.unwrap_or(USUAL);
        if !(1..=MOST).contains(&limit) {
            let detail = format!("limit is from 1 to {MOST}");
            let part = ProblemPart { pointer: "/limit".to_owned(), detail: detail.clone() };
            return Err(Problem::unprocessable(detail, vec![part]));
        }
        let open = |cursor: &str| {
            let key = sealer.open(Purpose::Cursor, list.as_bytes(), cursor)?;
            String::from_utf8(key).ok()?.parse().ok()
        };
        let after = cursor
            .map(|cursor| {
                let detail = "the cursor is none of this list's; take the address from Link as it is";
                open(cursor).ok_or_else(|| Problem::bad_request(detail))
            })
            .transpose()?;
        Ok(Self { list: list.to_owned(), sealer: sealer.clone(), limit, after })
    }
}

impl<K> Page<K> {
    /// The page as an answer; `key` gives the key of an entry.
    pub fn answer<T: Serialize, D: Display>(&self, entries: &[T], key: impl Fn(&T) -> D) -> HttpResponse {
        self.answer_with(entries, key, "")
    }

    /// The same where the next page asks for more than a place: `more` is the rest of its query.
    pub fn answer_with<T: Serialize, D: Display>(
        &self,
        entries: &[T],
        key: impl Fn(&T) -> D,
        more: &str,
    ) -> HttpResponse {
        let mut response = HttpResponse::Ok();
        if let Some(last) = entries.last().filter(|_| entries.len() == usize::from(self.limit)) {
            let cursor = self.sealer.seal(Purpose::Cursor, self.list.as_bytes(), key(last).to_string().as_bytes());
            let link = format!("<{}?limit={}&cursor={cursor}{more}>; rel=\"next\"", self.list, self.limit);
            response.insert_header((header::LINK, link));
        }
        response.json(entries)
    }
}
