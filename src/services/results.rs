//! What a release says.

use super::AppError;
use crate::domain::account::TenantScope;
use crate::domain::disclosure::ProtectedTable;
use crate::domain::identifier::{ReleaseId, SurveyId};
use crate::domain::survey::{Survey, SurveyContent};
use crate::storage::{Database, releases, surveys};

/// Use cases around results.
#[derive(Clone)]
pub struct Results {
    database: Database,
}

/// A release, and what is needed to read it.
pub struct Release {
    /// Identifier.
    pub id: ReleaseId,
    /// Of which survey.
    pub survey: Survey,
    /// What was asked and of whom.
    pub content: SurveyContent,
    /// What may be seen.
    pub table: ProtectedTable,
}

impl Results {
    pub(super) fn new(database: Database) -> Self {
        Self { database }
    }

    /// The release of a survey.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when there is none yet.
    pub async fn read(&self, scope: TenantScope, survey: SurveyId) -> Result<Release, AppError> {
        self.database
            .read(move |conn| {
                let survey = surveys::find(conn, &scope, &survey).map_err(AppError::or_not_found("survey"))?;
                let (id, table) = releases::find(conn, &survey.id).map_err(AppError::or_not_found("release"))?;
                Ok(Release { id, content: surveys::content(conn, &survey.id)?, survey, table })
            })
            .await
    }
}
