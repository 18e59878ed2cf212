//! The pattern narrowed by the answers to one question.

use std::collections::{BTreeMap, BTreeSet};

use super::alternatives::{Alternatives, Shown, Watched};
use super::family::{self, Pattern};
use super::search::KnownDiscloses;
use super::span::Target;
use crate::domain::disclosure::Policy;
use crate::domain::disclosure::rules::{self, Guarded};
use crate::domain::tabulation::RawTable;

/// Sets offered at a time: 1 at first, so that the most informative are lost to nothing else, then twice as many, up to
/// this many.
const MOST_AT_ONCE: usize = 64;
/// Sets withheld at a time, if not half of those that tell too much.
const FEWEST_WITHHELD: usize = 6;

/// Narrows one pattern for many questions.
pub(in crate::domain::disclosure) struct Narrowing<'a> {
    raw: &'a RawTable,
    policy: &'a Policy,
    pattern: &'a Pattern,
    differences: Vec<Difference>,
    /// Per atom, the sets of the pattern that hold it, ascending.
    sets_of: Vec<Vec<usize>>,
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
        let mut sets_of = vec![Vec::new(); raw.atom_people.len()];
        for (index, set) in pattern.sets.iter().enumerate() {
            set.atoms.iter().for_each(|atom| sets_of[*atom as usize].push(index));
        }
        Self { raw, policy, pattern, differences, sets_of }
    }

    /// Per set of the pattern, whether its answers to the question in `column` are published; `known` was published of
    /// the same people's answers to it before.
    ///
    /// # Errors
    /// [`KnownDiscloses`] when what is known already determines a protected set.
    pub fn narrow(&self, column: usize, known: &[Vec<u32>]) -> Result<Vec<bool>, KnownDiscloses> {
        let question = &self.raw.columns[column];
        let counts: Vec<Vec<u32>> = self.pattern.sets.iter().map(|set| self.raw.count(column, &set.atoms)).collect();
        let refused = |counts: &[u32]| {
            let answers = rules::Answers::new(question, counts);
            rules::ALL.iter().any(|rule| rule.withholds_answers(&answers, self.policy))
        };
        let (refused_sets, sets): (Vec<usize>, Vec<usize>) = (0..counts.len()).partition(|set| refused(&counts[*set]));
        let offered = sets.into_iter().filter(|set| self.pattern.published[*set]).collect();
        let refused_differences = self.differences.iter().filter(|one| refused(&one.counts(&counts)));
        let protected = refused_sets
            .iter()
            .map(|set| self.atoms(*set).to_vec())
            .chain(refused_differences.map(|one| self.rest(one)));
        let mut targets = family::targets(self.raw, protected);
        let mut published = self.pattern.published.clone();
        let narrowed = !targets.is_empty() || !known.is_empty();
        targets.extend(self.pattern.targets.iter().cloned());
        targets.sort_unstable();
        targets.dedup();
        if narrowed {
            published = self.pattern.publish(self.raw, targets.clone(), offered, known.to_vec())?;
        }
        Ok(self.keep_open(column, published, &targets, known))
    }

    /// Publishes the sets marked `offered`, some at a time, as long as every target stays open. What follows from fewer
    /// sets follows from more, so that no target becomes determined.
    fn keep_open(&self, column: usize, offered: Vec<bool>, targets: &[Target], known: &[Vec<u32>]) -> Vec<bool> {
        let guarded = rules::guarded(&self.raw.columns[column]);
        if self.policy.minimum_interval == 0 || guarded.is_empty() {
            return offered;
        }
        let order: Vec<usize> = (0..offered.len()).filter(|set| offered[*set]).collect();
        let mut published: Vec<usize> = Vec::new();
        let mut rest = order.as_slice();
        let mut size = 1;
        while !rest.is_empty() {
            let (chunk, later) = rest.split_at(size.min(rest.len()));
            (rest, size) = (later, (size * 2).min(MOST_AT_ONCE));
            let mut added = chunk.to_vec();
            let mut alternatives: Vec<_> = guarded.iter().map(|one| self.alternatives(column, one, targets)).collect();
            // With nothing added, what is published has been looked at already.
            while !added.is_empty() {
                let told = self.told(&mut alternatives, targets, &[&published[..], &added].concat(), known);
                if told.is_empty() {
                    break;
                }
                let withheld = self.most_telling(&told, &added);
                added.retain(|set| !withheld.contains(set));
            }
            published.extend(added);
        }
        let mut marks = vec![false; offered.len()];
        published.into_iter().for_each(|set| marks[set] = true);
        marks
    }

    fn alternatives(&self, column: usize, guarded: &Guarded, targets: &[Target]) -> Alternatives<'a> {
        let width = |target: &Target| {
            if guarded.both_ways { rules::required_width(self.raw.people_of(&target.members), self.policy) } else { 0 }
        };
        let watched = targets.iter().map(|target| Watched { atoms: target.members.clone(), width: width(target) });
        let given = |counts: &Vec<u32>| guarded.options.iter().map(|option| counts[*option]).sum();
        let answers = self.raw.counts[column].iter().map(given).collect();
        Alternatives::new(&self.raw.atom_people, answers, watched.collect(), guarded.both_ways)
    }

    /// Sets of atoms of which the sets `published` tell too much.
    fn told(
        &self,
        alternatives: &mut [Alternatives<'_>],
        targets: &[Target],
        published: &[usize],
        known: &[Vec<u32>],
    ) -> Vec<Vec<u32>> {
        let shown = published.iter().map(|set| {
            let set = &self.pattern.sets[*set];
            Shown { atoms: &set.atoms, variables: set.variables }
        });
        let shown: Vec<Shown<'_>> =
            shown.chain(known.iter().map(|atoms| Shown { atoms, variables: u32::MAX })).collect();
        let mut narrow = Vec::new();
        for alternatives in alternatives {
            alternatives.explore(&shown);
            narrow.extend(alternatives.narrow().map(|target| targets[target].members.clone()));
            narrow.extend(alternatives.forced().map(|atom| vec![atom]));
        }
        narrow
    }

    /// Which of the sets `added` to withhold, because they tell too much of the sets of atoms in `narrow`: for each of
    /// those, the last that holds most of it; and of these, the half that tells most. All, if it is none of them alone.
    fn most_telling(&self, narrow: &[Vec<u32>], added: &[usize]) -> BTreeSet<usize> {
        let mut telling: BTreeMap<usize, usize> = BTreeMap::new();
        for atoms in narrow {
            let mut shared: BTreeMap<usize, usize> = BTreeMap::new();
            for set in atoms.iter().flat_map(|atom| &self.sets_of[*atom as usize]) {
                if added.binary_search(set).is_ok() {
                    *shared.entry(*set).or_default() += 1;
                }
            }
            if let Some((_, set)) = shared.into_iter().map(|(set, shared)| (shared, set)).max() {
                *telling.entry(set).or_default() += 1;
            }
        }
        let mut telling: Vec<(usize, usize)> = telling.into_iter().map(|(set, narrow)| (narrow, set)).collect();
        if telling.is_empty() {
            return added.iter().copied().collect();
        }
        telling.sort_unstable_by(|a, b| b.cmp(a));
        telling.truncate(telling.len().div_ceil(2).max(FEWEST_WITHHELD));
        telling.into_iter().map(|(_, set)| set).collect()
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
