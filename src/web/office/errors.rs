//! Problems of office pages, as pages.

use actix_web::Error;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use askama::Template;

use super::frame::{render_with, see_other, signed_out_page};
use crate::web::Problem;
use crate::web::components::Page;

#[derive(Template)]
#[template(path = "web/office/error.html")]
struct ErrorPage {
    page: Page,
    detail: String,
}

/// Turns a [`Problem`] into a page, and "sign in" into the sign-in page.
pub async fn error_pages(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody>>, Error> {
    let response = next.call(request).await?;
    let Some(problem) = response.response().error().and_then(|error| error.as_error::<Problem>()) else {
        return Ok(response.map_into_left_body());
    };
    let answer = if problem.status() == StatusCode::UNAUTHORIZED {
        see_other("/office/sign-in")
    } else {
        let title = if problem.status() == StatusCode::NOT_FOUND { "Page not found" } else { "There is a problem" };
        render_with(problem.status(), &ErrorPage { page: signed_out_page(title), detail: sentence(problem.detail()) })?
    };
    Ok(response.into_response(answer.map_into_right_body()))
}

/// The same words, beginning with a capital and ending with a full stop.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}
