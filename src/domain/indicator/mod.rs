//! The nine indicators of the Workforce Race Equality Standard: one file each, and [`ALL`].
//!
//! An indicator says what it is ([`Definition`]: unit, direction, denominator, note, source) and computes itself from
//! [`Inputs`]. Indicators 5 to 8 see survey figures only through [`SurveyFigures`], which protected tables implement:
//! a withheld figure stays withheld. “BME” is the standard's label and appears only here.

mod appointment;
mod board;
mod career_progression;
mod definition;
mod disciplinary;
mod discrimination;
mod entered;
mod harassment_by_public;
mod harassment_by_staff;
mod inputs;
mod likelihood;
mod national;
mod release;
mod reporting_year;
mod statutory;
mod survey_share;
mod table;
mod training;
mod variant;
mod workforce_by_band;

pub use board::BoardGap;
pub use definition::{Adverse, Definition, Quotient, Unit};
pub use entered::{EnteredFigures, MalformedFigure, SurveyCount, SurveyCounts};
pub use inputs::{EventCount, Events, InputKey, InputKind, Inputs, Measure, SurveyFigures};
pub(in crate::domain) use likelihood::relative;
pub use likelihood::{Likelihood, Rate};
pub use national::{MalformedNationalFigure, NationalFigure, NationalFigures, national_measure};
pub use release::ReleaseFigures;
pub use reporting_year::{MalformedYear, ReportingYear};
pub use statutory::{DataItem, Entry, statutory_return};
pub use survey_share::{GroupShare, SurveyShares};
pub use table::{HEADINGS, national_row, table_rows};
pub use variant::Variant;
pub use workforce_by_band::{BandRow, CategoryShare};

use serde::Serialize;

/// One indicator.
pub trait Indicator: Sync {
    /// What it is.
    fn definition(&self) -> Definition;
    /// Its figures; each part of them is a value, not calculable with a reason, or withheld.
    fn compute(&self, inputs: &Inputs<'_>) -> Outcome;
}

/// Every indicator, in the order of the standard.
pub const ALL: &[&dyn Indicator] = &[
    &workforce_by_band::WorkforceByBand,
    &appointment::Appointment,
    &disciplinary::Disciplinary,
    &training::Training,
    &harassment_by_public::HarassmentByPublic,
    &harassment_by_staff::HarassmentByStaff,
    &career_progression::CareerProgression,
    &discrimination::Discrimination,
    &board::Board,
];

/// The figures of one indicator.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Outcome {
    /// Indicator 1.
    Bands(Vec<BandRow>),
    /// Indicators 2 to 4.
    Likelihood(Likelihood),
    /// Indicators 5 to 8.
    Shares(SurveyShares),
    /// Indicator 9.
    Board(BoardGap),
}

/// An indicator with its figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Computed {
    /// What it is.
    #[serde(flatten)]
    pub definition: Definition,
    /// Its figures.
    pub figures: Outcome,
}

/// All nine indicators from `inputs`.
pub fn compute_all(inputs: &Inputs<'_>) -> Vec<Computed> {
    ALL.iter()
        .map(|indicator| Computed { definition: indicator.definition(), figures: indicator.compute(inputs) })
        .collect()
}

#[cfg(test)]
mod tests;
