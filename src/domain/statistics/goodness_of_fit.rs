//! Does a count follow given shares? χ² over all groups, and the exact binomial test for one.

use statrs::distribution::{ChiSquared, ContinuousCDF};
use statrs::function::gamma::ln_gamma;

/// χ² goodness of fit.
#[derive(Debug, Clone, PartialEq)]
pub struct GoodnessOfFit {
    /// The statistic.
    pub statistic: f64,
    /// Groups − 1.
    pub degrees_of_freedom: usize,
    /// p-value.
    pub p: f64,
    /// For each group (observed − expected) ÷ √(expected × (1 − share)): about standard normal.
    pub standardised_residuals: Vec<f64>,
    /// Smallest expected count; below 5 the p-value is only rough.
    pub smallest_expected: f64,
}

/// Tests `observed` against `shares`, which are scaled to sum to 1. `None` for fewer than two groups, nobody, lists of
/// different lengths, or a share that is not above 0. Source: Pearson (1900); residuals: Haberman (1973).
pub fn goodness_of_fit(observed: &[u64], shares: &[f64]) -> Option<GoodnessOfFit> {
    let people: u64 = observed.iter().sum();
    let total: f64 = shares.iter().sum();
    let usable =
        observed.len() == shares.len() && observed.len() > 1 && people > 0 && shares.iter().all(|share| *share > 0.0);
    if !usable {
        return None;
    }
    let cells = || {
        observed.iter().zip(shares).map(|(count, share)| (*count as f64, share / total * people as f64, share / total))
    };
    let statistic = cells().map(|(count, expected, _)| (count - expected).powi(2) / expected).sum();
    let degrees_of_freedom = observed.len() - 1;
    Some(GoodnessOfFit {
        statistic,
        degrees_of_freedom,
        p: ChiSquared::new(degrees_of_freedom as f64).ok()?.sf(statistic),
        standardised_residuals: cells()
            .map(|(count, expected, share)| (count - expected) / (expected * (1.0 - share)).sqrt())
            .collect(),
        smallest_expected: cells().map(|(_, expected, _)| expected).fold(f64::INFINITY, f64::min),
    })
}

/// Two-sided exact binomial p-value: the probability of every outcome that is no likelier than `successes`.
/// `None` when `share` is not from 0 to 1 or `successes` exceeds `trials`. Source: Clopper and Pearson's tails joined
/// by the method of small p-values, as in R and scipy.
pub fn exact_binomial(successes: u64, trials: u64, share: f64) -> Option<f64> {
    if successes > trials || !(0.0..=1.0).contains(&share) {
        return None;
    }
    if share == 0.0 || share == 1.0 {
        let certain = if share == 0.0 { 0 } else { trials };
        return Some(if successes == certain { 1.0 } else { 0.0 });
    }
    let probability = |k: u64| binomial_probability(k, trials, share);
    // Equal in exact arithmetic may differ in the last digits.
    let threshold = probability(successes) * (1.0 + 1e-7);
    let mode = (((trials + 1) as f64 * share).floor() as u64).min(trials);
    // Both tails start at the first outcome away from the mode that is no likelier.
    let below = first_where(mode, |steps| mode.checked_sub(steps).is_none_or(|k| probability(k) <= threshold));
    let above = first_where(trials - mode, |steps| mode + steps > trials || probability(mode + steps) <= threshold);
    if below == 0 || above == 0 {
        return Some(1.0);
    }
    let odds = share / (1.0 - share);
    let lower = mode.checked_sub(below).map_or(0.0, |start| {
        tail(probability(start), (1..=start).rev().map(|k| k as f64 / ((trials - k + 1) as f64 * odds)))
    });
    let upper = if mode + above > trials {
        0.0
    } else {
        tail(probability(mode + above), (mode + above..trials).map(|k| (trials - k) as f64 * odds / (k + 1) as f64))
    };
    Some((lower + upper).min(1.0))
}

fn binomial_probability(successes: u64, trials: u64, share: f64) -> f64 {
    let (k, n) = (successes as f64, trials as f64);
    let ways = ln_gamma(n + 1.0) - ln_gamma(k + 1.0) - ln_gamma(n - k + 1.0);
    (ways + k * share.ln() + (n - k) * (-share).ln_1p()).exp()
}

/// The smallest number of steps, up to `most + 1`, at which `reached` holds; it holds from there on.
fn first_where(most: u64, reached: impl Fn(u64) -> bool) -> u64 {
    let (mut low, mut high) = (0, most + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        if reached(middle) { high = middle } else { low = middle + 1 }
    }
    low
}

/// `first`, times each of `factors` in turn, summed until nothing is added any more.
fn tail(first: f64, factors: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut term) = (first, first);
    for factor in factors {
        term *= factor;
        if sum + term == sum {
            break;
        }
        sum += term;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::super::assert_close;
    use super::*;

    #[test]
    fn goodness_of_fit_agrees_with_scipy() {
        // scipy 1.17.1, chisquare.
        let test = goodness_of_fit(&[30, 14, 34, 45, 57, 20], &[20.0, 20.0, 30.0, 40.0, 60.0, 30.0]).expect("defined");
        assert_close(test.statistic, 11.441666666666666, 1e-9);
        assert_close(test.p, 0.04329313031580497, 1e-9);
        let residuals = [
            2.3570226039551585,
            -std::f64::consts::SQRT_2,
            0.7921180343813395,
            0.8838834764831843,
            -0.4629100498862757,
            -1.9802950859533488,
        ];
        for (found, expected) in test.standardised_residuals.iter().zip(residuals) {
            assert_close(*found, expected, 1e-9);
        }
    }

    #[test]
    fn the_exact_test_agrees_with_scipy() {
        // scipy 1.17.1, binomtest(…).pvalue.
        for (successes, trials, share, expected) in [
            (7, 10, 0.5, 0.34375),
            (3, 40, 0.2, 0.04786946338839313),
            (60, 4000, 0.01, 0.0031242083123271727),
            (0, 5, 0.3, 0.33115),
            (1200, 4000, 0.28, 0.005112113259224611),
            (9, 9, 0.9, 1.0),
            (250_300, 1_000_000, 0.25, 0.4884223808049425),
            (61, 100_000, 0.0005, 0.11944032709668477),
            (25_500, 100_000, 0.25, 0.0002682053028895759),
            (1_830, 7_342, 0.2593, 0.05030138531635973),
        ] {
            assert_close(exact_binomial(successes, trials, share).expect("defined"), expected, 1e-9);
        }
    }

    #[test]
    fn what_has_no_test_has_none() {
        assert_eq!(goodness_of_fit(&[5], &[1.0]), None);
        assert_eq!(goodness_of_fit(&[5, 1], &[1.0, 0.0]), None);
        assert_eq!(exact_binomial(3, 2, 0.5), None);
        assert_eq!(exact_binomial(0, 0, 0.5), Some(1.0));
        assert_eq!(exact_binomial(1, 5, 0.0), Some(0.0));
    }

    proptest::proptest! {
        #[test]
        fn the_exact_p_value_is_the_sum_of_outcomes_no_likelier(trials in 1_u64..60, part in 0.0..=1.0_f64, share in 0.01..0.99_f64) {
            let successes = (trials as f64 * part) as u64;
            let limit = binomial_probability(successes, trials, share) * (1.0 + 1e-7);
            let sum: f64 = (0..=trials).map(|k| binomial_probability(k, trials, share)).filter(|p| *p <= limit).sum();
            assert_close(exact_binomial(successes, trials, share).expect("defined"), sum.min(1.0), 1e-9);
        }
    }
}
