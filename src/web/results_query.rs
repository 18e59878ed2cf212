//! Which results: the query of the API's results and of the files that the API and the office offer.

use serde::Deserialize;
use utoipa::IntoParams;

use super::Problem;
use super::error::ProblemPart;
use crate::domain::results::{Selection, SelectionError};

/// Which results.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ResultsQuery {
    /// Question. A CSV file has every question when it is left out; JSON has one at a time.
    #[param(example = "belonging")]
    pub(super) question: Option<String>,
    /// Variables to break down by, separated by commas; everybody together when left out.
    #[serde(default)]
    #[param(example = "unit,ethnicity")]
    by: String,
    /// Only groups within this unit.
    unit: Option<String>,
    /// Only groups within this ethnic category or group.
    ethnicity: Option<String>,
    /// Only groups within this pay band or cluster.
    pay_band: Option<String>,
    /// Only groups within this staff group.
    staff_group: Option<String>,
}

impl ResultsQuery {
    /// What it selects of a release.
    pub(super) fn selection(&self) -> Selection {
        let only = [
            ("unit", &self.unit),
            ("ethnicity", &self.ethnicity),
            ("pay_band", &self.pay_band),
            ("staff_group", &self.staff_group),
        ];
        Selection {
            by: self.by.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect(),
            only: only.into_iter().filter_map(|(name, code)| Some((name.to_owned(), code.clone()?))).collect(),
        }
    }
}

impl From<SelectionError> for Problem {
    fn from(error: SelectionError) -> Self {
        let pointer = match &error {
            SelectionError::UnknownQuestion(_) => "/question".to_owned(),
            SelectionError::NotInFamily { .. } => "/by".to_owned(),
            SelectionError::UnknownCategory { variable, .. } => format!("/{variable}"),
        };
        Self::unprocessable(error.to_string(), vec![ProblemPart { pointer, detail: error.to_string() }])
    }
}
