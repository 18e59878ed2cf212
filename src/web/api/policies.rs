//! From how many people on an organisation shows a group.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, delete, get, post, put, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Body;
use crate::domain::threshold::{Proposal, Threshold};
use crate::services::Services;
use crate::web::access::{ChangePolicy, InOrganisation, ReadOrganisation};
use crate::web::error::{ApiResult, ProblemBody};
use crate::web::manners::IfMatch;

/// A threshold.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ThresholdBody {
    /// Groups with fewer people are withheld; never below the installation's own.
    #[schema(minimum = 10, maximum = 100, example = 15)]
    minimum_count: u32,
}

/// What an organisation decided, and what waits for a second administrator.
#[derive(Serialize, ToSchema)]
pub struct PolicyView {
    /// Groups with fewer people are withheld, in surveys that are opened from now on.
    #[schema(example = 15)]
    minimum_count: u32,
    /// The least that this installation takes.
    #[schema(example = 11)]
    lowest: u32,
    /// A lower threshold that one administrator proposed; null when there is none.
    proposal: Option<ProposalView>,
}

/// A lower threshold that waits for a second administrator.
#[derive(Serialize, ToSchema)]
pub struct ProposalView {
    /// What would hold.
    #[schema(example = 12)]
    minimum_count: u32,
    /// Account that proposed it, and cannot agree to it.
    #[schema(example = "0f8fad5bd9cb469fa16570867728950e")]
    proposed_by: String,
    /// Day on which it lapses.
    #[schema(format = Date)]
    lapses_on: String,
}

/// The organisation's policy.
#[utoipa::path(tag = "organisations", params(("ods" = String, Path, description = "ODS code")),
    responses((status = 200, body = PolicyView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
#[get("/organisations/{ods}/policy")]
pub async fn read_policy(
    access: InOrganisation<ReadOrganisation>,
    services: web::Data<Services>,
) -> ApiResult<web::Json<PolicyView>> {
    let threshold = services.policies.read(access.scope).await?;
    Ok(web::Json(view(&threshold, services.policies.lowest())))
}

/// Raises the threshold at once (200), or proposes a lower one (202), which holds when another administrator agrees.
/// Surveys keep what they were opened with.
#[utoipa::path(tag = "organisations", params(("ods" = String, Path, description = "ODS code")), request_body = ThresholdBody,
    responses((status = 200, body = PolicyView), (status = 202, body = PolicyView), (status = 401, body = ProblemBody),
        (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
#[put("/organisations/{ods}/policy")]
pub async fn change_policy(
    access: InOrganisation<ChangePolicy>,
    body: Body<ThresholdBody>,
    if_match: IfMatch,
    services: web::Data<Services>,
) -> ApiResult<HttpResponse> {
    let lowest = services.policies.lowest();
    let unchanged = if_match.on(move |stored| view(stored, lowest));
    let threshold = services.policies.set(access.scope, body.read()?.minimum_count, unchanged).await?;
    let status = if threshold.proposal.is_some() { StatusCode::ACCEPTED } else { StatusCode::OK };
    Ok(HttpResponse::build(status).json(view(&threshold, lowest)))
}

/// Agrees to the lower threshold that another administrator proposed. Only an account can, and not the one that proposed
/// it.
#[utoipa::path(tag = "organisations", params(("ods" = String, Path, description = "ODS code")), request_body = ThresholdBody,
    responses((status = 200, body = PolicyView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
#[post("/organisations/{ods}/policy/agreement")]
pub async fn agree_to_policy(
    access: InOrganisation<ChangePolicy>,
    body: Body<ThresholdBody>,
    services: web::Data<Services>,
) -> ApiResult<web::Json<PolicyView>> {
    let threshold = services.policies.agree(access.scope, body.read()?.minimum_count).await?;
    Ok(web::Json(view(&threshold, services.policies.lowest())))
}

/// Ends the proposal: its maker takes it back, or another administrator does not agree.
#[utoipa::path(tag = "organisations", params(("ods" = String, Path, description = "ODS code")),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
#[delete("/organisations/{ods}/policy/proposal")]
pub async fn withdraw_policy_proposal(
    access: InOrganisation<ChangePolicy>,
    services: web::Data<Services>,
) -> ApiResult<HttpResponse> {
    services.policies.withdraw(access.scope).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn view(threshold: &Threshold, lowest: u32) -> PolicyView {
    let proposal = |proposal: &Proposal| ProposalView {
        minimum_count: proposal.minimum_count,
        proposed_by: proposal.by.to_string(),
        lapses_on: proposal.lapses_at().date().to_string(),
    };
    PolicyView { minimum_count: threshold.minimum_count, lowest, proposal: threshold.proposal.as_ref().map(proposal) }
}
