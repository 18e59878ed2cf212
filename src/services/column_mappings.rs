//! How organisations' own files name our columns.

use super::{AppError, Precondition};
use crate::domain::account::TenantScope;
use crate::domain::column_mapping::{ColumnMapping, FileFormat};
use crate::storage::{Database, column_mappings, organisations};

/// Use cases around column mappings.
#[derive(Clone)]
pub struct ColumnMappings {
    database: Database,
}

impl ColumnMappings {
    pub(super) fn new(database: Database) -> Self {
        Self { database }
    }

    /// The mapping of a format; an empty one where none was saved.
    ///
    /// # Errors
    /// [`AppError::Busy`] when the database is.
    pub async fn read(&self, scope: TenantScope, format: FileFormat) -> Result<ColumnMapping, AppError> {
        self.database.of(&scope).read(move |conn| Ok(column_mappings::find(conn, &scope, format)?)).await
    }

    /// Saves a mapping in place of an earlier one.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for an organisation that is not known; [`AppError::ChangedMeanwhile`].
    pub async fn replace(
        &self,
        scope: TenantScope,
        format: FileFormat,
        mapping: ColumnMapping,
        precondition: Precondition<ColumnMapping>,
    ) -> Result<(), AppError> {
        self.database
            .of(&scope)
            .write(move |conn| {
                organisations::find(conn, &scope).map_err(AppError::or_not_found("organisation"))?;
                precondition.check(conn, &scope, |conn| column_mappings::find(conn, &scope, format))?;
                Ok(column_mappings::upsert(conn, &scope, format, &mapping)?)
            })
            .await
    }
}
