//! The organisation's identity provider: set up and taken away by its administrator.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

use super::confirm::{Confirmation, check_form_token, form_token};
use super::frame::{Section, page, render, render_with, see_other};
use crate::domain::account::TenantScope;
use crate::domain::questionnaire::Language;
use crate::services::identity_providers::NewIdentityProvider;
use crate::services::{AppError, FieldProblem, Precondition, Services};
use crate::web::Problem;
use crate::web::access::{AtHome, ManageIntegrations};
use crate::web::components::{ErrorLink, ErrorSummary, Page, TextField};

#[derive(Template)]
#[template(path = "web/office/identity_provider.html")]
struct ProviderPage {
    page: Page,
    errors: Option<ErrorSummary>,
    /// Whether there is one now.
    is_set: bool,
    organisation: String,
    /// Where the provider sends people back to.
    redirect_address: String,
    issuer: TextField,
    client_id: TextField,
    client_secret: TextField,
    token: String,
}

/// What the page asks for.
#[derive(Default, Deserialize)]
pub struct ProviderForm {
    token: String,
    issuer: String,
    client_id: String,
    /// Empty: the stored one stays.
    client_secret: String,
}

/// The page.
#[get("/identity-provider")]
pub async fn show(
    request: HttpRequest,
    access: AtHome<ManageIntegrations>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let (is_set, stored) = stored(access.scope.clone(), &services).await?;
    render(&provider_page(&request, &access.scope, &services, is_set, stored, &[])?)
}

/// Sets the provider.
#[post("/identity-provider")]
pub async fn replace(
    request: HttpRequest,
    access: AtHome<ManageIntegrations>,
    form: web::Form<ProviderForm>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let form = form.into_inner();
    check_form_token(&request, &services, &form.token)?;
    let given = |text: &str| text.trim().to_owned();
    let new = NewIdentityProvider {
        issuer: given(&form.issuer),
        client_id: given(&form.client_id),
        client_secret: Some(given(&form.client_secret)).filter(|secret| !secret.is_empty()),
    };
    match services.identity_providers.replace(access.scope.clone(), new, Precondition::none()).await {
        Ok(_) => Ok(see_other("/office/identity-provider")),
        Err(AppError::Invalid { problems, .. }) => {
            let (is_set, _) = stored(access.scope.clone(), &services).await?;
            let page = provider_page(&request, &access.scope, &services, is_set, form, &problems)?;
            render_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(other) => Err(other.into()),
    }
}

/// Takes the provider away.
#[post("/identity-provider/remove")]
pub async fn remove(
    request: HttpRequest,
    access: AtHome<ManageIntegrations>,
    form: web::Form<Confirmation>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    form.check(&request, &services)?;
    match services.identity_providers.remove(access.scope).await {
        // Somebody else was quicker: it is as asked.
        Ok(()) | Err(AppError::NotFound(_)) => Ok(see_other("/office/identity-provider")),
        Err(other) => Err(other.into()),
    }
}

/// Whether there is a provider, and the form with it filled in.
async fn stored(scope: TenantScope, services: &Services) -> Result<(bool, ProviderForm), Problem> {
    match services.identity_providers.read(scope).await {
        Ok(provider) => {
            let form =
                ProviderForm { issuer: provider.issuer, client_id: provider.client_id, ..ProviderForm::default() };
            Ok((true, form))
        }
        Err(AppError::NotFound(_)) => Ok((false, ProviderForm::default())),
        Err(other) => Err(other.into()),
    }
}

fn provider_page(
    request: &HttpRequest,
    scope: &TenantScope,
    services: &Services,
    is_set: bool,
    form: ProviderForm,
    problems: &[FieldProblem],
) -> Result<ProviderPage, Problem> {
    let links = problems.iter().map(|problem| ErrorLink {
        field: problem.pointer.trim_start_matches('/').to_owned(),
        text: problem.detail.clone(),
    });
    let field = |name: &str, label: &str, hint: &str, value: String, input_type| TextField {
        hint: Some(hint.to_owned()),
        error: problems.iter().find(|problem| problem.pointer[1..] == *name).map(|problem| problem.detail.clone()),
        value,
        input_type,
        ..TextField::new(name, label)
    };
    let secret_hint = if is_set {
        "Leave it empty to keep the one that is stored."
    } else {
        "The provider gives it out when you register Candour there. It is stored sealed and never shown."
    };
    Ok(ProviderPage {
        page: page("Sign-in with your trust", Some(Section::Account)).with_errors(!problems.is_empty()),
        errors: (!problems.is_empty()).then(|| ErrorSummary { language: Language::English, errors: links.collect() }),
        is_set,
        organisation: scope.organisation().to_string(),
        redirect_address: services.single_sign_on.redirect_address(scope.organisation()),
        issuer: field(
            "issuer",
            "Address of the provider (issuer)",
            "Exactly as it calls itself, such as https://login.example.nhs.uk/tenant.",
            form.issuer,
            "text",
        ),
        client_id: field("client_id", "Client ID", "What Candour is called there.", form.client_id, "text"),
        client_secret: field("client_secret", "Client secret", secret_hint, String::new(), "password"),
        token: form_token(request, services)?,
    })
}
