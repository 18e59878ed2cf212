//! Long pages travel compressed: “check your answers” repeats every question, and phones between shifts have slow links.
//!
//! A page that holds a secret beside words of somebody else's choosing must not be compressed: its length would tell
//! (BREACH). The pages of the form hold nothing that anybody but the owner of the link can choose; see
//! `docs/decisions/0130-pages-of-the-form-are-compressed.md`. Short pages are not worth the work.

use std::io::Write as _;

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::ServiceResponse;
use actix_web::http::header::{self, AcceptEncoding, ContentEncoding, Encoding, Header, HeaderValue};
use flate2::Compression;
use flate2::write::GzEncoder;

/// Pages of fewer bytes are sent as they are.
const SHORTEST: u64 = 8 * 1024;

/// Compresses a page of [`SHORTEST`] bytes or more for browsers that take gzip, which all do.
pub(super) fn of_long_pages(response: ServiceResponse<impl MessageBody + 'static>) -> ServiceResponse<BoxBody> {
    let response = response.map_into_boxed_body();
    let is_long = matches!(response.response().body().size(), BodySize::Sized(length) if length >= SHORTEST);
    if !is_long || !takes_gzip(&response) {
        return response;
    }
    response.map_body(|head, body| match body.try_into_bytes() {
        Ok(page) => match gzip(&page) {
            Ok(packed) => {
                head.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
                head.headers_mut().insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
                BoxBody::new(packed)
            }
            Err(_) => BoxBody::new(page),
        },
        Err(body) => body,
    })
}

fn takes_gzip(response: &ServiceResponse<BoxBody>) -> bool {
    let offered = [Encoding::gzip(), Encoding::identity()];
    AcceptEncoding::parse(response.request())
        .ok()
        .and_then(|accepted| accepted.negotiate(offered.iter()))
        .is_some_and(|chosen| chosen == Encoding::Known(ContentEncoding::Gzip))
}

fn gzip(page: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(page.len() / 4), Compression::default());
    encoder.write_all(page)?;
    encoder.finish()
}
