//! Webhooks of an organisation, for its administrator.

use actix_web::{HttpResponse, delete, get, patch, post, web};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::body::Body;
use super::clients::RotationBody;
use super::page::PageQuery;
use crate::domain::identifier::{DeliveryId, WebhookId};
use crate::security::WebhookSecret;
use crate::services::Services;
use crate::services::webhooks::{Delivery, Webhook, WebhookChange};
use crate::web::access::{AtHome, ManageIntegrations};
use crate::web::error::{ApiResult, Problem, ProblemBody};
use crate::web::manners::IfMatch;

/// A new webhook.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWebhookBody {
    /// Where messages go: https, on the public Internet.
    #[schema(example = "https://hooks.example.nhs.uk/candour")]
    url: String,
    /// What it hears of: survey.opened, survey.closed, release.published, import.finished. Left out or empty, all.
    #[serde(default)]
    #[schema(example = json!(["survey.closed", "release.published"]))]
    events: Vec<String>,
}

/// What can be changed; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookChangeBody {
    /// Another address.
    #[schema(example = "https://hooks.example.nhs.uk/candour")]
    url: Option<String>,
    /// Other events; empty for all.
    #[schema(example = json!(["release.published"]))]
    events: Option<Vec<String>>,
    /// Silent for now, or no longer.
    disabled: Option<bool>,
}

/// A webhook.
#[derive(Serialize, ToSchema)]
pub struct WebhookView {
    /// Identifier.
    #[schema(value_type = String, example = "0f8fad5bd9cb469fa16570867728950e")]
    id: WebhookId,
    /// Where messages go.
    #[schema(example = "https://hooks.example.nhs.uk/candour")]
    url: String,
    /// What it hears of.
    #[schema(value_type = Vec<String>, example = json!(["survey.closed", "release.published"]))]
    events: Vec<&'static str>,
    /// Whether it is silent: switched off, or its receiver answered 410.
    disabled: bool,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    /// What messages are signed with: shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

impl WebhookView {
    fn new(webhook: Webhook, secret: Option<&WebhookSecret>) -> Self {
        Self {
            id: webhook.id,
            url: webhook.url,
            events: webhook.events.names(),
            disabled: webhook.disabled,
            created_at: to_seconds(webhook.created_at),
            secret: secret.map(WebhookSecret::reveal),
        }
    }
}

/// A message to a webhook, as the log has it.
#[derive(Serialize, ToSchema)]
pub struct DeliveryView {
    /// The `webhook-id` of the message: the same on each try.
    #[schema(value_type = String, example = "0f8fad5bd9cb469fa16570867728950e")]
    id: DeliveryId,
    /// Which event, or `webhook.ping`.
    #[schema(example = "survey.closed")]
    event: String,
    /// What is sent.
    #[schema(value_type = Object)]
    body: serde_json::Value,
    /// waiting, delivered or failed.
    #[schema(example = "delivered")]
    state: &'static str,
    /// How often it was tried; given up after twelve.
    attempts: i32,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    /// When it was tried last.
    #[serde(with = "time::serde::rfc3339::option")]
    last_tried_at: Option<OffsetDateTime>,
    /// HTTP status of the last answer.
    last_status: Option<i32>,
    /// Why there was no answer.
    last_error: Option<String>,
}

impl From<Delivery> for DeliveryView {
    fn from(delivery: Delivery) -> Self {
        Self {
            id: delivery.id,
            event: delivery.event,
            body: serde_json::from_str(&delivery.body).unwrap_or_default(),
            state: delivery.state.as_str(),
            attempts: delivery.attempts,
            created_at: to_seconds(delivery.created_at),
            last_tried_at: delivery.last_tried_at.map(to_seconds),
            last_status: delivery.last_status,
            last_error: delivery.last_error,
        }
    }
}

fn to_seconds(moment: OffsetDateTime) -> OffsetDateTime {
    moment.replace_nanosecond(0).unwrap_or(moment)
}

/// Lists the organisation's webhooks, by identifier.
#[utoipa::path(tag = "integration", params(PageQuery),
    responses((status = 200, body = Vec<WebhookView>), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
#[get("/webhooks")]
pub async fn list_webhooks(
    access: AtHome<ManageIntegrations>,
    query: web::Query<PageQuery>,
    services: web::Data<Services>,
) -> ApiResult<HttpResponse> {
    let page = query.of("/api/v1/webhooks", &services.sealer)?;
    let found = services.webhooks.list(access.scope, page.after.clone(), page.limit).await?;
    let views: Vec<WebhookView> = found.into_iter().map(|webhook| WebhookView::new(webhook, None)).collect();
    Ok(page.answer(&views, |view| view.id.clone()))
}

/// Makes a webhook. The secret that its messages are signed with is in the answer, and nowhere else.
#[utoipa::path(tag = "integration", request_body = NewWebhookBody,
    responses((status = 201, body = WebhookView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
#[post("/webhooks")]
pub async fn create_webhook(
    access: AtHome<ManageIntegrations>,
    body: Body<NewWebhookBody>,
    services: web::Data<Services>,
) -> ApiResult<HttpResponse> {
    let body = body.read()?;
    let (webhook, secret) = services.webhooks.create(access.scope, &body.url, &body.events).await?;
    let location = format!("/api/v1/webhooks/{}", webhook.id);
    let view = WebhookView::new(webhook, Some(&secret));
    Ok(HttpResponse::Created().insert_header(("Location", location)).json(view))
}

/// One webhook.
#[utoipa::path(tag = "integration", params(("webhook" = String, Path)),
    responses((status = 200, body = WebhookView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
#[get("/webhooks/{webhook}")]
pub async fn read_webhook(
    access: AtHome<ManageIntegrations>,
    path: web::Path<String>,
    services: web::Data<Services>,
) -> ApiResult<web::Json<WebhookView>> {
    let webhook = services.webhooks.read(access.scope, webhook_of(&path)?).await?;
    Ok(web::Json(WebhookView::new(webhook, None)))
}

fn seen(webhook: &Webhook) -> WebhookView {
    WebhookView::new(webhook.clone(), None)
}

/// Changes address, events or state.
#[utoipa::path(tag = "integration", params(("webhook" = String, Path)), request_body = WebhookChangeBody,
    responses((status = 200, body = WebhookView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
#[patch("/webhooks/{webhook}")]
pub async fn change_webhook(
    access: AtHome<ManageIntegrations>,
    path: web::Path<String>,
    body: Body<WebhookChangeBody>,
    if_match: IfMatch,
    services: web::Data<Services>,
) -> ApiResult<web::Json<WebhookView>> {
    let body = body.read()?;
    let change = WebhookChange { url: body.url, events: body.events, disabled: body.disabled };
    let webhook = services.webhooks.change(access.scope, webhook_of(&path)?, change, if_match.on(seen)).await?;
    Ok(web::Json(WebhookView::new(webhook, None)))
}

/// Deletes a webhook and the log of its deliveries.
#[utoipa::path(tag = "integration", params(("webhook" = String, Path)),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
#[delete("/webhooks/{webhook}")]
pub async fn delete_webhook(
    access: AtHome<ManageIntegrations>,
    path: web::Path<String>,
    services: web::Data<Services>,
) -> ApiResult<HttpResponse> {
    services.webhooks.delete(access.scope, webhook_of(&path)?).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Gives a webhook a new secret. It is in the answer, and nowhere else.
#[utoipa::path(tag = "integration", params(("webhook" = String, Path)), request_body = RotationBody,
    responses((status = 200, body = WebhookView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
#[post("/webhooks/{webhook}/secret")]
pub async fn rotate_webhook_secret(
    access: AtHome<ManageIntegrations>,
    path: web::Path<String>,
    body: Body<RotationBody>,
    services: web::Data<Services>,
) -> ApiResult<web::Json<WebhookView>> {
    let hours = body.read()?.overlap_hours;
    let (webhook, secret) = services.webhooks.rotate_secret(access.scope, webhook_of(&path)?, hours).await?;
    Ok(web::Json(WebhookView::new(webhook, Some(&secret))))
}

/// Sends a webhook the message `webhook.ping`, to see that it arrives.
#[utoipa::path(tag = "integration", params(("webhook" = String, Path)),
    responses((status = 202, body = DeliveryView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody)))]
#[post("/webhooks/{webhook}/ping")]
pub async fn ping_webhook(
    access: AtHome<ManageIntegrations>,
    path: web::Path<String>,
    services: web::Data<Services>,
) -> ApiResult<HttpResponse> {
    let delivery = services.webhooks.ping(access.scope, webhook_of(&path)?).await?;
    Ok(HttpResponse::Accepted().json(DeliveryView::from(delivery)))
}

/// What was or will be sent to a webhook, the newest first.
#[utoipa::path(tag = "integration", params(("webhook" = String, Path), PageQuery),
    responses((status = 200, body = Vec<DeliveryView>), (status = 401, body = ProblemBody),
        (status = 404, body = ProblemBody)))]
#[get("/webhooks/{webhook}/deliveries")]
pub async fn list_deliveries(
    access: AtHome<ManageIntegrations>,
    path: web::Path<String>,
    query: web::Query<PageQuery>,
    services: web::Data<Services>,
) -> ApiResult<HttpResponse> {
    let webhook = webhook_of(&path)?;
    let list = format!("/api/v1/webhooks/{webhook}/deliveries");
    let page = query.of(&list, &services.sealer)?;
    let found = services.webhooks.deliveries(access.scope, webhook, page.after.clone(), page.limit).await?;
    let views: Vec<DeliveryView> = found.into_iter().map(DeliveryView::from).collect();
    Ok(page.answer(&views, |view| view.id.clone()))
}

/// Sends a message again that was delivered or given up, under the same `webhook-id`.
#[utoipa::path(tag = "integration", params(("webhook" = String, Path), ("delivery" = String, Path)),
    responses((status = 202, body = DeliveryView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody)))]
#[post("/webhooks/{webhook}/deliveries/{delivery}/redeliver")]
pub async fn redeliver(
    access: AtHome<ManageIntegrations>,
    path: web::Path<(String, String)>,
    services: web::Data<Services>,
) -> ApiResult<HttpResponse> {
    let (webhook, delivery) = path.into_inner();
    let delivery = delivery.parse().map_err(|_| Problem::not_found("delivery"))?;
    let delivery = services.webhooks.redeliver(access.scope, webhook_of(&webhook)?, delivery).await?;
    Ok(HttpResponse::Accepted().json(DeliveryView::from(delivery)))
}

fn webhook_of(path: &str) -> Result<WebhookId, Problem> {
    path.parse().map_err(|_| Problem::not_found("webhook"))
}
