//! The action plan of an organisation.

use super::AppError;
use super::audit_log::AuditLog;
use crate::domain::account::TenantScope;
use crate::domain::action_plan::{ActionText, FieldError, PlannedAction, StoredAction};
use crate::domain::audit_event::{Change, Event};
use crate::domain::identifier::ActionId;
use crate::security::random_identifier_bytes;
use crate::services::FieldProblem;
use crate::storage::{Database, actions};

/// Use cases around action plans.
#[derive(Clone)]
pub struct ActionPlans {
    database: Database,
    audit_log: AuditLog,
}

impl ActionPlans {
    pub(super) fn new(database: Database, audit_log: AuditLog) -> Self {
        Self { database, audit_log }
    }

    /// The plan: what is due first stands first, what has no day last.
    pub async fn list(&self, scope: TenantScope) -> Result<Vec<StoredAction>, AppError> {
        let mut plan =
            self.database.of(&scope).read(move |conn| Ok::<_, AppError>(actions::list(conn, &scope)?)).await?;
        plan.sort_by_key(|stored| (stored.action.due.is_none(), stored.action.due));
        Ok(plan)
    }

    /// One action.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn read(&self, scope: TenantScope, id: ActionId) -> Result<StoredAction, AppError> {
        let plan = self.list(scope).await?;
        plan.into_iter().find(|stored| stored.id == id).ok_or(AppError::NotFound("action"))
    }

    /// Adds an action.
    ///
    /// # Errors
    /// [`AppError::Invalid`] names every field that cannot be used.
    pub async fn add(&self, scope: TenantScope, text: &ActionText) -> Result<StoredAction, AppError> {
        let stored = StoredAction { id: ActionId::from_random(random_identifier_bytes()), action: parse(text)? };
        let log = self.audit_log.clone();
        self.database
            .of(&scope)
            .write(move |conn| {
                actions::insert(conn, &scope, &stored)?;
                let event = Event::ActionPlan { action: stored.id.to_string(), change: Change::Created };
                log.note(conn, &scope, &event)?;
                Ok(stored)
            })
            .await
    }

    /// Replaces an action.
    ///
    /// # Errors
    /// [`AppError::Invalid`], [`AppError::NotFound`].
    pub async fn replace(&self, scope: TenantScope, id: ActionId, text: &ActionText) -> Result<StoredAction, AppError> {
        let stored = StoredAction { id, action: parse(text)? };
        let log = self.audit_log.clone();
        self.database
            .of(&scope)
            .write(move |conn| {
                actions::update(conn, &scope, &stored).map_err(AppError::or_not_found("action"))?;
                let event = Event::ActionPlan { action: stored.id.to_string(), change: Change::Changed };
                log.note(conn, &scope, &event)?;
                Ok(stored)
            })
            .await
    }

    /// Takes an action out of the plan.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn remove(&self, scope: TenantScope, id: ActionId) -> Result<(), AppError> {
        let log = self.audit_log.clone();
        self.database
            .of(&scope)
            .write(move |conn| {
                actions::delete(conn, &scope, &id).map_err(AppError::or_not_found("action"))?;
                log.note(conn, &scope, &Event::ActionPlan { action: id.to_string(), change: Change::Removed })?;
                Ok(())
            })
            .await
    }
}

fn parse(text: &ActionText) -> Result<PlannedAction, AppError> {
    PlannedAction::parse(text).map_err(|errors| AppError::Invalid {
        detail: "the action cannot be used as it stands".to_owned(),
        problems: errors
            .into_iter()
            .map(|FieldError { field, text }| FieldProblem { pointer: format!("/{field}"), detail: text })
            .collect(),
    })
}
