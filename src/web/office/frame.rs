//! What every office page shares: its header, and turning a template into an answer.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::ContentType;
use askama::Template;

use crate::domain::questionnaire::Language;
use crate::services::AppError;
use crate::web::Problem;
use crate::web::components::{Page, PageLink};

/// Sections of the office, as the header links to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Surveys,
    Representation,
    Actions,
    Account,
}

/// A page for somebody who is signed in.
pub(super) fn page(title: impl Into<String>, current: Option<Section>) -> Page {
    let link = |section, href: &str, text: &str| PageLink {
        href: href.to_owned(),
        text: text.to_owned(),
        current: current == Some(section),
    };
    signed_out_page(title).with_links(vec![
        link(Section::Surveys, "/office", "Surveys"),
        link(Section::Representation, "/office/representation", "Representation"),
        link(Section::Actions, "/office/actions", "Action plan"),
        link(Section::Account, "/office/account", "Your account"),
    ])
}

/// A page for anybody.
pub(super) fn signed_out_page(title: impl Into<String>) -> Page {
    Page::new(Language::English, "Candour office", title)
}

/// The page as an answer.
///
/// # Errors
/// [`Problem`] when the template cannot be filled.
pub(super) fn render(template: &impl Template) -> Result<HttpResponse, Problem> {
    render_with(StatusCode::OK, template)
}

/// The page as an answer with a status of its own.
///
/// # Errors
/// [`Problem`] when the template cannot be filled.
pub(super) fn render_with(status: StatusCode, template: &impl Template) -> Result<HttpResponse, Problem> {
    let html = template.render().map_err(|error| AppError::Internal(error.to_string()))?;
    Ok(HttpResponse::build(status).content_type(ContentType::html()).body(html))
}

/// "Go there": after a form was accepted.
pub(super) fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header(("Location", path)).finish()
}
