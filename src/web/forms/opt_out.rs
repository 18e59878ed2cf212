//! “No more e-mail”: a page that asks once, so that mail scanners which follow links change nothing.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::ending::{Ending, Reason};
use super::pages::{EndingPage, render};
use super::visit::language;
use crate::domain::questionnaire::Language;
use crate::security::PlaintextToken;
use crate::services::Services;
use crate::services::suppressions::OptOutOutcome;
use crate::web::components::Page;
use crate::web::same_site::came_from_elsewhere;

#[derive(Template)]
#[template(path = "web/forms/opt_out.html")]
struct OptOutPage {
    page: Page,
    text: &'static str,
    button: &'static str,
    action: String,
}

/// `/s/{token}/no-more-e-mail`: asks; looks nothing up.
pub(super) async fn ask(request: HttpRequest, token: web::Path<String>) -> Result<HttpResponse, Ending> {
    let language = language(&request);
    let token: PlaintextToken = token.parse().map_err(|_| Ending::new(&request, Reason::UnknownLink))?;
    let (title, text, button) = match language {
        Language::English => (
            "Do you want no more e\u{2011}mails?",
            "You will get no further invitation or reminder to surveys of this organisation. Your link goes on working, so you can still answer. Nobody is told that you asked for this.",
            "Send me no more e-mails",
        ),
        Language::Welsh => (
            "Ydych chi am beidio â chael rhagor o e-byst?",
            "Ni chewch wahoddiad na nodyn atgoffa arall i arolygon y sefydliad hwn. Mae eich dolen yn dal i weithio, felly gallwch ateb o hyd. Ni ddywedir wrth neb eich bod wedi gofyn am hyn.",
            "Peidiwch ag anfon rhagor o e-byst ataf",
        ),
    };
    let page =
        Page::new(language, super::words::of(language).service, title).with_switch(address(&token, language.other()));
    let action = address(&token, language);
    Ok(render(StatusCode::OK, &OptOutPage { page, text, button, action }))
}

/// Notes it.
pub(super) async fn note(
    request: HttpRequest,
    token: web::Path<String>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Ending> {
    let language = language(&request);
    let ending = |reason| Ending::new(&request, reason);
    if came_from_elsewhere(&request) {
        return Err(ending(Reason::CameFromElsewhere));
    }
    let token: PlaintextToken = token.parse().map_err(|_| ending(Reason::UnknownLink))?;
    let again = address(&token, language.other());
    match services.suppressions.opt_out(token).await {
        Ok(OptOutOutcome::Done) => {}
        Ok(OptOutOutcome::UnknownLink) => return Err(ending(Reason::UnknownLink)),
        Err(error) => return Err(Ending::of_failure(&request, error)),
    }
    let (title, text) = match language {
        Language::English => (
            "You will get no more e-mails",
            "One that is on its way may still arrive. Your link goes on working until the survey closes.",
        ),
        Language::Welsh => (
            "Ni chewch ragor o e-byst",
            "Gall un sydd ar ei ffordd gyrraedd o hyd. Mae eich dolen yn dal i weithio hyd nes i’r arolwg gau.",
        ),
    };
    // Asking a second time changes nothing.
    let page = Page::new(language, super::words::of(language).service, title).with_switch_form(again, None);
    Ok(render(StatusCode::OK, &EndingPage { page, text }))
}

fn address(token: &PlaintextToken, language: Language) -> String {
    let query = if language == Language::Welsh { "?lang=cy" } else { "" };
    format!("/s/{}/no-more-e-mail{query}", token.reveal())
}
