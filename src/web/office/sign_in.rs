//! Signing in and out.

use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

use super::confirm::Confirmation;
use super::frame::{render, render_with, see_other, signed_out_page};
use crate::config::Config;
use crate::domain::account::{Action, may};
use crate::domain::questionnaire::Language;
use crate::security::PlaintextToken;
use crate::services::sign_in::SignedIn;
use crate::services::{AppError, Services};
use crate::web::access::{SECURE_SESSION_COOKIE, SESSION_COOKIE, session_token};
use crate::web::client_network::ClientNetwork;
use crate::web::components::{ErrorSummary, Page, TextField};
use crate::web::{Problem, same_site};

#[derive(Template)]
#[template(path = "web/office/sign_in.html")]
struct SignInPage {
    page: Page,
    errors: Option<ErrorSummary>,
    email: TextField,
    password: TextField,
}

/// E-mail and password.
#[derive(Deserialize)]
pub struct SignInForm {
    email: String,
    password: String,
}

/// The sign-in page.
#[get("/sign-in")]
pub async fn show() -> Result<HttpResponse, Problem> {
    render(&sign_in_page(String::new(), None))
}

/// Signs in.
#[post("/sign-in")]
pub async fn submit(
    request: HttpRequest,
    network: ClientNetwork,
    form: web::Form<SignInForm>,
    services: web::Data<Services>,
    config: web::Data<Config>,
) -> Result<HttpResponse, Problem> {
    if same_site::came_from_elsewhere(&request) {
        return Err(Problem::bad_request("sign in from our own page"));
    }
    match services.accounts.sign_in(&form.email, &form.password, network.0).await {
        Ok(SignedIn::Wholly(token)) => go_home(&services, &config, &token).await,
        Ok(SignedIn::NeedsCode(token)) => go_on(&config, "/office/second-factor", &token),
        Ok(SignedIn::NeedsSecondFactor(token)) => go_on(&config, "/office/second-factor/set-up", &token),
        Err(AppError::Unauthenticated) => {
            let error =
                "E-mail and password do not belong together. Check both, or ask your administrator for a new link";
            render_with(StatusCode::UNPROCESSABLE_ENTITY, &sign_in_page(form.email.clone(), Some(error)))
        }
        Err(AppError::TooSoon { seconds }) => {
            let error = too_soon(seconds);
            later(seconds, &sign_in_page(form.email.clone(), Some(&error)))
        }
        Err(other) => Err(other.into()),
    }
}

/// Says how long to wait.
pub(super) fn too_soon(seconds: u64) -> String {
    format!("Too many tries that went wrong. Wait {}, then try again", for_people(seconds))
}

fn for_people(seconds: u64) -> String {
    match seconds {
        1 => "1 second".to_owned(),
        2..=90 => format!("{seconds} seconds"),
        more => format!("{} minutes", more.div_ceil(60)),
    }
}

/// The page again, to be sent later.
pub(super) fn later(seconds: u64, page: &impl Template) -> Result<HttpResponse, Problem> {
    let mut answer = render_with(StatusCode::TOO_MANY_REQUESTS, page)?;
    answer.headers_mut().insert(RETRY_AFTER, seconds.into());
    Ok(answer)
}

/// "Go to your first page", with the cookie of the session: not every role has surveys.
pub(super) async fn go_home(
    services: &Services,
    config: &Config,
    session: &PlaintextToken,
) -> Result<HttpResponse, Problem> {
    let powers = services.accounts.caller_of_session(session).await?.powers;
    go_on(config, if may(&powers, Action::ReadRelease) { "/office" } else { "/office/account" }, session)
}

/// "Go there", with the cookie of the session.
pub(super) fn go_on(config: &Config, path: &str, session: &PlaintextToken) -> Result<HttpResponse, Problem> {
    let mut answer = see_other(path);
    add_session(&mut answer, config, session)?;
    Ok(answer)
}

/// Gives the browser the cookie of the session.
pub(super) fn add_session(answer: &mut HttpResponse, config: &Config, session: &PlaintextToken) -> Result<(), Problem> {
    let cookie = session_cookie(config, session.reveal().to_owned());
    Ok(answer.add_cookie(&cookie).map_err(|error| AppError::Internal(error.to_string()))?)
}

/// Signs out.
#[post("/sign-out")]
pub async fn sign_out(
    request: HttpRequest,
    form: web::Form<Confirmation>,
    services: web::Data<Services>,
    config: web::Data<Config>,
) -> Result<HttpResponse, Problem> {
    form.check(&request, &services)?;
    if let Some(token) = session_token(&request) {
        services.accounts.sign_out(&token).await?;
    }
    let mut answer = see_other("/office/sign-in");
    let mut cookie = session_cookie(&config, String::new());
    cookie.make_removal();
    answer.add_cookie(&cookie).map_err(|error| AppError::Internal(error.to_string()))?;
    Ok(answer)
}

fn session_cookie(config: &Config, value: String) -> Cookie<'static> {
    let https = config.server.is_https();
    Cookie::build(if https { SECURE_SESSION_COOKIE } else { SESSION_COOKIE }, value)
        .path("/")
        .http_only(true)
        .secure(https)
        .same_site(SameSite::Lax)
        .finish()
}

fn sign_in_page(email: String, error: Option<&str>) -> SignInPage {
    let field = |name: &str, label: &str, value: String, input_type, autocomplete| TextField {
        value,
        input_type,
        autocomplete,
        ..TextField::new(name, label)
    };
    SignInPage {
        page: signed_out_page("Sign in").with_errors(error.is_some()),
        errors: error.map(|text| ErrorSummary::of_one(Language::English, "email", text)),
        email: field("email", "E-mail", email, "email", "username"),
        password: field("password", "Password", String::new(), "password", "current-password"),
    }
}
