//! Comments of a release: read by a named person first, one by one, then by everybody who reads the release.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

use super::confirm::{check_form_token, form_token};
use super::frame::{Section, page, render, render_with, see_other};
use super::wres::sentence;
use crate::domain::account::{Action, TenantScope};
use crate::domain::comment::{Comment, Decision};
use crate::domain::identifier::{CommentId, SurveyId};
use crate::domain::questionnaire::{Language, Questionnaire};
use crate::domain::survey::Survey;
use crate::services::{AppError, FieldProblem, Services};
use crate::web::Problem;
use crate::web::access::{Managed, ReadRelease, RunSurvey, identify};
use crate::web::components::{ChoiceField, ChoiceItem, ErrorLink, ErrorSummary, Page, TextField};

const ENGLISH: Language = Language::English;
/// Comments on one page.
const ON_A_PAGE: usize = 50;

#[derive(Template)]
#[template(path = "web/office/comments.html")]
struct CommentsPage {
    page: Page,
    survey: String,
    title: String,
    /// Texts below their question.
    questions: Vec<(String, Vec<String>)>,
    published: usize,
    reviewers: String,
    /// Comments that wait for those who may review them; `None` for everybody else.
    waiting: Option<usize>,
    earlier: Option<usize>,
    later: Option<usize>,
}

#[derive(Template)]
#[template(path = "web/office/comment_review.html")]
struct ReviewPage {
    page: Page,
    errors: Option<ErrorSummary>,
    survey: String,
    title: String,
    comments: usize,
    waiting: usize,
    shown: Option<Shown>,
    token: String,
}

/// The comment that is looked at.
struct Shown {
    number: usize,
    id: String,
    question: String,
    body: String,
    /// What was decided before, in words.
    before: Option<&'static str>,
    /// What can be read of it, where words were left out.
    shortened: Option<String>,
    decision: ChoiceField,
    words: TextField,
}

/// Which part of the list.
#[derive(Deserialize)]
pub struct PageQuery {
    #[serde(default)]
    from: usize,
}

/// Which comment, counted from 1; the first that nobody has decided about unless it is named.
#[derive(Deserialize)]
pub struct NumberQuery {
    number: Option<usize>,
}

/// What is decided.
#[derive(Deserialize)]
pub struct ReviewForm {
    token: String,
    comment: String,
    #[serde(default)]
    decision: String,
    words: String,
}

/// What can be read.
#[get("/surveys/{id}/comments")]
pub async fn show(
    request: HttpRequest,
    access: Managed<ReadRelease>,
    query: web::Query<PageQuery>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let may_review = identify(&request).await?.authorise(Action::RunSurvey, access.scope.organisation()).is_ok();
    let found = services.comments.published(access.scope, access.id).await?;
    let mut questions: Vec<(String, Vec<String>)> = Vec::new();
    for comment in found.comments.iter().skip(query.from).take(ON_A_PAGE) {
        let question = text_of(&found.content.questionnaire, &comment.question);
        match questions.iter_mut().find(|(text, _)| *text == question) {
            Some((_, texts)) => texts.push(comment.text.clone()),
            None => questions.push((question, vec![comment.text.clone()])),
        }
    }
    let end = query.from.saturating_add(ON_A_PAGE);
    render(&CommentsPage {
        page: below_results(&found.survey, "Comments"),
        survey: found.survey.id.to_string(),
        title: found.survey.title.as_str().to_owned(),
        questions,
        published: found.comments.len(),
        reviewers: found.reviewers.join(", "),
        waiting: may_review.then_some(found.waiting),
        earlier: (query.from > 0).then(|| query.from.saturating_sub(ON_A_PAGE)),
        later: (end < found.comments.len()).then_some(end),
    })
}

/// One comment to decide about.
#[get("/surveys/{id}/comments/review")]
pub async fn show_review(
    request: HttpRequest,
    access: Managed<RunSurvey>,
    query: web::Query<NumberQuery>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let place = (access.scope, access.id);
    render(&review_page(&request, &services, place, Wanted::Number(query.number), None).await?)
}

/// Decides about one comment.
#[post("/surveys/{id}/comments/review")]
pub async fn save_review(
    request: HttpRequest,
    access: Managed<RunSurvey>,
    form: web::Form<ReviewForm>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    check_form_token(&request, &services, &form.token)?;
    let id: CommentId = form.comment.parse().map_err(|_| Problem::not_found("comment"))?;
    let (scope, survey) = (access.scope, access.id);
    let decision = Decision::parse(&form.decision);
    let outcome =
        services.comments.review(scope.clone(), survey.clone(), id.clone(), decision, form.words.clone()).await;
    match outcome {
        Ok(()) => Ok(see_other(&format!("/office/surveys/{survey}/comments/review"))),
        Err(AppError::Invalid { problems, .. }) => {
            let again = Some((&*form, problems));
            let page = review_page(&request, &services, (scope, survey), Wanted::Comment(id), again).await?;
            render_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(other) => Err(other.into()),
    }
}

/// Which comment is looked at.
enum Wanted {
    Number(Option<usize>),
    Comment(CommentId),
}

async fn review_page(
    request: &HttpRequest,
    services: &Services,
    (scope, survey): (TenantScope, SurveyId),
    wanted: Wanted,
    again: Option<(&ReviewForm, Vec<FieldProblem>)>,
) -> Result<ReviewPage, Problem> {
    let list = services.comments.list(scope, survey).await?;
    let place = match wanted {
        Wanted::Number(Some(number)) => number.checked_sub(1).filter(|place| *place < list.comments.len()),
        Wanted::Number(None) => list.comments.iter().position(|comment| comment.review.is_none()),
        Wanted::Comment(id) => list.comments.iter().position(|comment| comment.id == id),
    };
    let errors: Vec<ErrorLink> = again
        .iter()
        .flat_map(|(_, problems)| problems)
        .map(|problem| ErrorLink {
            field: problem.pointer.trim_start_matches('/').to_owned(),
            text: sentence(&problem.detail),
        })
        .collect();
    let typed = again.map(|(form, _)| form);
    let shown = place.and_then(|place| Some((place, list.comments.get(place)?)));
    Ok(ReviewPage {
        page: below_results(&list.survey, "Review comments").with_errors(!errors.is_empty()),
        survey: list.survey.id.to_string(),
        title: list.survey.title.as_str().to_owned(),
        comments: list.comments.len(),
        waiting: list.comments.iter().filter(|comment| comment.review.is_none()).count(),
        shown: shown
            .and_then(|(place, comment)| Shown::new(place, comment, &list.content.questionnaire, typed, &errors)),
        errors: (!errors.is_empty()).then_some(ErrorSummary { language: ENGLISH, errors }),
        token: form_token(request, services)?,
    })
}

impl Shown {
    /// `None` when what was written has been deleted.
    fn new(
        place: usize,
        comment: &Comment,
        questionnaire: &Questionnaire,
        typed: Option<&ReviewForm>,
        errors: &[ErrorLink],
    ) -> Option<Self> {
        let error = |name: &str| errors.iter().find(|error| error.field == name).map(|error| error.text.clone());
        let decided = comment.review.as_ref().map(|review| review.decision);
        let chosen = typed.map_or(decided, |form| Decision::parse(&form.decision));
        let item = |decision: Decision| ChoiceItem {
            value: decision.code().to_owned(),
            text: match decision {
                Decision::Published => "Publish it word for word",
                Decision::Shortened => "Publish it without some words",
                Decision::Withheld => "Withhold it",
            }
            .to_owned(),
            chosen: chosen == Some(decision),
        };
        Some(Self {
            number: place + 1,
            id: comment.id.to_string(),
            question: text_of(questionnaire, &comment.question),
            body: comment.body.clone()?,
            before: decided.map(|decision| match decision {
                Decision::Published => "It is published word for word.",
                Decision::Shortened => "It is published without some words:",
                Decision::Withheld => "It is withheld.",
            }),
            shortened: comment
                .review
                .as_ref()
                .filter(|review| review.decision == Decision::Shortened)
                .and_then(|review| review.published.clone()),
            decision: ChoiceField {
                language: ENGLISH,
                name: "decision".to_owned(),
                several: false,
                legend: "What becomes of this comment".to_owned(),
                legend_is_title: false,
                caption: None,
                hint: None,
                error: error("decision"),
                items: Decision::ALL.map(item).into(),
                apart: None,
            },
            words: TextField {
                hint: Some(
                    "With a comma between them, such as names, places and dates. […] stands in their place.".to_owned(),
                ),
                error: error("words"),
                value: typed.map_or_else(String::new, |form| form.words.clone()),
                ..TextField::new("words", "Words to leave out")
            },
        })
    }
}

fn text_of(questionnaire: &Questionnaire, question: &str) -> String {
    questionnaire.question(question).map_or(question, |question| question.text(ENGLISH)).to_owned()
}

fn below_results(survey: &Survey, title: &str) -> Page {
    let at = format!("/office/surveys/{}", survey.id);
    page(format!("{title} of {}", survey.title.as_str()), Some(Section::Surveys)).below([
        ("/office".to_owned(), "Surveys".to_owned()),
        (at.clone(), survey.title.as_str().to_owned()),
        (format!("{at}/results"), "Results".to_owned()),
    ])
}
