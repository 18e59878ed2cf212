//! Webhooks of an organisation: set up by its administrator, told of events, with a log of what was sent.

use time::Duration;

use super::audit_log::AuditLog;
use super::outbox::{self, MOST_ATTEMPTS};
use super::{AppError, FieldProblem, Precondition, now};
use crate::config::WebhooksConfig;
use crate::domain::account::TenantScope;
use crate::domain::audit_event::{Actor, Change, Event};
use crate::domain::identifier::{DeliveryId, WebhookId};
use crate::domain::job::Job;
use crate::domain::organisation::OdsCode;
use crate::domain::webhook::{EventTypes, Message, UnknownEvent};
use crate::outbound::{Destination, DestinationError, OutboundClient, Outcome};
use crate::security::{Sealer, WebhookSecret, random_identifier_bytes};
pub use crate::storage::webhooks::{Delivery, DeliveryState, Webhook};
use crate::storage::{Connection, Database, StorageError, webhooks};

/// Webhooks that an organisation may have.
const MOST_WEBHOOKS: i64 = 20;
/// Hours that messages may be signed with the secret before, too, at most.
const LONGEST_OVERLAP_HOURS: u16 = 168;

/// Use cases around webhooks.
#[derive(Clone)]
pub struct Webhooks {
    database: Database,
    sealer: Sealer,
    audit_log: AuditLog,
    client: OutboundClient,
    config: WebhooksConfig,
    public_url: String,
}

/// What changes about a webhook.
#[derive(Debug, Clone, Default)]
pub struct WebhookChange {
    /// Another address.
    pub url: Option<String>,
    /// Other events, by name.
    pub events: Option<Vec<String>>,
    /// Silent for now, or no longer.
    pub disabled: Option<bool>,
}

/// Stores a message of `event` for every webhook of the organisation that listens, and the jobs that send them. What is
/// announced is what the audit log notes: in the same transaction, so that neither is there without the other.
pub(super) fn announce(
    conn: &mut Connection,
    organisation: &OdsCode,
    event: &Event,
    public_url: &str,
) -> Result<(), AppError> {
    let Some(message) = Message::about(event, organisation, public_url) else { return Ok(()) };
    for webhook in webhooks::listening(conn, organisation)? {
        if message.event.is_some_and(|event| webhook.events.has(event)) {
            store(conn, &webhook, &message)?;
        }
    }
    Ok(())
}

fn store(conn: &mut Connection, webhook: &Webhook, message: &Message) -> Result<Delivery, AppError> {
    let delivery = Delivery {
        id: DeliveryId::from_random(random_identifier_bytes()),
        webhook: webhook.id.clone(),
        event: message.kind().to_owned(),
        body: message.body(now()).map_err(|error| AppError::Internal(error.to_string()))?,
        state: DeliveryState::Waiting,
        attempts: 0,
        created_at: now(),
        last_tried_at: None,
        last_status: None,
        last_error: None,
    };
    webhooks::insert_delivery(conn, &delivery)?;
    outbox::enqueue(conn, &[Job::DeliverWebhook { delivery: delivery.id.clone() }])?;
    Ok(delivery)
}

impl Webhooks {
    pub(super) fn new(
        database: Database,
        sealer: Sealer,
        audit_log: AuditLog,
        config: WebhooksConfig,
        public_url: &str,
    ) -> Self {
        let client = OutboundClient::new(config);
        Self { database, sealer, audit_log, client, config, public_url: public_url.to_owned() }
    }

    /// Makes a webhook; gives the secret that its messages are signed with, which is shown once.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for address or events; [`AppError::Conflict`] when there are too many.
    pub async fn create(
        &self,
        scope: TenantScope,
        url: &str,
        events: &[String],
    ) -> Result<(Webhook, WebhookSecret), AppError> {
        let (id, secret) = (WebhookId::from_random(random_identifier_bytes()), WebhookSecret::random());
        let webhook = Webhook {
            organisation: scope.organisation().clone(),
            url: Destination::parse(url, &self.config)?.to_string(),
            events: EventTypes::parse(events)?,
            secret: secret.seal(&self.sealer, &id),
            previous_secret: None,
            disabled: false,
            created_at: now(),
            id,
        };
        let log = self.audit_log.clone();
        let webhook = self
            .database
            .of(&scope)
            .write(move |conn| {
                if webhooks::page(conn, &scope, "", MOST_WEBHOOKS)?.len() as i64 == MOST_WEBHOOKS {
                    let detail = format!("an organisation has at most {MOST_WEBHOOKS} webhooks; delete one first");
                    return Err(AppError::Conflict { code: "too-many-webhooks", detail });
                }
                webhooks::insert(conn, &webhook)?;
                log.note(conn, &scope, &Event::Webhook { webhook: webhook.id.clone(), change: Change::Created })?;
                Ok(webhook)
            })
            .await?;
        Ok((webhook, secret))
    }

    /// The organisation's webhooks with an identifier after `after`, at most `limit`.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn list(
        &self,
        scope: TenantScope,
        after: Option<WebhookId>,
        limit: u16,
    ) -> Result<Vec<Webhook>, AppError> {
        let after = after.map_or_else(String::new, String::from);
        self.database.of(&scope).read(move |conn| Ok(webhooks::page(conn, &scope, &after, i64::from(limit))?)).await
    }

    /// One webhook.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn read(&self, scope: TenantScope, id: WebhookId) -> Result<Webhook, AppError> {
        self.database.of(&scope).read(move |conn| find(conn, &scope, &id)).await
    }

    /// Changes address, events or state.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Invalid`], [`AppError::ChangedMeanwhile`].
    pub async fn change(
        &self,
        scope: TenantScope,
        id: WebhookId,
        change: WebhookChange,
        precondition: Precondition<Webhook>,
    ) -> Result<Webhook, AppError> {
        let url = change.url.map(|url| Destination::parse(&url, &self.config)).transpose()?;
        let events = change.events.map(|events| EventTypes::parse(&events)).transpose()?;
        self.alter(scope, id, precondition, Change::Changed, move |webhook| {
            webhook.url = url.map_or_else(|| webhook.url.clone(), |url| url.to_string());
            webhook.events = events.unwrap_or_else(|| webhook.events.clone());
            webhook.disabled = change.disabled.unwrap_or(webhook.disabled);
        })
        .await
    }

    /// Signs with a new secret from now on, which is shown once; with the one before too, for another `overlap_hours`.
    ///
    /// # Errors
    /// [`AppError::NotFound`]; [`AppError::Invalid`] for an overlap of more than a week.
    pub async fn rotate_secret(
        &self,
        scope: TenantScope,
        id: WebhookId,
        overlap_hours: u16,
    ) -> Result<(Webhook, WebhookSecret), AppError> {
        if overlap_hours > LONGEST_OVERLAP_HOURS {
            return Err(invalid("/overlap_hours", format!("overlap_hours is from 0 to {LONGEST_OVERLAP_HOURS}")));
        }
        let secret = WebhookSecret::random();
        let sealed = secret.seal(&self.sealer, &id);
        let webhook = self
            .alter(scope, id, Precondition::none(), Change::Rotated, move |webhook| {
                let ends = now() + Duration::hours(i64::from(overlap_hours));
                let before = std::mem::replace(&mut webhook.secret, sealed);
                webhook.previous_secret = (overlap_hours > 0).then_some((before, ends));
            })
            .await?;
        Ok((webhook, secret))
    }

    async fn alter(
        &self,
        scope: TenantScope,
        id: WebhookId,
        precondition: Precondition<Webhook>,
        what: Change,
        alter: impl FnOnce(&mut Webhook) + Send + 'static,
    ) -> Result<Webhook, AppError> {
        let log = self.audit_log.clone();
        self.database
            .of(&scope)
            .write(move |conn| {
                // Noted first: nobody else changes the webhook between reading and writing it.
                log.note(conn, &scope, &Event::Webhook { webhook: id.clone(), change: what })?;
                let mut webhook = find(conn, &scope, &id)?;
                precondition.check(conn, &scope, |conn| webhooks::find_in(conn, &scope, &id))?;
                alter(&mut webhook);
                webhooks::update(conn, &webhook)?;
                Ok(webhook)
            })
            .await
    }

    /// Deletes a webhook, and with it the log of its deliveries.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn delete(&self, scope: TenantScope, id: WebhookId) -> Result<(), AppError> {
        let log = self.audit_log.clone();
        self.database
            .of(&scope)
            .write(move |conn| {
                find(conn, &scope, &id)?;
                webhooks::delete(conn, &id)?;
                log.note(conn, &scope, &Event::Webhook { webhook: id, change: Change::Removed })
            })
            .await
    }

    /// Sends the webhook a message that says only that it came.
    ///
    /// # Errors
    /// [`AppError::NotFound`]; [`AppError::Conflict`] while the webhook is disabled.
    pub async fn ping(&self, scope: TenantScope, id: WebhookId) -> Result<Delivery, AppError> {
        let address = self.public_url.clone();
        self.database
            .of(&scope)
            .write(move |conn| {
                let webhook = find_enabled(conn, &scope, &id)?;
                store(conn, &webhook, &Message::ping(&id, scope.organisation(), &address))
            })
            .await
    }

    /// What was or will be sent to a webhook before the message `before`, the newest first, at most `limit`.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn deliveries(
        &self,
        scope: TenantScope,
        id: WebhookId,
        before: Option<DeliveryId>,
        limit: u16,
    ) -> Result<Vec<Delivery>, AppError> {
        self.database
            .of(&scope)
            .read(move |conn| {
                find(conn, &scope, &id)?;
                webhooks::deliveries(conn, &id, before.as_ref(), i64::from(limit))
                    .map_err(AppError::or_not_found("delivery"))
            })
            .await
    }

    /// Sends a message again that was delivered or given up: the same message, under the same identifier.
    ///
    /// # Errors
    /// [`AppError::NotFound`]; [`AppError::Conflict`] for one that still waits, and while the webhook is disabled.
    pub async fn redeliver(
        &self,
        scope: TenantScope,
        id: WebhookId,
        delivery: DeliveryId,
    ) -> Result<Delivery, AppError> {
        self.database
            .of(&scope)
            .write(move |conn| {
                find_enabled(conn, &scope, &id)?;
                let (mut delivery, webhook) =
                    webhooks::find_delivery(conn, &delivery).map_err(AppError::or_not_found("delivery"))?;
                if webhook.id != id {
                    return Err(AppError::NotFound("delivery"));
                }
                if delivery.state == DeliveryState::Waiting {
                    let detail = "the message still waits to be sent; there is nothing to do".to_owned();
                    return Err(AppError::Conflict { code: "delivery-waiting", detail });
                }
                delivery.state = DeliveryState::Waiting;
                delivery.attempts = 0;
                webhooks::update_delivery(conn, &delivery)?;
                outbox::enqueue(conn, &[Job::DeliverWebhook { delivery: delivery.id.clone() }])?;
                Ok(delivery)
            })
            .await
    }

    /// Sends a message: the work of its job.
    ///
    /// # Errors
    /// [`AppError::Busy`] when it was not taken and will be tried again.
    pub async fn deliver(&self, id: DeliveryId) -> Result<(), AppError> {
        let find = id.clone();
        let found = self.database.of_every_organisation().read(move |conn| webhooks::find_delivery(conn, &find)).await;
        let (delivery, webhook) = match found {
            Ok((delivery, webhook)) if delivery.state == DeliveryState::Waiting => (delivery, webhook),
            // Deleted meanwhile, or delivered by a try whose end was not noted.
            Ok(_) | Err(StorageError::NotFound) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        let outcome = if webhook.disabled {
            Outcome::Failed("the webhook was disabled")
        } else {
            self.send(&delivery, &webhook).await?
        };
        self.settle(delivery, webhook, outcome).await
    }

    async fn send(&self, delivery: &Delivery, webhook: &Webhook) -> Result<Outcome, AppError> {
        // Rules may have become stricter since the address was set.
        let Ok(to) = Destination::parse(&webhook.url, &self.config) else {
            return Ok(Outcome::Failed("the address is no longer allowed"));
        };
        let (client, body, moment) = (self.client.clone(), delivery.body.clone(), now().unix_timestamp());
        let previous = webhook.previous_secret.as_ref().filter(|(_, ends)| *ends > now()).map(|(sealed, _)| sealed);
        let signatures: Vec<String> = [Some(&webhook.secret), previous]
            .into_iter()
            .flatten()
            .filter_map(|sealed| WebhookSecret::open(&self.sealer, &webhook.id, sealed))
            .map(|secret| secret.sign(delivery.id.as_str(), moment, &body))
            .collect();
        if signatures.is_empty() {
            return Ok(Outcome::Failed("the secret does not open; give the webhook a new one"));
        }
        let headers = [
            ("webhook-id", delivery.id.to_string()),
            ("webhook-timestamp", moment.to_string()),
            ("webhook-signature", signatures.join(" ")),
        ];
        tokio::task::spawn_blocking(move || client.post_json(&to, &headers, &body))
            .await
            .map_err(|_| AppError::Internal("sending a message did not finish".to_owned()))
    }

    /// Notes how a try ended. 410 says that nobody listens there any more: the webhook is disabled.
    async fn settle(&self, mut delivery: Delivery, webhook: Webhook, outcome: Outcome) -> Result<(), AppError> {
        delivery.attempts += 1;
        delivery.last_tried_at = Some(now());
        (delivery.last_status, delivery.last_error) = match &outcome {
            Outcome::Answered(status) => (Some(i32::from(*status)), None),
            Outcome::Failed(reason) => (None, Some((*reason).to_owned())),
        };
        let gone = outcome == Outcome::Answered(410);
        delivery.state = match outcome {
            Outcome::Answered(200..=299) => DeliveryState::Delivered,
            _ if gone || webhook.disabled || delivery.attempts >= MOST_ATTEMPTS => DeliveryState::Failed,
            _ => DeliveryState::Waiting,
        };
        let (log, waits) = (self.audit_log.clone(), delivery.state == DeliveryState::Waiting);
        self.database
            .of_every_organisation()
            .write(move |conn| {
                webhooks::update_delivery(conn, &delivery)?;
                if gone {
                    webhooks::disable(conn, &webhook.id)?;
                    let event = Event::Webhook { webhook: webhook.id, change: Change::Changed };
                    log.note_by(conn, &Actor::Service, Some(&webhook.organisation), &event)?;
                }
                Ok::<_, AppError>(())
            })
            .await?;
        if waits { Err(AppError::Busy("the receiver did not take the message".to_owned())) } else { Ok(()) }
    }

    /// Deletes what is older than the log of deliveries is kept.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn tidy(&self) -> Result<u64, AppError> {
        let oldest = now() - Duration::days(i64::from(self.config.log_days));
        self.database.of_every_organisation().write(move |conn| Ok(webhooks::forget_deliveries(conn, oldest)?)).await
    }
}

fn find(conn: &mut Connection, scope: &TenantScope, id: &WebhookId) -> Result<Webhook, AppError> {
    webhooks::find_in(conn, scope, id).map_err(AppError::or_not_found("webhook"))
}

fn find_enabled(conn: &mut Connection, scope: &TenantScope, id: &WebhookId) -> Result<Webhook, AppError> {
    let webhook = find(conn, scope, id)?;
    if webhook.disabled {
        let detail = "the webhook is disabled; enable it first".to_owned();
        return Err(AppError::Conflict { code: "webhook-disabled", detail });
    }
    Ok(webhook)
}

fn invalid(pointer: &str, detail: String) -> AppError {
    let problem = FieldProblem { pointer: pointer.to_owned(), detail: detail.clone() };
    AppError::Invalid { detail, problems: vec![problem] }
}

impl From<DestinationError> for AppError {
    fn from(error: DestinationError) -> Self {
        invalid("/url", error.to_string())
    }
}

impl From<UnknownEvent> for AppError {
    fn from(error: UnknownEvent) -> Self {
        invalid("/events", error.to_string())
    }
}
