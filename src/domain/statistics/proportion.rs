//! The interval of one proportion.

use super::{Level, Tally};
use crate::domain::figure::Interval;

/// Wilson score interval for a proportion, without continuity correction. Both bounds in 0 to 1; defined at none and
/// at all. `None` without people. Source: Wilson (1927); the form that OHID Fingertips uses.
pub fn wilson(tally: Tally, level: Level) -> Option<Interval> {
    let (n, p, z) = (tally.people as f64, tally.rate()?, level.z());
    let centre = p + z * z / (2.0 * n);
    let spread = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z * z / n;
    // At the ends the bound is exact; arithmetic would leave 1e-17.
    let low = if tally.events == 0 { 0.0 } else { ((centre - spread) / scale).clamp(0.0, 1.0) };
    let high = if tally.events == tally.people { 1.0 } else { ((centre + spread) / scale).clamp(0.0, 1.0) };
    Some(Interval { low, high })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::assert_close;
    use super::*;

    fn interval(events: u64, people: u64) -> Interval {
        Tally::new(events, people).and_then(|tally| wilson(tally, Level::NINETY_FIVE)).expect("defined")
    }

    #[test]
    fn agrees_with_statsmodels() {
        // statsmodels 0.15.0, proportion_confint(method="wilson").
        for (events, people, low, high) in [
            (65, 100, 0.5525444329688796, 0.7363575175690247),
            (1, 100, 0.001767432064140647, 0.05448619617870533),
            (222, 3215, 0.0607916903636366, 0.07833956681383633),
            (0, 12, 0.0, 0.24249400665524096),
            (7, 7, 0.6456695649333125, 1.0),
            (3, 11, 0.09746059290024889, 0.5656453011761292),
            (990, 7422, 0.12584160920031578, 0.1413121497133239),
            (499_999, 1_000_000, 0.4990190198938482, 0.5009789801138348),
        ] {
            assert_close(interval(events, people).low, low, 1e-9);
            assert_close(interval(events, people).high, high, 1e-9);
        }
    }

    #[test]
    fn agrees_with_published_figures() {
        for (events, people, published) in [
            (65, 100, "0.552544–0.736358"),
            (1, 100, "0.001767–0.054486"),
            (222, 3215, "0.060792–0.078340"),
            (0, 12, "0.000000–0.242494"),
        ] {
            let Interval { low, high } = interval(events, people);
            assert_eq!(format!("{low:.6}–{high:.6}"), published);
        }
    }

    #[test]
    fn nobody_has_no_interval() {
        assert_eq!(Tally::new(0, 0).and_then(|tally| wilson(tally, Level::NINETY_FIVE)), None);
        assert_eq!(Tally::new(2, 1), None);
    }

    proptest! {
        #[test]
        fn holds_the_proportion(people in 1_u64..100_000, part in 0.0..=1.0_f64) {
            let events = (people as f64 * part) as u64;
            let Interval { low, high } = interval(events, people);
            let rate = events as f64 / people as f64;
            prop_assert!((0.0..=rate).contains(&low) && (rate..=1.0).contains(&high));
        }
    }
}
