//! What a release says.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::AppError;
use super::audit_log::AuditLog;
use crate::domain::account::TenantScope;
use crate::domain::disclosure::ProtectedTable;
use crate::domain::identifier::{ReleaseId, SurveyId};
use crate::domain::survey::{Survey, SurveyContent};
use crate::domain::workforce::Workforce;
use crate::storage::{Connection, Database, releases, surveys, workforces};

/// Use cases around results.
#[derive(Clone)]
pub struct Results {
    pub(super) database: Database,
    pub(super) audit_log: AuditLog,
    pub(super) summary_changes: Arc<AtomicU64>,
}

/// A release, and what is needed to read it.
pub struct Release {
    /// Identifier.
    pub id: ReleaseId,
    /// Of which survey.
    pub survey: Survey,
    /// What was asked and of whom.
    pub content: Arc<SurveyContent>,
    /// What may be seen.
    pub table: Arc<ProtectedTable>,
}

impl Results {
    pub(super) fn new(database: Database, audit_log: AuditLog) -> Self {
        Self { database, audit_log, summary_changes: Arc::default() }
    }

    /// The release of a survey.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when there is none yet.
    pub async fn read(&self, scope: TenantScope, survey: SurveyId) -> Result<Release, AppError> {
        self.database.of(&scope).read(move |conn| find(conn, &scope, &survey)).await
    }

    /// The release of a survey beside a workforce snapshot; the latest unless its date is named.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when one of the two is not there.
    pub async fn read_with_workforce(
        &self,
        scope: TenantScope,
        survey: SurveyId,
        date: Option<String>,
    ) -> Result<(Release, String, Workforce), AppError> {
        self.database
            .of(&scope)
            .read(move |conn| {
                let release = find(conn, &scope, &survey)?;
                let (date, workforce) = workforces::find(conn, &scope, date.as_deref())
                    .map_err(AppError::or_not_found("workforce snapshot"))?;
                Ok((release, date, workforce))
            })
            .await
    }

    /// The release of a survey and those of the waves before it, the latest first; at most `most`.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when the survey has none.
    pub async fn waves(&self, scope: TenantScope, survey: SurveyId, most: usize) -> Result<Vec<Release>, AppError> {
        self.database
            .of(&scope)
            .read(move |conn| {
                let mut waves = vec![find(conn, &scope, &survey)?];
                let mut last = survey;
                while let (true, Some(before)) = (waves.len() < most, surveys::published_before(conn, &scope, &last)?) {
                    waves.push(find(conn, &scope, &before)?);
                    last = before;
                }
                Ok(waves)
            })
            .await
    }

    /// The release of a survey and that of an earlier wave: `with`, or the survey that was closed last before it.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when one of the two is not there.
    pub async fn read_two_waves(
        &self,
        scope: TenantScope,
        survey: SurveyId,
        with: Option<SurveyId>,
    ) -> Result<(Release, Release), AppError> {
        self.database
            .of(&scope)
            .read(move |conn| {
                let now = find(conn, &scope, &survey)?;
                let earlier = match with {
                    Some(with) => Some(with),
                    None => surveys::published_before(conn, &scope, &survey)?,
                };
                let before = find(conn, &scope, &earlier.ok_or(AppError::NotFound("earlier wave with a release"))?)?;
                Ok((now, before))
            })
            .await
    }
}

pub(super) fn find(conn: &mut Connection, scope: &TenantScope, survey: &SurveyId) -> Result<Release, AppError> {
    let survey = surveys::find(conn, scope, survey).map_err(AppError::or_not_found("survey"))?;
    let (id, table) = releases::find(conn, &survey.id).map_err(AppError::or_not_found("release"))?;
    Ok(Release { id, content: surveys::content(conn, &survey.id)?, survey, table })
}
