//! API clients of the organisation: made, rotated and revoked by its administrator. A secret is shown once.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

use super::account::day_and_time;
use super::confirm::{check_form_token, form_token};
use super::frame::{Section, page, render, render_with, see_other};
use crate::domain::account::TenantScope;
use crate::domain::identifier::ClientId;
use crate::domain::questionnaire::Language;
use crate::domain::scope::{Scope, Scopes};
use crate::services::clients::{Client, NewClient};
use crate::services::{AppError, Services};
use crate::web::Problem;
use crate::web::access::{AtHome, ManageIntegrations};
use crate::web::components::{ChoiceField, ChoiceItem, ErrorSummary, Page, TextField};

/// Clients on the page: an organisation has at most as many.
const MOST: u16 = 50;
/// Hours that a secret works beside its successor when it is rotated here.
const OVERLAP_HOURS: u16 = 24;

/// What each scope lets a client do, in words.
const WORDS: [(Scope, &str); 10] = [
    (Scope::OrganisationRead, "See the organisation and its units"),
    (Scope::OrganisationWrite, "Replace name and units"),
    (Scope::SurveyRead, "See surveys and how many take part"),
    (Scope::SurveyRun, "Run surveys: set up, invite, open, close, publish"),
    (Scope::ReleaseRead, "Read what is released"),
    (Scope::WorkforceRead, "Read workforce counts and reports on them"),
    (Scope::WorkforceWrite, "Upload workforce counts"),
    (Scope::PopulationRead, "Read populations"),
    (Scope::PopulationWrite, "Import populations"),
    (Scope::AuditLogRead, "Read the audit log"),
];

#[derive(Template)]
#[template(path = "web/office/clients.html")]
struct ClientsPage {
    page: Page,
    errors: Option<ErrorSummary>,
    clients: Vec<ClientView>,
    name: TextField,
    scopes: ChoiceField,
    token: String,
}

struct ClientView {
    id: String,
    name: String,
    scopes: String,
    made: String,
    has_secret: bool,
    proves: &'static str,
}

/// A secret, once.
#[derive(Template)]
#[template(path = "web/office/secret.html")]
pub(super) struct SecretPage {
    pub page: Page,
    pub heading: &'static str,
    pub facts: Vec<(&'static str, String)>,
    pub meaning: String,
    pub next: &'static str,
}

/// A step with a client.
#[derive(Deserialize)]
pub struct StepForm {
    token: String,
    step: Step,
}

/// A step that the page offers.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// New secret.
    Rotate,
    /// Refuse it for good.
    Revoke,
}

/// The page.
#[get("/clients")]
pub async fn show(
    request: HttpRequest,
    access: AtHome<ManageIntegrations>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    render(&clients_page(&request, access.scope, &services, "", &Scopes::default(), None).await?)
}

/// Makes a client.
#[post("/clients")]
pub async fn create(
    request: HttpRequest,
    access: AtHome<ManageIntegrations>,
    form: web::Form<Vec<(String, String)>>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let fields = form.into_inner();
    let field = |name: &str| fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str());
    check_form_token(&request, &services, field("token"))?;
    let scopes: Scopes = fields
        .iter()
        .filter(|(name, _)| name == "scope")
        .map(|(_, value)| value.parse())
        .collect::<Result<_, _>>()
        .map_err(|_| Problem::bad_request("this form names a scope that there is not; load the page again"))?;
    let new = NewClient { name: field("name").to_owned(), scopes: scopes.clone(), public_keys: None };
    match services.clients.create(access.scope.clone(), new).await {
        Ok((client, secret)) => {
            let secret = secret.map(|secret| secret.reveal().to_owned()).unwrap_or_default();
            render(&secret_page("Client made", &client, secret, String::new()))
        }
        Err(AppError::Invalid { detail, .. } | AppError::Conflict { detail, .. }) => {
            let page = clients_page(&request, access.scope, &services, field("name"), &scopes, Some(detail)).await?;
            render_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(other) => Err(other.into()),
    }
}

/// Does one step with a client.
#[post("/clients/{client}")]
pub async fn change(
    request: HttpRequest,
    access: AtHome<ManageIntegrations>,
    client: web::Path<String>,
    form: web::Form<StepForm>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    check_form_token(&request, &services, &form.token)?;
    let id: ClientId = client.parse().map_err(|_| Problem::not_found("client"))?;
    match form.step {
        Step::Rotate => {
            let (client, secret) = services.clients.rotate_secret(access.scope, id, OVERLAP_HOURS).await?;
            let before = format!(" The one before works for another {OVERLAP_HOURS} hours.");
            render(&secret_page("New secret", &client, secret.reveal().to_owned(), before))
        }
        Step::Revoke => {
            services.clients.revoke(access.scope, id).await?;
            Ok(see_other("/office/clients"))
        }
    }
}

fn secret_page(heading: &'static str, client: &Client, secret: String, more: String) -> SecretPage {
    SecretPage {
        page: page(heading, Some(Section::Account)),
        heading,
        facts: vec![("Client", client.name.clone()), ("client_id", client.id.to_string()), ("client_secret", secret)],
        meaning: format!("The program sends both to /api/v1/auth/token and gets an access token for them.{more}"),
        next: "/office/clients",
    }
}

async fn clients_page(
    request: &HttpRequest,
    scope: TenantScope,
    services: &Services,
    name: &str,
    chosen: &Scopes,
    error: Option<String>,
) -> Result<ClientsPage, Problem> {
    let clients = services.clients.list(scope, None, MOST).await?;
    Ok(ClientsPage {
        page: page("API clients", Some(Section::Account)).with_errors(error.is_some()),
        errors: error.clone().map(|text| ErrorSummary::of_one(Language::English, "name", text)),
        clients: clients.into_iter().map(ClientView::from).collect(),
        name: TextField {
            hint: Some("What the program is, such as “Staff system”.".to_owned()),
            error,
            value: name.to_owned(),
            ..TextField::new("name", "Name")
        },
        scopes: ChoiceField {
            language: Language::English,
            name: "scope".to_owned(),
            several: true,
            legend: "What may it do?".to_owned(),
            legend_is_title: false,
            caption: None,
            hint: Some("Only what it needs. No program can manage accounts, clients or webhooks.".to_owned()),
            error: None,
            items: WORDS
                .iter()
                .map(|(scope, text)| ChoiceItem {
                    value: scope.to_string(),
                    text: (*text).to_owned(),
                    chosen: chosen.has(*scope),
                })
                .collect(),
            apart: None,
        },
        token: form_token(request, services)?,
    })
}

impl From<Client> for ClientView {
    fn from(client: Client) -> Self {
        let words = |scope: Scope| WORDS.iter().find(|(known, _)| *known == scope).map_or("", |(_, words)| words);
        let scopes: Vec<&str> = client.scopes.iter().map(words).collect();
        Self {
            id: client.id.into(),
            name: client.name,
            scopes: if scopes.is_empty() { "Nothing".to_owned() } else { scopes.join("; ") },
            made: day_and_time(client.created_at),
            proves: if client.secret_hash.is_some() { "By a secret" } else { "By its own keys (private_key_jwt)" },
            has_secret: client.secret_hash.is_some(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_has_words() {
        assert!(Scope::all().eq(WORDS.iter().map(|(scope, _)| *scope)));
    }
}
