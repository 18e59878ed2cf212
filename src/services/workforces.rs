//! Workforce snapshots and reports on them.

use std::time::Instant;

use time::Date;
use time::format_description::well_known::Iso8601;

use super::audit_log::AuditLog;
use super::{AppError, Precondition, policies, populations};
use crate::config::DisclosureConfig;
use crate::domain::account::TenantScope;
use crate::domain::audit_event::Event;
use crate::domain::disclosure::{self, Ledger, Policy, ProtectedTable};
use crate::domain::indicator::ReportingYear;
use crate::domain::population::Population;
use crate::domain::representation::{PublishedReport, published_report};
use crate::domain::tabulation::of_workforce;
use crate::domain::workforce::Workforce;
use crate::storage::{Database, StorageError, organisations, published_workforces, workforces};

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

/// Protected counts of a snapshot.
#[derive(Debug, Clone)]
pub struct PublishedWorkforce {
    /// Counted from 1; it changes when a correction could be published too.
    pub version: usize,
    /// What may be seen.
    pub table: ProtectedTable,
}

impl Workforces {
    pub(super) fn new(database: Database, audit_log: AuditLog, disclosure: DisclosureConfig) -> Self {
        Self { database, audit_log, disclosure }
    }

    /// Publishes the counts of 31 March of `year` to everybody who may see releases. One day a year, so that those who
    /// come and go between two snapshots do not follow by subtraction; protected together with every version before, so
    /// that a correction does not either. The same again changes nothing. With `dry_run`, only says what would be seen.
    ///
    /// # Errors
    /// [`AppError::NotFound`]; [`AppError::Conflict`] when the snapshot is too small to show anything of it, or when an
    /// earlier version shows other counts.
    pub async fn publish(
        &self,
        scope: TenantScope,
        year: ReportingYear,
        dry_run: bool,
    ) -> Result<PublishedWorkforce, AppError> {
        let (day, of, lowest) = (year.last_day(), scope.clone(), self.disclosure.minimum_count);
        let (workforce, earlier, minimum_count) = self
            .database
            .of(&scope)
            .read(move |conn| {
                let found = workforces::find_between(conn, &of, day, day)?;
                let (_, workforce) = found.ok_or(AppError::NotFound("workforce snapshot of 31 March"))?;
                let minimum_count = policies::find(conn, &of, lowest)?.minimum_count;
                Ok::<_, AppError>((workforce, published_workforces::of_year(conn, &of, year)?, minimum_count))
            })
            .await?;
        let version = earlier.len();
        let policy = Policy::for_survey(minimum_count, self.disclosure.minimum_interval);
        let (table, last) =
            tokio::task::spawn_blocking(move || Ok::<_, AppError>((protect(&workforce, &policy, &earlier)?, earlier)))
                .await
                .map_err(|_| AppError::Internal("protection did not finish".to_owned()))??;
        let is_same = last.last().is_some_and(|last| last.shows_the_same_as(&table));
        if is_same || dry_run {
            let version = if is_same { version } else { version + 1 };
            return Ok(PublishedWorkforce { version, table });
        }
        let log = self.audit_log.clone();
        self.database
            .of(&scope)
            .write(move |conn| {
                published_workforces::insert(conn, &scope, year, version + 1, &table).map_err(|error| match error {
                    StorageError::AlreadyExists(_) => AppError::Conflict {
                        code: "published-meanwhile",
                        detail: "somebody else published this year at the same moment; look at what is published"
                            .to_owned(),
                    },
                    other => other.into(),
                })?;
                log.note(conn, &scope, &Event::WorkforcePublished { year: year.number() })?;
                Ok(PublishedWorkforce { version: version + 1, table })
            })
            .await
    }

    /// What is published of the workforce of 31 March of `year`, beside a population.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when nothing is.
    pub async fn read_published(
        &self,
        scope: TenantScope,
        year: ReportingYear,
        population: Option<String>,
    ) -> Result<(PublishedWorkforce, PublishedReport), AppError> {
        self.database
            .of(&scope)
            .read(move |conn| {
                let mut versions = published_workforces::of_year(conn, &scope, year)?;
                let version = versions.len();
                let table = versions.pop().ok_or(AppError::NotFound("published workforce"))?;
                let id = population.as_deref().unwrap_or(populations::BUILT_IN);
                let report = published_report(&table, &populations::find(conn, id)?);
                Ok((PublishedWorkforce { version, table }, report))
            })
            .await
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
        let transactions = match batch.as_slice() {
            [(scope, _)] => self.database.of(scope),
            _ => self.database.of_every_organisation(),
        };
        transactions
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
            .of(&scope)
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
            .of(&scope)
            .read(move |conn| {
                let (date, workforce) = workforces::find(conn, &scope, date.as_deref())
                    .map_err(AppError::or_not_found("workforce snapshot"))?;
                let population = populations::find(conn, population.as_deref().unwrap_or(populations::BUILT_IN))?;
                Ok(Comparison { date, workforce, population })
            })
            .await
    }
}

/// Protects a snapshot together with what was published of it before.
fn protect(workforce: &Workforce, policy: &Policy, earlier: &[ProtectedTable]) -> Result<ProtectedTable, AppError> {
    let raw = of_workforce(workforce).map_err(|error| AppError::Internal(error.to_string()))?;
    let mut ledger = Ledger::default();
    for table in earlier {
        ledger.record(table.clone(), Vec::new());
    }
    let started = Instant::now();
    disclosure::protect(raw, policy, &ledger, &|| started.elapsed())
        .map_err(|refusal| AppError::Conflict { code: "not-publishable", detail: refusal.to_string() })
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
