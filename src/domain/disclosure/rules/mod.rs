//! The rules of disclosure control, one file each.
//!
//! A rule says what must not be seen: groups that are withheld outright, sets of people whose answers must not be
//! derivable from anything published, and answers that are withheld because of what they say. It never decides what to
//! withhold instead: that is the engine's part. Rules look at sizes and answers of a [`RawTable`], and at nothing else.
//!
//! Rules about the *pattern* (which groups) ignore answers, so that one pattern serves every question; rules about
//! *answers* narrow it for one question at a time.

mod complement;
mod lone_respondent;
mod minimum_count;
mod minimum_interval;
mod secondary_suppression;
mod unanimity;

pub(super) use minimum_interval::{Guarded, guarded, required_width};

use super::Policy;
use crate::domain::tabulation::{Group, QuestionColumn, RawTable};

/// A rule. Everything that it has no opinion on stays at the default.
pub(super) trait Rule: Sync {
    /// Name in settings and documents.
    fn name(&self) -> &'static str;

    /// What it prevents, in one sentence.
    fn reason(&self) -> &'static str;

    /// Where it comes from.
    fn source(&self) -> &'static str;

    /// Whether the group is withheld for every question.
    fn withholds_group(&self, _group: &Group, _policy: &Policy) -> bool {
        false
    }

    /// Sets of atoms (ascending) that must not lie in the span of what is published.
    fn protected_sets(&self, _raw: &RawTable, _policy: &Policy) -> Vec<Vec<u32>> {
        Vec::new()
    }

    /// Whether somebody alone in a protected set must be kept from learning another one.
    fn protects_lone(&self) -> bool {
        false
    }

    /// Whether these answers of a published group are withheld.
    fn withholds_answers(&self, _answers: &Answers<'_>, _policy: &Policy) -> bool {
        false
    }
}

/// The answers of a group to one question.
pub(super) struct Answers<'a> {
    question: &'a QuestionColumn,
    counts: &'a [u32],
}

impl<'a> Answers<'a> {
    /// `counts` of the question's options, "no answer" last.
    pub fn new(question: &'a QuestionColumn, counts: &'a [u32]) -> Self {
        Self { question, counts }
    }

    /// People who gave any answer.
    fn base(&self) -> u32 {
        self.counts[..self.question.options.len()].iter().sum()
    }

    /// People in the group.
    fn people(&self) -> u32 {
        self.counts.iter().sum()
    }

    /// Count of each sensitive option.
    fn sensitive(&self) -> impl Iterator<Item = u32> {
        self.question.options.iter().zip(self.counts).filter(|(option, _)| option.sensitive).map(|(_, count)| *count)
    }

    /// People who gave one of these options.
    fn of_options(&self, options: &[usize]) -> u32 {
        options.iter().map(|option| self.counts[*option]).sum()
    }
}

/// Every rule.
pub(super) const ALL: [&dyn Rule; 6] = [
    &minimum_count::MinimumCount,
    &complement::Complement,
    &unanimity::Unanimity,
    &secondary_suppression::SecondarySuppression,
    &minimum_interval::MinimumInterval,
    &lone_respondent::LoneRespondent,
];

/// A rule in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleDescription {
    /// Name in settings and documents.
    pub name: &'static str,
    /// What it prevents, in one sentence.
    pub reason: &'static str,
    /// Where it comes from.
    pub source: &'static str,
}

/// Every rule in words, for readers of a release.
pub fn described() -> impl Iterator<Item = RuleDescription> {
    ALL.iter().map(|rule| RuleDescription { name: rule.name(), reason: rule.reason(), source: rule.source() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_says_what_it_is_for_and_where_it_comes_from() {
        let names: std::collections::HashSet<_> = described().map(|rule| rule.name).collect();
        assert_eq!(names.len(), ALL.len());
        assert!(described().all(|rule| rule.reason.ends_with('.') && !rule.source.is_empty()));
    }
}
