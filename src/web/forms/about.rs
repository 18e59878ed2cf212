//! How anonymity is kept, and the accessibility statement: in both languages, with the figures that are in force.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::pages::render;
use super::visit::language;
use super::words;
use crate::config::Config;
use crate::domain::questionnaire::Language;
use crate::web::components::Page;

/// The promises that depend on settings.
#[derive(Debug, Clone, Copy)]
struct Promises {
    /// Results are shown for groups of so many people or more.
    minimum_count: u32,
    /// An invitation may carry a unit only if so many people are invited in it.
    coarse_class_minimum: u32,
    /// Days after close until invitations are deleted.
    invitations_days: u32,
    /// Days after close until answers are deleted.
    responses_days: u32,
}

impl From<&Config> for Promises {
    fn from(config: &Config) -> Self {
        Self {
            minimum_count: config.disclosure.minimum_count,
            coarse_class_minimum: config.disclosure.coarse_class_minimum,
            invitations_days: config.retention.invitations_days_after_close,
            responses_days: config.retention.responses_days_after_close,
        }
    }
}

#[derive(Template)]
#[template(path = "web/forms/anonymity.en.html")]
struct AnonymityInEnglish {
    page: Page,
    promises: Promises,
}

#[derive(Template)]
#[template(path = "web/forms/anonymity.cy.html")]
struct AnonymityInWelsh {
    page: Page,
    promises: Promises,
}

#[derive(Template)]
#[template(path = "web/forms/accessibility.en.html")]
struct AccessibilityInEnglish {
    page: Page,
}

#[derive(Template)]
#[template(path = "web/forms/accessibility.cy.html")]
struct AccessibilityInWelsh {
    page: Page,
}

/// `/about/anonymity`
pub(super) async fn anonymity(request: HttpRequest, config: web::Data<Config>) -> HttpResponse {
    let promises = Promises::from(config.get_ref());
    let path = "/about/anonymity";
    match language(&request) {
        Language::English => {
            let page = page(Language::English, "How your anonymity is kept", path);
            render(StatusCode::OK, &AnonymityInEnglish { page, promises })
        }
        Language::Welsh => {
            let page = page(Language::Welsh, "Sut y cedwir eich anhysbysrwydd", path);
            render(StatusCode::OK, &AnonymityInWelsh { page, promises })
        }
    }
}

/// `/about/accessibility`
pub(super) async fn accessibility(request: HttpRequest) -> HttpResponse {
    let path = "/about/accessibility";
    match language(&request) {
        Language::English => {
            let page = page(Language::English, "Accessibility statement", path);
            render(StatusCode::OK, &AccessibilityInEnglish { page })
        }
        Language::Welsh => {
            let page = page(Language::Welsh, "Datganiad hygyrchedd", path);
            render(StatusCode::OK, &AccessibilityInWelsh { page })
        }
    }
}

fn page(language: Language, title: &str, path: &str) -> Page {
    let switch = match language {
        Language::English => format!("{path}?lang=cy"),
        Language::Welsh => path.to_owned(),
    };
    Page::new(language, words::of(language).service, title).with_switch(switch)
}
