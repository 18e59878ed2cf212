//! What browsers load besides pages: one style sheet, its icons, the favicon. Prepared by `build.rs`.
//!
//! Every file carries a hash of its content in its name, so it may be kept for ever; a new build has new names.

use actix_web::http::header::{self, AcceptEncoding, Encoding, Header};
use actix_web::{HttpRequest, HttpResponse, Responder, web};

/// One file, embedded in the binary.
struct Asset {
    /// Its name in our source.
    name: &'static str,
    /// Its name in addresses.
    hashed: &'static str,
    content_type: &'static str,
    plain: &'static [u8],
    gzip: &'static [u8],
    brotli: &'static [u8],
}

impl Asset {
    const fn new(
        name: &'static str,
        hashed: &'static str,
        content_type: &'static str,
        plain: &'static [u8],
        gzip: &'static [u8],
        brotli: &'static [u8],
    ) -> Self {
        Self { name, hashed, content_type, plain, gzip, brotli }
    }
}

static ALL: &[Asset] = include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The address of the file with this name in our source; `/assets/` alone when there is none, which a test rules out.
pub fn address(name: &str) -> String {
    let hashed = ALL.iter().find(|asset| asset.name == name).map_or("", |asset| asset.hashed);
    format!("/assets/{hashed}")
}

/// The routes of this room.
pub fn configure(services: &mut web::ServiceConfig) {
    services.route("/assets/{name}", web::get().to(serve)).route("/assets/{name}", web::head().to(serve));
}

async fn serve(name: web::Path<String>, request: HttpRequest) -> impl Responder {
    let Some(asset) = ALL.iter().find(|asset| asset.hashed == name.as_str()) else {
        return HttpResponse::NotFound().content_type("text/plain; charset=utf-8").body("There is no such file.");
    };
    let accepted = AcceptEncoding::parse(&request).unwrap_or(AcceptEncoding(Vec::new()));
    let offered = [Encoding::brotli(), Encoding::gzip(), Encoding::identity()];
    let encoding = accepted.negotiate(offered.iter()).unwrap_or(Encoding::identity());
    let mut response = HttpResponse::Ok();
    response
        .content_type(asset.content_type)
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::VARY, "Accept-Encoding"));
    if encoding == Encoding::brotli() {
        response.insert_header((header::CONTENT_ENCODING, "br")).body(asset.brotli)
    } else if encoding == Encoding::gzip() {
        response.insert_header((header::CONTENT_ENCODING, "gzip")).body(asset.gzip)
    } else {
        response.body(asset.plain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_sheet_is_there_and_free_of_what_is_licensed() {
        let sheet = ALL.iter().find(|asset| asset.name == "candour.css").expect("the style sheet is embedded");
        let text = std::str::from_utf8(sheet.plain).expect("style sheets are text");
        assert!(text.contains(".nhsuk-radios") && text.contains(".candour-header"));
        for trace in ["Frutiger", "@font-face", "url(/", "url(http", "@import"] {
            assert!(!text.contains(trace), "{trace}");
        }
        assert!(sheet.brotli.len() < 30_000 && sheet.gzip.len() < 40_000);
    }

    #[test]
    fn every_icon_that_the_style_sheet_names_is_embedded_and_none_is_the_logo() {
        let sheet = ALL.iter().find(|asset| asset.name == "candour.css").expect("the style sheet is embedded");
        let text = std::str::from_utf8(sheet.plain).expect("style sheets are text");
        for url in text.split("url(").skip(1).filter_map(|tail| tail.split(')').next()) {
            assert!(ALL.iter().any(|asset| asset.hashed == url), "{url}");
        }
        assert!(ALL.iter().all(|asset| ["candour.css", "favicon.svg"].contains(&asset.name)
            || asset.name.contains("arrow")
            || asset.name.contains("cross")));
        assert_ne!(address("candour.css"), "/assets/");
        assert_eq!(address("no-such-file"), "/assets/");
    }
}
