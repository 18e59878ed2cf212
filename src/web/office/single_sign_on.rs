//! "Sign in with your trust": away to the organisation's own identity provider, and back.

use actix_web::cookie::{Cookie, SameSite, time};
use actix_web::http::StatusCode;
use actix_web::http::header::REFRESH;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

use super::frame::{render, render_with, signed_out_page};
use super::sign_in::{go_home, later, too_soon};
use crate::config::Config;
use crate::domain::organisation::OdsCode;
use crate::domain::questionnaire::Language;
use crate::services::single_sign_on::{Return, SingleSignOnError};
use crate::services::{AppError, Services};
use crate::web::client_network::ClientNetwork;
use crate::web::components::{ErrorSummary, Page, TextField};
use crate::web::{Problem, same_site};

/// Holds the token of a browser that is away; `__Host-` binds it to this host.
const AWAY_COOKIE: &str = "candour-away";
const SECURE_AWAY_COOKIE: &str = "__Host-candour-away";
/// As long as somebody may take at the provider.
const AWAY: time::Duration = time::Duration::minutes(10);

const NO_PROVIDER: &str =
    "No organisation with this code signs in in this way. Check the code, or sign in with your password";
const NOT_REACHED: &str = "The sign-in of your trust cannot be used at the moment. Try again later, or sign in with your \
                           password";

#[derive(Template)]
#[template(path = "web/office/trust_sign_in.html")]
struct TrustPage {
    page: Page,
    errors: Option<ErrorSummary>,
    organisation: TextField,
}

#[derive(Template)]
#[template(path = "web/office/trust_departure.html")]
struct DeparturePage {
    page: Page,
    address: String,
}

#[derive(Template)]
#[template(path = "web/office/trust_refused.html")]
struct RefusedPage {
    page: Page,
    why: &'static str,
}

/// Which trust.
#[derive(Deserialize)]
pub struct TrustForm {
    #[serde(default)]
    organisation: String,
}

/// What the provider adds to our address.
#[derive(Deserialize)]
pub struct ReturnQuery {
    code: Option<String>,
    state: Option<String>,
    iss: Option<String>,
}

/// Asks which trust. A link on an intranet may have named it.
#[get("/sign-in/trust")]
pub async fn show(query: web::Query<TrustForm>) -> Result<HttpResponse, Problem> {
    render(&trust_page(query.organisation.clone(), None))
}

/// Goes to the trust's provider.
#[post("/sign-in/trust")]
pub async fn depart(
    request: HttpRequest,
    network: ClientNetwork,
    form: web::Form<TrustForm>,
    services: web::Data<Services>,
    config: web::Data<Config>,
) -> Result<HttpResponse, Problem> {
    if same_site::came_from_elsewhere(&request) {
        return Err(Problem::bad_request("sign in from our own page"));
    }
    let again = |status, error: &str| render_with(status, &trust_page(form.organisation.clone(), Some(error)));
    let Ok(organisation) = form.organisation.trim().to_ascii_uppercase().parse::<OdsCode>() else {
        return again(StatusCode::UNPROCESSABLE_ENTITY, NO_PROVIDER);
    };
    match services.single_sign_on.depart(organisation, network.0).await {
        Ok(departure) => {
            // Browsers do not let a form lead to another site here (form-action 'self'): the page goes on by itself.
            let page =
                DeparturePage { page: signed_out_page("Go on to your trust"), address: departure.address.clone() };
            let mut answer = render(&page)?;
            let refresh = format!("0; url={}", departure.address);
            let refresh = refresh.parse().map_err(|_| AppError::Internal("an address is no header".to_owned()))?;
            answer.headers_mut().insert(REFRESH, refresh);
            add_cookie(&mut answer, &away_cookie(&config, departure.token.reveal().to_owned()))?;
            Ok(answer)
        }
        Err(SingleSignOnError::Provider(trouble)) => {
            tracing::warn!(organisation = %form.organisation.trim(), %trouble, "no sign-in at the trust");
            again(StatusCode::BAD_GATEWAY, NOT_REACHED)
        }
        Err(SingleSignOnError::Other(AppError::TooSoon { seconds })) => {
            later(seconds, &trust_page(form.organisation.clone(), Some(&too_soon(seconds))))
        }
        Err(SingleSignOnError::Other(error)) => Err(error.into()),
        Err(_) => again(StatusCode::UNPROCESSABLE_ENTITY, NO_PROVIDER),
    }
}

/// Comes back from the trust's provider.
#[get("/sign-in/trust/{ods}")]
pub async fn arrive(
    request: HttpRequest,
    network: ClientNetwork,
    path: web::Path<String>,
    query: web::Query<ReturnQuery>,
    services: web::Data<Services>,
    config: web::Data<Config>,
) -> Result<HttpResponse, Problem> {
    let organisation: OdsCode = path.parse().map_err(|_| Problem::not_found("page"))?;
    let away = request.cookie(SECURE_AWAY_COOKIE).or_else(|| request.cookie(AWAY_COOKIE));
    let Some(token) = away.and_then(|cookie| cookie.value().parse().ok()) else {
        return refused(
            &config,
            "This browser was not on its way to your trust, or took too long.",
            StatusCode::BAD_REQUEST,
        );
    };
    let ReturnQuery { code, state, iss } = query.into_inner();
    let back = Return { code, state, issuer: iss };
    match services.single_sign_on.arrive(organisation.clone(), token, back, network.0).await {
        Ok(session) => {
            let mut answer = go_home(&services, &config, &session).await?;
            add_cookie(&mut answer, &removal(&config))?;
            Ok(answer)
        }
        Err(SingleSignOnError::NoAccount) => {
            let why = "Your trust knows you, but you have no account here, or it is disabled. Ask your organisation’s \
                       administrator to invite the address that you sign in with.";
            refused(&config, why, StatusCode::FORBIDDEN)
        }
        Err(SingleSignOnError::Provider(trouble)) => {
            tracing::warn!(%organisation, %trouble, "no sign-in at the trust");
            refused(&config, "The sign-in of your trust cannot be used at the moment.", StatusCode::BAD_GATEWAY)
        }
        Err(SingleSignOnError::Other(error)) => Err(error.into()),
        Err(_) => refused(&config, "What your trust sent back could not be used.", StatusCode::BAD_REQUEST),
    }
}

fn refused(config: &Config, why: &'static str, status: StatusCode) -> Result<HttpResponse, Problem> {
    let mut answer = render_with(status, &RefusedPage { page: signed_out_page("You are not signed in"), why })?;
    add_cookie(&mut answer, &removal(config))?;
    Ok(answer)
}

fn add_cookie(answer: &mut HttpResponse, cookie: &Cookie<'_>) -> Result<(), Problem> {
    Ok(answer.add_cookie(cookie).map_err(|error| AppError::Internal(error.to_string()))?)
}

fn removal(config: &Config) -> Cookie<'static> {
    let mut cookie = away_cookie(config, String::new());
    cookie.make_removal();
    cookie
}

/// Lax: the provider sends the browser back from another site.
fn away_cookie(config: &Config, value: String) -> Cookie<'static> {
    let https = config.server.is_https();
    Cookie::build(if https { SECURE_AWAY_COOKIE } else { AWAY_COOKIE }, value)
        .path("/")
        .http_only(true)
        .secure(https)
        .same_site(SameSite::Lax)
        .max_age(AWAY)
        .finish()
}

fn trust_page(organisation: String, error: Option<&str>) -> TrustPage {
    TrustPage {
        page: signed_out_page("Sign in with your trust").with_errors(error.is_some()),
        errors: error.map(|text| ErrorSummary::of_one(Language::English, "organisation", text)),
        organisation: TextField {
            hint: Some("The ODS code, such as RXX.".to_owned()),
            error: error.map(str::to_owned),
            value: organisation,
            autocomplete: "organization",
            width: Some(5),
            ..TextField::new("organisation", "Code of your trust")
        },
    }
}
