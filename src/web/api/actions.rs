//! The action plan.

use actix_web::{HttpResponse, delete, get, post, put, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Body;
use crate::domain::action_plan::{ActionText, StoredAction};
use crate::domain::identifier::ActionId;
use crate::services::Services;
use crate::web::access::{InOrganisation, ReadRelease, RunSurvey};
use crate::web::error::{ApiResult, Problem, ProblemBody};

/// What is planned.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActionBody {
    /// What is done.
    #[schema(example = "Every line manager is trained to act on reports of racism")]
    action: String,
    /// Prong of the pledge: `understand_population`, `maternal_outcomes`, `perinatal_outcomes`, `support_staff` or
    /// `create_conditions`.
    #[schema(example = "support_staff")]
    prong: String,
    /// Indicator that should move, `wres1` to `wres9`; empty for none.
    #[serde(default)]
    #[schema(example = "wres6")]
    indicator: String,
    /// Whose task it is: a role rather than a name.
    #[serde(default)]
    owner: String,
    /// Day by which it is done, `YYYY-MM-DD`; empty for none.
    #[serde(default)]
    due: String,
    /// `planned` (the default), `under_way`, `done` or `stopped`.
    #[serde(default)]
    status: String,
    /// What shows that it was done, and what came of it.
    #[serde(default)]
    evidence: String,
}

/// An action of the plan.
#[derive(Serialize, ToSchema)]
pub struct ActionView {
    /// Identifier.
    id: String,
    /// What is done.
    #[schema(example = "Every line manager is trained to act on reports of racism")]
    action: String,
    /// Prong of the pledge.
    #[schema(example = "support_staff")]
    prong: String,
    /// Indicator that should move; empty for none.
    #[schema(example = "wres6")]
    indicator: String,
    /// Whose task it is.
    owner: String,
    /// Day by which it is done; empty for none.
    #[schema(example = "2027-09-30")]
    due: String,
    /// How far it is.
    #[schema(example = "planned")]
    status: String,
    /// What shows that it was done, and what came of it.
    evidence: String,
}

/// The plan: what is due first stands first.
#[utoipa::path(tag = "plans", params(("ods" = String, Path, description = "ODS code")),
    responses((status = 200, body = Vec<ActionView>), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
#[get("/organisations/{ods}/actions")]
pub async fn list_actions(
    access: InOrganisation<ReadRelease>,
    services: web::Data<Services>,
) -> ApiResult<web::Json<Vec<ActionView>>> {
    let plan = services.action_plans.list(access.scope).await?;
    Ok(web::Json(plan.into_iter().map(ActionView::from).collect()))
}

/// Adds an action.
#[utoipa::path(tag = "plans", params(("ods" = String, Path, description = "ODS code")), request_body = ActionBody,
    responses((status = 201, body = ActionView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
#[post("/organisations/{ods}/actions")]
pub async fn add_action(
    access: InOrganisation<RunSurvey>,
    body: Body<ActionBody>,
    services: web::Data<Services>,
) -> ApiResult<HttpResponse> {
    let stored = services.action_plans.add(access.scope, &body.read()?.into()).await?;
    Ok(HttpResponse::Created().json(ActionView::from(stored)))
}

/// Replaces an action.
#[utoipa::path(tag = "plans", params(("ods" = String, Path, description = "ODS code"), ("action" = String, Path, description = "Action")),
    request_body = ActionBody,
    responses((status = 200, body = ActionView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
#[put("/organisations/{ods}/actions/{action}")]
pub async fn replace_action(
    access: InOrganisation<RunSurvey>,
    path: web::Path<(String, String)>,
    body: Body<ActionBody>,
    services: web::Data<Services>,
) -> ApiResult<web::Json<ActionView>> {
    let stored = services.action_plans.replace(access.scope, parse(&path.1)?, &body.read()?.into()).await?;
    Ok(web::Json(stored.into()))
}

/// Takes an action out of the plan.
#[utoipa::path(tag = "plans", params(("ods" = String, Path, description = "ODS code"), ("action" = String, Path, description = "Action")),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
#[delete("/organisations/{ods}/actions/{action}")]
pub async fn remove_action(
    access: InOrganisation<RunSurvey>,
    path: web::Path<(String, String)>,
    services: web::Data<Services>,
) -> ApiResult<HttpResponse> {
    services.action_plans.remove(access.scope, parse(&path.1)?).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn parse(id: &str) -> ApiResult<ActionId> {
    id.parse().map_err(|_| Problem::not_found("action"))
}

impl From<ActionBody> for ActionText {
    fn from(body: ActionBody) -> Self {
        let ActionBody { action, prong, indicator, owner, due, status, evidence } = body;
        Self { action, prong, indicator, owner, due, status, evidence }
    }
}

impl From<StoredAction> for ActionView {
    fn from(stored: StoredAction) -> Self {
        let ActionText { action, prong, indicator, owner, due, status, evidence } = stored.action.text();
        Self { id: stored.id.to_string(), action, prong, indicator, owner, due, status, evidence }
    }
}
