//! Relative likelihoods: the rate of one group over the rate of the other. Indicators 2 to 4.

use serde::Serialize;

use super::definition::Definition;
use crate::domain::ethnicity::WresCategory;
use crate::domain::figure::{Direction, Figure, Ratio, Reason, RelativeLikelihood, Share};
use crate::domain::statistics::{Level, Tally, katz, two_proportions};

/// The conventional range that is not adverse: the four-fifths rule and its inverse.
const NON_ADVERSE: std::ops::RangeInclusive<f64> = 0.80..=1.25;

/// Two rates and their ratio.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Likelihood {
    /// White events and people.
    pub white: Figure<Rate>,
    /// BME events and people.
    pub bme: Figure<Rate>,
    /// Events of people whose ethnicity is unknown: in neither rate.
    pub unknown_events: Figure<u64>,
    /// The ratio, with its direction and Katz log interval.
    pub relative_likelihood: Figure<RelativeLikelihood>,
    /// Whether the ratio lies from 0.80 to 1.25, the conventional non-adverse range.
    pub within_four_fifths: Figure<bool>,
    /// p-value of the two-proportion test, two-sided.
    pub two_proportion_p: Figure<f64>,
}

/// Events, people and the rate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Rate {
    /// Events.
    pub events: u64,
    /// People.
    pub people: u64,
    /// Events ÷ people.
    pub rate: Figure<Share>,
}

/// The likelihood of `events` among `people`, in the direction of `definition`.
pub(super) fn likelihood(
    definition: &Definition,
    events: impl Fn(WresCategory) -> Figure<u64>,
    people: impl Fn(WresCategory) -> Figure<u64>,
) -> Likelihood {
    let tally = |category| {
        events(category).and_then(|events| {
            people(category).and_then(|people| Figure::or_reason(Tally::new(events, people), Reason::Contradiction))
        })
    };
    let (white, bme) = (tally(WresCategory::White), tally(WresCategory::Bme));
    let relative_likelihood = match definition.direction.ratio() {
        Some(direction) => white.and_then(|white| bme.and_then(|bme| relative(white, bme, direction))),
        None => Figure::NotCalculable(Reason::MissingInput),
    };
    Likelihood {
        white: white.map(rate),
        bme: bme.map(rate),
        unknown_events: events(WresCategory::Unknown),
        relative_likelihood,
        within_four_fifths: relative_likelihood.map(|likelihood| NON_ADVERSE.contains(&likelihood.ratio.as_f64())),
        two_proportion_p: white.and_then(|white| {
            bme.and_then(|bme| Figure::or_reason(two_proportions(white, bme).map(|test| test.p), Reason::NoEvents))
        }),
    }
}

/// The ratio of the rates of `white` and `bme`, the way round that `direction` says.
pub(in crate::domain) fn relative(white: Tally, bme: Tally, direction: Direction) -> Figure<RelativeLikelihood> {
    let (above, below) = match direction {
        Direction::WhiteOverMinorityEthnic => (white, bme),
        _ => (bme, white),
    };
    let (Some(rate), Some(base)) = (above.rate(), below.rate()) else {
        return Figure::NotCalculable(Reason::EmptyGroup);
    };
    if base == 0.0 {
        return Figure::NotCalculable(Reason::ZeroRate);
    }
    let interval = Figure::or_reason(katz(above, below, Level::NINETY_FIVE), Reason::NoEvents);
    Figure::Value(RelativeLikelihood { ratio: Ratio::new(rate / base, direction), interval })
}

fn rate(tally: Tally) -> Rate {
    Rate { events: tally.events(), people: tally.people(), rate: Share::of(tally.events(), tally.people()) }
}
