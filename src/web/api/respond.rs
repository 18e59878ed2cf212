//! Answering by program: the same link, the same rules as the form.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Body;
use super::questionnaires::QuestionnaireView;
use crate::domain::questionnaire::Language;
use crate::security::PlaintextToken;
use crate::services::Services;
use crate::services::respondents::{FormOutcome, SubmitOutcome};
use crate::web::error::{ApiResult, Problem, ProblemBody, ProblemPart};

/// Answers: question → chosen codes, or one text.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Answers {
    /// By question; every question may be left out.
    #[schema(example = json!({ "belonging": ["agree"], "comment": ["…"] }))]
    answers: BTreeMap<String, Vec<String>>,
}

/// The survey behind a link.
#[derive(Serialize, ToSchema)]
pub struct FormView {
    /// Title of the survey.
    title: String,
    /// Name of the organisation that asks.
    organisation: String,
    /// What is asked.
    questionnaire: QuestionnaireView,
}

/// Proof of an answer.
#[derive(Serialize, ToSchema)]
pub struct ReceiptView {
    /// Random; it names no one.
    receipt: String,
}

/// What this link asks. Changes nothing.
#[utoipa::path(tag = "answering", params(("token" = String, Path, description = "From the personal link")), security(()),
    responses((status = 200, body = FormView), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 410, body = ProblemBody)))]
#[get("/respond/{token}")]
pub async fn read_form(token: web::Path<String>, services: web::Data<Services>) -> ApiResult<web::Json<FormView>> {
    match services.respondents.form(parse(&token)?).await? {
        FormOutcome::Open(form) => Ok(web::Json(FormView {
            title: form.survey.title.clone().into(),
            organisation: form.organisation.clone(),
            questionnaire: QuestionnaireView::from(&*form.questionnaire),
        })),
        FormOutcome::AlreadyAnswered => Err(already_answered()),
        FormOutcome::Closed => Err(closed()),
        FormOutcome::UnknownLink => Err(unknown()),
    }
}

/// Answers, once.
#[utoipa::path(tag = "answering", params(("token" = String, Path, description = "From the personal link")), request_body = Answers, security(()),
    responses((status = 201, body = ReceiptView), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 410, body = ProblemBody), (status = 422, body = ProblemBody)))]
#[post("/respond/{token}")]
pub async fn submit(
    token: web::Path<String>,
    body: Body<Answers>,
    services: web::Data<Services>,
) -> ApiResult<HttpResponse> {
    match services.respondents.submit(parse(&token)?, body.read()?.answers).await? {
        SubmitOutcome::Accepted { receipt } => {
            Ok(HttpResponse::Created().json(ReceiptView { receipt: receipt.reveal().to_owned() }))
        }
        SubmitOutcome::AlreadyAnswered => Err(already_answered()),
        SubmitOutcome::Closed => Err(closed()),
        SubmitOutcome::UnknownLink => Err(unknown()),
        SubmitOutcome::Invalid(errors) => {
            let parts = errors
                .all()
                .iter()
                .map(|error| ProblemPart {
                    pointer: if error.question.is_empty() {
                        "/answers".to_owned()
                    } else {
                        format!("/answers/{}", escaped(&error.question))
                    },
                    detail: error.problem.message(Language::English),
                })
                .collect();
            Err(Problem::unprocessable(
                "some answers cannot be used; nothing was stored and the link still works",
                parts,
            ))
        }
    }
}

fn parse(token: &str) -> ApiResult<PlaintextToken> {
    token.parse().map_err(|_| unknown())
}

/// A step of a JSON pointer (RFC 6901).
fn escaped(step: &str) -> String {
    step.replace('~', "~0").replace('/', "~1")
}

fn unknown() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "unknown-link",
        "Unknown link",
        "there is no such link; check that it was copied whole",
    )
}

fn already_answered() -> Problem {
    let detail = "this link has been used; each person can answer once, so there is nothing more to do";
    Problem::new(StatusCode::CONFLICT, "already-answered", "Already answered", detail)
}

fn closed() -> Problem {
    Problem::new(StatusCode::GONE, "survey-closed", "Survey closed", "the survey does not take answers now")
}
