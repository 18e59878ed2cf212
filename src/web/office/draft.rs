//! Setting up a survey: a list of tasks, and the small pages behind it.

use actix_multipart::Multipart;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;
use time::Date;
use time::format_description::well_known::Iso8601;

use super::confirm::{check_form_token, form_token};
use super::frame::{Section, page, render, render_with, see_other};
use super::upload::Upload;
use crate::domain::account::Action;
use crate::domain::questionnaire::{Kind, Language, Question, Questionnaire};
use crate::domain::survey::{Survey, SurveyState, Title};
use crate::services::participation::Participation;
use crate::services::surveys::NewSurvey;
use crate::services::{AppError, Precondition, Services};
use crate::web::Problem;
use crate::web::access::{Anywhere, Managed, ReadSurvey, RunSurvey};
use crate::web::components::{ErrorLink, ErrorSummary, Page, TextField};

const ENGLISH: Language = Language::English;

/// One task of the list.
pub(super) struct Task {
    pub name: &'static str,
    pub hint: String,
    pub path: &'static str,
    pub status: Status,
}

/// Where a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Done,
    ToDo,
    /// Nothing has to be done; worth a look.
    Optional,
}

/// The tasks of a draft. Where they stand follows from what is there; nothing is stored for it.
pub(super) fn tasks(survey: &Survey, participation: &Participation) -> Vec<Task> {
    let done = |is_done| if is_done { Status::Done } else { Status::ToDo };
    let closing = survey.closes_on.map(in_words);
    let invited = participation.invited;
    vec![
        Task {
            name: "Title and closing date",
            hint: closing.map_or_else(|| "No closing date yet".to_owned(), |date| format!("Closes on {date}")),
            path: "details",
            status: done(survey.closes_on.is_some()),
        },
        Task {
            name: "Questionnaire",
            hint: "Read what staff will be asked, in English and Welsh".to_owned(),
            path: "questionnaire",
            status: Status::Optional,
        },
        Task {
            name: "Who is asked",
            hint: match invited {
                0 => "Nobody yet".to_owned(),
                1 => "1 person".to_owned(),
                more => format!("{} people", super::figures::count(more)),
            },
            path: "people",
            status: done(invited > 0),
        },
        Task {
            name: "Breakdowns",
            hint: "What the threshold will let be seen of each unit".to_owned(),
            path: "breakdowns",
            status: Status::Optional,
        },
        Task {
            name: "E-mails",
            hint: "Read them, change their words, and send yourself a test".to_owned(),
            path: "e-mails",
            status: Status::Optional,
        },
    ]
}

/// `21 November 2026`.
pub(super) fn in_words(date: Date) -> String {
    ENGLISH.date(date)
}

/// The same of a day as it is stored, `2026-11-21`; what is no such day stays as it is.
pub(super) fn day_in_words(day: &str) -> String {
    Date::parse(day, &Iso8601::DATE).map_or_else(|_| day.to_owned(), in_words)
}

#[derive(Template)]
#[template(path = "web/office/new_survey.html")]
struct NewSurveyPage {
    page: Page,
    errors: Option<ErrorSummary>,
    title: TextField,
    closes_on: TextField,
    token: String,
}

#[derive(Template)]
#[template(path = "web/office/survey_details.html")]
struct DetailsPage {
    page: Page,
    errors: Option<ErrorSummary>,
    survey: String,
    title: TextField,
    closes_on: TextField,
    token: String,
}

#[derive(Template)]
#[template(path = "web/office/questionnaire.html")]
struct QuestionnairePage {
    page: Page,
    title: String,
    sections: Vec<SectionView>,
    count: usize,
}

struct SectionView {
    title: String,
    questions: Vec<QuestionView>,
}

struct QuestionView {
    text: String,
    welsh: String,
    options: Vec<String>,
    serves: String,
}

/// A new survey's page.
#[get("/surveys/new")]
pub async fn show_new(
    request: HttpRequest,
    access: Anywhere<ReadSurvey>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let own = access.caller.organisation.clone().ok_or_else(|| Problem::not_found("organisation"))?;
    access.caller.authorise(Action::RunSurvey, &own).map_err(|_| Problem::not_found("page"))?;
    render(&new_page(form_token(&request, &services)?, ("", ""), Vec::new()))
}

/// Creates the survey, with our questionnaire or the trust's own.
#[post("/surveys")]
pub async fn create(
    request: HttpRequest,
    access: Anywhere<ReadSurvey>,
    form: Multipart,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let own = access.caller.organisation.clone().ok_or_else(|| Problem::not_found("organisation"))?;
    let scope = access.caller.authorise(Action::RunSurvey, &own).map_err(|_| Problem::not_found("page"))?;
    let form = Upload::read(form, &request, &services).await?;
    let (title, closes_on) = (form.text("title"), form.text("closes_on"));
    let refused = |errors| {
        let token = form_token(&request, &services)?;
        render_with(StatusCode::UNPROCESSABLE_ENTITY, &new_page(token, (&title, &closes_on), errors))
    };
    let (checked, mut errors) = check(&title, &closes_on);
    let questionnaire = match form.file("file") {
        Some((_, bytes)) => {
            let text = String::from_utf8_lossy(bytes).into_owned();
            if let Err(found) = Questionnaire::parse(&text) {
                errors.push(error("file", format!("The questionnaire cannot be used: {found}")));
            }
            Some(text)
        }
        None => None,
    };
    let (Some((title, closes_on)), true) = (checked, errors.is_empty()) else { return refused(errors) };
    match services.surveys.create(scope, NewSurvey { title, questionnaire, closes_on }).await {
        Ok(survey) => Ok(see_other(&format!("/office/surveys/{}", survey.id))),
        Err(AppError::Invalid { detail, .. }) => refused(vec![error("closes_on", detail)]),
        Err(other) => Err(other.into()),
    }
}

/// Title and closing date.
#[derive(Deserialize)]
pub struct DetailsForm {
    token: String,
    title: String,
    closes_on: String,
}

/// The page of title and closing date.
#[get("/surveys/{id}/details")]
pub async fn show_details(
    request: HttpRequest,
    access: Managed<RunSurvey>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let survey = services.surveys.read(access.scope, access.id).await?;
    let day = survey.closes_on.and_then(|date| date.format(&Iso8601::DATE).ok()).unwrap_or_default();
    let token = form_token(&request, &services)?;
    render(&details_page(&survey, token, (survey.title.as_str(), &day), Vec::new()))
}

/// Saves title and closing date.
#[post("/surveys/{id}/details")]
pub async fn save_details(
    request: HttpRequest,
    access: Managed<RunSurvey>,
    form: web::Form<DetailsForm>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    check_form_token(&request, &services, &form.token)?;
    let survey = services.surveys.read(access.scope.clone(), access.id.clone()).await?;
    let refused = |errors| {
        let page = details_page(&survey, form_token(&request, &services)?, (&form.title, &form.closes_on), errors);
        render_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
    };
    let (Some((title, closes_on)), errors) = check(&form.title, &form.closes_on) else {
        return refused(check(&form.title, &form.closes_on).1);
    };
    if !errors.is_empty() {
        return refused(errors);
    }
    match services.surveys.change(access.scope, access.id, Some(title), closes_on, Precondition::none()).await {
        Ok(survey) => Ok(see_other(&format!("/office/surveys/{}", survey.id))),
        Err(AppError::Invalid { detail, .. }) => refused(vec![error("closes_on", detail)]),
        Err(other) => Err(other.into()),
    }
}

/// What staff are asked.
#[get("/surveys/{id}/questionnaire")]
pub async fn show_questionnaire(
    access: Managed<ReadSurvey>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let survey = services.surveys.read(access.scope.clone(), access.id.clone()).await?;
    let content = services.surveys.content(access.scope, access.id).await?;
    let sections = content.questionnaire.sections().iter().map(|section| SectionView {
        title: section.title.get(ENGLISH).to_owned(),
        questions: section.questions.iter().map(question_view).collect(),
    });
    render(&QuestionnairePage {
        page: below(&survey, format!("Questionnaire of {}", survey.title.as_str())),
        title: survey.title.as_str().to_owned(),
        sections: sections.collect(),
        count: content.questionnaire.questions().count(),
    })
}

fn question_view(question: &Question) -> QuestionView {
    let codes: Vec<&str> = question.serves.iter().map(|purpose| purpose.code()).collect();
    let options = match question.kind {
        Kind::FreeText(_) => vec!["An answer in own words".to_owned()],
        _ => question.options().iter().map(|choice| choice.label(ENGLISH).to_owned()).collect(),
    };
    QuestionView {
        text: question.text(ENGLISH).to_owned(),
        welsh: question.text(Language::Welsh).to_owned(),
        options,
        serves: codes.join(", ").replace('_', " "),
    }
}

/// The page below a survey's own.
pub(super) fn below(survey: &Survey, title: impl Into<String>) -> Page {
    page(title, Some(Section::Surveys)).below([
        ("/office".to_owned(), "Surveys".to_owned()),
        (format!("/office/surveys/{}", survey.id), survey.title.as_str().to_owned()),
    ])
}

type Checked = Option<(Title, Option<Date>)>;

/// Title and date as they were typed; each mistake names its field.
fn check(title: &str, closes_on: &str) -> (Checked, Vec<ErrorLink>) {
    let mut errors = Vec::new();
    let title = Title::try_from(title.to_owned());
    if title.is_err() {
        errors.push(error("title", "Write a title of 1 to 200 characters".to_owned()));
    }
    let closes_on = match closes_on.trim() {
        "" => Some(None),
        text => Date::parse(text, &Iso8601::DATE).ok().map(Some),
    };
    if closes_on.is_none() {
        errors.push(error("closes_on", "Write the closing date as year, month and day, such as 2027-03-19".to_owned()));
    }
    (title.ok().zip(closes_on), errors)
}

fn error(field: &str, text: String) -> ErrorLink {
    ErrorLink { field: field.to_owned(), text }
}

fn fields((title, closes_on): (&str, &str), errors: &[ErrorLink]) -> [TextField; 2] {
    let of = |name: &str| errors.iter().find(|error| error.field == name).map(|error| error.text.clone());
    let field = |name: &str, label: &str, hint: &str, value: &str, input_type| TextField {
        hint: Some(hint.to_owned()),
        error: of(name),
        value: value.to_owned(),
        input_type,
        ..TextField::new(name, label)
    };
    [
        field("title", "Title", "Staff read it in their e-mail and above the questions.", title, "text"),
        field(
            "closes_on",
            "Closing date",
            "The last day for answers, as staff are told. Three weeks are usual. You close the survey yourself.",
            closes_on,
            "date",
        ),
    ]
}

fn summary(errors: Vec<ErrorLink>) -> Option<ErrorSummary> {
    (!errors.is_empty()).then_some(ErrorSummary { language: ENGLISH, errors })
}

fn new_page(token: String, values: (&str, &str), errors: Vec<ErrorLink>) -> NewSurveyPage {
    let [title, closes_on] = fields(values, &errors);
    NewSurveyPage {
        page: page("New survey", Some(Section::Surveys))
            .below([("/office".to_owned(), "Surveys".to_owned())])
            .with_errors(!errors.is_empty()),
        errors: summary(errors),
        title,
        closes_on,
        token,
    }
}

fn details_page(survey: &Survey, token: String, values: (&str, &str), errors: Vec<ErrorLink>) -> DetailsPage {
    let [title, closes_on] = fields(values, &errors);
    DetailsPage {
        page: below(survey, "Title and closing date").with_errors(!errors.is_empty()),
        survey: survey.id.to_string(),
        errors: summary(errors),
        title,
        closes_on,
        token,
    }
}

/// Whether the list of tasks is what the survey's page shows.
pub(super) fn is_being_set_up(survey: &Survey) -> bool {
    survey.state == SurveyState::Draft
}
