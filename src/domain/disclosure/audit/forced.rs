//! Counts that must be as low as they can be, because no table with higher ones has the published sums.
//!
//! One linear programme finds them all. Scale the table by some t ≥ 1, and let z be at most 1 and at most what a count
//! is above its least: the largest sum of all z has z = 1 wherever a count can be above its least at all, and 0
//! elsewhere. A second programme, its dual, names the published sums that force them (Farkas 1902).

use microlp::{ComparisonOp, OptimizationDirection, Problem, Variable};

use super::components::Component;
use super::evidence::Evidence;
use super::peeling::Peeled;

/// Counts that are forced to their least.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Forced {
    /// Counts and values.
    pub counts: Vec<(u32, u64)>,
    /// Positions in [`Evidence::rows`] of the sums that force them.
    pub by: Vec<usize>,
}

/// Programmes with more entries (counts × sums) are not tried.
const LARGEST: usize = 1_500_000;

/// What is forced in a component; `None` when it is too large to tell, or the solver gives up.
pub(super) fn forced(evidence: &Evidence, peeled: &Peeled, component: &Component) -> Option<Forced> {
    if component.columns.len() * component.rows.len() > LARGEST {
        return None;
    }
    let least = |column: u32| evidence.least[column as usize];
    let slack = |row: usize| {
        let row = &peeled.rows[row];
        (row.value - row.members.iter().map(|column| least(*column)).sum::<u64>()) as f64
    };
    let mut problem = Problem::new(OptimizationDirection::Maximize);
    let pairs: Vec<(Variable, Variable)> = component
        .columns
        .iter()
        .map(|_| (problem.add_var(1.0, (0.0, 1.0)), problem.add_var(0.0, (0.0, f64::INFINITY))))
        .collect();
    let scale = problem.add_var(0.0, (1.0, f64::INFINITY));
    for row in &component.rows {
        let mut terms = vec![(scale, -slack(*row))];
        for column in &peeled.rows[*row].members {
            let (capped, rest) = pairs[position(component, *column)];
            terms.extend([(capped, 1.0), (rest, 1.0)]);
        }
        problem.add_constraint(&terms, ComparisonOp::Eq, 0.0);
    }
    let solution = problem.solve().ok()?.into_solution().ok()?;
    let is_forced: Vec<bool> = pairs.iter().map(|(capped, _)| solution.var_value(*capped) < 0.5).collect();
    let counts: Vec<(u32, u64)> = component
        .columns
        .iter()
        .zip(&is_forced)
        .filter(|(_, forced)| **forced)
        .map(|(column, _)| (*column, least(*column)))
        .collect();
    if counts.is_empty() {
        return Some(Forced::default());
    }
    let by = certificate(peeled, component, &is_forced, slack)
        .unwrap_or_else(|| component.rows.iter().map(|row| peeled.rows[*row].origin).collect());
    Some(Forced { counts, by })
}

/// The sums whose combination is 0 and in which no count but the forced ones has a share.
fn certificate(
    peeled: &Peeled,
    component: &Component,
    is_forced: &[bool],
    slack: impl Fn(usize) -> f64,
) -> Option<Vec<usize>> {
    let mut problem = Problem::new(OptimizationDirection::Minimize);
    let weights: Vec<(Variable, Variable)> = component
        .rows
        .iter()
        .map(|_| (problem.add_var(1.0, (0.0, f64::INFINITY)), problem.add_var(1.0, (0.0, f64::INFINITY))))
        .collect();
    let mut shares: Vec<Vec<(Variable, f64)>> = vec![Vec::new(); component.columns.len()];
    let mut total = Vec::new();
    for (row, (plus, minus)) in component.rows.iter().zip(&weights) {
        for column in &peeled.rows[*row].members {
            shares[position(component, *column)].extend([(*plus, 1.0), (*minus, -1.0)]);
        }
        total.extend([(*plus, slack(*row)), (*minus, -slack(*row))]);
    }
    for (share, forced) in shares.iter().zip(is_forced) {
        problem.add_constraint(share, ComparisonOp::Ge, if *forced { 1.0 } else { 0.0 });
    }
    problem.add_constraint(&total, ComparisonOp::Le, 0.0);
    let solution = problem.solve().ok()?.into_solution().ok()?;
    let used =
        |(plus, minus): &(Variable, Variable)| (solution.var_value(*plus) - solution.var_value(*minus)).abs() > 1e-6;
    let named = component.rows.iter().zip(&weights).filter(|(_, weights)| used(weights));
    Some(named.map(|(row, _)| peeled.rows[*row].origin).collect())
}

fn position(component: &Component, column: u32) -> usize {
    component.columns.partition_point(|other| *other < column)
}
