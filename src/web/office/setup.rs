//! The one-time link of a new account: choose a password.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

use super::frame::{render, render_with, see_other, signed_out_page};
use crate::domain::questionnaire::Language;
use crate::security::PlaintextToken;
use crate::services::{AppError, Services};
use crate::web::components::{ErrorSummary, Page, TextField};
use crate::web::{Problem, same_site};

#[derive(Template)]
#[template(path = "web/office/setup.html")]
struct SetupPage {
    page: Page,
    errors: Option<ErrorSummary>,
    password: TextField,
}

/// The password chosen.
#[derive(Deserialize)]
pub struct SetupForm {
    password: String,
}

/// The page. Opening it spends nothing.
#[get("/setup/{token}")]
pub async fn show() -> Result<HttpResponse, Problem> {
    render(&setup_page(None))
}

/// Sets the password.
#[post("/setup/{token}")]
pub async fn submit(
    request: HttpRequest,
    token: web::Path<String>,
    form: web::Form<SetupForm>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    if same_site::came_from_elsewhere(&request) {
        return Err(Problem::bad_request("choose your password on our own page"));
    }
    let token: PlaintextToken = token.parse().map_err(|_| Problem::not_found("link"))?;
    match services.accounts.set_password(token, &form.password).await {
        Ok(()) => Ok(see_other("/office/sign-in")),
        Err(AppError::Invalid { detail, .. }) => {
            render_with(StatusCode::UNPROCESSABLE_ENTITY, &setup_page(Some(detail)))
        }
        Err(other) => Err(other.into()),
    }
}

fn setup_page(error: Option<String>) -> SetupPage {
    SetupPage {
        page: signed_out_page("Choose a password").with_errors(error.is_some()),
        errors: error.clone().map(|text| ErrorSummary::of_one(Language::English, "password", text)),
        password: TextField {
            hint: Some("At least 12 characters. Three or four words that do not belong together are good.".to_owned()),
            error,
            input_type: "password",
            autocomplete: "new-password",
            ..TextField::new("password", "Password")
        },
    }
}
