//! Secondary suppression: what is withheld must not follow from what is published.
//!
//! The engine keeps every protected set out of the span of the published groups. Besides small groups and small
//! differences, this rule protects the sets that subtraction reaches first: the small children of a group taken
//! together (a group minus its published children), those of its people who are in no child, and every small atom.

use super::Rule;
use crate::domain::disclosure::Policy;
use crate::domain::tabulation::RawTable;

pub(super) struct SecondarySuppression;

impl Rule for SecondarySuppression {
    fn name(&self) -> &'static str {
        "secondary_suppression"
    }

    fn reason(&self) -> &'static str {
        "A withheld count that follows from published ones is not withheld."
    }

    fn source(&self) -> &'static str {
        "Fellegi (1972), On the question of statistical confidentiality; Langsrud (2024), doi 10.1007/978-3-031-69651-0_6"
    }

    fn protected_sets(&self, raw: &RawTable, policy: &Policy) -> Vec<Vec<u32>> {
        let mut sets: Vec<Vec<u32>> = (0..)
            .zip(&raw.atom_people)
            .filter(|(_, people)| policy.is_small(**people))
            .map(|(atom, _)| vec![atom])
            .collect();
        for (whole, children) in raw.families() {
            sets.extend(leftovers(raw, whole, &children, policy));
        }
        sets
    }
}

/// What is left of `whole` when its large children are published: the small children together, with those in no child
/// and without them.
fn leftovers(raw: &RawTable, whole: usize, children: &[usize], policy: &Policy) -> Vec<Vec<u32>> {
    let in_children = |small_only: bool| {
        let children = children.iter().map(|child| &raw.groups[*child]);
        let chosen = children.filter(|child| !small_only || policy.is_small(child.people));
        let mut atoms: Vec<u32> = chosen.flat_map(|child| child.atoms.iter().copied()).collect();
        atoms.sort_unstable();
        atoms
    };
    let (all, small) = (in_children(false), in_children(true));
    let whole = &raw.groups[whole].atoms;
    let outside: Vec<u32> = whole.iter().filter(|atom| all.binary_search(atom).is_err()).copied().collect();
    let mut both = [outside.as_slice(), small.as_slice()].concat();
    both.sort_unstable();
    [small, outside, both].into_iter().filter(|set| policy.is_small(raw.people_of(set))).collect()
}
