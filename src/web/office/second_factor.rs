//! The second page of signing in: a code of the authenticator app; and the page that sets one up.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

use super::confirm::{check_form_token, form_token};
use super::frame::{render, render_with, see_other, signed_out_page};
use super::sign_in::{add_session, go_home, later, too_soon};
use crate::config::Config;
use crate::domain::questionnaire::Language;
use crate::security::{PlaintextToken, RecoveryCode, Seed};
use crate::services::sign_in::{Enrolled, Pending};
use crate::services::{AppError, Services};
use crate::web::Problem;
use crate::web::access::session_token;
use crate::web::components::{ErrorSummary, Page, TextField, qr_code};

#[derive(Template)]
#[template(path = "web/office/second_factor.html")]
struct CodePage {
    page: Page,
    errors: Option<ErrorSummary>,
    code: TextField,
    token: String,
}

#[derive(Template)]
#[template(path = "web/office/set_up_second_factor.html")]
struct SetUpPage {
    page: Page,
    errors: Option<ErrorSummary>,
    key: SeedView,
    code: TextField,
    token: String,
}

/// A seed as it is shown: a picture for the app's camera, and text for typing.
pub(super) struct SeedView {
    pub picture: String,
    pub groups: String,
}

/// Recovery codes, shown once.
#[derive(Template)]
#[template(path = "web/office/recovery_codes.html")]
pub(super) struct RecoveryCodesPage {
    page: Page,
    codes: Vec<String>,
    next: &'static str,
}

/// A code, and the token of the page it was typed into.
#[derive(Deserialize)]
pub struct CodeForm {
    token: String,
    code: String,
}

impl SeedView {
    pub(super) fn new(seed: &Seed, account: &str) -> Self {
        let text = seed.to_base32();
        let groups: Vec<&str> = (0..text.len()).step_by(4).map(|start| &text[start..start + 4]).collect();
        let label = "QR code of the key below, for the camera of an authenticator app";
        Self { picture: qr_code(&seed.to_uri(account), label).unwrap_or_default(), groups: groups.join(" ") }
    }
}

impl RecoveryCodesPage {
    pub(super) fn new(page: Page, codes: &[RecoveryCode], next: &'static str) -> Self {
        Self { page, codes: codes.iter().map(RecoveryCode::reveal).collect(), next }
    }
}

/// Asks for the code.
#[get("/second-factor")]
pub async fn show(request: HttpRequest, services: web::Data<Services>) -> Result<HttpResponse, Problem> {
    let (_, pending) = waiting(&request, &services).await?;
    if !pending.has_second_factor() {
        return Ok(see_other("/office/second-factor/set-up"));
    }
    render(&code_page(&request, &services, None)?)
}

/// Looks at the code.
#[post("/second-factor")]
pub async fn submit(
    request: HttpRequest,
    form: web::Form<CodeForm>,
    services: web::Data<Services>,
    config: web::Data<Config>,
) -> Result<HttpResponse, Problem> {
    let (_, pending) = waiting(&request, &services).await?;
    check_form_token(&request, &services, &form.token)?;
    match services.accounts.confirm(pending, &form.code).await {
        Ok(session) => go_home(&services, &config, &session).await,
        Err(AppError::Unauthenticated) => {
            let error = "This code is wrong, too old or was used before. Wait for the next one and enter it";
            render_with(StatusCode::UNPROCESSABLE_ENTITY, &code_page(&request, &services, Some(error))?)
        }
        Err(AppError::TooSoon { seconds }) => {
            later(seconds, &code_page(&request, &services, Some(&too_soon(seconds)))?)
        }
        Err(other) => Err(other.into()),
    }
}

/// Shows the key for an authenticator app.
#[get("/second-factor/set-up")]
pub async fn show_set_up(request: HttpRequest, services: web::Data<Services>) -> Result<HttpResponse, Problem> {
    let (session, pending) = waiting(&request, &services).await?;
    if pending.has_second_factor() {
        return Ok(see_other("/office/second-factor"));
    }
    render(&set_up_page(&request, &services, &session, &pending, None)?)
}

/// Takes the key over when the app's code fits it.
#[post("/second-factor/set-up")]
pub async fn set_up(
    request: HttpRequest,
    form: web::Form<CodeForm>,
    services: web::Data<Services>,
    config: web::Data<Config>,
) -> Result<HttpResponse, Problem> {
    let (session, pending) = waiting(&request, &services).await?;
    check_form_token(&request, &services, &form.token)?;
    match services.accounts.enrol(&session, pending.clone(), &form.code).await {
        Ok(Enrolled { session, recovery_codes }) => {
            let page = RecoveryCodesPage::new(signed_out_page("Recovery codes"), &recovery_codes, "/office");
            let mut answer = render(&page)?;
            add_session(&mut answer, &config, &session)?;
            Ok(answer)
        }
        Err(AppError::Invalid { detail, .. }) => {
            let page = set_up_page(&request, &services, &session, &pending, Some(detail))?;
            render_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(other) => Err(other.into()),
    }
}

async fn waiting(request: &HttpRequest, services: &Services) -> Result<(PlaintextToken, Pending), Problem> {
    let session = session_token(request).ok_or(AppError::Unauthenticated)?;
    let pending = services.accounts.pending(&session).await?;
    Ok((session, pending))
}

fn code_page(request: &HttpRequest, services: &Services, error: Option<&str>) -> Result<CodePage, Problem> {
    Ok(CodePage {
        page: signed_out_page("Enter your code").with_errors(error.is_some()),
        errors: error.map(|text| ErrorSummary::of_one(Language::English, "code", text)),
        code: code_field(
            "Six digits from your authenticator app. Without the app, enter one of your recovery codes.",
            error.map(str::to_owned),
        ),
        token: form_token(request, services)?,
    })
}

fn set_up_page(
    request: &HttpRequest,
    services: &Services,
    session: &PlaintextToken,
    pending: &Pending,
    error: Option<String>,
) -> Result<SetUpPage, Problem> {
    let seed = services.accounts.offered_seed(session, &pending.account);
    Ok(SetUpPage {
        page: signed_out_page("Set up your second factor").with_errors(error.is_some()),
        errors: error.clone().map(|text| ErrorSummary::of_one(Language::English, "code", text)),
        key: SeedView::new(&seed, &pending.account.email),
        code: code_field("Six digits that the app shows now.", error),
        token: form_token(request, services)?,
    })
}

/// The field for a code.
pub(super) fn code_field(hint: &str, error: Option<String>) -> TextField {
    TextField {
        hint: Some(hint.to_owned()),
        error,
        autocomplete: "one-time-code",
        width: Some(10),
        ..TextField::new("code", "Code")
    }
}
