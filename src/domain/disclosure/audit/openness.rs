//! A2 for a release: counts that must stay open do, even for an attacker who knows every size and solves linear
//! programmes.
//!
//! Such an attacker's bounds on a count are at least as wide as the counts in any two tables of answers that both fit
//! what is published. The engine hands over two such tables for each count ([`Proof`]). The audit believes nothing of
//! it: it makes the changes, and looks whether each published count of each answer is what it was, whether those who
//! would have answered otherwise are there, and how far the count moves. So every count of a release is decided, in whole
//! people, and for much less than the programmes would cost.

use std::collections::HashMap;

use crate::domain::disclosure::proof::{Change, Proof};

/// Answers to one question, as they truly are, and what is published of them.
#[derive(Debug, Clone)]
pub struct PublishedAnswers<'a> {
    /// Per atom, how many people gave each answer; "no answer" is one.
    pub given: &'a [Vec<u32>],
    /// Published groups, each as its atoms, ascending: every answer of theirs is published.
    pub groups: Vec<&'a [u32]>,
    /// The answers that matter together.
    pub guarded: &'a [usize],
}

/// What came of looking at proofs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OpennessAudit {
    /// Counts that must stay open.
    pub counts: usize,
    /// Those of them that nothing shows to be as open as they must be.
    pub narrow: usize,
    /// How far apart, in people, the bounds on any count that must be widest are at the least.
    pub narrowest: Option<u64>,
    /// The largest width that any count must have.
    pub widest: u32,
}

impl OpennessAudit {
    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let widest = self.widest.max(other.widest);
        let narrowest = [self, other].into_iter().filter(|one| one.widest == widest).filter_map(|one| one.narrowest);
        Self {
            counts: self.counts + other.counts,
            narrow: self.narrow + other.narrow,
            narrowest: narrowest.min(),
            widest,
        }
    }
}

/// Looks whether the count of each set in `required` (atoms, ascending, with the width in people) is shown to be open.
#[must_use]
pub fn attack_openness(
    answers: &PublishedAnswers<'_>,
    required: &HashMap<Vec<u32>, u32>,
    proofs: impl Iterator<Item = Proof>,
) -> OpennessAudit {
    let mut table = Table::new(answers);
    let mut shown: HashMap<Vec<u32>, u64> = HashMap::new();
    for proof in proofs {
        if table.fits(&proof.up) && table.fits(&proof.down) {
            let width = answers.moved(&proof.members, &proof.up) - answers.moved(&proof.members, &proof.down);
            let known = shown.entry(proof.members).or_default();
            *known = (*known).max(u64::try_from(width).unwrap_or(0));
        }
    }
    let width = |members: &Vec<u32>| shown.get(members).copied().unwrap_or(0);
    let widest = required.values().copied().max().unwrap_or(0);
    OpennessAudit {
        counts: required.len(),
        narrow: required.iter().filter(|(members, needed)| width(members) < u64::from(**needed)).count(),
        narrowest: required.iter().filter(|(_, needed)| **needed == widest).map(|(members, _)| width(members)).min(),
        widest,
    }
}

impl PublishedAnswers<'_> {
    /// How far changes move the count of those among `members` who gave an answer that matters.
    fn moved(&self, members: &[u32], changes: &[Change]) -> i64 {
        let matters = |answer: u32| i64::from(self.guarded.contains(&(answer as usize)));
        let inside = changes.iter().filter(|change| members.binary_search(&change.atom).is_ok());
        inside.map(|change| matters(change.to) - matters(change.from)).sum()
    }
}

/// The true answers, and room to change them.
struct Table<'a> {
    given: &'a [Vec<u32>],
    /// Per atom, the published groups that it is in.
    groups_of: Vec<Vec<u32>>,
    /// How many answers there are.
    answers: usize,
    /// Per published group and answer, how far the changes move its count.
    moved: Vec<i64>,
    /// Places in it that the changes touch.
    touched: Vec<usize>,
}

impl<'a> Table<'a> {
    fn new(answers: &PublishedAnswers<'a>) -> Self {
        let mut groups_of = vec![Vec::new(); answers.given.len()];
        for (group, atoms) in (0..).zip(&answers.groups) {
            atoms.iter().for_each(|atom| groups_of[*atom as usize].push(group));
        }
        let options = answers.given.first().map_or(0, Vec::len);
        let moved = vec![0; answers.groups.len() * options];
        Self { given: answers.given, groups_of, answers: options, moved, touched: Vec::new() }
    }

    /// Whether the table has everything that is published once these changes are made all together.
    fn fits(&mut self, changes: &[Change]) -> bool {
        if !self.are_there(changes) {
            return false;
        }
        for change in changes {
            for group in &self.groups_of[change.atom as usize] {
                for (answer, by) in [(change.from, -1), (change.to, 1)] {
                    let place = *group as usize * self.answers + answer as usize;
                    self.moved[place] += by;
                    self.touched.push(place);
                }
            }
        }
        // Nothing that is published moves; and all is left as it was, for the changes that are looked at next.
        let mut fits = true;
        for place in self.touched.drain(..) {
            fits &= std::mem::take(&mut self.moved[place]) == 0;
        }
        fits
    }

    /// Whether so many people of each atom did give the answers that the changes take away, and could give the others.
    fn are_there(&self, changes: &[Change]) -> bool {
        let given = |atom: u32, answer: u32| {
            self.given.get(atom as usize).and_then(|answers| answers.get(answer as usize)).copied().unwrap_or(0)
        };
        changes.iter().all(|change| {
            let exists = (change.to as usize) < self.answers;
            let taken = changes.iter().filter(|other| (other.atom, other.from) == (change.atom, change.from)).count();
            exists && taken as u64 <= u64::from(given(change.atom, change.from))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three atoms of two people each; one answered "yes" in each of the first two; the first two are published together.
    fn attack(groups: &[&[u32]], up: &[(u32, u32, u32)], down: &[(u32, u32, u32)]) -> OpennessAudit {
        let given = vec![vec![1, 1, 0], vec![1, 0, 1], vec![0, 2, 0]];
        let answers = PublishedAnswers { given: &given, groups: groups.to_vec(), guarded: &[0] };
        let changes = |changes: &[(u32, u32, u32)]| {
            changes.iter().map(|(atom, from, to)| Change { atom: *atom, from: *from, to: *to }).collect()
        };
        let proof = Proof { members: vec![0], up: changes(up), down: changes(down) };
        attack_openness(&answers, &HashMap::from([(vec![0], 2)]), std::iter::once(proof))
    }

    const FIRST_TWO: &[u32] = &[0, 1];

    #[test]
    fn a_swap_inside_a_published_group_shows_a_count_to_be_open() {
        // Up: the other of the first atom says yes instead of no; then the second atom must trade a yes for that no.
        let (up, down) = ([(0, 1, 0), (1, 0, 1)], [(0, 0, 2), (1, 2, 0)]);
        let found = attack(&[FIRST_TWO], &up, &down);
        assert_eq!(found, OpennessAudit { counts: 1, narrow: 0, narrowest: Some(2), widest: 2 });
        assert_eq!(attack(&[FIRST_TWO], &up, &[]).narrow, 1, "one person apart is not two");
        assert_eq!(attack(&[FIRST_TWO, &[0]], &up, &down).narrow, 1, "not when the atom itself is published");
    }

    #[test]
    fn changes_that_do_not_fit_show_nothing() {
        // The count of "yes" stays, but not those of "no" and of nothing: what the engine once overlooked.
        let down = [(0, 0, 2), (1, 2, 0)];
        assert_eq!(attack(&[FIRST_TWO], &[(0, 1, 0), (1, 0, 2)], &down).narrow, 1, "another answer gains");
        assert_eq!(attack(&[FIRST_TWO], &[(0, 2, 0), (1, 0, 2)], &down).narrow, 1, "nobody there gave that answer");
        assert_eq!(attack(&[FIRST_TWO], &[(0, 1, 0), (0, 1, 0), (1, 0, 1), (1, 0, 1)], &[]).narrow, 1, "nor two did");
        assert_eq!(attack(&[FIRST_TWO], &[(7, 1, 0), (1, 0, 1)], &down).narrow, 1, "there is no such atom");
    }

    #[test]
    fn what_nobody_shows_to_be_open_is_narrow() {
        let given = vec![vec![1, 1]];
        let answers = PublishedAnswers { given: &given, groups: Vec::new(), guarded: &[0] };
        let found = attack_openness(&answers, &HashMap::from([(vec![0], 1)]), std::iter::empty());
        assert_eq!((found.counts, found.narrow), (1, 1));
    }
}
