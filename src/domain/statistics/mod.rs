//! Intervals, tests and weighting: only what no well-kept library has, each with its source and published numbers.
//!
//! Distributions come from `statrs`. Counts go in, never percentages; what cannot be calculated is `None`.

mod goodness_of_fit;
mod multiple_comparisons;
mod proportion;
mod raking;
mod response;
mod two_groups;

pub use goodness_of_fit::{GoodnessOfFit, exact_binomial, goodness_of_fit};
pub use multiple_comparisons::benjamini_hochberg;
pub use proportion::wilson;
pub use raking::{Margin, RakingError, Weights, rake};
pub use response::{partial_r_indicator, r_indicator};
pub use two_groups::{TwoProportions, katz, newcombe, two_proportions};

use statrs::distribution::{ContinuousCDF, Normal};

/// Confidence level of a two-sided interval, between 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Level(f64);

impl Level {
    /// 95 %.
    pub const NINETY_FIVE: Self = Self(0.95);

    /// A level strictly between 0 and 1.
    pub fn new(level: f64) -> Option<Self> {
        (level > 0.0 && level < 1.0).then_some(Self(level))
    }

    /// The standard normal quantile of the upper bound: 1.96 for 95 %.
    fn z(self) -> f64 {
        Normal::standard().inverse_cdf(0.5 + self.0 / 2.0)
    }
}

/// Events among people: never more than there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    events: u64,
    people: u64,
}

impl Tally {
    /// `None` when there would be more events than people.
    pub fn new(events: u64, people: u64) -> Option<Self> {
        (events <= people).then_some(Self { events, people })
    }

    /// Events.
    pub fn events(self) -> u64 {
        self.events
    }

    /// People.
    pub fn people(self) -> u64 {
        self.people
    }

    /// Events ÷ people; `None` without people.
    pub fn rate(self) -> Option<f64> {
        (self.people > 0).then(|| self.events as f64 / self.people as f64)
    }
}

#[cfg(test)]
pub(super) fn assert_close(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance * expected.abs().max(1.0), "{found} is not {expected}");
}
