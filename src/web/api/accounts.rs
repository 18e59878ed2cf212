//! Accounts of an organisation, for its administrator.

use actix_web::{HttpResponse, delete, get, patch, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Body;
use super::page::PageQuery;
use crate::domain::account::Role;
use crate::domain::identifier::AccountId;
use crate::services::Services;
use crate::services::account_administration::AccountChange;
use crate::services::accounts::Account;
use crate::web::access::{InOrganisation, ManageAccounts};
use crate::web::error::{ApiResult, Problem, ProblemBody};
use crate::web::manners::IfMatch;

/// A new account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAccount {
    /// Sign-in name; the one-time link is sent there.
    #[schema(example = "hr.lead@example.org")]
    email: String,
    /// organisation_administrator, hr_lead, viewer or system_viewer.
    #[schema(value_type = String, example = "hr_lead")]
    role: Role,
}

/// What can be changed; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountChangeBody {
    /// Another role.
    #[schema(value_type = Option<String>, example = "viewer")]
    role: Option<Role>,
    /// Refused from now on, or let in again.
    disabled: Option<bool>,
}

/// An account.
#[derive(Serialize, ToSchema)]
pub struct AccountView {
    /// Identifier: what the audit log says.
    #[schema(value_type = String, example = "0f8fad5bd9cb469fa16570867728950e")]
    id: AccountId,
    /// Sign-in name.
    #[schema(example = "hr.lead@example.org")]
    email: String,
    /// Role.
    #[schema(value_type = String, example = "hr_lead")]
    role: Role,
    /// Whether it is refused.
    disabled: bool,
    /// Whether the one-time link has been used.
    has_password: bool,
    /// Whether a second factor is set up.
    has_second_factor: bool,
}

impl From<Account> for AccountView {
    fn from(account: Account) -> Self {
        Self {
            id: account.id,
            email: account.email,
            role: account.role,
            disabled: account.disabled,
            has_password: account.password_hash.is_some(),
            has_second_factor: account.second_factor.is_some(),
        }
    }
}

/// Lists the organisation's accounts, by identifier.
#[utoipa::path(tag = "access", params(("ods" = String, Path), PageQuery),
    responses((status = 200, body = Vec<AccountView>), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
#[get("/organisations/{ods}/accounts")]
pub async fn list_accounts(
    access: InOrganisation<ManageAccounts>,
    query: web::Query<PageQuery>,
    services: web::Data<Services>,
) -> ApiResult<HttpResponse> {
    let path = format!("/api/v1/organisations/{}/accounts", access.scope.organisation());
    let page = query.of(&path, &services.sealer)?;
    let found = services.accounts.list_in(access.scope, page.after.clone(), page.limit).await?;
    let views: Vec<AccountView> = found.into_iter().map(AccountView::from).collect();
    Ok(page.answer(&views, |view| view.id.to_string()))
}

/// One account.
#[utoipa::path(tag = "access", params(("ods" = String, Path), ("account" = String, Path)),
    responses((status = 200, body = AccountView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
#[get("/organisations/{ods}/accounts/{account}")]
pub async fn read_account(
    access: InOrganisation<ManageAccounts>,
    path: web::Path<(String, String)>,
    services: web::Data<Services>,
) -> ApiResult<web::Json<AccountView>> {
    let account = services.accounts.read_in(access.scope, account_of(&path)?).await?;
    Ok(web::Json(AccountView::from(account)))
}

/// Makes an account and sends its one-time link by e-mail.
#[utoipa::path(tag = "access", params(("ods" = String, Path)), request_body = NewAccount,
    responses((status = 201, body = AccountView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
#[post("/organisations/{ods}/accounts")]
pub async fn invite_account(
    access: InOrganisation<ManageAccounts>,
    body: Body<NewAccount>,
    services: web::Data<Services>,
) -> ApiResult<HttpResponse> {
    let body = body.read()?;
    let path = format!("/api/v1/organisations/{}/accounts", access.scope.organisation());
    let account = services.accounts.invite(access.scope, &body.email, body.role).await?;
    let location = format!("{path}/{}", account.id);
    Ok(HttpResponse::Created().insert_header(("Location", location)).json(AccountView::from(account)))
}

fn seen(account: &Account) -> AccountView {
    AccountView::from(account.clone())
}

/// Changes role or access; the account's sessions end.
#[utoipa::path(tag = "access", params(("ods" = String, Path), ("account" = String, Path)),
    request_body = AccountChangeBody,
    responses((status = 200, body = AccountView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
#[patch("/organisations/{ods}/accounts/{account}")]
pub async fn change_account(
    access: InOrganisation<ManageAccounts>,
    path: web::Path<(String, String)>,
    body: Body<AccountChangeBody>,
    if_match: IfMatch,
    services: web::Data<Services>,
) -> ApiResult<web::Json<AccountView>> {
    let body = body.read()?;
    let change = AccountChange { role: body.role, disabled: body.disabled };
    let changed = services.accounts.change(access.scope, account_of(&path)?, change, if_match.on(seen)).await?;
    Ok(web::Json(AccountView::from(changed)))
}

/// Takes password and second factor away and sends a new one-time link; the account's sessions end.
#[utoipa::path(tag = "access", params(("ods" = String, Path), ("account" = String, Path)),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody)))]
#[post("/organisations/{ods}/accounts/{account}/reset")]
pub async fn reset_account(
    access: InOrganisation<ManageAccounts>,
    path: web::Path<(String, String)>,
    services: web::Data<Services>,
) -> ApiResult<HttpResponse> {
    services.accounts.reset_other(access.scope, account_of(&path)?).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Ends every session of an account.
#[utoipa::path(tag = "access", params(("ods" = String, Path), ("account" = String, Path)),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
#[delete("/organisations/{ods}/accounts/{account}/sessions")]
pub async fn end_sessions(
    access: InOrganisation<ManageAccounts>,
    path: web::Path<(String, String)>,
    services: web::Data<Services>,
) -> ApiResult<HttpResponse> {
    services.accounts.end_sessions(access.scope, account_of(&path)?).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn account_of(path: &(String, String)) -> Result<AccountId, Problem> {
    path.1.parse().map_err(|_| Problem::not_found("account"))
}
