//! Disclosure control: [`RawTable`] + [`Policy`] + [`Ledger`] → [`ProtectedTable`].
//!
//! The rules say what must not be seen, the engine decides what to withhold for it, the audit attacks the outcome
//! before anybody else can. `docs/anonymity.md` explains the method.

mod audit;
mod engine;
mod forecast;
pub mod frequency_table;
mod ledger;
mod policy;
mod protected_frequencies;
mod protected_table;
mod rules;
#[cfg(test)]
mod tests;

pub use audit::{
    AuditReport, Contradiction, Disclosure, FrequencyAudit, ProtectedSet, PublishedQuestion, ReleaseAudit, SizesAudit,
    attack_frequencies, attack_release, attack_sizes,
};
pub use forecast::{Forecast, Shows, UnitForecast, UnitStaff, forecast};
pub use ledger::Ledger;
pub use policy::Policy;
pub use protected_frequencies::{FrequencyRefusal, ProtectedFrequencies, Stage, protect_frequencies};
pub use protected_table::{ProtectedGroup, ProtectedTable, PublishedColumn};
pub use rules::{RuleDescription, described as rules};

use std::collections::HashSet;
use std::thread;
use std::time::Duration;

use super::tabulation::{Group, RawTable};
use engine::{KnownDiscloses, Narrowing, Pattern};

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
    elapsed: &dyn Fn() -> Duration,
) -> Result<ProtectedTable, Refusal> {
    let started = elapsed();
    let pattern = Pattern::find(&raw, policy, ledger.known_sizes(&raw)?)?;
    if !pattern.publishes_everybody(&raw) {
        return Err(Refusal::TooFew(policy.minimum_count));
    }
    let shown = narrow_all(&raw, policy, &pattern, ledger)?;
    let engine_seconds = (elapsed() - started).as_secs_f64();

    let audit = audit(&raw, policy, &pattern, &shown, ledger)?;
    let sizes = raw.columns.is_empty().then(|| audit_sizes(&raw, policy, &pattern, ledger)).transpose()?;
    let disclosures = audit.exact_disclosures + sizes.map_or(0, |sizes| sizes.exact_disclosures);
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
    for (column, shown) in shown.iter().enumerate() {
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
        sets_tested: audit.sets_tested + sizes.map_or(0, |sizes| sizes.sets_tested),
        exact_disclosures: disclosures,
        narrowest_interval: sizes.and_then(|sizes| sizes.narrowest_interval),
        engine_seconds,
        audit_seconds: (elapsed() - started).as_secs_f64() - engine_seconds,
    };
    Ok(ProtectedTable { columns: columns.collect(), family: raw.family, groups, audit })
}

/// Attacks what is about to be published. What must not follow comes from the rules once more, not from the engine: the
/// sets that they protect in every question, and the groups whose answers to this one they withhold.
fn audit(
    raw: &RawTable,
    policy: &Policy,
    pattern: &Pattern,
    shown: &[Vec<bool>],
    ledger: &Ledger,
) -> Result<audit::ReleaseAudit, Refusal> {
    let protected = |members: Vec<u32>| ProtectedSet { lone: raw.people_of(&members) == 1, members };
    let always: HashSet<ProtectedSet> = rules::ALL
        .iter()
        .flat_map(|rule| rule.protected_sets(raw, policy))
        .filter(|members| !members.is_empty())
        .map(protected)
        .collect();
    let known: Vec<Vec<Vec<u32>>> =
        (0..raw.columns.len()).map(|column| ledger.known_answers(raw, column)).collect::<Result<_, _>>()?;
    let question = |(column, shown): (usize, &Vec<bool>)| {
        let withholds = |group: &&Group| {
            let counts = raw.count(column, &group.atoms);
            let answers = rules::Answers::new(&raw.columns[column], &counts);
            rules::ALL.iter().any(|rule| rule.withholds_answers(&answers, policy))
        };
        let refused = raw.groups.iter().filter(withholds).map(|group| protected(group.atoms.clone()));
        let sets: HashSet<ProtectedSet> = always.iter().cloned().chain(refused).collect();
        let mut sets: Vec<ProtectedSet> = sets.into_iter().collect();
        sets.sort_unstable_by(|a, b| a.members.cmp(&b.members));
        let groups = pattern.sets.iter().zip(shown).filter(|(_, shown)| **shown).map(|(set, _)| set.atoms.as_slice());
        // The attacker has every earlier release.
        let mut groups: Vec<&[u32]> = groups.chain(known[column].iter().map(Vec::as_slice)).collect();
        groups.sort_unstable();
        groups.dedup();
        PublishedQuestion { groups, protected: sets }
    };
    let questions: Vec<PublishedQuestion<'_>> = shown.iter().enumerate().map(question).collect();
    attack_release(&raw.atom_people, &questions).map_err(|_| Refusal::Disclosing(0))
}

/// Attacks the sizes that a table without questions publishes: those that the rules protect, and those that are withheld
/// for being small.
fn audit_sizes(raw: &RawTable, policy: &Policy, pattern: &Pattern, ledger: &Ledger) -> Result<SizesAudit, Refusal> {
    let known = ledger.known_sizes(raw)?;
    let ruled = rules::ALL.iter().flat_map(|rule| rule.protected_sets(raw, policy));
    let small = raw.groups.iter().filter(|group| policy.is_small(group.people)).map(|group| group.atoms.clone());
    let sets: HashSet<Vec<u32>> = ruled.chain(small).filter(|members| !members.is_empty()).collect();
    let mut sets: Vec<ProtectedSet> =
        sets.into_iter().map(|members| ProtectedSet { lone: raw.people_of(&members) == 1, members }).collect();
    sets.sort_unstable_by(|a, b| a.members.cmp(&b.members));
    let shown = pattern.sets.iter().zip(&pattern.published).filter(|(_, published)| **published);
    let shown = shown.map(|(set, _)| set.atoms.as_slice());
    let mut shown: Vec<&[u32]> = shown.chain(known.iter().map(Vec::as_slice)).collect();
    shown.sort_unstable();
    shown.dedup();
    attack_sizes(&raw.atom_people, &shown, &sets).map_err(|_| Refusal::Disclosing(0))
}

/// Per question and set of the pattern, whether it is published. Questions do not depend on each other, so that the
/// number of threads changes nothing but the time.
fn narrow_all(raw: &RawTable, policy: &Policy, pattern: &Pattern, ledger: &Ledger) -> Result<Vec<Vec<bool>>, Refusal> {
    let narrowing = Narrowing::new(raw, policy, pattern);
    let narrow = |column: usize| Ok::<_, Refusal>(narrowing.narrow(column, &ledger.known_answers(raw, column)?)?);
    let threads = thread::available_parallelism().map_or(1, usize::from).min(raw.columns.len()).max(1);
    let share = |first: usize| (first..raw.columns.len()).step_by(threads);
    let shares: Vec<Result<Vec<Vec<bool>>, Refusal>> = thread::scope(|scope| {
        let workers: Vec<_> =
            (0..threads).map(|first| scope.spawn(move || share(first).map(narrow).collect())).collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    let mut shown = vec![Vec::new(); raw.columns.len()];
    for (first, columns) in shares.into_iter().enumerate() {
        share(first).zip(columns?).for_each(|(column, marks)| shown[column] = marks);
    }
    Ok(shown)
}
