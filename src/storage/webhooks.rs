//! Webhooks of organisations, and what was or will be sent to them.

use diesel::prelude::*;
use time::OffsetDateTime;

use super::schema::{webhook_deliveries, webhooks};
use super::{Connection, StorageError, from_micros, organisations, to_micros};
use crate::domain::account::TenantScope;
use crate::domain::identifier::{DeliveryId, WebhookId};
use crate::domain::organisation::OdsCode;
use crate::domain::webhook::EventTypes;

/// A webhook.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// Identifier.
    pub id: WebhookId,
    /// Whose.
    pub organisation: OdsCode,
    /// Where messages go.
    pub url: String,
    /// What it hears of.
    pub events: EventTypes,
    /// What messages are signed with, sealed.
    pub secret: String,
    /// The secret before, sealed, and until when messages are signed with it too.
    pub previous_secret: Option<(String, OffsetDateTime)>,
    /// Whether it hears of nothing for now.
    pub disabled: bool,
    /// When it was made.
    pub created_at: OffsetDateTime,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = webhooks)]
struct WebhookRow {
    id: String,
    organisation: String,
    url: String,
    events: String,
    secret: String,
    previous_secret: Option<String>,
    previous_secret_ends: Option<i64>,
    disabled: bool,
    created_at: i64,
}

impl TryFrom<WebhookRow> for Webhook {
    type Error = StorageError;
    fn try_from(row: WebhookRow) -> Result<Self, StorageError> {
        let unreadable = |what: &str| StorageError::unreadable("webhook")(what.to_owned());
        let events: Vec<String> = row.events.split(' ').map(str::to_owned).collect();
        Ok(Self {
            id: row.id.parse().map_err(|_| unreadable("identifier"))?,
            organisation: organisations::parse_ods(row.organisation)?,
            url: row.url,
            events: EventTypes::parse(&events).map_err(|_| unreadable("events"))?,
            secret: row.secret,
            previous_secret: row.previous_secret.zip(row.previous_secret_ends.map(from_micros)),
            disabled: row.disabled,
            created_at: from_micros(row.created_at),
        })
    }
}

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryState {
    /// It will be tried, or tried again.
    Waiting,
    /// The receiver took it.
    Delivered,
    /// It was given up.
    Failed,
}

const STATES: [(DeliveryState, &str); 3] =
    [(DeliveryState::Waiting, "waiting"), (DeliveryState::Delivered, "delivered"), (DeliveryState::Failed, "failed")];

impl DeliveryState {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        STATES.iter().find(|(state, _)| *state == self).map_or("", |(_, name)| name)
    }
}

/// One message to one webhook.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Identifier: the `webhook-id` header, the same on each try.
    pub id: DeliveryId,
    /// To which.
    pub webhook: WebhookId,
    /// Which event, by name.
    pub event: String,
    /// What is sent.
    pub body: String,
    /// Where it stands.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: i32,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// When it was tried last.
    pub last_tried_at: Option<OffsetDateTime>,
    /// HTTP status of the last answer.
    pub last_status: Option<i32>,
    /// Why there was no answer.
    pub last_error: Option<String>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = webhook_deliveries)]
struct DeliveryRow {
    id: String,
    webhook_id: String,
    event: String,
    body: String,
    state: String,
    attempts: i32,
    created_at: i64,
    last_tried_at: Option<i64>,
    last_status: Option<i32>,
    last_error: Option<String>,
}

impl TryFrom<DeliveryRow> for Delivery {
    type Error = StorageError;
    fn try_from(row: DeliveryRow) -> Result<Self, StorageError> {
        let unreadable = |what: &str| StorageError::unreadable("webhook delivery")(what.to_owned());
        let state = STATES.iter().find(|(_, name)| *name == row.state).map(|(state, _)| *state);
        Ok(Self {
            id: row.id.parse().map_err(|_| unreadable("identifier"))?,
            webhook: row.webhook_id.parse().map_err(|_| unreadable("webhook"))?,
            event: row.event,
            body: row.body,
            state: state.ok_or_else(|| unreadable("state"))?,
            attempts: row.attempts,
            created_at: from_micros(row.created_at),
            last_tried_at: row.last_tried_at.map(from_micros),
            last_status: row.last_status,
            last_error: row.last_error,
        })
    }
}

/// Adds a webhook.
pub fn insert(conn: &mut Connection, webhook: &Webhook) -> Result<(), StorageError> {
    diesel::insert_into(webhooks::table)
        .values((
            webhooks::id.eq(webhook.id.as_str()),
            webhooks::organisation.eq(webhook.organisation.as_str()),
            webhooks::url.eq(&webhook.url),
            webhooks::events.eq(webhook.events.to_string()),
            webhooks::secret.eq(&webhook.secret),
            webhooks::disabled.eq(webhook.disabled),
            webhooks::created_at.eq(to_micros(webhook.created_at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// A webhook of the organisation in scope.
///
/// # Errors
/// [`StorageError::NotFound`].
pub fn find_in(conn: &mut Connection, scope: &TenantScope, id: &WebhookId) -> Result<Webhook, StorageError> {
    webhooks::table
        .find(id.as_str())
        .filter(webhooks::organisation.eq(scope.organisation().as_str()))
        .select(WebhookRow::as_select())
        .get_result(conn)?
        .try_into()
}

/// The organisation's webhooks with an identifier after `after`, by identifier.
pub fn page(conn: &mut Connection, scope: &TenantScope, after: &str, limit: i64) -> Result<Vec<Webhook>, StorageError> {
    let rows = webhooks::table
        .filter(webhooks::organisation.eq(scope.organisation().as_str()))
        .filter(webhooks::id.gt(after))
        .order(webhooks::id)
        .limit(limit)
        .select(WebhookRow::as_select())
        .load(conn)?;
    rows.into_iter().map(Webhook::try_from).collect()
}

/// Webhooks of an organisation that hear of events now.
pub fn listening(conn: &mut Connection, organisation: &OdsCode) -> Result<Vec<Webhook>, StorageError> {
    let rows = webhooks::table
        .filter(webhooks::organisation.eq(organisation.as_str()))
        .filter(webhooks::disabled.eq(false))
        .order(webhooks::id)
        .select(WebhookRow::as_select())
        .load(conn)?;
    rows.into_iter().map(Webhook::try_from).collect()
}

/// Writes address, events, secrets and state of a webhook that is there.
pub fn update(conn: &mut Connection, webhook: &Webhook) -> Result<(), StorageError> {
    let (previous, previous_ends) = webhook.previous_secret.clone().unzip();
    diesel::update(webhooks::table.find(webhook.id.as_str()))
        .set((
            webhooks::url.eq(&webhook.url),
            webhooks::events.eq(webhook.events.to_string()),
            webhooks::secret.eq(&webhook.secret),
            webhooks::previous_secret.eq(previous),
            webhooks::previous_secret_ends.eq(previous_ends.map(to_micros)),
            webhooks::disabled.eq(webhook.disabled),
        ))
        .execute(conn)?;
    Ok(())
}

/// Lets a webhook hear of nothing from now on.
pub fn disable(conn: &mut Connection, id: &WebhookId) -> Result<(), StorageError> {
    diesel::update(webhooks::table.find(id.as_str())).set(webhooks::disabled.eq(true)).execute(conn)?;
    Ok(())
}

/// Deletes a webhook and the log of its deliveries.
pub fn delete(conn: &mut Connection, id: &WebhookId) -> Result<(), StorageError> {
    diesel::delete(webhooks::table.find(id.as_str())).execute(conn)?;
    Ok(())
}

/// Adds a message that waits.
pub fn insert_delivery(conn: &mut Connection, delivery: &Delivery) -> Result<(), StorageError> {
    diesel::insert_into(webhook_deliveries::table)
        .values((
            webhook_deliveries::id.eq(delivery.id.as_str()),
            webhook_deliveries::webhook_id.eq(delivery.webhook.as_str()),
            webhook_deliveries::event.eq(&delivery.event),
            webhook_deliveries::body.eq(&delivery.body),
            webhook_deliveries::state.eq(delivery.state.as_str()),
            webhook_deliveries::attempts.eq(delivery.attempts),
            webhook_deliveries::created_at.eq(to_micros(delivery.created_at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// A message and its webhook, for the job that sends it.
///
/// # Errors
/// [`StorageError::NotFound`].
pub fn find_delivery(conn: &mut Connection, id: &DeliveryId) -> Result<(Delivery, Webhook), StorageError> {
    let delivery: Delivery =
        webhook_deliveries::table.find(id.as_str()).select(DeliveryRow::as_select()).get_result(conn)?.try_into()?;
    let webhook = webhooks::table.find(delivery.webhook.as_str()).select(WebhookRow::as_select()).get_result(conn)?;
    Ok((delivery, webhook.try_into()?))
}

/// Messages of a webhook before the message `before`, the newest first.
pub fn deliveries(
    conn: &mut Connection,
    webhook: &WebhookId,
    before: Option<&DeliveryId>,
    limit: i64,
) -> Result<Vec<Delivery>, StorageError> {
    let before: Option<i64> = before
        .map(|id| {
            webhook_deliveries::table
                .find(id.as_str())
                .filter(webhook_deliveries::webhook_id.eq(webhook.as_str()))
                .select(webhook_deliveries::created_at)
                .get_result(conn)
        })
        .transpose()?;
    // Microseconds of one webhook do not meet but in one transaction, which makes one message of an event for it.
    let rows = webhook_deliveries::table
        .filter(webhook_deliveries::webhook_id.eq(webhook.as_str()))
        .filter(webhook_deliveries::created_at.lt(before.unwrap_or(i64::MAX)))
        .order((webhook_deliveries::created_at.desc(), webhook_deliveries::id.desc()))
        .limit(limit)
        .select(DeliveryRow::as_select())
        .load(conn)?;
    rows.into_iter().map(Delivery::try_from).collect()
}

/// Writes how a message stands.
pub fn update_delivery(conn: &mut Connection, delivery: &Delivery) -> Result<(), StorageError> {
    diesel::update(webhook_deliveries::table.find(delivery.id.as_str()))
        .set((
            webhook_deliveries::state.eq(delivery.state.as_str()),
            webhook_deliveries::attempts.eq(delivery.attempts),
            webhook_deliveries::last_tried_at.eq(delivery.last_tried_at.map(to_micros)),
            webhook_deliveries::last_status.eq(delivery.last_status),
            webhook_deliveries::last_error.eq(&delivery.last_error),
        ))
        .execute(conn)?;
    Ok(())
}

/// Deletes messages made before `moment` that wait for nothing.
pub fn forget_deliveries(conn: &mut Connection, moment: OffsetDateTime) -> Result<u64, StorageError> {
    let over = webhook_deliveries::table
        .filter(webhook_deliveries::created_at.lt(to_micros(moment)))
        .filter(webhook_deliveries::state.ne(DeliveryState::Waiting.as_str()));
    Ok(diesel::delete(over).execute(conn)? as u64)
}
