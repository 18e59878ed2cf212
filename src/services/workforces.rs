//! Workforce snapshots and reports on them.

use time::Date;
use time::format_description::well_known::Iso8601;

use super::{AppError, populations};
use crate::domain::account::TenantScope;
use crate::domain::population::Population;
use crate::domain::workforce::Workforce;
use crate::storage::{Database, organisations, workforces};

/// Use cases around workforce snapshots.
#[derive(Clone)]
pub struct Workforces {
    database: Database,
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
    pub(super) fn new(database: Database) -> Self {
        Self { database }
    }

    /// Stores the snapshot of a date in place of an earlier one.
    ///
    /// # Errors
    /// [`AppError::Invalid`] when it holds staff of another organisation, or nobody.
    pub async fn replace(&self, scope: TenantScope, date: Date, workforce: Workforce) -> Result<(), AppError> {
        self.import(vec![(scope, workforce)], date).await
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
        batch.iter().try_for_each(|(scope, workforce)| refuse_others(scope, workforce))?;
        let date = date.format(&Iso8601::DATE).map_err(|error| AppError::Internal(error.to_string()))?;
        self.database
            .write(move |conn| {
                for (scope, workforce) in &batch {
                    organisations::find(conn, scope).map_err(AppError::or_not_found("organisation"))?;
                    workforces::upsert(conn, scope, &date, workforce)?;
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
