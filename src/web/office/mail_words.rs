//! What an organisation says in its own words in one e-mail and one language: written, looked at, kept, taken back.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

use super::confirm::{check_form_token, form_token};
use super::draft::below;
use super::frame::{render_with, see_other};
use crate::domain::identifier::SurveyId;
use crate::domain::mail_template::MailTemplate;
use crate::domain::questionnaire::Language;
use crate::services::mail_samples::MailSample;
use crate::services::{AppError, FieldProblem, Services};
use crate::web::Problem;
use crate::web::access::{Managed, RunSurvey};
use crate::web::components::{ErrorLink, ErrorSummary, Page, TextArea, TextField};

const ENGLISH: Language = Language::English;

/// Which of the e-mails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The first.
    Invitation,
    /// The reminder.
    Reminder,
}

/// One e-mail of a survey in one language: what the address names.
#[derive(Debug, Clone, Deserialize)]
pub struct Which {
    kind: Kind,
    language: Language,
}

impl Which {
    pub(super) const ALL: [Self; 4] = [
        Self { kind: Kind::Invitation, language: Language::English },
        Self { kind: Kind::Invitation, language: Language::Welsh },
        Self { kind: Kind::Reminder, language: Language::English },
        Self { kind: Kind::Reminder, language: Language::Welsh },
    ];

    pub(super) fn language(&self) -> Language {
        self.language
    }

    pub(super) fn is_reminder(&self) -> bool {
        self.kind == Kind::Reminder
    }

    /// “Invitation in English”.
    pub(super) fn name(&self) -> &'static str {
        match (self.kind, self.language) {
            (Kind::Invitation, Language::English) => "Invitation in English",
            (Kind::Invitation, Language::Welsh) => "Invitation in Welsh",
            (Kind::Reminder, Language::English) => "Reminder in English",
            (Kind::Reminder, Language::Welsh) => "Reminder in Welsh",
        }
    }

    /// Address of the page where it is written.
    pub(super) fn address(&self, survey: &SurveyId) -> String {
        let kind = if self.is_reminder() { "reminder" } else { "invitation" };
        format!("/office/surveys/{survey}/e-mails/{kind}/{}", self.language)
    }
}

#[derive(Template)]
#[template(path = "web/office/mail_words.html")]
struct WordsPage {
    page: Page,
    errors: Option<ErrorSummary>,
    title: String,
    name: &'static str,
    language: Language,
    action: String,
    subject: TextField,
    opening: TextArea,
    closing: TextArea,
    /// Whether the organisation has words of its own here.
    own: bool,
    preview: Option<MailSample>,
    token: String,
}

/// Words as they were typed, and what to do with them.
#[derive(Deserialize)]
pub struct WordsForm {
    token: String,
    subject: String,
    opening: String,
    closing: String,
    /// `keep`, `preview` or `reset`.
    step: Step,
}

/// What to do with the words.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Step {
    Keep,
    Preview,
    Reset,
}

/// The page.
#[get("/surveys/{id}/e-mails/{kind}/{language}")]
pub async fn show(
    request: HttpRequest,
    access: Managed<RunSurvey>,
    which: web::Path<Which>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let kept = services.mail_words.read(access.scope.clone()).await?;
    let own = kept.find(which.is_reminder(), which.language).cloned();
    let words = own.clone().unwrap_or_else(|| MailTemplate {
        subject: String::new(),
        opening: String::new(),
        closing: String::new(),
    });
    let shown = Shown { words, own: own.is_some(), problems: Vec::new(), preview: None };
    words_page(&request, access, &which, &services, shown).await
}

/// Keeps the words, shows what they would look like, or goes back to Candour's.
#[post("/surveys/{id}/e-mails/{kind}/{language}")]
pub async fn change(
    request: HttpRequest,
    access: Managed<RunSurvey>,
    which: web::Path<Which>,
    form: web::Form<WordsForm>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    check_form_token(&request, &services, &form.token)?;
    let WordsForm { subject, opening, closing, step, .. } = form.into_inner();
    let words = MailTemplate { subject, opening, closing };
    let (scope, reminder, language) = (access.scope.clone(), which.is_reminder(), which.language);
    let outcome = match step {
        Step::Keep => {
            services.mail_words.replace_one(scope, reminder, language, Some(words.clone())).await.map(|()| None)
        }
        Step::Reset => services.mail_words.replace_one(scope, reminder, language, None).await.map(|()| None),
        Step::Preview => {
            services.invitations.sample_in(words.clone(), scope, access.id.clone(), language, reminder).await.map(Some)
        }
    };
    let (preview, problems) = match outcome {
        Ok(None) => return Ok(see_other(&format!("/office/surveys/{}/e-mails?kept=true", access.id))),
        Ok(preview) => (preview, Vec::new()),
        Err(AppError::Invalid { problems, .. }) => (None, problems),
        Err(other) => return Err(other.into()),
    };
    let own = services.mail_words.read(access.scope.clone()).await?.find(reminder, language).is_some();
    words_page(&request, access, &which, &services, Shown { words, own, problems, preview }).await
}

/// The e-mail's HTML, as mail programs show it. Its style and its links are its own; nothing of the office is around it.
#[get("/surveys/{id}/e-mails/{kind}/{language}/html")]
pub async fn show_html(
    access: Managed<RunSurvey>,
    which: web::Path<Which>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let sample = services.invitations.sample(access.scope, access.id, which.language, which.is_reminder()).await?;
    Ok(HttpResponse::Ok()
        .content_type(header::ContentType::html())
        .insert_header((
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        ))
        .body(sample.html))
}

/// What the page shows.
struct Shown {
    words: MailTemplate,
    own: bool,
    problems: Vec<FieldProblem>,
    preview: Option<MailSample>,
}

async fn words_page(
    request: &HttpRequest,
    access: Managed<RunSurvey>,
    which: &Which,
    services: &Services,
    shown: Shown,
) -> Result<HttpResponse, Problem> {
    let survey = services.surveys.read(access.scope, access.id).await?;
    let errors: Vec<ErrorLink> = shown.problems.iter().map(error_of).collect();
    let error = |name: &str| errors.iter().find(|error| error.field == name).map(|error| error.text.clone());
    let area = |name: &str, label: &str, hint: &str, value: String, rows| TextArea {
        language: ENGLISH,
        name: name.to_owned(),
        label: label.to_owned(),
        label_is_title: false,
        caption: None,
        hint: Some(hint.to_owned()),
        error: error(name),
        value,
        rows,
    };
    let MailTemplate { subject, opening, closing } = shown.words;
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = WordsPage {
        page: below(&survey, which.name()).with_errors(!errors.is_empty()),
        title: survey.title.as_str().to_owned(),
        name: which.name(),
        language: which.language,
        action: which.address(&survey.id),
        subject: TextField {
            hint: Some("At most 150 characters.".to_owned()),
            error: error("subject"),
            value: subject,
            ..TextField::new("subject", "Subject")
        },
        opening: area("opening", "Opening", "What comes before the personal link.", opening, 8),
        closing: area("closing", "Closing", "What comes last: who writes, whom to ask. May be left empty.", closing, 4),
        errors: (!errors.is_empty()).then_some(ErrorSummary { language: ENGLISH, errors }),
        own: shown.own,
        preview: shown.preview,
        token: form_token(request, services)?,
    };
    render_with(status, &page)
}

/// The field is the last step of the pointer: `/invitation/en/subject`.
fn error_of(problem: &FieldProblem) -> ErrorLink {
    let field = problem.pointer.rsplit('/').next().unwrap_or_default();
    let mut name = field.to_owned();
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    ErrorLink { field: field.to_owned(), text: format!("{name}: {}", problem.detail) }
}
