//! The pattern narrowed by the answers to one question.

use std::collections::{BTreeMap, HashSet};

use super::alternatives::{Alternatives, Watched};
use super::batches::Batches;
use super::family::{self, Pattern, Set};
use super::search::KnownDiscloses;
use super::span::{Span, Target};
use super::ties::{Shown, Ties};
use crate::domain::disclosure::Policy;
use crate::domain::disclosure::rules::{self, Guarded};
use crate::domain::tabulation::RawTable;

/// Narrows one pattern for many questions.
pub(in crate::domain::disclosure) struct Narrowing<'a> {
    raw: &'a RawTable,
    policy: &'a Policy,
    pattern: &'a Pattern,
    differences: Vec<Difference>,
}

/// What is published of a question.
pub(in crate::domain::disclosure) struct Narrowed {
    /// Per set of the pattern, whether its answers are.
    pub shown: Vec<bool>,
    /// Answers that matter together, and what keeps counts of them open.
    pub open: Vec<(Guarded, Alternatives)>,
}

/// What anybody can compute from published groups: one of them without others that lie inside it.
struct Difference {
    whole: usize,
    parts: Vec<usize>,
}

impl<'a> Narrowing<'a> {
    /// For the groups that `pattern` publishes.
    pub fn new(raw: &'a RawTable, policy: &'a Policy, pattern: &'a Pattern) -> Self {
        let mut set_of = vec![0; raw.groups.len()];
        for (index, set) in pattern.sets.iter().enumerate() {
            set.groups.iter().for_each(|group| set_of[*group] = index);
        }
        let mut differences = Vec::new();
        let published = |group: &usize| pattern.published[set_of[*group]];
        for part in (0..raw.groups.len()).filter(published) {
            let wider = raw.wider(part).filter(published).map(|whole| (set_of[whole], vec![set_of[part]]));
            differences.extend(wider);
        }
        for (whole, children) in raw.families() {
            let mut parts: Vec<usize> =
                children.iter().filter(|child| published(child)).map(|child| set_of[*child]).collect();
            parts.sort_unstable();
            parts.dedup();
            if published(&whole) && parts.len() > 1 {
                differences.push((set_of[whole], parts));
            }
        }
        differences.retain(|(whole, parts)| !parts.contains(whole));
        differences.sort_unstable();
        differences.dedup();
        let differences = differences.into_iter().map(|(whole, parts)| Difference { whole, parts }).collect();
        Self { raw, policy, pattern, differences }
    }

    /// What is published of the answers to the question in `column`, of the sets marked in `within` at the most; `known`
    /// was published of the same people's answers to it before.
    ///
    /// # Errors
    /// [`KnownDiscloses`] when what is known already determines a protected set.
    pub fn narrow(&self, column: usize, within: &[bool], known: &[Vec<u32>]) -> Result<Narrowed, KnownDiscloses> {
        let question = &self.raw.columns[column];
        let counts: Vec<Vec<u32>> = self.pattern.sets.iter().map(|set| self.raw.count(column, &set.atoms)).collect();
        let refused = |counts: &[u32]| {
            let answers = rules::Answers::new(question, counts);
            rules::ALL.iter().any(|rule| rule.withholds_answers(&answers, self.policy))
        };
        let refused_sets: Vec<usize> = (0..counts.len()).filter(|set| refused(&counts[*set])).collect();
        let refused_differences = self.differences.iter().filter(|one| refused(&one.counts(&counts)));
        let protected = refused_sets
            .iter()
            .map(|set| self.atoms(*set).to_vec())
            .chain(refused_differences.map(|one| self.rest(one)));
        let mut targets = family::targets(self.raw, protected);
        let narrowed = !targets.is_empty() || !known.is_empty();
        targets.extend(self.pattern.targets.iter().cloned());
        targets.sort_unstable();
        targets.dedup();
        let span = narrowed.then(|| self.pattern.span(self.raw, &targets, known)).transpose()?;
        let mut offered = within.to_vec();
        refused_sets.into_iter().for_each(|set| offered[set] = false);
        Ok(self.publish(column, &offered, &targets, span, known))
    }

    /// Publishes the sets marked `offered`, one after the other, as long as no target follows and every guarded count stays
    /// open.
    fn publish(
        &self,
        column: usize,
        offered: &[bool],
        targets: &[Target],
        span: Option<Span>,
        known: &[Vec<u32>],
    ) -> Narrowed {
        let mut guarded = rules::guarded(&self.raw.columns[column]);
        if self.policy.minimum_interval == 0 {
            guarded.clear();
        }
        let mut published = Published {
            ties: Ties::new(self.raw.atom_people.len(), self.raw.family.variables.len()),
            alternatives: guarded.iter().map(|one| self.alternatives(column, one, targets)).collect(),
            span,
        };
        // What is known stays known; a count that it leaves narrow is nothing that this release gives away, but then
        // nothing may be added to it.
        let known: HashSet<&[u32]> = known.iter().map(Vec::as_slice).collect();
        let groups = self.pattern.sets.iter().filter(|set| known.contains(set.atoms.as_slice()));
        let as_groups: HashSet<&[u32]> = groups.clone().map(|set| set.atoms.as_slice()).collect();
        let mut others: Vec<&[u32]> = known.difference(&as_groups).copied().collect();
        others.sort_unstable();
        let others = others.into_iter().map(|atoms| Shown { atoms, variables: u32::MAX });
        let mut shown = vec![false; offered.len()];
        if !published.take(&groups.map(Set::as_shown).chain(others).collect::<Vec<_>>()) {
            return Narrowed { shown, open: Vec::new() };
        }
        let is_known = |set: &usize| known.contains(self.atoms(*set));
        let (before, offered): (Vec<usize>, Vec<usize>) =
            (0..offered.len()).filter(|set| offered[*set]).partition(is_known);
        before.into_iter().for_each(|set| shown[set] = true);
        // Where no counts are looked at, nothing is saved by offering groups together.
        let together = if published.alternatives.is_empty() { 1 } else { usize::MAX };
        let mut batches = Batches::of(offered.len(), together);
        while let Some(batch) = batches.next() {
            let sets = &offered[batch.clone()];
            let taken = published.take(&sets.iter().map(|set| self.pattern.sets[*set].as_shown()).collect::<Vec<_>>());
            sets.iter().for_each(|set| shown[*set] = taken);
            batches.came_out(batch, taken);
        }
        Narrowed { shown, open: guarded.into_iter().zip(published.alternatives).collect() }
    }

    fn alternatives(&self, column: usize, guarded: &Guarded, targets: &[Target]) -> Alternatives {
        let sizes = &self.raw.atom_people;
        let answers = &self.raw.counts[column];
        let given = |atom: u32| guarded.options.iter().map(|option| answers[atom as usize][*option]).sum::<u32>();
        // Everybody in an atom gave such an answer; or nobody, if that matters too: neither may be certain.
        let at_an_end = |atom: &u32| {
            let (given, people) = (given(*atom), sizes[*atom as usize]);
            given == people || (guarded.both_ways && given == 0)
        };
        let atoms = (0..).take(sizes.len()).filter(at_an_end).map(|atom| (vec![atom], 1));
        let width = |target: &Target| rules::required_width(self.raw.people_of(&target.members), self.policy);
        let targets = targets.iter().filter(|_| guarded.both_ways);
        let targets = targets.map(|target| (target.members.clone(), width(target)));
        let watched: BTreeMap<Vec<u32>, u32> = atoms.chain(targets).collect();
        let watched = watched.into_iter().map(|(atoms, width)| Watched { atoms, width }).collect();
        Alternatives::new(answers, &guarded.options, watched)
    }

    fn atoms(&self, set: usize) -> &[u32] {
        &self.pattern.sets[set].atoms
    }

    /// Atoms of a difference.
    fn rest(&self, difference: &Difference) -> Vec<u32> {
        let in_parts = |atom: &u32| difference.parts.iter().any(|part| self.atoms(*part).binary_search(atom).is_ok());
        self.atoms(difference.whole).iter().filter(|atom| !in_parts(atom)).copied().collect()
    }
}

/// What is published so far, and why nothing follows from it that must not.
struct Published {
    ties: Ties,
    alternatives: Vec<Alternatives>,
    /// None where no target follows from any groups of the pattern.
    span: Option<Span>,
}

impl Published {
    /// Publishes `groups`, if every guarded count stays open and no target follows. What refuses most comes first.
    fn take(&mut self, groups: &[Shown<'_>]) -> bool {
        if groups.is_empty() {
            return true;
        }
        groups.iter().for_each(|group| self.ties.tie(*group));
        let taken = self.alternatives.iter_mut().all(|alternatives| alternatives.stay_open(&mut self.ties, groups))
            && self.span.as_mut().is_none_or(|span| span.publish_all(groups.iter().map(|group| group.atoms)));
        if !taken {
            groups.iter().rev().for_each(|group| self.ties.untie(*group));
        }
        taken
    }
}

impl Difference {
    /// Answers of those in it, from the counts of the sets.
    fn counts(&self, sets: &[Vec<u32>]) -> Vec<u32> {
        let mut counts = sets[self.whole].clone();
        for part in &self.parts {
            counts.iter_mut().zip(&sets[*part]).for_each(|(left, taken)| *left -= taken);
        }
        counts
    }
}
