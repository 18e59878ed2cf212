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

use std::thread;
use std::time::Duration;

use super::tabulation::{QuestionColumn, RawTable};
use attack::Draft;
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
    elapsed: &(dyn Fn() -> Duration + Sync),
) -> Result<ProtectedTable, Refusal> {
    let started = elapsed();
    let pattern = Pattern::find(&raw, policy, ledger.known_sizes(&raw)?)?;
    if !pattern.publishes_everybody(&raw) {
        return Err(Refusal::TooFew(policy.minimum_count));
    }
    let draft = Draft::new(&raw, policy, &pattern, ledger)?;
    let narrowing = Narrowing::new(&raw, policy, &pattern);
    let began = elapsed();
    // What shows a question's counts to be open is large, so that it is looked at and forgotten before the next one.
    let question = |column: usize, within: &[bool]| {
        let began = elapsed();
        let narrowed = narrowing.narrow(column, within, draft.known_answers(column))?;
        let protected = elapsed();
        let bounds = draft.attack_bounds(column, &narrowed);
        Ok::<_, Refusal>((narrowed.shown, bounds, [protected - began, elapsed() - protected]))
    };
    let (mut shown, mut bounds, mut spent) =
        (vec![Vec::new(); raw.columns.len()], OpennessAudit::default(), [Duration::ZERO; 2]);
    for turn in turns(&raw) {
        let within: Vec<Vec<bool>> =
            turn.iter().map(|column| within(&raw.columns[*column], &pattern, &shown)).collect();
        let found = in_parallel(turn.len(), |place| question(turn[place], &within[place]));
        for (column, found) in turn.into_iter().zip(found) {
            let (of_question, bounds_of_question, seconds) = found?;
            shown[column] = of_question;
            bounds = bounds.and(bounds_of_question);
            spent.iter_mut().zip(seconds).for_each(|(sum, one)| *sum += one);
        }
    }
    let narrowed = elapsed();
    let audit = draft.attack(&shown)?;
    let sizes = raw.columns.is_empty().then(|| draft.attack_sizes()).transpose()?;
    let disclosures = audit.exact_disclosures
        + bounds.narrow
        + draft.told_by_follow_ups(&shown)
        + sizes.map_or(0, |sizes| sizes.exact_disclosures);
    if disclosures > 0 {
        return Err(Refusal::Disclosing(disclosures));
    }
    // Threads protect and attack at the same time; their common time is divided in the same ratio.
    let [protecting, attacking] = spent.map(|spent| spent.as_secs_f64());
    let share = if protecting + attacking > 0.0 { attacking / (protecting + attacking) } else { 0.0 };
    let attacking = share * (narrowed - began).as_secs_f64();
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
        intervals_tested: bounds.counts,
        narrowest_interval: sizes.and_then(|sizes| sizes.narrowest_interval).or(bounds.narrowest),
        engine_seconds: (narrowed - started).as_secs_f64() - attacking,
        audit_seconds: attacking + (elapsed() - narrowed).as_secs_f64(),
    };
    Ok(ProtectedTable { columns: columns.collect(), family: raw.family, groups, audit })
}

/// Columns, after all those that decide who is asked.
fn turns(raw: &RawTable) -> Vec<Vec<usize>> {
    let mut turns: Vec<Vec<usize>> = Vec::new();
    let mut turn_of = vec![0; raw.columns.len()];
    for (column, question) in raw.columns.iter().enumerate() {
        let turn = question.asked_after.iter().map(|earlier| turn_of[*earlier] + 1).max().unwrap_or(0);
        turn_of[column] = turn;
        turns.resize_with(turns.len().max(turn + 1), Vec::new);
        turns[turn].push(column);
    }
    turns
}

/// Per set of the pattern, whether answers to the question may be published at all: where those that decide who is asked
/// are, since how many were asked tells how many gave such an answer.
fn within(question: &QuestionColumn, pattern: &Pattern, shown: &[Vec<bool>]) -> Vec<bool> {
    let is_shown = |set: usize| question.asked_after.iter().all(|earlier| shown[*earlier][set]);
    pattern.published.iter().enumerate().map(|(set, published)| *published && is_shown(set)).collect()
}

/// `work` on each of `0..count`, in this order whatever the number of threads.
fn in_parallel<T: Send>(count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let threads = thread::available_parallelism().map_or(1, usize::from).min(count).max(1);
    let work = &work;
    let mut shares: Vec<std::vec::IntoIter<T>> = thread::scope(|scope| {
        let share = |first: usize| scope.spawn(move || (first..count).step_by(threads).map(work).collect::<Vec<T>>());
        let workers: Vec<_> = (0..threads).map(share).collect();
        let finish = |worker: thread::ScopedJoinHandle<'_, Vec<T>>| {
            worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)).into_iter()
        };
        workers.into_iter().map(finish).collect()
    });
    (0..count).filter_map(|index| shares[index % threads].next()).collect()
}
