//! The staff form: one question per page, in both languages, complete without a script and without a sign-in.
//!
//! | file | what it is |
//! | --- | --- |
//! | `visit` | who opened which link, in which language, with which answers so far: the extractor of every handler |
//! | `journey` | which question comes next, and which came before; pure |
//! | `draft` | the answers before submit, sealed in the respondent's own browser; never in our database |
//! | `links` | every address of the form |
//! | `handlers` | one function per page |
//! | `pages` | what each page shows, and its template |
//! | `blank_pages` | question pages without link and choice, made once |
//! | `words` | every word that the form itself says, in both languages |
//! | `compression` | long pages travel compressed |
//! | `ending` | links that lead nowhere, and failures, as pages |
//! | `code` | the code from a letter, leaving quickly, and the kiosk |
//! | `opt_out` | “no more e-mail” |
//! | `receipt` | withdrawing answers until close, and the public list of receipts; its words beside it |
//! | `about` | how anonymity is kept, and the accessibility statement, from the settings in force |
//!
//! Reading pages changes nothing; only `POST /s/{token}/submit` with answers spends a link.

mod about;
mod blank_pages;
mod code;
mod compression;
mod draft;
mod ending;
mod handlers;
mod journey;
mod links;
mod opt_out;
mod pages;
mod receipt;
mod receipt_words;
mod visit;
mod words;

use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::header::HeaderName;
use actix_web::web::{self, FormConfig, ServiceConfig};
use actix_web::{Error, HttpMessage, HttpRequest};
use blank_pages::BlankPages;
use ending::{Ending, Reason};
pub(super) use visit::language;

use super::middleware::Route;

/// The most that one page may send: a comment in any script, and room to spare.
const LARGEST_PAGE: usize = 64 * 1024;

/// The routes of this room.
pub fn configure(config: &mut ServiceConfig) {
    config
        .app_data(web::Data::new(BlankPages::default()))
        // Routes are tried in turn, and most requests are for a question.
        .service(
            page("/s/{token}/question/{question}")
                .route(web::get().to(handlers::question))
                .route(web::head().to(handlers::question))
                .route(web::post().to(handlers::answer)),
        )
        .service(
            page("/about/anonymity").route(web::get().to(about::anonymity)).route(web::head().to(about::anonymity)),
        )
        .service(
            page("/about/accessibility")
                .route(web::get().to(about::accessibility))
                .route(web::head().to(about::accessibility)),
        )
        .service(
            page("/receipt")
                .route(web::get().to(receipt::ask))
                .route(web::head().to(receipt::ask))
                .route(web::post().to(receipt::look)),
        )
        .service(page("/receipt/given").route(web::post().to(receipt::given)))
        .service(page("/receipt/withdraw").route(web::post().to(receipt::withdraw)))
        .service(
            page("/published/{survey}/receipts")
                .route(web::get().to(receipt::list))
                .route(web::head().to(receipt::list)),
        )
        .service(
            page("/code")
                .route(web::get().to(code::ask))
                .route(web::head().to(code::ask))
                .route(web::post().to(code::follow)),
        )
        .service(page("/kiosk").route(web::get().to(code::kiosk)))
        .service(page("/s/{token}/leave").route(web::get().to(code::leave)))
        .service(page("/s/{token}").route(web::get().to(handlers::start)).route(web::head().to(handlers::start)))
        .service(page("/s/{token}/check").route(web::get().to(handlers::check)).route(web::head().to(handlers::check)))
        .service(
            page("/s/{token}/no-more-e-mail")
                .route(web::get().to(opt_out::ask))
                .route(web::head().to(opt_out::ask))
                .route(web::post().to(opt_out::note)),
        )
        .service(page("/s/{token}/submit").route(web::post().to(handlers::submit)))
        .service(page("/s/{token}/clear").route(web::post().to(handlers::clear)))
        // Half an address, or one with something after it: told like any link that leads nowhere.
        .service(page("/s").route(web::get().to(ending::unknown_link)))
        .service(page("/s/{rest:.*}").route(web::get().to(ending::unknown_link)));
}

fn page(
    path: &'static str,
) -> actix_web::Resource<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody + use<>>,
        Error = Error,
        InitError = (),
    > + use<>,
> {
    let unreadable = |_, request: &HttpRequest| Ending::new(request, Reason::Unreadable).into();
    web::resource(path).app_data(FormConfig::default().limit(LARGEST_PAGE).error_handler(unreadable)).wrap_fn(
        move |request, next| {
            request.extensions_mut().insert(Route(path));
            let refresh = code::kiosk_refresh(request.request());
            let answer = next.call(request);
            async move {
                let mut response = answer.await?;
                if let Some(refresh) = refresh.filter(|_| !response.status().is_redirection()) {
                    response.headers_mut().insert(HeaderName::from_static("refresh"), refresh);
                }
                Ok(compression::of_long_pages(response))
            }
        },
    )
}
