//! Changes that are made only while a thing is as its caller last saw it.

use super::AppError;
use crate::domain::account::TenantScope;
use crate::storage::{Connection, StorageError, organisations};

type Condition<T> = Box<dyn FnOnce(Option<&T>) -> bool + Send>;

/// What must hold of a thing before it is changed: nothing, or a condition on how it stands (`None` when there is none
/// yet).
pub struct Precondition<T>(Option<Condition<T>>);

impl<T> Precondition<T> {
    /// Nothing must hold.
    pub fn none() -> Self {
        Self(None)
    }

    /// `condition` must hold.
    pub fn new(condition: impl FnOnce(Option<&T>) -> bool + Send + 'static) -> Self {
        Self(Some(Box::new(condition)))
    }

    /// Looks, inside the transaction that makes the change. The organisation's row is held meanwhile, so that of two
    /// who saw the same one comes second.
    ///
    /// # Errors
    /// [`AppError::ChangedMeanwhile`].
    pub(super) fn check(
        self,
        conn: &mut Connection,
        scope: &TenantScope,
        current: impl FnOnce(&mut Connection) -> Result<T, StorageError>,
    ) -> Result<(), AppError> {
        let Some(condition) = self.0 else { return Ok(()) };
        organisations::hold(conn, scope).map_err(AppError::or_not_found("organisation"))?;
        let current = match current(conn) {
            Ok(current) => Some(current),
            Err(StorageError::NotFound) => None,
            Err(error) => return Err(error.into()),
        };
        if condition(current.as_ref()) { Ok(()) } else { Err(AppError::ChangedMeanwhile) }
    }
}
