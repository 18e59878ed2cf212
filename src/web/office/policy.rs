//! From how many people on a group is shown: raised by one administrator, lowered by two.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

use super::confirm::{Confirmation, check_form_token, form_token};
use super::draft::in_words;
use super::frame::{Section, page, render, render_with, see_other};
use super::wres::sentence;
use crate::domain::account::TenantScope;
use crate::domain::audit_event::Actor;
use crate::domain::questionnaire::Language;
use crate::domain::threshold::{Proposal, Threshold};
use crate::services::{AppError, Precondition, Services};
use crate::web::Problem;
use crate::web::access::{AtHome, ChangePolicy};
use crate::web::components::{ErrorSummary, Page, TextField};

#[derive(Template)]
#[template(path = "web/office/policy.html")]
struct PolicyPage {
    page: Page,
    errors: Option<ErrorSummary>,
    threshold: Threshold,
    lowest: u32,
    proposal: Option<ProposalView>,
    minimum_count: TextField,
    token: String,
}

/// A lower threshold that waits for a second administrator.
pub(super) struct ProposalView {
    pub(super) minimum_count: u32,
    pub(super) lapses: String,
    /// Whether it is the caller's own, so that somebody else has to agree.
    pub(super) own: bool,
}

impl ProposalView {
    /// As the caller in `scope` sees it.
    pub(super) fn new(proposal: &Proposal, scope: &TenantScope) -> Self {
        Self {
            minimum_count: proposal.minimum_count,
            lapses: in_words(proposal.lapses_at().date()),
            own: *scope.actor() == Actor::Account(proposal.by.clone()),
        }
    }
}

/// A number, as it is typed or was seen.
#[derive(Deserialize)]
pub struct ThresholdForm {
    token: String,
    minimum_count: String,
}

impl ThresholdForm {
    /// What is no number is less than any that can be set, and is told the same.
    fn number(&self, request: &HttpRequest, services: &Services) -> Result<u32, Problem> {
        check_form_token(request, services, &self.token)?;
        Ok(self.minimum_count.trim().parse().unwrap_or_default())
    }
}

/// The page.
#[get("/policy")]
pub async fn show(
    request: HttpRequest,
    access: AtHome<ChangePolicy>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    render(&policy_page(&request, &access.scope, &services, None, None).await?)
}

/// Raises the threshold, or proposes a lower one.
#[post("/policy")]
pub async fn change(
    request: HttpRequest,
    access: AtHome<ChangePolicy>,
    form: web::Form<ThresholdForm>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let wanted = form.number(&request, &services)?;
    let outcome = services.policies.set(access.scope.clone(), wanted, Precondition::none()).await;
    answer(outcome, &request, &access.scope, &services, Some(form.minimum_count.trim())).await
}

/// Agrees to what another administrator proposed.
#[post("/policy/agreement")]
pub async fn agree(
    request: HttpRequest,
    access: AtHome<ChangePolicy>,
    form: web::Form<ThresholdForm>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let seen = form.number(&request, &services)?;
    let outcome = services.policies.agree(access.scope.clone(), seen).await;
    answer(outcome, &request, &access.scope, &services, None).await
}

/// Ends the proposal.
#[post("/policy/withdrawal")]
pub async fn withdraw(
    request: HttpRequest,
    access: AtHome<ChangePolicy>,
    form: web::Form<Confirmation>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    form.check(&request, &services)?;
    match services.policies.withdraw(access.scope).await {
        // Somebody else was quicker: it is as asked.
        Ok(()) | Err(AppError::NotFound(_)) => Ok(see_other("/office/policy")),
        Err(other) => Err(other.into()),
    }
}

async fn answer(
    outcome: Result<Threshold, AppError>,
    request: &HttpRequest,
    scope: &TenantScope,
    services: &Services,
    typed: Option<&str>,
) -> Result<HttpResponse, Problem> {
    let (status, detail) = match outcome {
        Ok(_) => return Ok(see_other("/office/policy")),
        Err(AppError::Invalid { detail, .. }) => (StatusCode::UNPROCESSABLE_ENTITY, detail),
        Err(AppError::Conflict { detail, .. }) => (StatusCode::CONFLICT, detail),
        Err(other) => return Err(other.into()),
    };
    render_with(status, &policy_page(request, scope, services, typed, Some(sentence(&detail))).await?)
}

async fn policy_page(
    request: &HttpRequest,
    scope: &TenantScope,
    services: &Services,
    typed: Option<&str>,
    error: Option<String>,
) -> Result<PolicyPage, Problem> {
    let threshold = services.policies.read(scope.clone()).await?;
    Ok(PolicyPage {
        page: page("Threshold", Some(Section::Account)).with_errors(error.is_some()),
        errors: error.clone().map(|text| ErrorSummary::of_one(Language::English, "minimum_count", text)),
        lowest: services.policies.lowest(),
        proposal: threshold.proposal.as_ref().map(|proposal| ProposalView::new(proposal, scope)),
        minimum_count: TextField {
            hint: Some(
                "A higher number holds at once. A lower one waits until another administrator agrees.".to_owned(),
            ),
            error,
            value: typed.map_or_else(|| threshold.minimum_count.to_string(), str::to_owned),
            width: Some(3),
            ..TextField::new("minimum_count", "Show groups of so many people or more")
        },
        threshold,
        token: form_token(request, services)?,
    })
}
