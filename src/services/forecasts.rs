//! What a survey is expected to show of each unit, before anybody answers.

use super::surveys::Surveys;
use super::{AppError, policies};
use crate::domain::account::TenantScope;
use crate::domain::disclosure::{Forecast, Policy, UnitStaff, forecast};
use crate::domain::ethnicity::Upper;
use crate::domain::figure::Share;
use crate::domain::identifier::SurveyId;
use crate::domain::organisation::UnitTree;
use crate::domain::workforce::Workforce;
use crate::storage::{StorageError, surveys, workforces};

/// A forecast, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ForecastOutcome {
    /// From the workforce of this day.
    Made {
        /// Day of the snapshot.
        snapshot: String,
        /// Threshold that it applies.
        minimum_count: u32,
        /// The forecast.
        forecast: Forecast,
    },
    /// There is no workforce snapshot.
    NoSnapshot,
    /// The snapshot does not say in which units staff work.
    NoUnits,
}

impl Surveys {
    /// Forecasts what the survey's units will show when the share `response` answers; from the latest snapshot.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn forecast(
        &self,
        scope: TenantScope,
        survey: SurveyId,
        response: Share,
    ) -> Result<ForecastOutcome, AppError> {
        let disclosure = self.disclosure;
        self.database
            .of(&scope)
            .read(move |conn| {
                let survey = surveys::find(conn, &scope, &survey).map_err(AppError::or_not_found("survey"))?;
                let minimum_count = policies::of_survey(conn, &scope, &survey, disclosure.minimum_count)?;
                let policy = Policy::for_survey(minimum_count, disclosure.minimum_interval);
                let content = surveys::content(conn, &survey.id)?;
                let units = &content.units;
                let (snapshot, workforce) = match workforces::find(conn, &scope, None) {
                    Err(StorageError::NotFound) => return Ok(ForecastOutcome::NoSnapshot),
                    found => found?,
                };
                let staff = staff_by_unit(units, &workforce);
                if staff.is_empty() {
                    return Ok(ForecastOutcome::NoUnits);
                }
                let forecast = forecast(&staff, response, &policy);
                Ok(ForecastOutcome::Made { snapshot, minimum_count: policy.minimum_count, forecast })
            })
            .await
    }
}

/// Staff of each unit of the survey, in its order.
fn staff_by_unit(units: &UnitTree, workforce: &Workforce) -> Vec<UnitStaff> {
    let of = |unit: &crate::domain::organisation::Unit| {
        let inside = workforce.only(|cell| cell.unit.as_deref() == Some(unit.code.as_str()));
        let count = |upper: Upper| inside.count(|ethnicity| ethnicity.upper() == upper);
        UnitStaff {
            unit: unit.code.clone(),
            parent: unit.parent.clone(),
            white: count(Upper::White),
            minority_ethnic: count(Upper::MinorityEthnic),
            not_stated: count(Upper::NotStated),
        }
    };
    let staffed = |unit: &UnitStaff| unit.white + unit.minority_ethnic + unit.not_stated > 0;
    units.units().iter().map(of).filter(staffed).collect()
}
