//! The attack on a frequency table.

use std::collections::HashMap;

use super::evidence::{Alone, Contradiction, Evidence, Row, Suspect};
use super::{Disclosure, attack};
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
/// `counted` are the true counts of all cells. They are used for nothing but who is alone in a cell, and so knows a
/// count that is not published; without them, nobody is.
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
    let columns = drop_empty(&mut members, published, inner.len());
    let (rows, cell_of_row): (Vec<Row>, Vec<usize>) = published
        .iter()
        .enumerate()
        .filter_map(|(cell, value)| {
            let row = Row { members: members[cell].clone(), value: (*value)? };
            (row.value > 0 || !row.members.is_empty()).then_some((row, cell))
        })
        .unzip();
    let withheld = || published.iter().enumerate().filter(|(_, value)| value.is_none()).map(|(cell, _)| cell);
    let mut least = vec![0; columns];
    if !policy.protects_zeros() {
        // Every 0 is published, so that nothing withheld is 0.
        withheld().filter(|cell| members[*cell].len() == 1).for_each(|cell| least[members[cell][0] as usize] = 1);
    }

    let alone = |cell: usize| small(layout, policy, counted?, cell);
    let mut suspects: Vec<Suspect> = Vec::new();
    let mut known: HashMap<&[u32], usize> = HashMap::new();
    let mut suspect_of: Vec<(usize, usize)> = Vec::new();
    for cell in withheld() {
        let index = *known.entry(&members[cell]).or_insert_with(|| {
            suspects.push(Suspect { members: members[cell].clone(), small: alone(cell) });
            suspects.len() - 1
        });
        suspect_of.push((cell, index));
    }
    let mut evidence = Evidence { least, rows };
    let outcome = attack(&evidence, &suspects, policy.minimum_interval).or_else(|_| {
        // A table by another hand may withhold zeros.
        evidence.least.fill(0);
        attack(&evidence, &suspects, policy.minimum_interval)
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

/// Whether a cell is small, and one person's. With a secret variable she is who is alone in her group, whatever she
/// answered.
fn small(layout: &Layout, policy: &FrequencyPolicy, counted: &[u64], cell: usize) -> Option<Alone> {
    let count = counted[cell];
    let concerns =
        policy.singletons == Singletons::Protect && policy.is_small(count) && !policy.knows(&layout.keys()[cell]);
    concerns.then_some(if count == 1 { Alone::Yes } else { Alone::No })
}
