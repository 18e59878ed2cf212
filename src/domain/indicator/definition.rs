//! What every indicator says about itself.

use serde::Serialize;

use crate::domain::figure::Direction;

/// An indicator in words: enough to print its figures the right way round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Definition {
    /// 1 to 9.
    pub number: u8,
    /// Name in the API: `wres1` to `wres9`.
    pub code: &'static str,
    /// What it measures.
    pub name: &'static str,
    /// What its main figure is.
    pub unit: Unit,
    /// What is divided by, or subtracted from, what.
    pub direction: Quotient,
    /// When the figure is adverse.
    pub adverse: Adverse,
    /// Whom the shares or rates are of.
    pub denominator: &'static str,
    /// What to know before reading it.
    pub note: &'static str,
    /// Where the definition stands.
    pub source: &'static str,
}

/// What a figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A share for each group, from 0 to 1.
    Share,
    /// A ratio of two rates; never a percentage.
    Ratio,
    /// A difference in percentage points.
    PercentagePoints,
}

/// What stands over what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Quotient {
    /// A share for each group, and no quotient.
    EachGroup,
    /// White rate ÷ BME rate.
    WhiteOverBme,
    /// BME rate ÷ White rate.
    BmeOverWhite,
    /// Board minus workforce.
    BoardMinusWorkforce,
}

/// When a figure is adverse to BME staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Adverse {
    /// Neither end is.
    Neither,
    /// Above 1.
    AboveOne,
    /// Higher for BME staff.
    HigherForBme,
    /// Lower for BME staff.
    LowerForBme,
    /// Below 0.
    BelowZero,
}

/// The standard's own document.
pub(super) const SOURCE: &str = "NHS Workforce Race Equality Standard, technical guidance";

impl Quotient {
    /// The direction of the ratio; `None` where the indicator is no ratio.
    pub(super) fn ratio(self) -> Option<Direction> {
        match self {
            Self::WhiteOverBme => Some(Direction::WhiteOverMinorityEthnic),
            Self::BmeOverWhite => Some(Direction::MinorityEthnicOverWhite),
            Self::EachGroup | Self::BoardMinusWorkforce => None,
        }
    }
}
