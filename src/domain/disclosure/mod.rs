//! Disclosure control: [`RawTable`] + [`Policy`] + [`Ledger`] → [`ProtectedTable`].
//!
//! The rules say what must not be seen, the engine decides what to withhold for it, the audit attacks the outcome
//! before anybody else can. `docs/anonymity.md` explains the method.

mod attack;
mod audit;
mod engine;
mod forecast;
pub mod frequency_table;
mod ledger;
mod policy;
mod proof;
mod protected_frequencies;
mod protected_table;
mod questions;
mod rules;
#[cfg(test)]
mod tests;

pub use audit::{
    AuditReport, Contradiction, Disclosure, FrequencyAudit, OpennessAudit, ProtectedSet, PublishedAnswers,
    PublishedQuestion, ReleaseAudit, SizesAudit, attack_frequencies, attack_openness, attack_release, attack_sizes,
};
pub use forecast::{Forecast, Shows, UnitForecast, UnitStaff, forecast};
pub use ledger::Ledger;
pub use policy::Policy;
pub use proof::{Change, Proof};
pub use protected_frequencies::{FrequencyRefusal, ProtectedFrequencies, Stage, protect_frequencies};
pub use protected_table::{ProtectedGroup, ProtectedTable, PublishedColumn};
pub use rules::{RuleDescription, described as rules};

use std::time::Duration;

use super::tabulation::RawTable;
use attack::Draft;
use engine::{KnownDiscloses, Pattern};
use questions::Questions;

/// Why a release is not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Fewer people than the threshold answered.
    #[error("fewer than {0} people answered, so that nothing can be published")]
    TooFew(u32),
    /// An earlier release counted other people.
    #[error(
        "an earlier release counts {before} people in “{group}”, and this one would count {now}; the answers of those \
         who came or went would follow by subtraction, so keep the earlier release"
    )]
    OtherPeople {
        /// Which group.
        group: String,
        /// People then.
        before: u32,
        /// People now.
        now: u32,
    },
    /// An earlier release counted other answers of the same people.
    #[error(
        "an earlier release has other answers to “{question}” in “{group}”; what was corrected, and whose answer it was, \
         would follow by subtraction, so keep the earlier release"
    )]
    OtherAnswers {
        /// Which question.
        question: String,
        /// Which group.
        group: String,
    },
    /// An earlier release is divided in a way that this one cannot express.
    #[error("an earlier release has “{group}”, which this one cannot tell apart; divide it by the same variables")]
    OtherTables {
        /// Which group.
        group: String,
    },
    /// The audit broke what the engine made.
    #[error(
        "the audit found {0} sets of people whose answers would follow from the release, so nothing was published; merge \
         small units or categories, and report this as a fault of Candour"
    )]
    Disclosing(usize),
    /// What was published before is not protected by the rules of now.
    #[error(
        "earlier releases together already determine a group that the policy protects; nothing more can be published"
    )]
    AlreadyKnown,
}

impl From<KnownDiscloses> for Refusal {
    fn from(_: KnownDiscloses) -> Self {
        Self::AlreadyKnown
    }
}

/// Protects every group of the family jointly, and audits what it published. `elapsed` is a stopwatch: the time since
/// any moment before.
///
/// # Errors
/// [`Refusal`] when nothing can be published safely.
pub fn protect(
    raw: RawTable,
    policy: &Policy,
    ledger: &Ledger,
    elapsed: &(dyn Fn() -> Duration + Sync),
) -> Result<ProtectedTable, Refusal> {
    let started = elapsed();
    let pattern = Pattern::find(&raw, policy, ledger.known_sizes(&raw)?)?;
    if !pattern.publishes_everybody(&raw) {
        return Err(Refusal::TooFew(policy.minimum_count));
    }
    let draft = Draft::new(&raw, policy, &pattern, ledger)?;
    let protecting = (elapsed() - started).as_secs_f64();
    let questions = Questions::protect(&raw, policy, &pattern, &draft, elapsed)?;
    let sizes = raw.columns.is_empty().then(|| draft.attack_sizes()).transpose()?;
    let disclosures = questions.exact.exact_disclosures
        + questions.bounds.narrow
        + draft.told_by_follow_ups(&questions.shown)
        + sizes.map_or(0, |sizes| sizes.exact_disclosures);
    if disclosures > 0 {
        return Err(Refusal::Disclosing(disclosures));
    }
    let mut groups: Vec<ProtectedGroup> = raw
        .groups
        .iter()
        .map(|group| ProtectedGroup {
            key: group.key.clone(),
            respondents: None,
            counts: vec![None; raw.columns.len()],
        })
        .collect();
    let mut published = 0;
    for (set, _) in pattern.sets.iter().zip(&pattern.published).filter(|(_, published)| **published) {
        set.groups.iter().for_each(|group| groups[*group].respondents = Some(set.people));
    }
    for (column, shown) in questions.shown.iter().enumerate() {
        for (set, _) in pattern.sets.iter().zip(shown).filter(|(_, shown)| **shown) {
            published += set.groups.len();
            let counts = raw.count(column, &set.atoms);
            set.groups.iter().for_each(|group| groups[*group].counts[column] = Some(counts.clone()));
        }
    }
    let columns = raw.columns.iter().map(|column| PublishedColumn {
        id: column.id.clone(),
        options: column.options.iter().map(|option| option.code.clone()).collect(),
    });
    let cells = match sizes {
        Some(_) => raw.groups.len(),
        None => raw.groups.len() * raw.columns.len(),
    };
    if sizes.is_some() {
        published = groups.iter().filter(|group| group.respondents.is_some()).count();
    }
    let audit = AuditReport {
        published,
        withheld: cells - published,
        sets_tested: questions.exact.sets_tested + sizes.map_or(0, |sizes| sizes.sets_tested),
        exact_disclosures: disclosures,
        intervals_tested: questions.bounds.counts,
        narrowest_interval: sizes.and_then(|sizes| sizes.narrowest_interval).or(questions.bounds.narrowest),
        engine_seconds: protecting + questions.protecting,
        audit_seconds: (elapsed() - started).as_secs_f64() - protecting - questions.protecting,
    };
    Ok(ProtectedTable { columns: columns.collect(), family: raw.family, groups, audit })
}
