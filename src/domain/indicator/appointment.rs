//! Indicator 2: relative likelihood of being appointed from shortlisting.

use super::definition::{Adverse, Definition, Quotient, SOURCE, Unit};
use super::inputs::{Inputs, Measure};
use super::likelihood::likelihood;
use super::{Indicator, Outcome};

/// See the module.
pub struct Appointment;

impl Indicator for Appointment {
    fn definition(&self) -> Definition {
        Definition {
            number: 2,
            code: "wres2",
            name: "relative likelihood of being appointed from shortlisting",
            unit: Unit::Ratio,
            direction: Quotient::WhiteOverBme,
            adverse: Adverse::AboveOne,
            denominator: "people shortlisted, of the same group",
            note: "White rate over BME rate; above 1, White applicants are more likely to be appointed. Unknown ethnicity is in neither rate.",
            source: SOURCE,
        }
    }

    fn compute(&self, inputs: &Inputs<'_>) -> Outcome {
        let events = |category| inputs.events(Measure::Appointed, category);
        Outcome::Likelihood(likelihood(&self.definition(), events, |category| {
            inputs.events(Measure::Shortlisted, category)
        }))
    }
}
