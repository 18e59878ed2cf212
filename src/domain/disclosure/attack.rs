//! What the audit is told about a release before it is made: everything published, now and before, and what the rules
//! want kept. It comes from the rules once more, not from the engine.

use std::collections::{HashMap, HashSet};

use super::audit::{
    OpennessAudit, ProtectedSet, PublishedAnswers, PublishedQuestion, ReleaseAudit, SizesAudit, attack_openness,
    attack_release, attack_sizes,
};
use super::engine::{Narrowed, Pattern};
use super::{Ledger, Policy, Refusal, rules};
use crate::domain::tabulation::{Group, RawTable};

/// A release that is about to be made.
pub(super) struct Draft<'a> {
    raw: &'a RawTable,
    policy: &'a Policy,
    pattern: &'a Pattern,
    known: Known,
    /// Sets of atoms that the rules protect in every question.
    protected: HashSet<Vec<u32>>,
}

/// What earlier releases told the attacker of the same people: sets of atoms.
struct Known {
    /// Whose size is published.
    sizes: Vec<Vec<u32>>,
    /// Per column, whose answers are.
    answers: Vec<Vec<Vec<u32>>>,
}

impl<'a> Draft<'a> {
    /// What `pattern` publishes of `raw`, after the releases in `ledger`.
    ///
    /// # Errors
    /// [`Refusal`] when the ledger is of other people or other answers.
    pub fn new(raw: &'a RawTable, policy: &'a Policy, pattern: &'a Pattern, ledger: &Ledger) -> Result<Self, Refusal> {
        let answers = (0..raw.columns.len()).map(|column| ledger.known_answers(raw, column));
        let known = Known { sizes: ledger.known_sizes(raw)?, answers: answers.collect::<Result<_, _>>()? };
        let protected = rules::ALL.iter().flat_map(|rule| rule.protected_sets(raw, policy));
        let protected = protected.filter(|members| !members.is_empty()).collect();
        Ok(Self { raw, policy, pattern, known, protected })
    }

    /// What was published of the answers in `column` before.
    pub fn known_answers(&self, column: usize) -> &[Vec<u32>] {
        &self.known.answers[column]
    }

    /// Attacks the answers in `column`: what follows by adding and subtracting.
    ///
    /// # Errors
    /// [`Refusal::Disclosing`] when the published counts contradict each other.
    pub fn attack(&self, column: usize, shown: &[bool]) -> Result<ReleaseAudit, Refusal> {
        let question =
            PublishedQuestion { groups: self.published(column, shown), protected: self.sets(self.refused(column)) };
        attack_release(&self.raw.atom_people, &[question]).map_err(|_| Refusal::Disclosing(0))
    }

    /// Attacks the answers in `column` by their bounds.
    pub fn attack_bounds(&self, column: usize, narrowed: &Narrowed) -> OpennessAudit {
        let groups = self.published(column, &narrowed.shown);
        if groups.is_empty() {
            return OpennessAudit::default();
        }
        let audit = narrowed.open.iter().map(|(guarded, alternatives)| {
            let answers =
                PublishedAnswers { given: &self.raw.counts[column], groups: groups.clone(), guarded: &guarded.options };
            attack_openness(&answers, &self.required(column, guarded), alternatives.proofs())
        });
        audit.fold(OpennessAudit::default(), OpennessAudit::and)
    }

    /// Groups of which the answers to a question are published, but not those that decide who was asked it: how many were
    /// asked would tell them.
    pub fn told_by_follow_ups(&self, shown: &[Vec<bool>]) -> usize {
        let told = |(column, own): (usize, &Vec<bool>)| {
            let earlier = &self.raw.columns[column].asked_after;
            let is_told = |set: &usize| own[*set] && earlier.iter().any(|earlier| !shown[*earlier][*set]);
            (0..own.len()).filter(is_told).count()
        };
        shown.iter().enumerate().map(told).sum()
    }

    /// Attacks the sizes that a table without questions publishes: those that the rules protect, and those that are
    /// withheld for being small.
    ///
    /// # Errors
    /// [`Refusal::Disclosing`] when the published counts contradict each other.
    pub fn attack_sizes(&self) -> Result<SizesAudit, Refusal> {
        let small = self.raw.groups.iter().filter(|group| self.policy.is_small(group.people));
        let sets = self.sets(small.map(|group| group.atoms.clone()));
        let shown = self.pattern.sets.iter().zip(&self.pattern.published).filter(|(_, published)| **published);
        let shown = shown.map(|(set, _)| &set.atoms).chain(&self.known.sizes).map(Vec::as_slice);
        attack_sizes(&self.raw.atom_people, &shown.collect::<Vec<_>>(), &sets).map_err(|_| Refusal::Disclosing(0))
    }

    /// Everything that the attacker has of a question once the sets marked `shown` are published too. Where none are,
    /// this release gives nothing away, and there is nothing to attack.
    fn published(&self, column: usize, shown: &[bool]) -> Vec<&[u32]> {
        let shown = self.pattern.sets.iter().zip(shown).filter(|(_, shown)| **shown);
        let mut groups: Vec<&[u32]> = shown.map(|(set, _)| set.atoms.as_slice()).collect();
        if !groups.is_empty() {
            groups.extend(self.known_answers(column).iter().map(Vec::as_slice));
            groups.sort_unstable();
            groups.dedup();
        }
        groups
    }

    /// Groups whose answers the rules withhold.
    fn refused(&self, column: usize) -> impl Iterator<Item = Vec<u32>> {
        let withholds = move |group: &&Group| {
            let counts = self.raw.count(column, &group.atoms);
            let answers = rules::Answers::new(&self.raw.columns[column], &counts);
            rules::ALL.iter().any(|rule| rule.withholds_answers(&answers, self.policy))
        };
        self.raw.groups.iter().filter(withholds).map(|group| group.atoms.clone())
    }

    fn sets(&self, more: impl Iterator<Item = Vec<u32>>) -> Vec<ProtectedSet> {
        let sets: HashSet<Vec<u32>> = self.protected.iter().cloned().chain(more).collect();
        let set = |members: Vec<u32>| ProtectedSet { lone: self.raw.people_of(&members) == 1, members };
        let mut sets: Vec<ProtectedSet> = sets.into_iter().map(set).collect();
        sets.sort_unstable_by(|a, b| a.members.cmp(&b.members));
        sets
    }

    /// How open counts of these answers must stay: those of each atom and, where it matters too that somebody gave none
    /// of them, of each set that is protected.
    fn required(&self, column: usize, guarded: &rules::Guarded) -> HashMap<Vec<u32>, u32> {
        if self.policy.minimum_interval == 0 {
            return HashMap::new();
        }
        let sets = self.protected.iter().cloned().chain(self.refused(column)).filter(|_| guarded.both_ways);
        let width = |members: &[u32]| rules::required_width(self.raw.people_of(members), self.policy);
        let mut required: HashMap<Vec<u32>, u32> =
            sets.map(|set| (width(&set), set)).map(|(width, set)| (set, width)).collect();
        for (atom, answers) in (0..).zip(&self.raw.counts[column]) {
            let given: u32 = guarded.options.iter().map(|option| answers[*option]).sum();
            if given == self.raw.atom_people[atom as usize] || (guarded.both_ways && given == 0) {
                required.entry(vec![atom]).or_insert(1);
            }
        }
        required
    }
}
