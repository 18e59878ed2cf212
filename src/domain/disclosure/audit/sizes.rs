//! The attack on published sizes: of a table without questions, how many people belong to a group is what is protected.

use super::evidence::{Contradiction, Evidence, Row, Small, Suspect};
use super::ranges::Budget;
use super::release::ProtectedSet;

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SizesAudit {
    /// Sets whose size the attacker tried to derive.
    pub sets_tested: usize,
    /// Sets whose size follows.
    pub exact_disclosures: usize,
    /// Narrowest interval that is left on one of them.
    pub narrowest_interval: Option<u64>,
}

/// Enough for the tables of the largest trusts, and the same on every machine.
const BUDGET: Budget = Budget { forced: 1_500_000, steps: 400_000, entries: 40_000_000 };

/// Attacks the `published` groups over atoms of these `sizes`: with adding and subtracting, with counts that must be as
/// low as they can be, and with linear programmes.
///
/// # Errors
/// [`Contradiction`] cannot occur with groups that are sets of atoms; it would be a mistake of the audit.
pub fn attack_sizes(
    sizes: &[u32],
    published: &[&[u32]],
    protected: &[ProtectedSet],
) -> Result<SizesAudit, Contradiction> {
    let people = |atoms: &[u32]| atoms.iter().map(|atom| u64::from(sizes[*atom as usize])).sum();
    let row = |atoms: &&[u32]| Row { members: atoms.to_vec(), value: people(atoms) };
    let evidence = Evidence { least: vec![0; sizes.len()], rows: published.iter().map(row).collect() };
    let suspect = |(kin, set): (u64, &ProtectedSet)| Suspect {
        members: set.members.clone(),
        small: Some(Small { alone: set.lone, kin }),
    };
    let suspects: Vec<Suspect> = (0..).zip(protected).map(suspect).collect();
    let found = super::attack(&evidence, &suspects, 1, BUDGET)?;
    Ok(SizesAudit {
        sets_tested: suspects.len(),
        exact_disclosures: found.disclosures.iter().flatten().count(),
        narrowest_interval: found.ranges.iter().flatten().map(|range| range.width()).min(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_that_follow_are_found_by_subtraction_and_by_bounds() {
        let set = |members: &[u32]| ProtectedSet { members: members.to_vec(), lone: false };
        let attack = |sizes: &[u32], groups: &[&[u32]]| attack_sizes(sizes, groups, &[set(&[1])]).expect("true");
        let found = attack(&[60, 3, 20], &[&[0, 1, 2], &[0, 2]]);
        assert_eq!((found.sets_tested, found.exact_disclosures), (1, 1));
        let kept = attack(&[60, 3, 20], &[&[0, 1, 2], &[0]]);
        assert_eq!((kept.exact_disclosures, kept.narrowest_interval), (0, Some(23)));
        // Nobody at all in two sets leaves nothing to vary in them.
        assert_eq!(attack(&[60, 0, 0], &[&[0, 1, 2], &[1, 2]]).exact_disclosures, 1);
    }
}
