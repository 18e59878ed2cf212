//! The code from a letter, leaving quickly, and the kiosk: a shared device that goes back to this page by itself.

use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::ending::{Ending, Reason};
use super::links::Links;
use super::pages::render;
use super::visit::{is_https, language};
use super::{draft, words};
use crate::config::Config;
use crate::domain::questionnaire::Language;
use crate::security::{LetterCode, PlaintextToken};
use crate::services::Services;
use crate::web::components::{ErrorSummary, Page, TextField};
use crate::web::same_site::came_from_elsewhere;

const FIELD: &str = "code";
/// Set on devices that stand in a ward for everybody.
const KIOSK: &str = "candour_kiosk";
/// The same over HTTPS.
const SECURE_KIOSK: &str = "__Host-candour_kiosk";
/// Where a respondent goes who wants to be seen reading something else.
const ELSEWHERE: &str = "https://www.bbc.co.uk/weather";
/// Seconds without a new page after which a kiosk clears the answers and starts again.
const IDLE_SECONDS: u32 = 300;
/// The same where nothing is left to do: long enough to note down a receipt.
const DONE_SECONDS: u32 = 90;

/// What the page sends.
#[derive(Deserialize)]
pub(super) struct Sent {
    #[serde(default)]
    code: String,
}

#[derive(Template)]
#[template(path = "web/forms/code.html")]
struct CodePage {
    page: Page,
    intro: &'static str,
    continue_on: &'static str,
    errors: Option<ErrorSummary>,
    field: TextField,
}

/// `/code`
pub(super) async fn ask(request: HttpRequest) -> HttpResponse {
    ask_again(language(&request), String::new(), false)
}

/// Follows the code.
pub(super) async fn follow(
    request: HttpRequest,
    sent: web::Form<Sent>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Ending> {
    let language = language(&request);
    if came_from_elsewhere(&request) {
        return Err(Ending::new(&request, Reason::CameFromElsewhere));
    }
    let text = sent.into_inner().code;
    let Ok(code) = text.parse::<LetterCode>() else { return Ok(ask_again(language, text, true)) };
    let token = services.invitations.token_of_code(&code);
    Ok(see(&Links::new(&token, language).start()))
}

/// `/kiosk`: from now on this browser is a kiosk, until it is closed.
pub(super) async fn kiosk(request: HttpRequest, config: web::Data<Config>) -> HttpResponse {
    let https = config.server.is_https();
    let cookie = Cookie::build(kiosk_cookie(https), "yes")
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(https)
        .finish();
    let query = if language(&request) == Language::Welsh { "?lang=cy" } else { "" };
    let mut response = see(&format!("/code{query}"));
    append(&mut response, &cookie);
    response
}

/// `/s/{token}/leave`: clears the answers in this browser and shows something else. Looks nothing up, so that it works
/// whatever happens; and changes nothing but this browser's own cookies.
pub(super) async fn leave(
    request: HttpRequest,
    token: web::Path<String>,
    config: web::Data<Config>,
) -> Result<HttpResponse, Ending> {
    let language = language(&request);
    let token: PlaintextToken = token.parse().map_err(|_| Ending::new(&request, Reason::UnknownLink))?;
    let mut response = see(if is_kiosk(&request) { "/code" } else { ELSEWHERE });
    for cookie in draft::no_cookies(Links::new(&token, language).cookie_path(), config.server.is_https()) {
        append(&mut response, &cookie);
    }
    Ok(response)
}

/// On a kiosk every page leads back to the code by itself, answers cleared; but for the code's own page. What the answer
/// to this request says for that in its header `Refresh`.
pub(super) fn kiosk_refresh(request: &HttpRequest) -> Option<HeaderValue> {
    if !is_kiosk(request) || request.path() == "/code" {
        return None;
    }
    let token = request.match_info().get("token").and_then(|token| token.parse::<PlaintextToken>().ok());
    let back = token.map_or_else(|| "/code".to_owned(), |token| format!("/s/{}/leave", token.reveal()));
    let question = request.path().contains("/question/") || request.path().ends_with("/check");
    let seconds = if question { IDLE_SECONDS } else { DONE_SECONDS };
    HeaderValue::from_str(&format!("{seconds}; url={back}")).ok()
}

fn is_kiosk(request: &HttpRequest) -> bool {
    request.headers().contains_key(header::COOKIE) && request.cookie(kiosk_cookie(is_https(request))).is_some()
}

fn kiosk_cookie(https: bool) -> &'static str {
    if https { SECURE_KIOSK } else { KIOSK }
}

fn ask_again(language: Language, value: String, wrong: bool) -> HttpResponse {
    let (title, intro, label, hint, error) = match language {
        Language::English => (
            "Enter the code from your letter",
            "The code leads to the survey. It only makes sure that each person answers once, and is not kept with your answers.",
            "Code",
            "12 letters and digits, for example 7K3M-0QXV-94TB",
            "Enter the 12 letters and digits of the code, as they stand in the letter",
        ),
        Language::Welsh => (
            "Rhowch y cod o’ch llythyr",
            "Mae’r cod yn arwain at yr arolwg. Ei unig ddiben yw sicrhau bod pob person yn ateb unwaith, ac ni chaiff ei gadw gyda’ch atebion.",
            "Cod",
            "12 o lythrennau a rhifau, er enghraifft 7K3M-0QXV-94TB",
            "Rhowch 12 llythyren a rhif y cod, fel y maent yn y llythyr",
        ),
    };
    let field = TextField {
        language,
        hint: Some(hint.to_owned()),
        error: wrong.then(|| error.to_owned()),
        value,
        width: Some(20),
        ..TextField::new(FIELD, label)
    };
    let words = words::of(language);
    let switch = if language == Language::English { "/code?lang=cy" } else { "/code" };
    let page = Page::new(language, words.service, title).with_errors(wrong).with_switch(switch);
    let errors = wrong.then(|| ErrorSummary::of_one(language, FIELD, error));
    let status = if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    render(status, &CodePage { page, intro, continue_on: words.continue_on, errors, field })
}

fn see(address: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, address)).finish()
}

fn append(response: &mut HttpResponse, cookie: &Cookie<'_>) {
    if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}
