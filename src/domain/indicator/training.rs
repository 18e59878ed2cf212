//! Indicator 4: relative likelihood of accessing non-mandatory training and CPD.

use super::definition::{Adverse, Definition, Quotient, SOURCE, Unit};
use super::inputs::{Inputs, Measure};
use super::likelihood::likelihood;
use super::{Indicator, Outcome};

/// See the module.
pub struct Training;

impl Indicator for Training {
    fn definition(&self) -> Definition {
        Definition {
            number: 4,
            code: "wres4",
            name: "relative likelihood of accessing non-mandatory training and CPD",
            unit: Unit::Ratio,
            direction: Quotient::WhiteOverBme,
            adverse: Adverse::AboveOne,
            denominator: "staff of the same group on the day of the snapshot",
            note: "White rate over BME rate; above 1, White staff are more likely to have access.",
            source: SOURCE,
        }
    }

    fn compute(&self, inputs: &Inputs<'_>) -> Outcome {
        let events = |category| inputs.events(Measure::Training, category);
        Outcome::Likelihood(likelihood(&self.definition(), events, |category| inputs.staff(category)))
    }
}
