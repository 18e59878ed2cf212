//! The accounts of an organisation, run by its administrator.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

use super::confirm::{check_form_token, form_token};
use super::frame::{Section, page, render, render_with, see_other};
use crate::domain::account::{Action, Caller, Role, TenantScope};
use crate::domain::audit_event::Actor;
use crate::domain::identifier::AccountId;
use crate::domain::questionnaire::Language;
use crate::services::account_administration::AccountChange;
use crate::services::accounts::Account;
use crate::services::{AppError, Precondition, Services};
use crate::web::Problem;
use crate::web::access::{Anywhere, ManageAccounts};
use crate::web::components::{ErrorSummary, Page, TextField};

/// Roles that an administrator can give, and how the page calls them.
const ROLES: [(Role, &str); 4] = [
    (Role::OrganisationAdministrator, "Administrator"),
    (Role::HrLead, "HR lead"),
    (Role::Viewer, "Viewer"),
    (Role::SystemViewer, "System viewer"),
];

/// What pages call a role.
pub(super) fn name_of(role: Role) -> String {
    let given = ROLES.into_iter().find(|(given, _)| *given == role);
    given.map_or_else(|| role.to_string().replace('_', " "), |(_, name)| name.to_owned())
}

#[derive(Template)]
#[template(path = "web/office/accounts.html")]
struct AccountsPage {
    page: Page,
    errors: Option<ErrorSummary>,
    accounts: Vec<AccountView>,
    email: TextField,
    roles: [(Role, &'static str); 4],
    token: String,
}

struct AccountView {
    id: String,
    email: String,
    role: Role,
    state: &'static str,
    disabled: bool,
    is_own: bool,
}

impl AccountView {
    fn new(account: Account, caller: &Caller) -> Self {
        let state = match (account.disabled, &account.password_hash, &account.second_factor) {
            (true, _, _) => "Disabled",
            (false, None, _) => "Invited",
            (false, Some(_), None) => "No second factor yet",
            (false, Some(_), Some(_)) => "In use",
        };
        Self {
            is_own: Actor::Account(account.id.clone()) == caller.actor,
            id: account.id.into(),
            email: account.email,
            role: account.role,
            state,
            disabled: account.disabled,
        }
    }
}

/// Somebody to invite.
#[derive(Deserialize)]
pub struct InviteForm {
    token: String,
    email: String,
    role: Role,
}

/// What to do with an account.
#[derive(Deserialize)]
pub struct ChangeForm {
    token: String,
    step: Step,
    role: Option<Role>,
}

/// A step that the page offers.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Give it the role in the form.
    Role,
    /// Refuse it.
    Disable,
    /// Let it in again.
    Enable,
    /// Sign it out everywhere.
    EndSessions,
    /// New one-time link, no second factor.
    Reset,
}

/// The page.
#[get("/accounts")]
pub async fn show(
    request: HttpRequest,
    access: Anywhere<ManageAccounts>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    render(&accounts_page(&request, &access.caller, &services, "", None).await?)
}

/// Invites somebody.
#[post("/accounts")]
pub async fn invite(
    request: HttpRequest,
    access: Anywhere<ManageAccounts>,
    form: web::Form<InviteForm>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    check_form_token(&request, &services, &form.token)?;
    match services.accounts.invite(scope(&access.caller)?, &form.email, form.role).await {
        Ok(_) => Ok(see_other("/office/accounts")),
        Err(AppError::Invalid { detail, .. } | AppError::Conflict { detail, .. }) => {
            let page = accounts_page(&request, &access.caller, &services, &form.email, Some(detail)).await?;
            render_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(other) => Err(other.into()),
    }
}

/// Does one step with an account.
#[post("/accounts/{account}")]
pub async fn change(
    request: HttpRequest,
    access: Anywhere<ManageAccounts>,
    account: web::Path<String>,
    form: web::Form<ChangeForm>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    check_form_token(&request, &services, &form.token)?;
    let (scope, accounts) = (scope(&access.caller)?, &services.accounts);
    let id: AccountId = account.parse().map_err(|_| Problem::not_found("account"))?;
    let role = AccountChange { role: form.role, disabled: None };
    let none = Precondition::none();
    let disabled = |disabled| AccountChange { disabled: Some(disabled), role: None };
    match form.step {
        Step::Role => drop(accounts.change(scope, id, role, none).await?),
        Step::Disable => drop(accounts.change(scope, id, disabled(true), none).await?),
        Step::Enable => drop(accounts.change(scope, id, disabled(false), none).await?),
        Step::EndSessions => accounts.end_sessions(scope, id).await?,
        Step::Reset => accounts.reset_other(scope, id).await?,
    }
    Ok(see_other("/office/accounts"))
}

fn scope(caller: &Caller) -> Result<TenantScope, Problem> {
    let own = caller.organisation.as_ref().ok_or_else(|| Problem::not_found("organisation"))?;
    caller.authorise(Action::ManageAccounts, own).map_err(|_| Problem::not_found("organisation"))
}

async fn accounts_page(
    request: &HttpRequest,
    caller: &Caller,
    services: &Services,
    email: &str,
    error: Option<String>,
) -> Result<AccountsPage, Problem> {
    let accounts = services.accounts.of_organisation(scope(caller)?).await?;
    Ok(AccountsPage {
        page: page("Accounts", Some(Section::Account)).with_errors(error.is_some()),
        errors: error.clone().map(|text| ErrorSummary::of_one(Language::English, "email", text)),
        accounts: accounts.into_iter().map(|account| AccountView::new(account, caller)).collect(),
        email: TextField {
            hint: Some("A one-time link is sent there. It works for three days.".to_owned()),
            error,
            value: email.to_owned(),
            input_type: "email",
            ..TextField::new("email", "E-mail")
        },
        roles: ROLES,
        token: form_token(request, services)?,
    })
}
