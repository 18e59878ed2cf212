//! Indicator 9: BME share of the board minus BME share of the workforce.

use serde::Serialize;

use super::definition::{Adverse, Definition, Quotient, SOURCE, Unit};
use super::inputs::{Inputs, Measure};
use super::{Indicator, Outcome};
use crate::domain::ethnicity::WresCategory;
use crate::domain::figure::{Figure, PercentagePoints, Reason, Share};

/// See the module.
pub struct Board;

/// The shares and the differences, in percentage points.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BoardGap {
    /// BME share of the workforce.
    pub workforce: Figure<Share>,
    /// BME share of the board.
    pub board: Figure<Share>,
    /// Board minus workforce.
    pub all: Figure<PercentagePoints>,
    /// Voting members minus workforce.
    pub voting: Figure<PercentagePoints>,
    /// Executive members minus workforce.
    pub executive: Figure<PercentagePoints>,
}

impl Indicator for Board {
    fn definition(&self) -> Definition {
        Definition {
            number: 9,
            code: "wres9",
            name: "BME share of the board minus BME share of the workforce",
            unit: Unit::PercentagePoints,
            direction: Quotient::BoardMinusWorkforce,
            adverse: Adverse::BelowZero,
            denominator: "all board members, and all staff, unknown ethnicity included as in indicator 1",
            note: "A difference in percentage points, not a ratio; below 0, the board has a smaller BME share than the workforce.",
            source: SOURCE,
        }
    }

    fn compute(&self, inputs: &Inputs<'_>) -> Outcome {
        let not_of_variant = Figure::NotCalculable(Reason::NotOfVariant);
        let workforce = bme_share(|category| inputs.staff(category));
        let members = |measure| {
            if !inputs.variant.has_board() {
                return not_of_variant;
            }
            // A board on which nobody's ethnicity is unknown may leave that line out.
            let given = inputs.events.is_some_and(|events| events.has(measure));
            bme_share(|category| match inputs.events(measure, category) {
                Figure::NotCalculable(Reason::MissingInput) if given => Figure::Value(0),
                count => count,
            })
        };
        let gap = |measure| members(measure).and_then(|board| workforce.map(|workforce| board.minus(workforce)));
        Outcome::Board(BoardGap {
            workforce,
            board: members(Measure::Board),
            all: gap(Measure::Board),
            voting: gap(Measure::BoardVoting),
            executive: gap(Measure::BoardExecutive),
        })
    }
}

fn bme_share(count: impl Fn(WresCategory) -> Figure<u64>) -> Figure<Share> {
    let everybody = WresCategory::ALL.iter().fold(Figure::Value(0), |sum: Figure<u64>, category| {
        sum.and_then(|sum| count(*category).map(|people| sum + people))
    });
    count(WresCategory::Bme).and_then(|bme| everybody.and_then(|everybody| Share::of(bme, everybody)))
}
