//! Forms that change something: they carry a token that only our own page, opened in the same session, can know.

use actix_web::HttpRequest;
use serde::Deserialize;

use crate::services::{AppError, Services};
use crate::web::access::session_token;
use crate::web::{Problem, same_site};

/// A form with nothing but a button.
#[derive(Deserialize)]
pub struct Confirmation {
    token: String,
}

impl Confirmation {
    /// Checks that the form came from our own page.
    ///
    /// # Errors
    /// 400, with what to do.
    pub(super) fn check(&self, request: &HttpRequest, services: &Services) -> Result<(), Problem> {
        check_form_token(request, services, &self.token)
    }
}

/// The same for forms with more than a button.
///
/// # Errors
/// 400, with what to do.
pub(super) fn check_form_token(request: &HttpRequest, services: &Services, token: &str) -> Result<(), Problem> {
    let ours = session_token(request).is_some_and(|session| services.accounts.form_token_fits(&session, token));
    if ours && !same_site::came_from_elsewhere(request) {
        Ok(())
    } else {
        Err(Problem::bad_request(
            "this form is too old or came from elsewhere; go back, load the page again and repeat the step",
        ))
    }
}

/// The token for forms on a page of this session.
pub(super) fn form_token(request: &HttpRequest, services: &Services) -> Result<String, Problem> {
    let session = session_token(request).ok_or(AppError::Unauthenticated)?;
    Ok(services.accounts.form_token(&session))
}
