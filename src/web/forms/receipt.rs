//! What a receipt is good for: seeing that an answer is there, withdrawing it until close, finding it in the list after.
//!
//! A receipt travels in bodies only, never in an address.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::ending::{Ending, Reason};
use super::pages::{DonePage, render};
use super::receipt_words::{ReceiptWords, Told, words};
use super::visit::language;
use crate::domain::identifier::SurveyId;
use crate::domain::questionnaire::Language;
use crate::security::PlaintextToken;
use crate::services::receipts::{ReceiptList, ReceiptState, WithdrawOutcome};
use crate::services::{AppError, Services};
use crate::web::components::{ErrorSummary, Page, TextField};
use crate::web::same_site::came_from_elsewhere;

const PATH: &str = "/receipt";
const FIELD: &str = "receipt";

/// What the page sends.
#[derive(Deserialize)]
pub(super) struct Sent {
    #[serde(default)]
    receipt: String,
}

#[derive(Template)]
#[template(path = "web/forms/receipt.html")]
struct ReceiptPage {
    page: Page,
    words: &'static ReceiptWords,
    errors: Option<ErrorSummary>,
    field: TextField,
}

#[derive(Template)]
#[template(path = "web/forms/receipt_told.html")]
struct ToldPage {
    page: Page,
    words: &'static ReceiptWords,
    told: &'static Told,
    /// Set where the answers can be withdrawn.
    withdraw: Option<String>,
    /// Address of the list, where there is one.
    list: Option<String>,
}

#[derive(Template)]
#[template(path = "web/forms/receipt_list.html")]
struct ListPage {
    page: Page,
    words: &'static ReceiptWords,
    list: ReceiptList,
}

/// `/receipt`
pub(super) async fn ask(request: HttpRequest) -> HttpResponse {
    ask_again(language(&request), StatusCode::OK, String::new(), None)
}

/// Says where the answer with a receipt stands.
pub(super) async fn look(
    request: HttpRequest,
    sent: web::Form<Sent>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Ending> {
    let (language, text) = (language(&request), sent.into_inner().receipt);
    let words = words(language);
    let failed = |error| Ending::of_failure(&request, error);
    let Ok(receipt) = text.trim().parse::<PlaintextToken>() else {
        return Ok(ask_again(language, StatusCode::UNPROCESSABLE_ENTITY, text, Some(words.malformed)));
    };
    Ok(match services.receipts.state(receipt.clone()).await.map_err(failed)? {
        ReceiptState::Stored => tell(language, &words.stored, Some(receipt.reveal().to_owned()), None),
        ReceiptState::Withdrawn => tell(language, &words.withdrawn, None, None),
        ReceiptState::Listed(survey) => tell(language, &words.listed, None, Some(survey)),
        ReceiptState::Unknown => ask_again(language, StatusCode::UNPROCESSABLE_ENTITY, text, Some(words.unknown)),
    })
}

/// Shows the confirmation of a receipt that was just given in the other language. Looks nothing up.
pub(super) async fn given(request: HttpRequest, sent: web::Form<Sent>) -> Result<HttpResponse, Ending> {
    let (language, text) = (language(&request), sent.into_inner().receipt);
    if came_from_elsewhere(&request) {
        return Err(Ending::new(&request, Reason::CameFromElsewhere));
    }
    match text.trim().parse::<PlaintextToken>() {
        Ok(receipt) => Ok(render(StatusCode::OK, &DonePage::in_language(language, receipt.reveal().to_owned()))),
        Err(_) => Ok(ask_again(language, StatusCode::UNPROCESSABLE_ENTITY, text, Some(words(language).malformed))),
    }
}

/// Withdraws the answers with a receipt.
pub(super) async fn withdraw(
    request: HttpRequest,
    sent: web::Form<Sent>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Ending> {
    let (language, text) = (language(&request), sent.into_inner().receipt);
    if came_from_elsewhere(&request) {
        return Err(Ending::new(&request, Reason::CameFromElsewhere));
    }
    let words = words(language);
    let Ok(receipt) = text.trim().parse::<PlaintextToken>() else {
        return Ok(ask_again(language, StatusCode::UNPROCESSABLE_ENTITY, text, Some(words.malformed)));
    };
    let outcome = services.receipts.withdraw(receipt).await.map_err(|error| Ending::of_failure(&request, error))?;
    Ok(match outcome {
        WithdrawOutcome::Withdrawn | WithdrawOutcome::WithdrawnBefore => tell(language, &words.withdrawn, None, None),
        WithdrawOutcome::TooLate => tell(language, &words.too_late, None, None),
        WithdrawOutcome::Unknown => ask_again(language, StatusCode::UNPROCESSABLE_ENTITY, text, Some(words.unknown)),
    })
}

/// `/published/{survey}/receipts`: the list of a closed survey.
pub(super) async fn list(
    request: HttpRequest,
    survey: web::Path<String>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Ending> {
    let language = language(&request);
    let missing = || Ending::new(&request, Reason::NoList);
    let survey: SurveyId = survey.parse().map_err(|_| missing())?;
    let list = match services.receipts.list(survey.clone()).await {
        Err(AppError::NotFound(_)) => return Err(missing()),
        other => other.map_err(|error| Ending::of_failure(&request, error))?,
    };
    let words = words(language);
    let Some(list) = list else { return Ok(tell(language, &words.few, None, None)) };
    let page = page(language, words.list_title, &format!("/published/{survey}/receipts"));
    Ok(render(StatusCode::OK, &ListPage { page, words, list }))
}

fn ask_again(language: Language, status: StatusCode, value: String, error: Option<&str>) -> HttpResponse {
    let words = words(language);
    let field = TextField {
        language,
        hint: Some(words.hint.to_owned()),
        error: error.map(str::to_owned),
        value,
        ..TextField::new(FIELD, words.label)
    };
    let errors = error.map(|error| ErrorSummary::of_one(language, FIELD, error));
    let page = page(language, words.title, PATH).with_errors(error.is_some());
    render(status, &ReceiptPage { page, words, errors, field })
}

fn tell(language: Language, told: &'static Told, withdraw: Option<String>, survey: Option<SurveyId>) -> HttpResponse {
    let page = page(language, told.title, PATH);
    let list = survey.map(|survey| format!("/published/{survey}/receipts{}", page.query()));
    render(StatusCode::OK, &ToldPage { page, words: words(language), told, withdraw, list })
}

fn page(language: Language, title: &str, path: &str) -> Page {
    let switch = match language {
        Language::English => format!("{path}?lang=cy"),
        Language::Welsh => path.to_owned(),
    };
    Page::new(language, super::words::of(language).service, title).with_switch(switch)
}
