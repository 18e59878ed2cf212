//! The action plan.

use diesel::prelude::*;

use super::connection::on_either;
use super::schema::actions;
use super::{Connection, StorageError};
use crate::domain::account::TenantScope;
use crate::domain::action_plan::{ActionText, PlannedAction, StoredAction};
use crate::domain::identifier::ActionId;

/// Adds an action.
pub fn insert(conn: &mut Connection, scope: &TenantScope, stored: &StoredAction) -> Result<(), StorageError> {
    let (organisation, body) = (scope.organisation().as_str(), body(&stored.action)?);
    on_either!(conn, |c| diesel::insert_into(actions::table)
        .values((actions::id.eq(stored.id.as_str()), actions::organisation.eq(organisation), actions::body.eq(&body)))
        .execute(c))?;
    Ok(())
}

/// Replaces an action.
///
/// # Errors
/// [`StorageError::NotFound`].
pub fn update(conn: &mut Connection, scope: &TenantScope, stored: &StoredAction) -> Result<(), StorageError> {
    let changed = diesel::update(actions::table.find(stored.id.as_str()))
        .filter(actions::organisation.eq(scope.organisation().as_str()))
        .set(actions::body.eq(body(&stored.action)?))
        .execute(conn)?;
    if changed == 1 { Ok(()) } else { Err(StorageError::NotFound) }
}

/// Takes an action out of the plan.
///
/// # Errors
/// [`StorageError::NotFound`].
pub fn delete(conn: &mut Connection, scope: &TenantScope, id: &ActionId) -> Result<(), StorageError> {
    let found = actions::table.find(id.as_str()).filter(actions::organisation.eq(scope.organisation().as_str()));
    if diesel::delete(found).execute(conn)? == 1 { Ok(()) } else { Err(StorageError::NotFound) }
}

/// Every action of the organisation in scope.
pub fn list(conn: &mut Connection, scope: &TenantScope) -> Result<Vec<StoredAction>, StorageError> {
    let rows: Vec<(String, String)> = actions::table
        .filter(actions::organisation.eq(scope.organisation().as_str()))
        .order(actions::id)
        .select((actions::id, actions::body))
        .load(conn)?;
    rows.into_iter().map(read).collect()
}

fn body(action: &PlannedAction) -> Result<String, StorageError> {
    serde_json::to_string(&action.text()).map_err(|error| StorageError::unreadable("action")(error.to_string()))
}

fn read((id, body): (String, String)) -> Result<StoredAction, StorageError> {
    let unreadable = StorageError::unreadable("action");
    let text: ActionText = serde_json::from_str(&body).map_err(|error| unreadable(error.to_string()))?;
    let action = PlannedAction::parse(&text).map_err(|errors| unreadable(format!("{errors:?}")))?;
    Ok(StoredAction { id: id.parse().map_err(|_| unreadable("its identifier".to_owned()))?, action })
}
