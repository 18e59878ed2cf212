//! A survey's groups → one pattern for all questions.
//!
//! Whether a set of people follows from the published groups does not depend on what they answered, so the pattern is
//! found once. Where the answers to a question must be withheld in more groups, [`super::Narrowing`] does that.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};

use super::search::{self, Candidate, KnownDiscloses, Problem};
use super::span::{Span, Target};
use super::ties::Shown;
use crate::domain::disclosure::{Policy, rules};
use crate::domain::tabulation::RawTable;

/// Groups with the same people: published together or not at all.
pub(in crate::domain::disclosure) struct Set {
    /// Atoms, ascending.
    pub atoms: Vec<u32>,
    /// Respondents.
    pub people: u32,
    /// A bit for each variable that it is divided by.
    pub variables: u32,
    /// Positions in [`RawTable::groups`].
    pub groups: Vec<usize>,
}

impl Set {
    /// As a group that is published.
    pub(super) fn as_shown(&self) -> Shown<'_> {
        Shown { atoms: &self.atoms, variables: self.variables }
    }
}

/// Which groups are published, whatever is asked.
pub(in crate::domain::disclosure) struct Pattern {
    /// Every distinct set of people that is a group, in the order in which it was offered.
    pub sets: Vec<Set>,
    /// Per set: whether it is published.
    pub published: Vec<bool>,
    /// What must not be determined.
    pub targets: Vec<Target>,
    /// Whether people alone in a target are kept from learning others.
    pub protects_lone: bool,
}

impl Pattern {
    /// Protects the groups of `raw` jointly, together with the sets of atoms that are `known`.
    ///
    /// # Errors
    /// [`KnownDiscloses`] when what is known already determines a protected set.
    pub fn find(raw: &RawTable, policy: &Policy, known: Vec<Vec<u32>>) -> Result<Self, KnownDiscloses> {
        let protects_lone = rules::ALL.iter().any(|rule| rule.protects_lone());
        let targets = targets(raw, rules::ALL.iter().flat_map(|rule| rule.protected_sets(raw, policy)));
        let mut sets = sets(raw);
        in_order(raw, &mut sets);
        let mut pattern = Self { published: vec![false; sets.len()], sets, targets, protects_lone };
        let withheld = |set: &Set| {
            let mut groups = set.groups.iter().map(|group| &raw.groups[*group]);
            groups.any(|group| rules::ALL.iter().any(|rule| rule.withholds_group(group, policy)))
        };
        // What is known counts as published, whatever the table offers: differences from it can be computed too.
        let is_known: HashSet<&[u32]> = known.iter().map(Vec::as_slice).collect();
        let offered = |set: &Set| {
            set.groups.iter().any(|group| raw.is_offered(*group)) || is_known.contains(set.atoms.as_slice())
        };
        let offered: Vec<usize> = (0..pattern.sets.len())
            .filter(|set| offered(&pattern.sets[*set]) && !withheld(&pattern.sets[*set]))
            .collect();
        let candidate = |set: &usize| {
            let set = &pattern.sets[*set];
            Candidate { members: &set.atoms, weight: set.groups.len() }
        };
        let problem = Problem {
            blocks: raw.blocks().collect(),
            targets: &pattern.targets,
            protects_lone,
            known,
            candidates: offered.iter().map(candidate).collect(),
        };
        let published = search::publish(&problem, false)?;
        for (set, published) in offered.into_iter().zip(published) {
            pattern.published[set] = published;
        }
        Ok(pattern)
    }

    /// Whether so much as the answers of everybody together are published.
    pub fn publishes_everybody(&self, raw: &RawTable) -> bool {
        self.sets
            .iter()
            .zip(&self.published)
            .any(|(set, published)| *published && set.atoms.len() == raw.atom_people.len())
    }

    /// What follows from `known` alone.
    ///
    /// # Errors
    /// [`KnownDiscloses`] when that is a target already.
    pub(super) fn span(&self, raw: &RawTable, targets: &[Target], known: &[Vec<u32>]) -> Result<Span, KnownDiscloses> {
        search::start(&raw.blocks().collect(), targets, self.protects_lone, known)
    }
}

/// Protected sets, each once; nobody's set needs no protection.
pub(super) fn targets(raw: &RawTable, sets: impl Iterator<Item = Vec<u32>>) -> Vec<Target> {
    let mut targets: Vec<Target> = sets
        .filter(|members| !members.is_empty())
        .map(|members| Target { lone: raw.people_of(&members) == 1, members })
        .collect();
    targets.sort_unstable();
    targets.dedup();
    targets
}

fn sets(raw: &RawTable) -> Vec<Set> {
    let mut by_atoms: BTreeMap<&[u32], Vec<usize>> = BTreeMap::new();
    for (position, group) in raw.groups.iter().enumerate() {
        by_atoms.entry(&group.atoms).or_default().push(position);
    }
    let set = |(atoms, groups): (&[u32], Vec<usize>)| Set {
        atoms: atoms.to_vec(),
        people: raw.people_of(atoms),
        variables: raw.groups[groups[0]].key.iter().fold(0, |bits, (variable, _)| bits | 1 << variable),
        groups,
    };
    by_atoms.into_iter().map(set).collect()
}

/// What says most first: everybody, then coarse groups before fine ones, and large before small.
fn in_order(raw: &RawTable, sets: &mut [Set]) {
    let depth = |group: &usize| -> usize {
        raw.groups[*group].key.iter().map(|(variable, category)| raw.family.variables[*variable].depth(*category)).sum()
    };
    sets.sort_by_cached_key(|set| {
        (set.groups.iter().map(depth).min(), set.variables.count_ones(), Reverse(set.people), set.groups[0])
    });
}
