//! One function per page of the form: read the visit, do one thing, show a page.

use actix_web::cookie::Cookie;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, web};
use askama::Template;

use super::blank_pages::{BlankPages, Shown};
use super::ending::{Ending, Reason};
use super::pages::{ANSWER, CheckPage, ClearedPage, DonePage, Given, QuestionPage, StartPage, render, respond};
use super::visit::Visit;
use super::words;
use crate::config::Config;
use crate::domain::questionnaire::PREFER_NOT_TO_SAY;
use crate::domain::response::{AnswerErrors, RawAnswers, check_answer, without_answers_not_asked};
use crate::services::Services;
use crate::services::respondents::SubmitOutcome;
use crate::web::components::{ErrorLink, ErrorSummary};

/// What a page sends: names and values, names repeated for several checkboxes.
type Sent = web::Form<Vec<(String, String)>>;

/// The start page.
pub(super) async fn start(visit: Visit, config: web::Data<Config>) -> HttpResponse {
    render(StatusCode::OK, &StartPage::new(&visit, visit.form.survey.minimum(config.disclosure.minimum_count)))
}

/// One question, with the answer given so far.
pub(super) async fn question(
    visit: Visit,
    path: web::Path<(String, String)>,
    blank_pages: web::Data<BlankPages>,
) -> Result<HttpResponse, Ending> {
    let (_, id) = path.into_inner();
    let journey = visit.journey();
    let Some((question, position)) = journey.find(&id) else { return not_asked(&visit, &id) };
    let given = visit.answers.get(&id).map(Vec::as_slice).unwrap_or_default();
    // A comment is nobody's but its writer's.
    if !question.has_options() {
        let page = QuestionPage::new(&visit, question, position, &Given::These(given, None));
        return Ok(render(StatusCode::OK, &page));
    }
    let before = journey.before(&id).map(|before| before.id.clone());
    let shown = Shown { before, position, language: visit.language, from_check: visit.from_check, question: id };
    let make = || QuestionPage::new(&visit, question, position, &Given::Blank).render().ok();
    let blank = blank_pages.find_or_make(&visit.form.questionnaire, shown, make);
    let blank = blank.ok_or_else(|| visit.ending(Reason::Failure))?;
    let choices = question.options().iter().map(|option| option.code.as_str()).chain([PREFER_NOT_TO_SAY]);
    let chosen: Vec<bool> = choices.map(|code| given.iter().any(|given| given == code)).collect();
    Ok(respond(StatusCode::OK, blank.filled(visit.token.reveal(), |place| chosen.get(place) == Some(&true))))
}

/// Takes the answer to one question into the draft and goes on to the next.
pub(super) async fn answer(
    mut visit: Visit,
    path: web::Path<(String, String)>,
    sent: Sent,
) -> Result<HttpResponse, Ending> {
    let (_, id) = path.into_inner();
    let skipped = sent.iter().any(|(name, _)| name == "skip");
    let given: Vec<String> = sent
        .into_inner()
        .into_iter()
        .filter(|(name, value)| name == ANSWER && !value.trim().is_empty())
        .map(|(_, value)| value)
        .collect();
    let given = if skipped { Vec::new() } else { given };
    let Some((question, _)) = visit.journey().find(&id) else { return not_asked(&visit, &id) };
    let words = words::of(visit.language);
    let problem = match check_answer(question, &given) {
        Err(problem) => Some(problem.message(visit.language)),
        Ok(_) if given.is_empty() && !skipped && question.has_options() => Some(words.choose_or_skip.to_owned()),
        Ok(_) => None,
    };
    if problem.is_some() {
        return refuse(&visit, &id, &given, problem);
    }
    visit.answers.insert(id.clone(), given.clone());
    visit.answers = without_answers_not_asked(&visit.form.questionnaire, std::mem::take(&mut visit.answers));
    match visit.draft() {
        Ok(cookies) => Ok(see(&after(&visit, &id), cookies)),
        Err(_) => refuse(&visit, &id, &given, Some(words.comments_too_long.to_owned())),
    }
}

/// “Check your answers”.
pub(super) async fn check(visit: Visit) -> HttpResponse {
    render(StatusCode::OK, &CheckPage::new(&visit, None))
}

/// Submits the draft: the one request that spends the link.
pub(super) async fn submit(visit: Visit, services: web::Data<Services>) -> Result<HttpResponse, Ending> {
    let answers: RawAnswers = without_answers_not_asked(visit.questionnaire(), visit.answers.clone());
    match services.respondents.submit(visit.token.clone(), answers).await {
        Ok(SubmitOutcome::Accepted { receipt }) => {
            Ok(with_cookies(render(StatusCode::CREATED, &DonePage::new(&visit, receipt.reveal())), visit.no_draft()))
        }
        Ok(SubmitOutcome::Invalid(errors)) => {
            let summary = summary(&visit, &errors);
            Ok(render(StatusCode::UNPROCESSABLE_ENTITY, &CheckPage::new(&visit, Some(summary))))
        }
        Ok(SubmitOutcome::AlreadyAnswered) => Err(visit.ending(Reason::AlreadyAnswered)),
        Ok(SubmitOutcome::Closed) => Err(visit.ending(Reason::Closed)),
        Ok(SubmitOutcome::UnknownLink) => Err(visit.ending(Reason::UnknownLink)),
        Err(error) => Err(visit.failure(error)),
    }
}

/// Removes the draft from this browser.
pub(super) async fn clear(visit: Visit) -> HttpResponse {
    with_cookies(render(StatusCode::OK, &ClearedPage::new(&visit)), visit.no_draft())
}

/// Where to go after an answer: the next question, a follow-up that the answer brought, or “check your answers”.
fn after(visit: &Visit, id: &str) -> String {
    let journey = visit.journey();
    let next = if visit.from_check { journey.unseen_after(id) } else { journey.after(id) };
    next.map_or_else(|| visit.links.check(), |question| visit.links.question(&question.id, visit.from_check))
}

/// A question that earlier answers leave out leads to where the respondent is; one that does not exist leads nowhere.
fn not_asked(visit: &Visit, id: &str) -> Result<HttpResponse, Ending> {
    if visit.questionnaire().question(id).is_none() {
        return Err(visit.ending(Reason::UnknownQuestion));
    }
    let next = visit
        .journey()
        .first_unseen()
        .map_or_else(|| visit.links.check(), |question| visit.links.question(&question.id, false));
    Ok(see(&next, Vec::new()))
}

/// The same question again, with what is wrong.
fn refuse(visit: &Visit, id: &str, given: &[String], problem: Option<String>) -> Result<HttpResponse, Ending> {
    let journey = visit.journey();
    let Some((question, position)) = journey.find(id) else { return not_asked(visit, id) };
    let page = QuestionPage::new(visit, question, position, &Given::These(given, problem));
    Ok(render(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

fn summary(visit: &Visit, errors: &AnswerErrors) -> ErrorSummary {
    let words = words::of(visit.language);
    let link = |error: &crate::domain::response::AnswerError| match visit.questionnaire().question(&error.question) {
        Some(question) => ErrorLink {
            field: "maincontent".to_owned(),
            text: format!("{} {}", question.text(visit.language), error.problem.message(visit.language)),
        },
        None => ErrorLink { field: "maincontent".to_owned(), text: words.draft_gone.to_owned() },
    };
    ErrorSummary { language: visit.language, errors: errors.all().iter().map(link).collect() }
}

/// 303: the browser asks for `address` with GET, so that going back never sends an answer twice.
fn see(address: &str, cookies: Vec<Cookie<'static>>) -> HttpResponse {
    with_cookies(HttpResponse::SeeOther().insert_header((header::LOCATION, address)).finish(), cookies)
}

fn with_cookies(mut response: HttpResponse, cookies: Vec<Cookie<'static>>) -> HttpResponse {
    for cookie in cookies {
        if let Ok(value) = header::HeaderValue::from_str(&cookie.to_string()) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
    response
}
