//! Webhooks of the organisation: addresses that hear when something happened, never an answer.

use actix_web::http::{StatusCode, Uri};
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

use super::account::day_and_time;
use super::clients::SecretPage;
use super::confirm::{Confirmation, check_form_token, form_token};
use super::frame::{Section, page, render, render_with, see_other};
use crate::domain::account::TenantScope;
use crate::domain::identifier::WebhookId;
use crate::domain::questionnaire::Language;
use crate::services::webhooks::{Delivery, Webhook, WebhookChange};
use crate::services::{AppError, Precondition, Services};
use crate::web::Problem;
use crate::web::access::{AtHome, ManageIntegrations};
use crate::web::components::{ChoiceField, ChoiceItem, ErrorSummary, Page, TextField};

/// Webhooks and deliveries on a page.
const MOST: u16 = 50;
/// Hours that messages are signed with the secret before, too.
const OVERLAP_HOURS: u16 = 24;

/// What can be heard of.
const EVENTS: [(&str, &str); 4] = [
    ("survey.opened", "A survey was opened"),
    ("survey.closed", "A survey was closed"),
    ("release.published", "A release was made"),
    ("import.finished", "A file was imported"),
];

#[derive(Template)]
#[template(path = "web/office/webhooks.html")]
struct WebhooksPage {
    page: Page,
    errors: Option<ErrorSummary>,
    webhooks: Vec<WebhookView>,
    url: TextField,
    events: ChoiceField,
    token: String,
}

#[derive(Template)]
#[template(path = "web/office/webhook.html")]
struct WebhookPage {
    page: Page,
    refused: Option<String>,
    webhook: WebhookView,
    deliveries: Vec<DeliveryView>,
    token: String,
}

struct WebhookView {
    id: String,
    host: String,
    url: String,
    events: String,
    disabled: bool,
}

struct DeliveryView {
    id: String,
    event: String,
    made: String,
    state: &'static str,
    attempts: i32,
    answer: String,
    waits: bool,
}

/// A step with a webhook.
#[derive(Deserialize)]
pub struct StepForm {
    token: String,
    step: Step,
}

/// A step that the page offers.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Send a message that says only that it came.
    Ping,
    /// Silent for now.
    Disable,
    /// No longer silent.
    Enable,
    /// New secret.
    Rotate,
    /// Gone, with its log.
    Delete,
}

/// The page.
#[get("/webhooks")]
pub async fn show(
    request: HttpRequest,
    access: AtHome<ManageIntegrations>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    render(&webhooks_page(&request, access.scope, &services, "", None).await?)
}

/// Makes a webhook.
#[post("/webhooks")]
pub async fn create(
    request: HttpRequest,
    access: AtHome<ManageIntegrations>,
    form: web::Form<Vec<(String, String)>>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let fields = form.into_inner();
    let field = |name: &str| fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str());
    check_form_token(&request, &services, field("token"))?;
    let events: Vec<String> =
        fields.iter().filter(|(name, _)| name == "event").map(|(_, value)| value.clone()).collect();
    match services.webhooks.create(access.scope.clone(), field("url").trim(), &events).await {
        Ok((webhook, secret)) => render(&secret_page("Webhook made", &webhook, secret.reveal())),
        Err(AppError::Invalid { detail, .. } | AppError::Conflict { detail, .. }) => {
            let page = webhooks_page(&request, access.scope, &services, field("url"), Some(detail)).await?;
            render_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(other) => Err(other.into()),
    }
}

/// One webhook, and what was sent to it.
#[get("/webhooks/{webhook}")]
pub async fn show_one(
    request: HttpRequest,
    access: AtHome<ManageIntegrations>,
    path: web::Path<String>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    render(&webhook_page(&request, access.scope, &services, webhook_of(&path)?, None).await?)
}

/// Does one step with a webhook.
#[post("/webhooks/{webhook}")]
pub async fn change(
    request: HttpRequest,
    access: AtHome<ManageIntegrations>,
    path: web::Path<String>,
    form: web::Form<StepForm>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    check_form_token(&request, &services, &form.token)?;
    let (id, scope, webhooks) = (webhook_of(&path)?, access.scope.clone(), &services.webhooks);
    let disabled = |disabled| WebhookChange { disabled: Some(disabled), ..WebhookChange::default() };
    let done = match form.step {
        Step::Ping => webhooks.ping(scope, id.clone()).await.map(drop),
        Step::Disable => webhooks.change(scope, id.clone(), disabled(true), Precondition::none()).await.map(drop),
        Step::Enable => webhooks.change(scope, id.clone(), disabled(false), Precondition::none()).await.map(drop),
        Step::Rotate => {
            let (webhook, secret) = webhooks.rotate_secret(scope, id, OVERLAP_HOURS).await?;
            return render(&secret_page("New secret", &webhook, secret.reveal()));
        }
        Step::Delete => {
            webhooks.delete(scope, id).await?;
            return Ok(see_other("/office/webhooks"));
        }
    };
    back_to(&request, access.scope, &services, id, done).await
}

/// Sends a message again.
#[post("/webhooks/{webhook}/deliveries/{delivery}")]
pub async fn redeliver(
    request: HttpRequest,
    access: AtHome<ManageIntegrations>,
    path: web::Path<(String, String)>,
    form: web::Form<Confirmation>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    form.check(&request, &services)?;
    let (webhook, delivery) = path.into_inner();
    let id = webhook_of(&webhook)?;
    let delivery = delivery.parse().map_err(|_| Problem::not_found("delivery"))?;
    let done = services.webhooks.redeliver(access.scope.clone(), id.clone(), delivery).await.map(drop);
    back_to(&request, access.scope, &services, id, done).await
}

/// The webhook's page: anew, or with what does not fit the state that things are in.
async fn back_to(
    request: &HttpRequest,
    scope: TenantScope,
    services: &Services,
    id: WebhookId,
    done: Result<(), AppError>,
) -> Result<HttpResponse, Problem> {
    match done {
        Ok(()) => Ok(see_other(&format!("/office/webhooks/{id}"))),
        Err(AppError::Conflict { detail, .. }) => {
            let page = webhook_page(request, scope, services, id, Some(detail)).await?;
            render_with(StatusCode::CONFLICT, &page)
        }
        Err(other) => Err(other.into()),
    }
}

fn webhook_of(path: &str) -> Result<WebhookId, Problem> {
    path.parse().map_err(|_| Problem::not_found("webhook"))
}

fn secret_page(heading: &'static str, webhook: &Webhook, secret: String) -> SecretPage {
    SecretPage {
        page: page(heading, Some(Section::Account)),
        heading,
        facts: vec![("Webhook", webhook.url.clone()), ("Secret", secret)],
        meaning: format!(
            "Messages are signed with it, as Standard Webhooks has it: the receiver checks the signature. A secret before \
             it signs messages too for another {OVERLAP_HOURS} hours."
        ),
        next: "/office/webhooks",
    }
}

async fn webhooks_page(
    request: &HttpRequest,
    scope: TenantScope,
    services: &Services,
    url: &str,
    error: Option<String>,
) -> Result<WebhooksPage, Problem> {
    let webhooks = services.webhooks.list(scope, None, MOST).await?;
    Ok(WebhooksPage {
        page: page("Webhooks", Some(Section::Account)).with_errors(error.is_some()),
        errors: error.clone().map(|text| ErrorSummary::of_one(Language::English, "url", text)),
        webhooks: webhooks.into_iter().map(WebhookView::from).collect(),
        url: TextField {
            hint: Some("Begins with https:// and is on the public Internet.".to_owned()),
            error,
            value: url.to_owned(),
            input_type: "url",
            ..TextField::new("url", "Address")
        },
        events: ChoiceField {
            language: Language::English,
            name: "event".to_owned(),
            several: true,
            legend: "When does it hear?".to_owned(),
            legend_is_title: false,
            caption: None,
            hint: Some("With none chosen, of all of these.".to_owned()),
            error: None,
            items: EVENTS
                .iter()
                .map(|(value, text)| ChoiceItem { value: (*value).to_owned(), text: (*text).to_owned(), chosen: false })
                .collect(),
            apart: None,
        },
        token: form_token(request, services)?,
    })
}

async fn webhook_page(
    request: &HttpRequest,
    scope: TenantScope,
    services: &Services,
    id: WebhookId,
    refused: Option<String>,
) -> Result<WebhookPage, Problem> {
    let webhook = services.webhooks.read(scope.clone(), id.clone()).await?;
    let deliveries = services.webhooks.deliveries(scope, id, None, MOST).await?;
    Ok(WebhookPage {
        page: page("Webhook", Some(Section::Account)).with_errors(refused.is_some()).below([
            ("/office/account".to_owned(), "Your account".to_owned()),
            ("/office/webhooks".to_owned(), "Webhooks".to_owned()),
        ]),
        refused,
        webhook: webhook.into(),
        deliveries: deliveries.into_iter().map(DeliveryView::from).collect(),
        token: form_token(request, services)?,
    })
}

impl From<Webhook> for WebhookView {
    fn from(webhook: Webhook) -> Self {
        let words = |name: &&str| EVENTS.iter().find(|(known, _)| known == name).map(|(_, words)| *words);
        let names = webhook.events.names();
        let host = webhook.url.parse::<Uri>().ok().and_then(|url| url.host().map(str::to_owned));
        Self {
            id: webhook.id.into(),
            host: host.unwrap_or_else(|| webhook.url.clone()),
            url: webhook.url,
            events: names.iter().filter_map(words).collect::<Vec<_>>().join("; "),
            disabled: webhook.disabled,
        }
    }
}

impl From<Delivery> for DeliveryView {
    fn from(delivery: Delivery) -> Self {
        let answer = match (delivery.last_status, delivery.last_error) {
            (Some(status), _) => status.to_string(),
            (None, Some(error)) => error,
            (None, None) => "–".to_owned(),
        };
        Self {
            id: delivery.id.into(),
            event: delivery.event,
            made: day_and_time(delivery.created_at),
            waits: delivery.state.as_str() == "waiting",
            state: delivery.state.as_str(),
            attempts: delivery.attempts,
            answer,
        }
    }
}
