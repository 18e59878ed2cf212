//! Weighting: respondents brought to the make-up of the workforce, by raking two margins.
//!
//! The cells are those of a published table of the survey, ethnicity by pay band or by staff group: what is withheld
//! there withholds the weights, which would give it away. Weighted and unweighted figures stand side by side, with what
//! the weights cost.

use serde::Serialize;

use crate::domain::figure::{Figure, Reason, Share};
use crate::domain::statistics::{Margin, Tally, rake};

/// Respondents in one cell of the table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WeightingCell {
    /// Index of its row among `rows`.
    pub row: usize,
    /// Index of its column among `columns`.
    pub column: usize,
    /// Respondents in it.
    pub respondents: Figure<u64>,
    /// Favourable answers among answers with a score, to the question that is weighted.
    pub favourable: Figure<Tally>,
}

/// A favourable share, unweighted and weighted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct WeightedShare {
    /// Share of favourable answers among those with a score.
    pub unweighted: Figure<Share>,
    /// The same with every answer weighted.
    pub weighted: Figure<Share>,
    /// Kish's effective base of the weights, in respondents.
    pub effective_base: Figure<f64>,
    /// Respondents ÷ effective base: 1 when all weights are alike.
    pub design_effect: Figure<f64>,
}

/// Weights the respondents of `cells` to a workforce with `rows` and `columns` people in each category. A category
/// without respondents is left out of the target; its people are then represented by nobody.
pub fn weighted_share(cells: &[WeightingCell], rows: &[u64], columns: &[u64]) -> WeightedShare {
    let known = all(cells.iter().map(|cell| cell.respondents));
    let tallies = all(cells.iter().map(|cell| match cell.respondents {
        // Where nobody responded nobody answered.
        Figure::Value(0) => Figure::or_reason(Tally::new(0, 0), Reason::EmptyGroup),
        _ => cell.favourable,
    }));
    let unweighted = tallies.clone().and_then(|tallies| {
        let sum = |of: fn(&Tally) -> u64| tallies.iter().map(of).sum();
        Share::of(sum(|tally| tally.events()), sum(|tally| tally.people()))
    });
    let weights = known.and_then(|known| {
        let people: Vec<f64> = known.iter().map(|people| *people as f64).collect();
        let margin = |of: fn(&WeightingCell) -> usize, targets: &[u64]| {
            let category_of: Vec<usize> = cells.iter().map(of).collect();
            targets_met(&people, category_of, targets)
        };
        let margins = [margin(|cell| cell.row, rows), margin(|cell| cell.column, columns)];
        match rake(&people, &margins) {
            Ok(weights) if weights.effective_base > 0.0 => Figure::Value(weights),
            Ok(_) => Figure::NotCalculable(Reason::EmptyGroup),
            Err(_) => Figure::NotCalculable(Reason::NoWeights),
        }
    });
    let weighted = weights.clone().and_then(|weights| {
        tallies.and_then(|tallies| {
            let sum = |of: fn(&Tally) -> u64| -> f64 {
                tallies.iter().zip(&weights.by_cell).map(|(tally, weight)| of(tally) as f64 * weight).sum()
            };
            let (events, people) = (sum(|tally| tally.events()), sum(|tally| tally.people()));
            let share = (people > 0.0).then(|| Share::new((events / people).clamp(0.0, 1.0))).flatten();
            Figure::or_reason(share, Reason::EmptyGroup)
        })
    });
    WeightedShare {
        unweighted,
        weighted,
        effective_base: weights.clone().map(|weights| weights.effective_base),
        design_effect: weights.map(|weights| weights.design_effect),
    }
}

/// A margin whose targets sum to the respondents, over the categories that have any: margins then do not contradict
/// each other.
fn targets_met(people: &[f64], category_of: Vec<usize>, targets: &[u64]) -> Margin {
    let mut present = vec![0.0; targets.len()];
    for (category, people) in category_of.iter().zip(people) {
        present[*category] += people;
    }
    let wanted = |category: usize| if present[category] > 0.0 { targets[category] as f64 } else { 0.0 };
    let total: f64 = (0..targets.len()).map(wanted).sum();
    let scale = if total > 0.0 { people.iter().sum::<f64>() / total } else { 0.0 };
    Margin { category_of, targets: (0..targets.len()).map(|category| wanted(category) * scale).collect() }
}

fn all<T>(figures: impl Iterator<Item = Figure<T>>) -> Figure<Vec<T>> {
    figures.fold(Figure::Value(Vec::new()), |all, figure| {
        all.and_then(|mut all| {
            figure.map(|value| {
                all.push(value);
                all
            })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(row: usize, column: usize, respondents: u64, favourable: u64) -> WeightingCell {
        WeightingCell {
            row,
            column,
            respondents: Figure::Value(respondents),
            favourable: Figure::or_reason(Tally::new(favourable, respondents), Reason::Contradiction),
        }
    }

    fn value(figure: Figure<Share>) -> f64 {
        figure.value().expect("a share").as_f64()
    }

    #[test]
    fn weights_bring_back_those_who_answered_less() {
        // Half of the workforce is in each row, and three quarters of the respondents are in the first.
        let cells = [cell(0, 0, 300, 240), cell(1, 0, 100, 20)];
        let found = weighted_share(&cells, &[500, 500], &[1000]);
        assert!((value(found.unweighted) - 0.65).abs() < 1e-12);
        assert!((value(found.weighted) - 0.5).abs() < 1e-9);
        // Kish: (300 × 2/3 + 100 × 2)² ÷ (300 × 4/9 + 100 × 4) = 300.
        assert!((found.effective_base.value().expect("a base") - 300.0).abs() < 1e-6);
        assert!((found.design_effect.value().expect("an effect") - 4.0 / 3.0).abs() < 1e-6);
    }

    #[test]
    fn equal_rates_change_nothing() {
        let cells = [cell(0, 0, 30, 20), cell(0, 1, 20, 10), cell(1, 0, 30, 10), cell(1, 1, 20, 20)];
        let found = weighted_share(&cells, &[500, 500], &[600, 400]);
        assert!((value(found.unweighted) - value(found.weighted)).abs() < 1e-9);
        assert!((found.design_effect.value().expect("an effect") - 1.0).abs() < 1e-9);
    }

    #[test]
    fn one_withheld_cell_withholds_the_weights() {
        let mut cells = [cell(0, 0, 300, 240), cell(1, 0, 100, 20)];
        cells[1].respondents = Figure::Withheld;
        let found = weighted_share(&cells, &[500, 500], &[1000]);
        assert_eq!((found.weighted, found.effective_base), (Figure::Withheld, Figure::Withheld));
        let nobody = weighted_share(&[], &[], &[]);
        assert_eq!(nobody.weighted, Figure::NotCalculable(Reason::EmptyGroup));
    }
}
