//! The pattern narrowed by the answers to one question.

use std::collections::BTreeSet;

use super::alternatives::{Alternatives, Watched};
use super::family::{self, Pattern};
use super::search::KnownDiscloses;
use crate::domain::disclosure::{Policy, rules};
use crate::domain::tabulation::{QuestionColumn, RawTable};

/// Narrows one pattern for many questions.
pub(in crate::domain::disclosure) struct Narrowing<'a> {
    raw: &'a RawTable,
    policy: &'a Policy,
    pattern: &'a Pattern,
    differences: Vec<Difference>,
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
        let mut barred: BTreeSet<usize> =
            (0..counts.len()).filter(|set| self.pattern.published[*set] && refused(&counts[*set])).collect();
        let mut protected: Vec<Vec<u32>> = barred.iter().map(|set| self.atoms(*set).to_vec()).collect();
        protected.extend(
            self.differences.iter().filter(|difference| refused(&difference.counts(&counts))).map(|d| self.rest(d)),
        );

        let mut published = self.pattern.published.clone();
        let mut alternatives = self.alternatives(column, question);
        loop {
            if !protected.is_empty() || !known.is_empty() {
                let offered = (0..published.len()).filter(|set| published[*set] && !barred.contains(set)).collect();
                let mut targets = family::targets(self.raw, protected.iter().cloned());
                targets.extend(self.pattern.targets.iter().cloned());
                targets.sort_unstable();
                targets.dedup();
                published = self.pattern.publish(self.raw, targets, offered, known.to_vec())?;
            }
            let narrow = self.narrow_sets(&mut alternatives, &published, known);
            if narrow.is_empty() {
                return Ok(published);
            }
            for set in narrow {
                barred.insert(set);
                protected.push(self.atoms(set).to_vec());
            }
        }
    }

    /// What is watched for a question: its sensitive answers together or, when all are sensitive, each by itself.
    fn alternatives(&self, column: usize, question: &QuestionColumn) -> Vec<Alternatives<'a>> {
        if self.policy.minimum_interval == 0 {
            return Vec::new();
        }
        let watched: Vec<Watched> = self
            .pattern
            .sets
            .iter()
            .map(|set| Watched { atoms: set.atoms.clone(), width: rules::required_width(set.people, self.policy) })
            .collect();
        let answers = |options: &Vec<usize>| {
            let given = |counts: &Vec<u32>| options.iter().map(|option| counts[*option]).sum();
            self.raw.counts[column].iter().map(given).collect()
        };
        rules::guarded(question)
            .iter()
            .map(|options| Alternatives::new(&self.raw.atom_people, answers(options), &watched))
            .collect()
    }

    /// Published sets to withhold, because of something that what is published leaves too narrow.
    fn narrow_sets(
        &self,
        alternatives: &mut [Alternatives<'_>],
        published: &[bool],
        known: &[Vec<u32>],
    ) -> BTreeSet<usize> {
        let shown = (0..published.len()).filter(|set| published[*set]).map(|set| self.atoms(set));
        let shown: Vec<&[u32]> = shown.chain(known.iter().map(Vec::as_slice)).collect();
        let mut narrow = BTreeSet::new();
        for alternatives in alternatives {
            alternatives.explore(&shown, published);
            for set in alternatives.narrow() {
                narrow.extend(self.smallest_around(self.atoms(set), published));
            }
            for atom in alternatives.forced() {
                narrow.extend(self.smallest_around(&[atom], published));
            }
        }
        narrow
    }

    /// The smallest published set that holds all of `atoms` (or, if none does, any of them).
    fn smallest_around(&self, atoms: &[u32], published: &[bool]) -> Option<usize> {
        let shared = |set: usize| atoms.iter().filter(|atom| self.atoms(set).binary_search(atom).is_ok()).count();
        (0..published.len())
            .filter(|set| published[*set])
            .map(|set| (shared(set), set))
            .filter(|(shared, _)| *shared > 0)
            .min_by_key(|(shared, set)| (atoms.len() - shared, self.pattern.sets[*set].people, *set))
            .map(|(_, set)| set)
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
