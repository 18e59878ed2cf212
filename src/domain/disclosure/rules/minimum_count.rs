//! Minimum count: a small group's answers are close to somebody's answers.
//!
//! A group with 1 to T − 1 people is withheld, and so are the answers to a question that only 1 to T − 1 people of a
//! group gave; nobody's answers ("0 of 40 were asked") would still say of everybody that they were not asked, so a base
//! of 0 is withheld too.

use super::{Answers, Rule};
use crate::domain::disclosure::Policy;
use crate::domain::tabulation::{Group, RawTable};

pub(super) struct MinimumCount;

impl Rule for MinimumCount {
    fn name(&self) -> &'static str {
        "minimum_count"
    }

    fn reason(&self) -> &'static str {
        "Answers of a handful of people can be laid at the door of one of them."
    }

    fn source(&self) -> &'static str {
        "Hundepool et al. (2012), Statistical Disclosure Control, §5.2 (minimum frequency rule)"
    }

    fn withholds_group(&self, group: &Group, policy: &Policy) -> bool {
        policy.is_small(group.people)
    }

    fn protected_sets(&self, raw: &RawTable, policy: &Policy) -> Vec<Vec<u32>> {
        raw.groups.iter().filter(|group| policy.is_small(group.people)).map(|group| group.atoms.clone()).collect()
    }

    fn withholds_answers(&self, answers: &Answers<'_>, policy: &Policy) -> bool {
        answers.base() < policy.minimum_count
    }
}
