//! Workforce snapshots and reports on them.

use std::time::Instant;

use time::Date;
use time::format_description::well_known::Iso8601;

use super::audit_log::AuditLog;
use super::{AppError, Precondition, populations};
use crate::config::DisclosureConfig;
use crate::domain::account::TenantScope;
use crate::domain::audit_event::Event;
use crate::domain::disclosure::{self, Ledger, Policy};
use crate::domain::indicator::ReportingYear;
use crate::domain::population::Population;
use crate::domain::representation::{PublishedReport, published_report};
use crate::domain::tabulation::of_workforce;
use crate::domain::workforce::Workforce;
use crate::storage::{Database, organisations, workforces};

/// Use cases around workforce snapshots.
#[derive(Clone)]
pub struct Workforces {
    database: Database,
    audit_log: AuditLog,
    disclosure: DisclosureConfig,
}

/// What a representation report compares.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// Date of the snapshot, `YYYY-MM-DD`.
    pub date: String,
    /// Whose staff.
    pub workforce: Workforce,
    /// Which residents.
    pub population: Population,
}

impl Workforces {
    pub(super) fn new(database: Database, audit_log: AuditLog, disclosure: DisclosureConfig) -> Self {
        Self { database, audit_log, disclosure }
    }

    /// The report for everybody who may see releases: from the protected counts of 31 March of `year`. One day a year,
    /// so that those who come and go between two snapshots do not follow by subtraction.
    ///
    /// # Errors
    /// [`AppError::NotFound`]; [`AppError::Conflict`] when the snapshot is too small to show anything of it.
    pub async fn published_report(
        &self,
        scope: TenantScope,
        year: ReportingYear,
        population: Option<String>,
    ) -> Result<PublishedReport, AppError> {
        let day = year.last_day();
        let (workforce, population) = self
            .database
            .read(move |conn| {
                let found = workforces::find_between(conn, &scope, day, day)?;
                let (_, workforce) = found.ok_or(AppError::NotFound("workforce snapshot of 31 March"))?;
                let id = population.as_deref().unwrap_or(populations::BUILT_IN);
                Ok::<_, AppError>((workforce, populations::find(conn, id)?))
            })
            .await?;
        let policy = Policy::for_survey(self.disclosure.minimum_count, self.disclosure.minimum_interval);
        tokio::task::spawn_blocking(move || {
            let raw = of_workforce(&workforce).map_err(|error| AppError::Internal(error.to_string()))?;
            let started = Instant::now();
            let table = disclosure::protect(raw, &policy, &Ledger::default(), &|| started.elapsed())
                .map_err(|refusal| AppError::Conflict { code: "not-publishable", detail: refusal.to_string() })?;
            Ok(published_report(&table, &population))
        })
        .await
        .map_err(|_| AppError::Internal("protection did not finish".to_owned()))?
    }

    /// Stores the snapshot of a date in place of an earlier one.
    ///
    /// # Errors
    /// [`AppError::Invalid`] when it holds staff of another organisation, or nobody; [`AppError::ChangedMeanwhile`].
    pub async fn replace(
        &self,
        scope: TenantScope,
        date: Date,
        workforce: Workforce,
        precondition: Precondition<(String, Workforce)>,
    ) -> Result<(), AppError> {
        self.store(vec![(scope, workforce)], date, precondition).await
    }

    /// Whether a snapshot could be stored.
    ///
    /// # Errors
    /// As [`Workforces::replace`].
    pub fn check(&self, scope: &TenantScope, workforce: &Workforce) -> Result<(), AppError> {
        refuse_others(scope, workforce)
    }

    /// Stores the snapshots of several organisations, all or none.
    ///
    /// # Errors
    /// As [`Workforces::replace`]; [`AppError::NotFound`] for an organisation that is not known.
    pub async fn import(&self, batch: Vec<(TenantScope, Workforce)>, date: Date) -> Result<(), AppError> {
        self.store(batch, date, Precondition::none()).await
    }

    /// `precondition` is about the first of them.
    async fn store(
        &self,
        batch: Vec<(TenantScope, Workforce)>,
        date: Date,
        precondition: Precondition<(String, Workforce)>,
    ) -> Result<(), AppError> {
        batch.iter().try_for_each(|(scope, workforce)| refuse_others(scope, workforce))?;
        let date = date.format(&Iso8601::DATE).map_err(|error| AppError::Internal(error.to_string()))?;
        let log = self.audit_log.clone();
        self.database
            .write(move |conn| {
                if let Some((scope, _)) = batch.first() {
                    precondition.check(conn, scope, |conn| workforces::find(conn, scope, Some(&date)))?;
                }
                for (scope, workforce) in &batch {
                    organisations::find(conn, scope).map_err(AppError::or_not_found("organisation"))?;
                    workforces::upsert(conn, scope, &date, workforce)?;
                }
                // Chains are held in one order, so that two imports of the same organisations do not wait for each other.
                let mut scopes: Vec<&TenantScope> = batch.iter().map(|(scope, _)| scope).collect();
                scopes.sort_by_key(|scope| scope.organisation().as_str());
                for scope in scopes {
                    log.note(conn, scope, &Event::Imported { what: "workforce", subject: date.clone() })?;
                }
                Ok(())
            })
            .await
    }

    /// The snapshot of `date`, or the latest one, with its date.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn read(&self, scope: TenantScope, date: Option<String>) -> Result<(String, Workforce), AppError> {
        self.database
            .read(move |conn| {
                workforces::find(conn, &scope, date.as_deref()).map_err(AppError::or_not_found("workforce snapshot"))
            })
            .await
    }

    /// A snapshot beside a population; the latest and the built-in one unless named.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn compare(
        &self,
        scope: TenantScope,
        date: Option<String>,
        population: Option<String>,
    ) -> Result<Comparison, AppError> {
        self.database
            .read(move |conn| {
                let (date, workforce) = workforces::find(conn, &scope, date.as_deref())
                    .map_err(AppError::or_not_found("workforce snapshot"))?;
                let population = populations::find(conn, population.as_deref().unwrap_or(populations::BUILT_IN))?;
                Ok(Comparison { date, workforce, population })
            })
            .await
    }
}

fn refuse_others(scope: &TenantScope, workforce: &Workforce) -> Result<(), AppError> {
    match workforce.cells.iter().find(|cell| cell.organisation != *scope.organisation()) {
        Some(cell) => Err(AppError::invalid(format!(
            "the snapshot holds staff of {}; send those of {} only",
            cell.organisation,
            scope.organisation()
        ))),
        None if workforce.people() == 0 => Err(AppError::invalid("the snapshot holds no staff")),
        None => Ok(()),
    }
}
