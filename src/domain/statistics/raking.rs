//! Raking: weights that bring the margins of a sample to those of its population.

/// One margin: which category each cell of the sample lies in, and how many people each category should have.
#[derive(Debug, Clone, PartialEq)]
pub struct Margin {
    /// For each cell, the index of its category.
    pub category_of: Vec<usize>,
    /// For each category, the target.
    pub targets: Vec<f64>,
}

/// Weights and what they cost.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    /// One weight for every person of a cell.
    pub by_cell: Vec<f64>,
    /// Kish's effective base: the size of an unweighted sample of the same precision.
    pub effective_base: f64,
    /// Respondents ÷ effective base.
    pub design_effect: f64,
    /// Rounds until the margins fitted.
    pub rounds: usize,
}

/// Why there are no weights.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RakingError {
    /// The lists do not describe the same cells, or a number is negative or not finite.
    #[error("the margins do not describe the cells")]
    Malformed,
    /// A category with people in the population has no respondents; merge it with another.
    #[error("category {category} of margin {margin} has people but no respondents; merge it with another category")]
    NoRespondents {
        /// Index of the margin.
        margin: usize,
        /// Index of the category.
        category: usize,
    },
    /// The margins contradict each other.
    #[error("the margins cannot be met together")]
    NoConvergence,
}

const MOST_ROUNDS: usize = 10_000;
const TOLERANCE: f64 = 1e-12;

/// Iterative proportional fitting of `respondents` (people per cell) to `margins`, until every margin is met.
///
/// # Errors
/// [`RakingError`]. Source: Deming and Stephan (1940); effective base: Kish (1965).
pub fn rake(respondents: &[f64], margins: &[Margin]) -> Result<Weights, RakingError> {
    check(respondents, margins)?;
    let mut weights = vec![1.0; respondents.len()];
    for round in 1..=MOST_ROUNDS {
        let mut worst = 0.0_f64;
        for (index, margin) in margins.iter().enumerate() {
            worst = worst.max(fit(respondents, &mut weights, index, margin)?);
        }
        if worst < TOLERANCE {
            return Ok(finish(respondents, weights, round));
        }
    }
    Err(RakingError::NoConvergence)
}

/// Scales the weights to one margin; returns by how much the margin was missed before, relative to its size.
fn fit(respondents: &[f64], weights: &mut [f64], index: usize, margin: &Margin) -> Result<f64, RakingError> {
    let mut sums = vec![0.0; margin.targets.len()];
    for (cell, category) in margin.category_of.iter().enumerate() {
        sums[*category] += respondents[cell] * weights[cell];
    }
    let mut worst = 0.0_f64;
    for (category, (sum, target)) in sums.iter().zip(&margin.targets).enumerate() {
        if *sum == 0.0 && *target > 0.0 {
            return Err(RakingError::NoRespondents { margin: index, category });
        }
        worst = worst.max((sum - target).abs() / target.max(1.0));
    }
    for (cell, category) in margin.category_of.iter().enumerate() {
        if sums[*category] > 0.0 {
            weights[cell] *= margin.targets[*category] / sums[*category];
        }
    }
    Ok(worst)
}

fn finish(respondents: &[f64], by_cell: Vec<f64>, rounds: usize) -> Weights {
    let cells = || respondents.iter().zip(&by_cell);
    let weighted: f64 = cells().map(|(people, weight)| people * weight).sum();
    let squares: f64 = cells().map(|(people, weight)| people * weight * weight).sum();
    let effective_base = if squares > 0.0 { weighted * weighted / squares } else { 0.0 };
    let people: f64 = respondents.iter().sum();
    let design_effect = if effective_base > 0.0 { people / effective_base } else { 1.0 };
    Weights { by_cell, effective_base, design_effect, rounds }
}

fn check(respondents: &[f64], margins: &[Margin]) -> Result<(), RakingError> {
    let fine = |number: &f64| number.is_finite() && *number >= 0.0;
    let fits = |margin: &Margin| {
        margin.category_of.len() == respondents.len()
            && margin.category_of.iter().all(|category| *category < margin.targets.len())
            && margin.targets.iter().all(fine)
    };
    if respondents.iter().all(fine) && margins.iter().all(fits) { Ok(()) } else { Err(RakingError::Malformed) }
}

#[cfg(test)]
mod tests {
    use super::super::assert_close;
    use super::*;

    fn margins() -> [Margin; 2] {
        [
            Margin { category_of: vec![0, 0, 0, 1, 1, 1], targets: vec![120.0, 180.0] },
            Margin { category_of: vec![0, 1, 2, 0, 1, 2], targets: vec![100.0, 110.0, 90.0] },
        ]
    }

    const RESPONDENTS: [f64; 6] = [40.0, 30.0, 10.0, 35.0, 50.0, 100.0];

    #[test]
    fn agrees_with_scipy() {
        // scipy 1.17.1: the same weights as the solution of a convex problem, see tests/reference.
        let weights = rake(&RESPONDENTS, &margins()).expect("converges");
        let expected = [
            1.510873734238356,
            1.6318099443628122,
            1.0610752299581392,
            1.1304300180133073,
            1.2209140333823127,
            0.7938924770041861,
        ];
        for (found, expected) in weights.by_cell.iter().zip(expected) {
            assert_close(*found, expected, 1e-6);
        }
        assert_close(weights.effective_base, 246.7537514101623, 1e-6);
        assert_close(weights.design_effect, 1.073945172000681, 1e-6);
    }

    #[test]
    fn what_cannot_be_met_is_refused() {
        let mut contradicting = margins();
        contradicting[1].targets = vec![1.0, 1.0, 1.0];
        assert_eq!(rake(&RESPONDENTS, &contradicting), Err(RakingError::NoConvergence));
        let nobody = [0.0, 0.0, 0.0, 35.0, 50.0, 100.0];
        assert_eq!(rake(&nobody, &margins()), Err(RakingError::NoRespondents { margin: 0, category: 0 }));
        assert_eq!(rake(&[1.0], &margins()), Err(RakingError::Malformed));
    }

    proptest::proptest! {
        #[test]
        fn margins_are_met(cells in proptest::collection::vec(1.0..100.0_f64, 6), share in 0.1..0.9_f64) {
            let mut margins = margins();
            margins[0].targets = vec![300.0 * share, 300.0 * (1.0 - share)];
            let weights = rake(&cells, &margins).expect("converges");
            for margin in &margins {
                for (category, target) in margin.targets.iter().enumerate() {
                    let sum: f64 = (0..6).filter(|cell| margin.category_of[*cell] == category).map(|cell| cells[cell] * weights.by_cell[cell]).sum();
                    assert_close(sum, *target, 1e-9);
                }
            }
            proptest::prop_assert!(weights.design_effect >= 1.0 - 1e-12);
        }
    }
}
