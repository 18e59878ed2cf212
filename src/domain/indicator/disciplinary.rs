//! Indicator 3: relative likelihood of entering the formal disciplinary process.

use super::definition::{Adverse, Definition, Quotient, SOURCE, Unit};
use super::inputs::{Inputs, Measure};
use super::likelihood::likelihood;
use super::{Indicator, Outcome};

/// See the module.
pub struct Disciplinary;

impl Indicator for Disciplinary {
    fn definition(&self) -> Definition {
        Definition {
            number: 3,
            code: "wres3",
            name: "relative likelihood of entering the formal disciplinary process",
            unit: Unit::Ratio,
            direction: Quotient::BmeOverWhite,
            adverse: Adverse::AboveOne,
            denominator: "staff of the same group on the day of the snapshot",
            note: "BME rate over White rate, the other way round than indicators 2 and 4; above 1, BME staff are more likely to enter the process.",
            source: SOURCE,
        }
    }

    fn compute(&self, inputs: &Inputs<'_>) -> Outcome {
        let events = |category| inputs.events(Measure::Disciplinary, category);
        Outcome::Likelihood(likelihood(&self.definition(), events, |category| inputs.staff(category)))
    }
}
