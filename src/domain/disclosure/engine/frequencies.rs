//! Any frequency table → which of its cells to publish.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::search::{self, Candidate, KnownDiscloses, Problem};
use super::span::Target;
use crate::domain::disclosure::frequency_table::{Cell, FrequencyTable, Singletons};

/// Cells are offered by how many inner cells they sum, then by their count, the largest first, then by the inner cells.
type Order<'a> = (Reverse<usize>, Reverse<u64>, &'a [u32]);

/// Per cell: whether it is published. Cells that stand in `withheld` are not.
///
/// Cells that everybody knows to be empty, and those whose counts are known in the strict setting, always are.
///
/// # Errors
/// [`KnownDiscloses`] when the sizes that everybody knows determine a small cell already; it points into
/// [`FrequencyTable::cells`].
pub(in crate::domain::disclosure) fn protect_frequencies(
    table: &FrequencyTable,
    withheld: &[usize],
) -> Result<Vec<bool>, KnownDiscloses> {
    let cells = table.cells();
    let is_known = |cell: &Cell| cell.members.is_empty() || table.policy().knows(&cell.key);
    let mut published: Vec<bool> = cells.iter().map(is_known).collect();

    let mut targets: BTreeMap<&[u32], bool> = BTreeMap::new();
    let mut offered: BTreeMap<Order<'_>, Vec<usize>> = BTreeMap::new();
    let mut known: BTreeMap<&[u32], usize> = BTreeMap::new();
    for (index, cell) in cells.iter().enumerate() {
        if published[index] {
            known.entry(&cell.members).or_insert(index);
        } else if table.is_primary(cell) {
            targets.insert(&cell.members, cell.count == 1);
        } else {
            offered.entry((Reverse(cell.members.len()), Reverse(cell.count), &cell.members)).or_default().push(index);
        }
    }
    known.remove(&[][..]);
    // Cells with the same members are published together or not at all.
    offered.retain(|_, same| !same.iter().any(|cell| withheld.contains(cell)));
    let targets: Vec<Target> =
        targets.into_iter().map(|(members, lone)| Target { members: members.to_vec(), lone }).collect();
    let problem = Problem {
        blocks: vec![0; table.inner_cells()].into(),
        targets: &targets,
        protects_lone: table.policy().singletons == Singletons::Protect,
        known: known.keys().map(|members| members.to_vec()).collect(),
        candidates: offered.iter().map(|((_, _, members), same)| Candidate { members, weight: same.len() }).collect(),
    };
    let verdicts = search::publish(&problem, true)
        .map_err(|KnownDiscloses(row)| KnownDiscloses(known.values().nth(row).copied().unwrap_or_default()))?;
    for (same, verdict) in offered.values().zip(verdicts) {
        same.iter().for_each(|cell| published[*cell] = verdict);
    }
    Ok(published)
}
