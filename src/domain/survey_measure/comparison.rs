//! Two groups, or the same group in two waves: the difference of favourable shares.

use serde::Serialize;

use super::Measures;
use crate::domain::figure::{Figure, Interval, PercentagePoints, Reason};
use crate::domain::statistics::{Level, benjamini_hochberg, newcombe, two_proportions};

/// First minus second.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Comparison {
    /// Difference of favourable shares, percentage points. Minority ethnic minus White is the experience gap.
    pub difference: Figure<PercentagePoints>,
    /// Newcombe interval of the difference, percentage points.
    pub interval: Figure<Interval>,
    /// Difference of scores, 0 to 10.
    pub score_difference: Figure<f64>,
    /// p-value of the two-proportion test, two-sided; adjusted where several are compared at once.
    pub p: Figure<f64>,
}

/// Compares `first` with `second`.
pub fn compare(first: &Measures, second: &Measures) -> Comparison {
    let tallies = || first.tally.and_then(|one| second.tally.map(|two| (one, two)));
    Comparison {
        difference: first.favourable.and_then(|one| second.favourable.map(|two| one.minus(two))),
        interval: tallies().and_then(|(one, two)| {
            let points = |interval: Interval| Interval { low: interval.low * 100.0, high: interval.high * 100.0 };
            Figure::or_reason(newcombe(one, two, Level::NINETY_FIVE).map(points), Reason::EmptyGroup)
        }),
        score_difference: first.score.and_then(|one| second.score.map(|two| one - two)),
        p: tallies()
            .and_then(|(one, two)| Figure::or_reason(two_proportions(one, two).map(|test| test.p), Reason::NoEvents)),
    }
}

/// Compares each pair, with p-values adjusted over all of them (Benjamini and Hochberg).
pub fn compare_all(pairs: &[(&Measures, &Measures)]) -> Vec<Comparison> {
    let mut comparisons: Vec<Comparison> = pairs.iter().map(|(first, second)| compare(first, second)).collect();
    let p_values: Vec<f64> = comparisons.iter().filter_map(|comparison| comparison.p.value()).collect();
    let tested = comparisons.iter_mut().filter(|comparison| comparison.p.value().is_some());
    for (comparison, p) in tested.zip(benjamini_hochberg(&p_values)) {
        comparison.p = Figure::Value(p);
    }
    comparisons
}

#[cfg(test)]
mod tests {
    use super::super::measures;
    use super::super::tests::likert;
    use super::*;

    #[test]
    fn a_difference_has_an_interval_and_a_test() {
        let (minority, white) = (measures(&likert([7, 7, 0, 56, 0], 3)), measures(&likert([16, 16, 0, 48, 0], 0)));
        let found = compare(&minority, &white);
        assert!((found.difference.value().expect("defined").as_f64() - 20.0).abs() < 1e-9);
        // Newcombe (1998): 56/70 − 48/80.
        let interval = found.interval.value().expect("defined");
        assert!((interval.low - 5.243_147_24).abs() < 1e-7 && (interval.high - 33.387_265_40).abs() < 1e-7);
    }

    #[test]
    fn many_comparisons_are_adjusted_together() {
        let (one, two) = (measures(&likert([7, 7, 0, 56, 0], 0)), measures(&likert([16, 16, 0, 48, 0], 0)));
        let alone = compare(&one, &two).p.value().expect("defined");
        let together = compare_all(&[(&one, &two), (&one, &one)]);
        assert!((together[0].p.value().expect("defined") - 2.0 * alone).abs() < 1e-12);
        assert_eq!(together.len(), 2);
    }
}
