//! "Your account": password, second factor, recovery codes, sessions.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;
use time::{Duration, OffsetDateTime};

use super::accounts::name_of;
use super::confirm::{check_form_token, form_token};
use super::frame::{Section, page, render, render_with, see_other};
use super::second_factor::{RecoveryCodesPage, SeedView, code_field};
use super::sign_in::{add_session, go_on, later, too_soon};
use crate::config::Config;
use crate::domain::account::{Action, may};
use crate::domain::questionnaire::Language;
use crate::security::PlaintextToken;
use crate::services::own_account::{OwnAccount, OwnSignIn};
use crate::services::sign_in::Enrolled;
use crate::services::{AppError, Services, now};
use crate::web::Problem;
use crate::web::access::session_token;
use crate::web::client_network::ClientNetwork;
use crate::web::components::{ErrorSummary, Page, TextField};

#[derive(Template)]
#[template(path = "web/office/account.html")]
struct AccountPage {
    page: Page,
    email: String,
    role: String,
    manages_accounts: bool,
    second_factor: bool,
    recovery_codes_left: u64,
    sessions: Vec<SessionView>,
    api_sign_ins: Vec<ApiSignInView>,
    others: bool,
    idle_minutes: u32,
    hours: u32,
    token: String,
}

struct SessionView {
    id: String,
    started: String,
    used: &'static str,
    is_this: bool,
}

struct ApiSignInView {
    id: String,
    started: String,
}

#[derive(Template)]
#[template(path = "web/office/change_password.html")]
struct PasswordPage {
    page: Page,
    errors: Option<ErrorSummary>,
    present: TextField,
    new: TextField,
    token: String,
}

#[derive(Template)]
#[template(path = "web/office/change_second_factor.html")]
struct SecondFactorPage {
    page: Page,
    errors: Option<ErrorSummary>,
    key: SeedView,
    password: TextField,
    code: TextField,
    token: String,
}

#[derive(Template)]
#[template(path = "web/office/new_recovery_codes.html")]
struct NewCodesPage {
    page: Page,
    errors: Option<ErrorSummary>,
    password: TextField,
    token: String,
}

/// Which sign-in to end; nothing for every other one.
#[derive(Deserialize)]
pub struct EndForm {
    token: String,
    session: Option<String>,
    api: Option<String>,
}

/// The password twice: as it is and as it shall be.
#[derive(Deserialize)]
pub struct PasswordForm {
    token: String,
    present: String,
    new: String,
}

/// The password, to confirm that it is you.
#[derive(Deserialize)]
pub struct ConfirmedForm {
    token: String,
    password: String,
}

/// The password and a code of the new second factor.
#[derive(Deserialize)]
pub struct SecondFactorForm {
    token: String,
    password: String,
    code: String,
}

/// The page.
#[get("/account")]
pub async fn show(
    request: HttpRequest,
    services: web::Data<Services>,
    config: web::Data<Config>,
) -> Result<HttpResponse, Problem> {
    let (_, own) = signed_in(&request, &services).await?;
    let sessions: Vec<SessionView> = own
        .sessions
        .into_iter()
        .map(|(line, is_this)| SessionView {
            id: line.id.into(),
            started: day_and_time(line.started_at),
            used: coarse(now() - line.last_used_at),
            is_this,
        })
        .collect();
    render(&AccountPage {
        page: page("Your account", Some(Section::Account)),
        email: own.account.email,
        role: name_of(own.account.role),
        manages_accounts: own.account.organisation.is_some() && may(&own.account.role.into(), Action::ManageAccounts),
        second_factor: own.account.second_factor.is_some(),
        recovery_codes_left: own.recovery_codes_left,
        others: sessions.len() > 1 || !own.api_sign_ins.is_empty(),
        api_sign_ins: own
            .api_sign_ins
            .into_iter()
            .map(|(id, started)| ApiSignInView { id: id.into(), started: day_and_time(started) })
            .collect(),
        idle_minutes: config.security.session_idle_minutes,
        hours: config.security.session_hours,
        sessions,
        token: form_token(&request, &services)?,
    })
}

/// Ends one session, or every other one.
#[post("/account/sessions")]
pub async fn end_sessions(
    request: HttpRequest,
    form: web::Form<EndForm>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let (session, _) = signed_in(&request, &services).await?;
    check_form_token(&request, &services, &form.token)?;
    let unknown = |_| Problem::not_found("session");
    let which = match (&form.session, &form.api) {
        (Some(id), _) => OwnSignIn::Session(id.parse().map_err(unknown)?),
        (None, Some(id)) => OwnSignIn::Api(id.parse().map_err(unknown)?),
        (None, None) => OwnSignIn::Others,
    };
    services.accounts.end_own_session(&session, which).await?;
    Ok(see_other("/office/account"))
}

/// Asks for a new password.
#[get("/account/password")]
pub async fn show_password(request: HttpRequest, services: web::Data<Services>) -> Result<HttpResponse, Problem> {
    signed_in(&request, &services).await?;
    render(&password_page(form_token(&request, &services)?, None))
}

/// Changes the password.
#[post("/account/password")]
pub async fn change_password(
    request: HttpRequest,
    network: ClientNetwork,
    form: web::Form<PasswordForm>,
    services: web::Data<Services>,
    config: web::Data<Config>,
) -> Result<HttpResponse, Problem> {
    let (session, _) = signed_in(&request, &services).await?;
    check_form_token(&request, &services, &form.token)?;
    match services.accounts.change_password(&session, &form.present, &form.new, network.0).await {
        Ok(session) => go_on(&config, "/office/account", &session),
        Err(error) => {
            let wrong = Wrong::of(error, "present", "new")?;
            wrong.answer(&password_page(form.token.clone(), Some(&wrong)))
        }
    }
}

/// Shows the key of another second factor.
#[get("/account/second-factor")]
pub async fn show_second_factor(request: HttpRequest, services: web::Data<Services>) -> Result<HttpResponse, Problem> {
    let (session, own) = signed_in(&request, &services).await?;
    render(&second_factor_page(&services, &session, &own, form_token(&request, &services)?, None))
}

/// Takes the new second factor over.
#[post("/account/second-factor")]
pub async fn change_second_factor(
    request: HttpRequest,
    network: ClientNetwork,
    form: web::Form<SecondFactorForm>,
    services: web::Data<Services>,
    config: web::Data<Config>,
) -> Result<HttpResponse, Problem> {
    let (session, own) = signed_in(&request, &services).await?;
    check_form_token(&request, &services, &form.token)?;
    match services.accounts.change_second_factor(&session, &form.password, &form.code, network.0).await {
        Ok(Enrolled { session, recovery_codes }) => {
            let page = page("Recovery codes", Some(Section::Account));
            let mut answer = render(&RecoveryCodesPage::new(page, &recovery_codes, "/office/account"))?;
            add_session(&mut answer, &config, &session)?;
            Ok(answer)
        }
        Err(error) => {
            let wrong = Wrong::of(error, "password", "code")?;
            wrong.answer(&second_factor_page(&services, &session, &own, form.token.clone(), Some(&wrong)))
        }
    }
}

/// Asks for the password before new recovery codes are made.
#[get("/account/recovery-codes")]
pub async fn show_recovery_codes(request: HttpRequest, services: web::Data<Services>) -> Result<HttpResponse, Problem> {
    signed_in(&request, &services).await?;
    render(&new_codes_page(form_token(&request, &services)?, None))
}

/// Makes new recovery codes and shows them once.
#[post("/account/recovery-codes")]
pub async fn renew_recovery_codes(
    request: HttpRequest,
    network: ClientNetwork,
    form: web::Form<ConfirmedForm>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let (session, _) = signed_in(&request, &services).await?;
    check_form_token(&request, &services, &form.token)?;
    match services.accounts.renew_recovery_codes(&session, &form.password, network.0).await {
        Ok(codes) => {
            let page = page("Recovery codes", Some(Section::Account));
            render(&RecoveryCodesPage::new(page, &codes, "/office/account"))
        }
        Err(error) => {
            let wrong = Wrong::of(error, "password", "password")?;
            wrong.answer(&new_codes_page(form.token.clone(), Some(&wrong)))
        }
    }
}

/// What is wrong with a form that the password confirms.
struct Wrong {
    field: &'static str,
    text: String,
    seconds: Option<u64>,
}

impl Wrong {
    /// `password` is the field of the password that confirms, `other` the one that the rest is about.
    fn of(error: AppError, password: &'static str, other: &'static str) -> Result<Self, Problem> {
        match error {
            AppError::Unauthenticated => {
                Ok(Self { field: password, text: "This is not your password".to_owned(), seconds: None })
            }
            AppError::TooSoon { seconds } => {
                Ok(Self { field: password, text: too_soon(seconds), seconds: Some(seconds) })
            }
            AppError::Invalid { detail, .. } => Ok(Self { field: other, text: detail, seconds: None }),
            other => Err(other.into()),
        }
    }

    fn answer(&self, page: &impl Template) -> Result<HttpResponse, Problem> {
        match self.seconds {
            Some(seconds) => later(seconds, page),
            None => render_with(StatusCode::UNPROCESSABLE_ENTITY, page),
        }
    }

    fn summary(&self) -> ErrorSummary {
        ErrorSummary::of_one(Language::English, self.field, self.text.clone())
    }

    fn at(wrong: Option<&Self>, field: &str) -> Option<String> {
        wrong.filter(|wrong| wrong.field == field).map(|wrong| wrong.text.clone())
    }
}

async fn signed_in(request: &HttpRequest, services: &Services) -> Result<(PlaintextToken, OwnAccount), Problem> {
    let session = session_token(request).ok_or(AppError::Unauthenticated)?;
    let own = services.accounts.own(&session).await?;
    Ok((session, own))
}

fn password_page(token: String, wrong: Option<&Wrong>) -> PasswordPage {
    let hint = "At least 12 characters. Three or four words that do not belong together are good.";
    PasswordPage {
        page: page("Change your password", Some(Section::Account)).with_errors(wrong.is_some()),
        errors: wrong.map(Wrong::summary),
        present: password_field("present", "Present password", "current-password", None, wrong),
        new: password_field("new", "New password", "new-password", Some(hint), wrong),
        token,
    }
}

fn second_factor_page(
    services: &Services,
    session: &PlaintextToken,
    own: &OwnAccount,
    token: String,
    wrong: Option<&Wrong>,
) -> SecondFactorPage {
    SecondFactorPage {
        page: page("Set up a second factor", Some(Section::Account)).with_errors(wrong.is_some()),
        errors: wrong.map(Wrong::summary),
        key: SeedView::new(&services.accounts.offered_seed(session, &own.account), &own.account.email),
        password: password_field("password", "Your password", "current-password", None, wrong),
        code: code_field("Six digits that the app shows now.", Wrong::at(wrong, "code")),
        token,
    }
}

fn new_codes_page(token: String, wrong: Option<&Wrong>) -> NewCodesPage {
    NewCodesPage {
        page: page("New recovery codes", Some(Section::Account)).with_errors(wrong.is_some()),
        errors: wrong.map(Wrong::summary),
        password: password_field("password", "Your password", "current-password", None, wrong),
        token,
    }
}

fn password_field(
    name: &str,
    label: &str,
    autocomplete: &'static str,
    hint: Option<&str>,
    wrong: Option<&Wrong>,
) -> TextField {
    TextField {
        hint: hint.map(str::to_owned),
        error: Wrong::at(wrong, name),
        input_type: "password",
        autocomplete,
        ..TextField::new(name, label)
    }
}

/// Day and time as people read them, in UTC.
pub(super) fn day_and_time(moment: OffsetDateTime) -> String {
    let (date, time) = (moment.date(), moment.time());
    format!("{} {} {}, {:02}:{:02} UTC", date.day(), date.month(), date.year(), time.hour(), time.minute())
}

/// How long ago, no finer than needed to tell whether it was you.
fn coarse(ago: Duration) -> &'static str {
    match ago.whole_minutes() {
        ..5 => "just now",
        5..15 => "some minutes ago",
        15..60 => "within the last hour",
        _ => "more than an hour ago",
    }
}
