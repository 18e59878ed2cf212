//! The questions of a release, each protected and attacked: those that decide who is asked before those that follow.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use super::attack::Draft;
use super::audit::{OpennessAudit, ReleaseAudit};
use super::engine::{Narrowing, Pattern};
use super::{Policy, Refusal};
use crate::domain::tabulation::{QuestionColumn, RawTable};

/// What is published of each question.
pub(super) struct Questions {
    /// Per column and set of the pattern, whether its answers are published.
    pub shown: Vec<Vec<bool>>,
    /// What the attack derived by adding and subtracting.
    pub exact: ReleaseAudit,
    /// How open the attack found what must stay open.
    pub bounds: OpennessAudit,
    /// Seconds of the whole that protecting took; the others went into the attack.
    pub protecting: f64,
}

impl Questions {
    /// Protects and attacks every question. Questions of a turn do not depend on each other, so that the number of threads
    /// changes nothing but the time.
    ///
    /// # Errors
    /// [`Refusal`] when what is known already gives away a protected set, or when published counts contradict each other.
    pub fn protect(
        raw: &RawTable,
        policy: &Policy,
        pattern: &Pattern,
        draft: &Draft<'_>,
        elapsed: &(dyn Fn() -> Duration + Sync),
    ) -> Result<Self, Refusal> {
        let narrowing = Narrowing::new(raw, policy, pattern);
        // What shows a question's counts to be open is large, so that it is looked at and forgotten before the next one.
        let question = |column: usize, within: &[bool]| {
            let began = elapsed();
            let narrowed = narrowing.narrow(column, within, draft.known_answers(column))?;
            let protected = elapsed();
            let bounds = draft.attack_bounds(column, &narrowed);
            let exact = draft.attack(column, &narrowed.shown)?;
            Ok::<_, Refusal>((narrowed.shown, exact, bounds, [protected - began, elapsed() - protected]))
        };
        let began = elapsed();
        let mut spent = [Duration::ZERO; 2];
        let mut shown = vec![Vec::new(); raw.columns.len()];
        let (mut exact, mut bounds) = (ReleaseAudit::default(), OpennessAudit::default());
        for turn in turns(raw) {
            let within: Vec<Vec<bool>> =
                turn.iter().map(|column| within(&raw.columns[*column], pattern, &shown)).collect();
            let found = in_parallel(turn.len(), |place| question(turn[place], &within[place]));
            for (column, found) in turn.into_iter().zip(found) {
                let (of_question, exact_of_question, bounds_of_question, seconds) = found?;
                shown[column] = of_question;
                exact = exact.and(exact_of_question);
                bounds = bounds.and(bounds_of_question);
                spent.iter_mut().zip(seconds).for_each(|(sum, one)| *sum += one);
            }
        }
        // Threads protect and attack at the same time; their common time is divided in the same ratio.
        let [protecting, attacking] = spent.map(|spent| spent.as_secs_f64());
        let both = (protecting + attacking).max(f64::MIN_POSITIVE);
        Ok(Self { shown, exact, bounds, protecting: (elapsed() - began).as_secs_f64() * protecting / both })
    }
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
    let next = AtomicUsize::new(0);
    let share = || {
        let indices = std::iter::from_fn(|| Some(next.fetch_add(1, Ordering::Relaxed)).filter(|index| *index < count));
        indices.map(|index| (index, work(index))).collect::<Vec<(usize, T)>>()
    };
    let mut done: Vec<(usize, T)> = thread::scope(|scope| {
        let threads = thread::available_parallelism().map_or(1, usize::from).min(count);
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(share)).collect();
        let finish = |worker: thread::ScopedJoinHandle<'_, Vec<(usize, T)>>| {
            worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        workers.into_iter().flat_map(finish).collect()
    });
    done.sort_unstable_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, one)| one).collect()
}
