//! The attack on a survey's release.
//!
//! A published group gives, for every option of a question, how many of its people chose it; so each option is a table
//! of unknown counts over the atoms, of which the published groups are sums. Which sets follow from those sums does not
//! depend on the counts themselves, nor on the option.

use std::collections::HashMap;

use super::evidence::{Contradiction, Evidence, Row, Small, Suspect};
use super::{exact, peeling};

/// A set of people whose answers must not follow.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ProtectedSet {
    /// Atoms, ascending.
    pub members: Vec<u32>,
    /// Whether it is one person, who knows her own answer.
    pub lone: bool,
}

/// What is published of one question.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PublishedQuestion<'a> {
    /// Published groups, each as its atoms, ascending.
    pub groups: Vec<&'a [u32]>,
    /// What must not follow from them.
    pub protected: Vec<ProtectedSet>,
}

/// What came of attacking a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReleaseAudit {
    /// Sets whose answers the attacker tried to derive, over all questions.
    pub sets_tested: usize,
    /// Sets whose answers follow, for everybody or for a lone respondent.
    pub exact_disclosures: usize,
}

impl ReleaseAudit {
    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            sets_tested: self.sets_tested + other.sets_tested,
            exact_disclosures: self.exact_disclosures + other.exact_disclosures,
        }
    }
}

/// Attacks every question of a release over atoms of these `sizes` (people; not 0). What several questions publish alike
/// is attacked once.
///
/// # Errors
/// [`Contradiction`] cannot occur with groups that are sets of atoms; it would be a mistake of the audit.
pub fn attack_release(sizes: &[u32], questions: &[PublishedQuestion<'_>]) -> Result<ReleaseAudit, Contradiction> {
    let mut attacked: HashMap<&PublishedQuestion<'_>, usize> = HashMap::new();
    let mut audit = ReleaseAudit::default();
    for question in questions {
        let disclosures = match attacked.get(question) {
            Some(disclosures) => *disclosures,
            None => *attacked.entry(question).or_insert(disclosures(sizes, question)?),
        };
        audit.sets_tested += question.protected.len();
        audit.exact_disclosures += disclosures;
    }
    Ok(audit)
}

/// Attacks the table in which everybody chose the same option: it has the published sums of a true table, and no sum of 0
/// that would give away more than adding and subtracting does.
fn disclosures(sizes: &[u32], question: &PublishedQuestion<'_>) -> Result<usize, Contradiction> {
    let people = |atoms: &[u32]| atoms.iter().map(|atom| u64::from(sizes[*atom as usize])).sum();
    let row = |atoms: &&[u32]| Row { members: atoms.to_vec(), value: people(atoms) };
    let evidence = Evidence { least: vec![0; sizes.len()], rows: question.groups.iter().map(row).collect() };
    let suspect = |(kin, set): (u64, &ProtectedSet)| Suspect {
        members: set.members.clone(),
        small: Some(Small { alone: set.lone, kin }),
    };
    let suspects: Vec<Suspect> = (0..).zip(&question.protected).map(suspect).collect();
    let found = exact::attack(&peeling::peel(&evidence, &[])?, &suspects)?;
    Ok(found.into_iter().flatten().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(members: &[u32], lone: bool) -> ProtectedSet {
        ProtectedSet { members: members.to_vec(), lone }
    }

    fn attack(groups: &[&[u32]], protected: &[ProtectedSet]) -> ReleaseAudit {
        let question = PublishedQuestion { groups: groups.to_vec(), protected: protected.to_vec() };
        attack_release(&[1, 4, 20, 30], &[question.clone(), question]).expect("no contradiction")
    }

    #[test]
    fn a_difference_of_two_groups_is_found_in_each_question() {
        let residual = [set(&[1], false)];
        let found = attack(&[&[0, 1, 2, 3], &[0, 2, 3]], &residual);
        assert_eq!(found, ReleaseAudit { sets_tested: 2, exact_disclosures: 2 });
        assert_eq!(attack(&[&[0, 1, 2, 3], &[2, 3]], &residual).exact_disclosures, 0);
    }

    #[test]
    fn a_lone_respondent_who_learns_the_rest_is_found() {
        let groups: [&[u32]; 2] = [&[0, 1, 2, 3], &[2, 3]];
        assert_eq!(
            attack(&groups, &[set(&[0], true), set(&[1], false)]).exact_disclosures,
            2,
            "one set, two questions"
        );
        assert_eq!(attack(&groups, &[set(&[0], false), set(&[1], false)]).exact_disclosures, 0);
        assert_eq!(attack(&[&[0, 1, 2, 3]], &[set(&[0], true), set(&[1], false)]).exact_disclosures, 0);
    }
}
