//! Two groups: the difference of their proportions, and the ratio of their rates.

use statrs::distribution::{ContinuousCDF, Normal};

use super::{Level, Tally, wilson};
use crate::domain::figure::Interval;

/// The two-proportion test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TwoProportions {
    /// Test statistic, standard normal when there is no difference.
    pub z: f64,
    /// Two-sided p-value.
    pub p: f64,
}

/// Interval of `first − second`, from the Wilson intervals of both. `None` without people on either side.
/// Source: Newcombe (1998), method 10.
pub fn newcombe(first: Tally, second: Tally, level: Level) -> Option<Interval> {
    let (p1, p2) = (first.rate()?, second.rate()?);
    let (w1, w2) = (wilson(first, level)?, wilson(second, level)?);
    Some(Interval {
        low: p1 - p2 - (p1 - w1.low).hypot(w2.high - p2),
        high: p1 - p2 + (w1.high - p1).hypot(p2 - w2.low),
    })
}

/// Interval of the ratio of rates `first ÷ second`, on the logarithmic scale. `None` without events on either side.
/// Source: Katz et al. (1978).
pub fn katz(first: Tally, second: Tally, level: Level) -> Option<Interval> {
    if first.events == 0 || second.events == 0 {
        return None;
    }
    let ratio = first.rate()? / second.rate()?;
    let spare = |tally: Tally| 1.0 / tally.events as f64 - 1.0 / tally.people as f64;
    let factor = (level.z() * (spare(first) + spare(second)).sqrt()).exp();
    Some(Interval { low: ratio / factor, high: ratio * factor })
}

/// Tests whether two proportions differ, with the pooled standard error. `None` when both are 0 or both are 1, or
/// without people.
pub fn two_proportions(first: Tally, second: Tally) -> Option<TwoProportions> {
    let difference = first.rate()? - second.rate()?;
    let (n1, n2) = (first.people as f64, second.people as f64);
    let pooled = (first.events + second.events) as f64 / (n1 + n2);
    let error = (pooled * (1.0 - pooled) * (1.0 / n1 + 1.0 / n2)).sqrt();
    if error == 0.0 {
        return None;
    }
    let z = difference / error;
    Some(TwoProportions { z, p: 2.0 * Normal::standard().sf(z.abs()) })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::assert_close;
    use super::*;

    fn tally(events: u64, people: u64) -> Tally {
        Tally::new(events, people).expect("no more events than people")
    }

    #[test]
    fn newcombe_agrees_with_statsmodels_and_the_paper() {
        // statsmodels 0.15.0, confint_proportions_2indep(method="newcomb"); Newcombe (1998): 56/70 − 48/80.
        let interval = newcombe(tally(56, 70), tally(48, 80), Level::NINETY_FIVE).expect("defined");
        assert_close(interval.low, 0.05243147240236498, 1e-9);
        assert_close(interval.high, 0.33387265403690614, 1e-9);
        let extreme = newcombe(tally(10, 10), tally(0, 20), Level::NINETY_FIVE).expect("defined");
        assert_close(extreme.low, 0.6790860371419145, 1e-9);
        assert_close(extreme.high, 1.0, 1e-9);
    }

    #[test]
    fn katz_agrees_with_statsmodels() {
        // statsmodels 0.15.0, confint_proportions_2indep(compare="ratio", method="log").
        let interval = katz(tally(30, 120), tally(25, 200), Level::NINETY_FIVE).expect("defined");
        assert_close(interval.low, 1.2374539627176933, 1e-9);
        assert_close(interval.high, 3.232443485182439, 1e-9);
        assert_eq!(katz(tally(0, 10), tally(5, 10), Level::NINETY_FIVE), None);
    }

    #[test]
    fn the_two_proportion_test_agrees_with_statsmodels() {
        // statsmodels 0.15.0, proportions_ztest([45, 30], [120, 130]).
        let test = two_proportions(tally(45, 120), tally(30, 130)).expect("defined");
        assert_close(test.z, 2.486225790494234, 1e-9);
        assert_close(test.p, 0.012910602270337726, 1e-9);
        assert_eq!(two_proportions(tally(0, 5), tally(0, 6)), None);
    }

    proptest! {
        #[test]
        fn swapping_the_groups_mirrors_the_interval(a in 1_u64..50, b in 1_u64..50, n in 50_u64..90, m in 50_u64..90) {
            let (first, second) = (tally(a, n), tally(b, m));
            let there = newcombe(first, second, Level::NINETY_FIVE).expect("defined");
            let back = newcombe(second, first, Level::NINETY_FIVE).expect("defined");
            assert_close(there.low, -back.high, 1e-12);
            let there = katz(first, second, Level::NINETY_FIVE).expect("defined");
            let back = katz(second, first, Level::NINETY_FIVE).expect("defined");
            assert_close(there.low, 1.0 / back.high, 1e-9);
        }
    }
}
