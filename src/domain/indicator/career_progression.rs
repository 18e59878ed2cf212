//! Indicator 7: share of staff who believe that there are equal opportunities for career progression.

use super::definition::{Adverse, Definition, Quotient, SOURCE, Unit};
use super::inputs::Inputs;
use super::survey_share::shares;
use super::{Indicator, Outcome};

/// See the module.
pub struct CareerProgression;

impl Indicator for CareerProgression {
    fn definition(&self) -> Definition {
        Definition {
            number: 7,
            code: "wres7",
            name: "share of staff who believe that there are equal opportunities for career progression",
            unit: Unit::Share,
            direction: Quotient::EachGroup,
            adverse: Adverse::LowerForBme,
            denominator: "respondents of the same group who answered yes or no",
            note: "From protected survey results: withheld where too few answered. Those who do not know are in neither count.",
            source: SOURCE,
        }
    }

    fn compute(&self, inputs: &Inputs<'_>) -> Outcome {
        Outcome::Shares(shares(inputs, 7))
    }
}
