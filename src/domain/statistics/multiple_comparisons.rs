//! Many tests at once.

/// Adjusted p-values that control the false discovery rate, in the order given.
/// Source: Benjamini and Hochberg (1995), step-up procedure.
pub fn benjamini_hochberg(p_values: &[f64]) -> Vec<f64> {
    let tests = p_values.len();
    let mut order: Vec<usize> = (0..tests).collect();
    order.sort_by(|a, b| p_values[*b].total_cmp(&p_values[*a]));
    let mut adjusted = vec![1.0; tests];
    let mut smallest = 1.0_f64;
    for (place, index) in order.into_iter().enumerate() {
        let rank = tests - place;
        // Divided first: the factor is then never below 1, and no p-value is lowered in its last digit.
        smallest = smallest.min(p_values[index] * (tests as f64 / rank as f64));
        adjusted[index] = smallest;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::super::assert_close;
    use super::*;

    #[test]
    fn agrees_with_statsmodels() {
        // statsmodels 0.15.0, multipletests(method="fdr_bh").
        let adjusted = benjamini_hochberg(&[0.01, 0.04, 0.03, 0.005, 0.5, 0.03]);
        for (found, expected) in adjusted.iter().zip([0.03, 0.048, 0.045, 0.03, 0.5, 0.045]) {
            assert_close(*found, expected, 1e-12);
        }
        assert!(benjamini_hochberg(&[]).is_empty());
    }

    proptest::proptest! {
        #[test]
        fn adjusting_never_lowers_nor_reorders(p_values in proptest::collection::vec(0.0..=1.0_f64, 1..40)) {
            let adjusted = benjamini_hochberg(&p_values);
            for (index, p) in p_values.iter().enumerate() {
                proptest::prop_assert!(adjusted[index] >= *p && adjusted[index] <= 1.0);
                for (other, q) in p_values.iter().enumerate() {
                    proptest::prop_assert!(p > q || adjusted[index] <= adjusted[other]);
                }
            }
        }
    }
}
