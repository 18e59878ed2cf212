//! Public pages as they were last made.
//!
//! A page is the same for everybody, and a trust's staff come at once when it is announced: one rendering serves all who
//! come within seconds. It tells only what everybody may read anyway.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use actix_web::http::header::{self, ContentType, HeaderValue};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};

use crate::domain::identifier::SurveyId;
use crate::domain::questionnaire::Language;
use crate::web::manners::entity_tag::{entity_tag, names};

/// How long a page serves. After so long every replica knows of what was changed at another one.
const LIFE: Duration = Duration::from_secs(5);
/// Pages kept at once; each is some 30 kB.
const MOST: usize = 200;

/// Which page: of which survey, in which language, after how many changes of summaries here.
pub(super) type Key = (SurveyId, Language, u64);

/// When each page was made.
type Pages = HashMap<Key, (Instant, PublicPage)>;

/// Public pages made lately.
#[derive(Default)]
pub struct PublicPages(Mutex<Pages>);

impl PublicPages {
    pub(super) fn find(&self, key: &Key, now: Instant) -> Option<PublicPage> {
        let pages = self.lock();
        let (made, page) = pages.get(key)?;
        (now.duration_since(*made) < LIFE).then(|| page.clone())
    }

    pub(super) fn remember(&self, key: Key, page: &PublicPage, now: Instant) {
        let mut pages = self.lock();
        if pages.len() >= MOST {
            pages.retain(|_, (made, _)| now.duration_since(*made) < LIFE);
        }
        if pages.len() < MOST {
            pages.insert(key, (now, page.clone()));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Pages> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A page and its fingerprint.
#[derive(Clone)]
pub(super) struct PublicPage {
    html: Bytes,
    tag: HeaderValue,
}

impl PublicPage {
    pub(super) fn new(html: String) -> Self {
        let tag = HeaderValue::from_str(&entity_tag(html.as_bytes())).unwrap_or(HeaderValue::from_static("\"\""));
        Self { html: html.into(), tag }
    }

    /// The page; or that it is what the caller has already.
    pub(super) fn answer(&self, request: &HttpRequest) -> HttpResponse {
        let known = self.tag.to_str().is_ok_and(|tag| names(request.headers(), &header::IF_NONE_MATCH, tag));
        let mut answer = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
        // Browsers may keep it, and ask each time whether it is still so: a trust may take it back.
        answer.insert_header((header::ETAG, self.tag.clone())).insert_header((header::CACHE_CONTROL, "no-cache"));
        if known { answer.finish() } else { answer.content_type(ContentType::html()).body(self.html.clone()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_serves_until_its_time_is_over() {
        let (pages, now) = (PublicPages::default(), Instant::now());
        let key = |byte| (SurveyId::from_random([byte; 16]), Language::English, 0);
        pages.remember(key(1), &PublicPage::new("page".to_owned()), now);
        assert!(pages.find(&key(1), now).is_some() && pages.find(&key(2), now).is_none());
        assert!(pages.find(&key(1), now + LIFE).is_none(), "its time is over");
        for byte in 0..=u8::MAX {
            pages.remember(key(byte), &PublicPage::new("page".to_owned()), now);
        }
        assert_eq!(pages.lock().len(), MOST);
        pages.remember(key(u8::MAX), &PublicPage::new("page".to_owned()), now + LIFE);
        assert_eq!(pages.lock().len(), 1, "those that are over make room");
    }
}
