//! Indicator 6: share of staff harassed, bullied or abused by staff in the last 12 months.

use super::definition::{Adverse, Definition, Quotient, SOURCE, Unit};
use super::inputs::Inputs;
use super::survey_share::shares;
use super::{Indicator, Outcome};

/// See the module.
pub struct HarassmentByStaff;

impl Indicator for HarassmentByStaff {
    fn definition(&self) -> Definition {
        Definition {
            number: 6,
            code: "wres6",
            name: "share of staff harassed, bullied or abused by staff in the last 12 months",
            unit: Unit::Share,
            direction: Quotient::EachGroup,
            adverse: Adverse::HigherForBme,
            denominator: "respondents of the same group who answered the question",
            note: "From protected survey results: withheld where too few answered.",
            source: SOURCE,
        }
    }

    fn compute(&self, inputs: &Inputs<'_>) -> Outcome {
        Outcome::Shares(shares(inputs, 6))
    }
}
