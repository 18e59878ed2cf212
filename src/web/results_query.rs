//! Which results: the query of the API's results and of the files that the API and the office offer.

use serde::Deserialize;
use utoipa::IntoParams;

use super::Problem;
use super::error::ProblemPart;
use crate::domain::results::{Selection, SelectionError};
use crate::export::release::Wanted;

/// Which results.
#[derive(Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ResultsQuery {
    /// Question. A file has every question when it is left out; JSON has one at a time.
    #[param(example = "belonging")]
    pub(super) question: Option<String>,
    /// Variables to break down by, separated by commas. When left out: everybody together; in a workbook, each
    /// variable on a sheet of its own.
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

impl ResultsQuery {
    /// The same for files: each variable alone where the query names no groups.
    pub(super) fn wanted(&self) -> Wanted {
        let groups = self.selection();
        let named = !groups.by.is_empty() || !groups.only.is_empty();
        Wanted { question: self.question.clone(), groups: named.then_some(groups) }
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
