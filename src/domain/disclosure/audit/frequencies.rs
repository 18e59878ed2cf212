//! The attack on a frequency table.

use std::collections::HashMap;

use super::evidence::{Contradiction, Evidence, Row, Small, Suspect};
use super::ranges::Budget;
use super::{Disclosure, attack, exact, peeling};
use crate::domain::disclosure::frequency_table::{FrequencyPolicy, Layout, Singletons};

/// What came of attacking a published frequency table. Cells are positions in [`Layout::keys`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrequencyAudit {
    /// Withheld cells that the attacker tried to derive.
    pub tested: usize,
    /// Cells that are disclosed, ascending.
    pub disclosed: Vec<(usize, Disclosure)>,
    /// Cells with an interval narrower than the policy allows, ascending; disclosed ones are not among them.
    pub narrow: Vec<usize>,
    /// Published cells that are to blame, where a disclosure is more than adding and subtracting.
    pub blamed: Vec<usize>,
    /// The narrowest interval, in people, that the attacker is left with; `None` when nothing is withheld, or when
    /// bounds for all were too expensive.
    pub narrowest_interval: Option<u64>,
}

impl FrequencyAudit {
    /// Whether the attack failed.
    pub fn is_safe(&self) -> bool {
        self.disclosed.is_empty() && self.narrow.is_empty()
    }
}

/// Attacks a table of which `published` gives the counts, per cell of `layout`; `None` where one is withheld.
///
/// `counted` are the true counts of all cells. They are used for what some know beside what is published: who is alone in
/// a cell knows that, and in the strict setting everybody knows the sizes. Without them, nobody knows more.
///
/// # Errors
/// [`Contradiction`] when no table has all the published counts.
pub fn attack_frequencies(
    layout: &Layout,
    policy: &FrequencyPolicy,
    published: &[Option<u64>],
    counted: Option<&[u64]>,
) -> Result<FrequencyAudit, Contradiction> {
    let inner: Vec<Vec<u32>> = layout.inner_cells().collect();
    let mut members = layout.members(&inner);
    let is_size = |cell: usize| policy.knows(&layout.keys()[cell]);
    let size = |cell: usize| published[cell].or(counted.map(|counted| counted[cell])).filter(|_| is_size(cell));
    let sizes: Vec<Option<u64>> = (0..published.len()).map(size).collect();
    let columns = drop_empty(&mut members, &sizes, inner.len());
    let is_known = |cell: usize| is_size(cell) || members[cell].is_empty();
    let withheld: Vec<usize> =
        (0..published.len()).filter(|cell| published[*cell].is_none() && !is_known(*cell)).collect();
    let sums: Vec<Option<u64>> = published.iter().zip(&sizes).map(|(shown, size)| shown.or(*size)).collect();
    let columns = drop_empty(&mut members, &sums, columns);
    let (rows, cell_of_row) = known_sums(&members, &sums);
    let withheld = || withheld.iter().copied();
    let mut least = vec![0; columns];
    if !policy.protects_zeros() && policy.minimum_interval > 0 {
        // Every 0 is published, so that nothing withheld is 0. Who asks for an interval is protected from that too.
        withheld().filter(|cell| members[*cell].len() == 1).for_each(|cell| least[members[cell][0] as usize] = 1);
    }

    let everybody = Evidence { least: vec![0; columns], rows: known_sums(&members, &sizes).0 };
    let kin = exact::kin(&peeling::peel(&everybody, &[])?, withheld().map(|cell| members[cell].as_slice()))?;
    let mut suspects: Vec<Suspect> = Vec::new();
    let mut known: HashMap<&[u32], usize> = HashMap::new();
    let mut suspect_of: Vec<(usize, usize)> = Vec::new();
    for (cell, kin) in withheld().zip(kin) {
        let index = *known.entry(&members[cell]).or_insert_with(|| {
            let small = counted.and_then(|counted| small(policy, counted[cell], kin));
            suspects.push(Suspect { members: members[cell].clone(), small });
            suspects.len() - 1
        });
        suspect_of.push((cell, index));
    }
    let mut evidence = Evidence { least, rows };
    let budget = budget(policy);
    let outcome = attack(&evidence, &suspects, policy.minimum_interval, budget).or_else(|_| {
        // A table by another hand may withhold zeros.
        evidence.least.fill(0);
        attack(&evidence, &suspects, policy.minimum_interval, budget)
    })?;

    let widths: Option<Vec<u64>> = outcome.ranges.iter().map(|range| range.map(|range| range.width())).collect();
    let mut audit = FrequencyAudit {
        tested: suspect_of.len(),
        disclosed: Vec::new(),
        narrow: Vec::new(),
        blamed: outcome.blamed.into_iter().map(|row| cell_of_row[row]).collect(),
        narrowest_interval: widths.and_then(|widths| widths.into_iter().min()).filter(|width| *width < u64::MAX),
    };
    for (cell, suspect) in suspect_of {
        let width = outcome.ranges[suspect].map(|range| range.width());
        match outcome.disclosures[suspect] {
            Some(disclosure) => audit.disclosed.push((cell, disclosure)),
            None if width.is_some_and(|width| width < policy.minimum_interval) => audit.narrow.push(cell),
            None => {}
        }
    }
    Ok(audit)
}

/// What bounds may cost: little, where they are for the report only. With zeros published, every other inner cell can be
/// a little higher and a little lower, so that nothing is bounded that does not follow exactly.
fn budget(policy: &FrequencyPolicy) -> Budget {
    Budget {
        forced: if policy.protects_zeros() || policy.minimum_interval > 0 { 1_500_000 } else { 20_000 },
        steps: if policy.minimum_interval > 1 { 4_000_000 } else { 400_000 },
        entries: if policy.minimum_interval > 1 { 400_000_000 } else { 4_000_000 },
    }
}

/// Takes inner cells that lie in a cell published as 0 out of all cells, and numbers the others anew; gives how many.
fn drop_empty(members: &mut [Vec<u32>], published: &[Option<u64>], inner: usize) -> usize {
    let mut is_empty = vec![false; inner];
    for (members, _) in members.iter().zip(published).filter(|(_, value)| **value == Some(0)) {
        members.iter().for_each(|column| is_empty[*column as usize] = true);
    }
    let mut count = 0;
    let number = |empty: &bool| {
        (!empty).then(|| {
            count += 1;
            count - 1
        })
    };
    let numbers: Vec<Option<u32>> = is_empty.iter().map(number).collect();
    for members in members {
        *members = members.iter().filter_map(|column| numbers[*column as usize]).collect();
    }
    count as usize
}

/// The sums that are known, and the cells that they are of.
fn known_sums(members: &[Vec<u32>], sums: &[Option<u64>]) -> (Vec<Row>, Vec<usize>) {
    let row = |(cell, (members, value)): (usize, (&Vec<u32>, &Option<u64>))| {
        let row = Row { members: members.clone(), value: (*value)? };
        (row.value > 0 || !row.members.is_empty()).then_some((row, cell))
    };
    members.iter().zip(sums).enumerate().filter_map(row).unzip()
}

/// Set where a cell is small: whether it is one person's, who knows that she is the only one with that answer.
fn small(policy: &FrequencyPolicy, count: u64, kin: u64) -> Option<Small> {
    let concerns = policy.singletons == Singletons::Protect && policy.is_small(count);
    concerns.then_some(Small { alone: count == 1, kin })
}
