//! A new password by e-mail. The answer is the same whether or not the address has an account.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

use super::frame::{render, signed_out_page};
use super::sign_in::{later, too_soon};
use crate::domain::questionnaire::Language;
use crate::services::{AppError, Services};
use crate::web::client_network::ClientNetwork;
use crate::web::components::{ErrorSummary, Page, TextField};
use crate::web::{Problem, same_site};

#[derive(Template)]
#[template(path = "web/office/forgotten_password.html")]
struct ForgottenPage {
    page: Page,
    errors: Option<ErrorSummary>,
    email: TextField,
}

#[derive(Template)]
#[template(path = "web/office/forgotten_password_told.html")]
struct ToldPage {
    page: Page,
}

/// Whose password.
#[derive(Deserialize)]
pub struct ForgottenForm {
    email: String,
}

/// Asks for the address.
#[get("/forgotten-password")]
pub async fn show() -> Result<HttpResponse, Problem> {
    render(&forgotten_page(String::new(), None))
}

/// Sends the link, if there is an account.
#[post("/forgotten-password")]
pub async fn submit(
    request: HttpRequest,
    network: ClientNetwork,
    form: web::Form<ForgottenForm>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    if same_site::came_from_elsewhere(&request) {
        return Err(Problem::bad_request("ask for a new password on our own page"));
    }
    match services.accounts.forgot_password(&form.email, network.0).await {
        Ok(()) => render(&ToldPage { page: signed_out_page("Look into your mailbox") }),
        Err(AppError::TooSoon { seconds }) => {
            later(seconds, &forgotten_page(form.email.clone(), Some(too_soon(seconds))))
        }
        Err(other) => Err(other.into()),
    }
}

fn forgotten_page(email: String, error: Option<String>) -> ForgottenPage {
    ForgottenPage {
        page: signed_out_page("Forgotten password").with_errors(error.is_some()),
        errors: error.clone().map(|text| ErrorSummary::of_one(Language::English, "email", text)),
        email: TextField {
            error,
            value: email,
            input_type: "email",
            autocomplete: "username",
            ..TextField::new("email", "E-mail")
        },
    }
}
