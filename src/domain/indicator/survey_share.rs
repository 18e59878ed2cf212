//! Shares of staff by group, from protected survey figures. Indicators 5 to 8.

use serde::Serialize;

use super::inputs::Inputs;
use super::likelihood::relative;
use crate::domain::ethnicity::WresCategory;
use crate::domain::figure::{Direction, Figure, Interval, PercentagePoints, Reason, RelativeLikelihood, Share};
use crate::domain::statistics::{Level, Tally, newcombe, two_proportions, wilson};

/// One group.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct GroupShare {
    /// Who answered.
    pub base: u64,
    /// Who gave the answer that the indicator counts.
    pub count: u64,
    /// Their share.
    pub share: Figure<Share>,
    /// Wilson interval.
    pub interval: Figure<Interval>,
}

/// Both groups and what lies between them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SurveyShares {
    /// White staff.
    pub white: Figure<GroupShare>,
    /// BME staff.
    pub bme: Figure<GroupShare>,
    /// BME minus White, percentage points.
    pub experience_gap: Figure<PercentagePoints>,
    /// Newcombe interval of the gap, percentage points.
    pub gap_interval: Figure<Interval>,
    /// BME share over White share.
    pub relative_likelihood: Figure<RelativeLikelihood>,
    /// p-value of the two-proportion test, two-sided.
    pub two_proportion_p: Figure<f64>,
}

/// The shares of indicator `number`.
pub(super) fn shares(inputs: &Inputs<'_>, number: u8) -> SurveyShares {
    let tally = |category| {
        inputs.survey.map_or(Figure::NotCalculable(Reason::MissingInput), |survey| survey.tally(number, category))
    };
    let (white, bme) = (tally(WresCategory::White), tally(WresCategory::Bme));
    let (white_share, bme_share) = (white.and_then(share), bme.and_then(share));
    SurveyShares {
        white: white.map(group),
        bme: bme.map(group),
        experience_gap: both(bme_share, white_share, |bme, white| Figure::Value(bme.minus(white))),
        gap_interval: both(bme, white, |bme, white| {
            Figure::or_reason(newcombe(bme, white, Level::NINETY_FIVE).map(in_points), Reason::EmptyGroup)
        }),
        relative_likelihood: both(white, bme, |white, bme| relative(white, bme, Direction::MinorityEthnicOverWhite)),
        two_proportion_p: both(bme, white, |bme, white| {
            Figure::or_reason(two_proportions(bme, white).map(|test| test.p), Reason::NoEvents)
        }),
    }
}

fn both<T: Copy, U>(first: Figure<T>, second: Figure<T>, join: impl FnOnce(T, T) -> Figure<U>) -> Figure<U> {
    first.and_then(|first| second.and_then(|second| join(first, second)))
}

fn share(tally: Tally) -> Figure<Share> {
    Share::of(tally.events(), tally.people())
}

fn group(tally: Tally) -> GroupShare {
    let interval = Figure::or_reason(wilson(tally, Level::NINETY_FIVE), Reason::EmptyGroup);
    GroupShare { base: tally.people(), count: tally.events(), share: share(tally), interval }
}

fn in_points(interval: Interval) -> Interval {
    Interval { low: interval.low * 100.0, high: interval.high * 100.0 }
}
