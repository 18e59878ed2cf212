//! What a trust says to everybody about a release.

use std::sync::atomic::Ordering;

use super::AppError;
use super::results::{self, Release, Results};
use crate::domain::account::TenantScope;
use crate::domain::audit_event::{Change, Event};
use crate::domain::identifier::SurveyId;
use crate::domain::organisation::Organisation;
use crate::domain::published_summary::PublishedSummary;
use crate::storage::{invitations, organisations, published_summaries, surveys};

/// Everything that the public page shows.
pub struct PublicRelease {
    /// Whose staff were asked.
    pub organisation: Organisation,
    /// The release.
    pub release: Release,
    /// How many people were invited.
    pub invited: u64,
    /// The trust's words.
    pub summary: PublishedSummary,
}

impl Results {
    /// The words of a survey that has a release; empty ones when nothing was written yet.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when there is no release.
    pub async fn summary(&self, scope: TenantScope, survey: SurveyId) -> Result<(Release, PublishedSummary), AppError> {
        self.database
            .of(&scope)
            .read(move |conn| {
                let release = results::find(conn, &scope, &survey)?;
                Ok((release, published_summaries::find(conn, &survey)?.unwrap_or_default()))
            })
            .await
    }

    /// Stores the words; with `public`, everybody may read them beside the headline figures from now on.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when there is no release, [`AppError::Invalid`] for texts that are too long.
    pub async fn replace_summary(
        &self,
        scope: TenantScope,
        survey: SurveyId,
        summary: PublishedSummary,
    ) -> Result<(), AppError> {
        let summary = summary.checked().map_err(|error| AppError::invalid(error.to_string()))?;
        let log = self.audit_log.clone();
        self.database
            .of(&scope)
            .write(move |conn| {
                results::find(conn, &scope, &survey)?;
                let before = published_summaries::find(conn, &survey)?.is_some_and(|before| before.public);
                published_summaries::upsert(conn, &scope, &survey, &summary)?;
                let change = match (before, summary.public) {
                    (false, true) => Change::Created,
                    (true, false) => Change::Removed,
                    _ => Change::Changed,
                };
                log.note(conn, &scope, &Event::PublishedSummary { survey, change })
            })
            .await?;
        self.summary_changes.fetch_add(1, Ordering::Release);
        Ok(())
    }

    /// How often summaries have been changed by this process: what was read of them before is old.
    pub fn summary_changes(&self) -> u64 {
        self.summary_changes.load(Ordering::Acquire)
    }

    /// What everybody may read of a survey.
    ///
    /// # Errors
    /// [`AppError::NotFound`] unless the trust has published a summary.
    pub async fn public(&self, survey: SurveyId) -> Result<PublicRelease, AppError> {
        self.database
            .of_every_organisation()
            .read(move |conn| {
                let summary = published_summaries::find(conn, &survey)?.filter(|summary| summary.public);
                let summary = summary.ok_or(AppError::NotFound("published summary"))?;
                let owner =
                    surveys::organisation_of(conn, &survey).map_err(AppError::or_not_found("published summary"))?;
                // Nobody is signed in: the trust itself decided that this is for everybody.
                let scope = TenantScope::of_operator(owner);
                let release = results::find(conn, &scope, &survey)?;
                let invited = invitations::counts(conn, &survey)?.invited;
                Ok(PublicRelease { organisation: organisations::find(conn, &scope)?, release, invited, summary })
            })
            .await
    }
}
