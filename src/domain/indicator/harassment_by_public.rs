//! Indicator 5: share of staff harassed, bullied or abused by patients, relatives or the public in the last 12 months.

use super::definition::{Adverse, Definition, Quotient, SOURCE, Unit};
use super::inputs::Inputs;
use super::survey_share::shares;
use super::{Indicator, Outcome};

/// See the module.
pub struct HarassmentByPublic;

impl Indicator for HarassmentByPublic {
    fn definition(&self) -> Definition {
        Definition {
            number: 5,
            code: "wres5",
            name: "share of staff harassed, bullied or abused by patients, relatives or the public in the last 12 months",
            unit: Unit::Share,
            direction: Quotient::EachGroup,
            adverse: Adverse::HigherForBme,
            denominator: "respondents of the same group who answered the question",
            note: "From protected survey results: withheld where too few answered.",
            source: SOURCE,
        }
    }

    fn compute(&self, inputs: &Inputs<'_>) -> Outcome {
        Outcome::Shares(shares(inputs, 5))
    }
}
