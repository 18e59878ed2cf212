//! Complement: publishing a group and a part of it publishes the rest.
//!
//! When the difference between a group and a group inside it has 1 to T − 1 people, it is protected, so that at most one
//! of the two is published.

use super::Rule;
use crate::domain::disclosure::Policy;
use crate::domain::tabulation::RawTable;

pub(super) struct Complement;

impl Rule for Complement {
    fn name(&self) -> &'static str {
        "complement"
    }

    fn reason(&self) -> &'static str {
        "Two large groups that differ by a few people give those people's answers by subtraction."
    }

    fn source(&self) -> &'static str {
        "Hundepool et al. (2012), Statistical Disclosure Control, §4.3 (differencing); Denning, Denning and Schwartz (1979)"
    }

    fn protected_sets(&self, raw: &RawTable, policy: &Policy) -> Vec<Vec<u32>> {
        let mut sets = Vec::new();
        for (position, part) in raw.groups.iter().enumerate().filter(|(_, part)| part.people >= policy.minimum_count) {
            let wider = raw.wider(position).map(|whole| &raw.groups[whole]);
            for whole in wider.filter(|whole| policy.is_small(whole.people - part.people)) {
                sets.push(whole.atoms.iter().filter(|atom| part.atoms.binary_search(atom).is_err()).copied().collect());
            }
        }
        sets
    }
}
