//! What each page of the form shows.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::blank_pages::CHOICE;
use super::journey::Position;
use super::links::Links;
use super::visit::Visit;
use super::words::{self, StartWords, Words};
use crate::domain::questionnaire::{Kind, Language, PREFER_NOT_TO_SAY, Question};
use crate::web::Problem;
use crate::web::components::{ChoiceField, ChoiceItem, ErrorSummary, Page, SummaryList, SummaryRow, TextArea};

/// Name of the answer's field in every question page.
pub(super) const ANSWER: &str = "answer";

/// A page as a response.
pub(super) fn render(status: StatusCode, page: &impl Template) -> HttpResponse {
    // Most pages fit in without growing.
    let mut html = String::with_capacity(8 * 1024);
    match page.render_into(&mut html) {
        Ok(()) => respond(status, html),
        Err(error) => {
            let problem = Problem::from(crate::services::AppError::Internal(error.to_string()));
            actix_web::ResponseError::error_response(&problem)
        }
    }
}

/// A page that is made already, as a response.
pub(super) fn respond(status: StatusCode, html: String) -> HttpResponse {
    HttpResponse::build(status).content_type("text/html; charset=utf-8").body(html)
}

/// The start page.
#[derive(Template)]
#[template(path = "web/forms/start.html")]
pub(super) struct StartPage {
    page: Page,
    words: &'static Words,
    survey: String,
    start: StartWords,
    first: String,
    /// Where to carry on, when this browser holds answers already.
    carry_on: Option<String>,
    clear: String,
    leave: String,
}

impl StartPage {
    pub(super) fn new(visit: &Visit, minimum: u32) -> Self {
        let journey = visit.journey();
        let first = journey
            .asked()
            .first()
            .map_or_else(|| visit.links.check(), |question| visit.links.question(&question.id, false));
        let next = journey
            .first_unseen()
            .map_or_else(|| visit.links.check(), |question| visit.links.question(&question.id, false));
        let form = &visit.form;
        Self {
            page: page(visit, form.questionnaire.title(visit.language)).with_switch(visit.links.switched().start()),
            words: words::of(visit.language),
            survey: form.survey.title.as_str().to_owned(),
            start: words::start(
                visit.language,
                &form.organisation,
                journey.asked().len(),
                form.survey.closes_on,
                minimum,
            ),
            first,
            carry_on: (!visit.answers.is_empty()).then_some(next),
            clear: visit.links.clear(),
            leave: visit.links.leave(),
        }
    }
}

/// A question.
#[derive(Template)]
#[template(path = "web/forms/question.html")]
pub(super) struct QuestionPage {
    page: Page,
    words: &'static Words,
    back: String,
    action: String,
    errors: Option<ErrorSummary>,
    field: Field,
    support: Vec<String>,
    clear: String,
    leave: String,
}

/// The one field of a question page.
enum Field {
    Choices(ChoiceField),
    Text(TextArea),
}

/// What a question page shows as given, and whose it is.
pub(super) enum Given<'a> {
    /// These answers of the person who visits, and what is wrong about them.
    These(&'a [String], Option<String>),
    /// A page that is not yet anybody's: see [`super::blank_pages`].
    Blank,
}

impl QuestionPage {
    /// The page of a question that is asked at this position.
    pub(super) fn new(visit: &Visit, question: &Question, position: Position, given: &Given) -> Self {
        let (id, language) = (&question.id, visit.language);
        let blank;
        let (links, error) = match given {
            Given::These(_, error) => (&visit.links, error.as_ref()),
            Given::Blank => {
                blank = Links::blank(language);
                (&blank, None)
            }
        };
        let progress = words::question_of(language, position.number, position.of);
        let section = visit.questionnaire().section_of(id).map(|section| section.title.get(language));
        let caption = format!("{}: {}", section.unwrap_or_default(), progress.to_lowercase());
        let back = match visit.journey().before(id) {
            _ if visit.from_check => links.check(),
            Some(before) => links.question(&before.id, false),
            None => links.start(),
        };
        let support = visit.questionnaire().support_beside(id, language).unwrap_or_default();
        Self {
            page: page(visit, &format!("{} ({progress})", question.text(language)))
                .with_errors(error.is_some())
                .with_switch(links.switched().question(id, visit.from_check)),
            words: words::of(language),
            back,
            action: links.question(id, visit.from_check),
            errors: error.map(|error| ErrorSummary::of_one(language, ANSWER, error)),
            field: field(language, question, caption, given),
            support: support.into_iter().map(str::to_owned).collect(),
            clear: links.clear(),
            leave: links.leave(),
        }
    }
}

fn field(language: Language, question: &Question, caption: String, given: &Given) -> Field {
    let words = words::of(language);
    let (label, caption) = (question.text(language).to_owned(), Some(caption));
    let hint = match question.kind {
        Kind::Likert => Some(question.hint(language).unwrap_or(words.how_far_agree)),
        _ => question.hint(language),
    };
    let hint = hint.map(str::to_owned);
    let (value, error) = match given {
        Given::These(values, error) => (values.concat(), error.clone()),
        Given::Blank => (String::new(), None),
    };
    let item = |code: &str, text: &str| {
        let (value, chosen) = match given {
            Given::These(values, _) => (code.to_owned(), values.iter().any(|value| value == code)),
            Given::Blank => (format!("{code}{CHOICE}"), false),
        };
        ChoiceItem { value, text: text.to_owned(), chosen }
    };
    match question.kind {
        Kind::FreeText(_) => Field::Text(TextArea {
            language,
            name: ANSWER.to_owned(),
            label,
            label_is_title: true,
            caption,
            hint,
            error,
            value,
            rows: 8,
        }),
        Kind::SingleChoice | Kind::MultipleChoice(_) | Kind::Likert | Kind::Frequency => Field::Choices(ChoiceField {
            language,
            name: ANSWER.to_owned(),
            several: matches!(question.kind, Kind::MultipleChoice(_)),
            legend: label,
            legend_is_title: true,
            caption,
            hint,
            error,
            items: question.options().iter().map(|option| item(&option.code, option.label(language))).collect(),
            apart: Some(item(PREFER_NOT_TO_SAY, words.prefer_not_to_say)),
        }),
    }
}

/// “Check your answers”.
#[derive(Template)]
#[template(path = "web/forms/check.html")]
pub(super) struct CheckPage {
    page: Page,
    words: &'static Words,
    back: String,
    errors: Option<ErrorSummary>,
    sections: Vec<(String, SummaryList)>,
    submit: String,
    clear: String,
    leave: String,
}

impl CheckPage {
    pub(super) fn new(visit: &Visit, errors: Option<ErrorSummary>) -> Self {
        let (language, journey) = (visit.language, visit.journey());
        let back = journey
            .asked()
            .last()
            .map_or_else(|| visit.links.start(), |question| visit.links.question(&question.id, false));
        let words = words::of(language);
        let mut sections = Vec::new();
        for section in visit.questionnaire().sections() {
            let asked = section.questions.iter().filter(|question| journey.find(&question.id).is_some());
            let rows: Vec<SummaryRow> = asked.map(|question| row(visit, question)).collect();
            if !rows.is_empty() {
                sections.push((section.title.get(language).to_owned(), SummaryList { rows }));
            }
        }
        Self {
            page: page(visit, words.check_title)
                .with_errors(errors.is_some())
                .with_switch(visit.links.switched().check()),
            words,
            back,
            errors,
            sections,
            submit: visit.links.submit(),
            clear: visit.links.clear(),
            leave: visit.links.leave(),
        }
    }
}

fn row(visit: &Visit, question: &Question) -> SummaryRow {
    let (language, words) = (visit.language, words::of(visit.language));
    let given = visit.answers.get(&question.id).map(Vec::as_slice).unwrap_or_default();
    let label =
        |value: &String| question.option(value).map_or(words.prefer_not_to_say, |option| option.label(language));
    let values: Vec<String> = if given.is_empty() {
        vec![words.not_answered.to_owned()]
    } else if question.has_options() {
        given.iter().map(|value| label(value).to_owned()).collect()
    } else {
        given.iter().flat_map(|text| text.lines()).map(str::to_owned).collect()
    };
    let action = Some((visit.links.question(&question.id, true), words.change.to_owned()));
    SummaryRow { key: question.text(language).to_owned(), values, action }
}

/// The confirmation.
#[derive(Template)]
#[template(path = "web/forms/done.html")]
pub(super) struct DonePage {
    page: Page,
    words: &'static Words,
    receipt: String,
}

impl DonePage {
    pub(super) fn new(visit: &Visit, receipt: &str) -> Self {
        Self::in_language(visit.language, receipt.to_owned())
    }

    /// The same page from nothing but the receipt: once it is submitted there is no visit any more.
    pub(super) fn in_language(language: Language, receipt: String) -> Self {
        let words = words::of(language);
        let page = Page::new(language, words.service, words.done_title)
            .with_switch_form(Links::confirmation(language.other()), Some(("receipt", receipt.clone())));
        Self { page, words, receipt }
    }
}

/// The answers in this browser have been cleared.
#[derive(Template)]
#[template(path = "web/forms/cleared.html")]
pub(super) struct ClearedPage {
    page: Page,
    words: &'static Words,
    start: String,
}

impl ClearedPage {
    pub(super) fn new(visit: &Visit) -> Self {
        let words = words::of(visit.language);
        let page = page(visit, words.cleared_title).with_switch_form(visit.links.switched().clear(), None);
        Self { page, words, start: visit.links.start() }
    }
}

/// A page that says what happened and what to do.
#[derive(Template)]
#[template(path = "web/forms/ending.html")]
pub(super) struct EndingPage {
    pub(super) page: Page,
    pub(super) text: &'static str,
}

fn page(visit: &Visit, title: &str) -> Page {
    Page::new(visit.language, words::of(visit.language).service, title)
}
