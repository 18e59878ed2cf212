//! What a receipt is good for: withdrawing an answer while its survey is open, and finding it in the list afterwards.

use actix_web::http::StatusCode;
use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Body;
use crate::domain::identifier::SurveyId;
use crate::services::Services;
use crate::services::receipts::{ReceiptList, WithdrawOutcome};
use crate::web::error::{ApiResult, Problem, ProblemBody};

/// A receipt, in the body so that no log of addresses holds it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    /// As it was given after the answer.
    #[schema(example = "q3vJ0m9rT2aX5bC7dE8fGh")]
    receipt: String,
}

/// The answers are deleted.
#[derive(Serialize, ToSchema)]
pub struct WithdrawnView {
    /// Always true.
    withdrawn: bool,
}

/// The receipts of a closed survey. `spent` invitations are as many as both lists are long.
#[derive(Serialize, ToSchema)]
pub struct ReceiptListView {
    /// Title of the survey.
    survey: String,
    /// Name of the organisation that asked.
    organisation: String,
    /// Invitations that were used.
    spent: usize,
    /// Answers that are counted.
    responses: usize,
    /// Answers that were withdrawn before close.
    withdrawn: usize,
    /// SHA-256 of each receipt whose answer is counted, in hexadecimal, in order.
    counted_receipts: Vec<String>,
    /// The same of those whose answer was withdrawn.
    withdrawn_receipts: Vec<String>,
}

impl From<ReceiptList> for ReceiptListView {
    fn from(list: ReceiptList) -> Self {
        Self {
            spent: list.counted.len() + list.withdrawn.len(),
            responses: list.counted.len(),
            withdrawn: list.withdrawn.len(),
            survey: list.survey,
            organisation: list.organisation,
            counted_receipts: list.counted,
            withdrawn_receipts: list.withdrawn,
        }
    }
}

/// Withdraws an answer, until its survey closes. Doing it again changes nothing.
#[utoipa::path(tag = "answering", request_body = Withdrawal, security(()),
    responses((status = 200, body = WithdrawnView), (status = 404, body = ProblemBody), (status = 410, body = ProblemBody), (status = 422, body = ProblemBody)))]
#[post("/withdrawals")]
pub async fn withdraw(body: Body<Withdrawal>, services: web::Data<Services>) -> ApiResult<web::Json<WithdrawnView>> {
    let receipt = body.read()?.receipt.trim().parse().map_err(|_| unknown())?;
    match services.receipts.withdraw(receipt).await? {
        WithdrawOutcome::Withdrawn | WithdrawOutcome::WithdrawnBefore => {
            Ok(web::Json(WithdrawnView { withdrawn: true }))
        }
        WithdrawOutcome::TooLate => Err(Problem::new(
            StatusCode::GONE,
            "survey-closed",
            "Survey closed",
            "the survey has closed; answers are shuffled then, and nobody can tell any more which are yours",
        )),
        WithdrawOutcome::Unknown => Err(unknown()),
    }
}

/// The receipts of a closed survey, for everybody. There is no list where fewer answered than the survey's threshold.
#[utoipa::path(tag = "answering", params(("id" = String, Path, description = "Survey")), security(()),
    responses((status = 200, body = ReceiptListView), (status = 404, body = ProblemBody)))]
#[get("/surveys/{id}/receipts")]
pub async fn list_receipts(
    survey: web::Path<String>,
    services: web::Data<Services>,
) -> ApiResult<web::Json<ReceiptListView>> {
    let survey: SurveyId = survey.parse().map_err(|_| Problem::not_found("list"))?;
    let list = services.receipts.list(survey).await?.ok_or_else(|| {
        let detail = "fewer people answered than this survey's threshold asks for; nothing is told about so few";
        Problem::new(StatusCode::NOT_FOUND, "too-few-responses", "Too few responses", detail)
    })?;
    Ok(web::Json(list.into()))
}

fn unknown() -> Problem {
    let detail = "there is no such receipt; check that it was copied whole";
    Problem::new(StatusCode::NOT_FOUND, "unknown-receipt", "Unknown receipt", detail)
}
