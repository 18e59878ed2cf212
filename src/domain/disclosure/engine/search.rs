//! Which candidates to publish: greedy, then swaps.
//!
//! Greedy publication in a good order is already maximal: no withheld candidate can be added. Better patterns are
//! found by publishing a withheld candidate **just before the step that shut it out**, and offering everything after
//! that step anew. A swap is kept when no more cells are withheld than before. The budget counts changed entries, not
//! seconds, so that the result is the same on every machine.

use std::rc::Rc;

use super::modular::Numbers;
use super::span::{Span, Target, Verdict};

/// A set that may be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::domain::disclosure) struct Candidate<'a> {
    /// Its atoms, ascending.
    pub members: &'a [u32],
    /// What withholding it costs: how many cells of the tables are this set.
    pub weight: usize,
}

/// What to protect, and what to publish in which order.
pub(in crate::domain::disclosure) struct Problem<'a> {
    /// Per atom, its block.
    pub blocks: Rc<[u32]>,
    /// Sets that must not be determined; no two have the same members.
    pub targets: &'a [Target],
    /// Whether people alone in a target must be kept from learning others, but for what they learn from `known`.
    pub protects_lone: bool,
    /// Sets that are known whatever is published.
    pub known: Vec<Vec<u32>>,
    /// Sets that may be published, in the order in which they are offered.
    pub candidates: Vec<Candidate<'a>>,
}

/// Entries that may change in all replays together: what bounds the time on large tables.
const SWAP_WORK: u64 = 80_000_000;
/// Replays at most.
const MOST_SWAPS: usize = 150;
/// Small tables are as good as they get after fewer replays: the square of their candidates, divided by this.
const SWAP_DIVISOR: usize = 1_200;
/// States kept along a pass, to replay from.
const CHECKPOINTS: usize = 24;

/// A set that is known already determines a target: its position in [`Problem::known`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::domain::disclosure) struct KnownDiscloses(pub usize);

/// Per candidate: whether it is published. With or without `swaps`, no target is determined.
///
/// # Errors
/// [`KnownDiscloses`].
pub(in crate::domain::disclosure) fn publish(problem: &Problem<'_>, swaps: bool) -> Result<Vec<bool>, KnownDiscloses> {
    let mut span = start(&problem.blocks, problem.targets, problem.protects_lone, &problem.known)?;
    let start = span.work();
    let mut pass = Pass::new(problem, swaps);
    pass.run(&mut span, usize::MAX);
    let cost = (span.work() - start).max(1);
    if swaps {
        let affordable = usize::try_from(SWAP_WORK / cost).unwrap_or(MOST_SWAPS);
        let useful = (problem.candidates.len().pow(2) / SWAP_DIVISOR).min(MOST_SWAPS);
        pass = improve(pass, affordable.min(useful));
    }
    Ok(pass.published())
}

/// The span of what is known, before anything is published.
///
/// # Errors
/// [`KnownDiscloses`].
pub(super) fn start(
    blocks: &Rc<[u32]>,
    targets: &[Target],
    protects_lone: bool,
    known: &[Vec<u32>],
) -> Result<Span, KnownDiscloses> {
    let mut span = Span::new(blocks, targets);
    if let Some(known) = known.iter().position(|known| span.offer(known) == Verdict::Disclosing) {
        return Err(KnownDiscloses(known));
    }
    if protects_lone {
        span.protect_lone();
    }
    Ok(span)
}

/// Swaps until the budget is spent or nothing is withheld.
fn improve(mut pass: Pass<'_>, budget: usize) -> Pass<'_> {
    let mut numbers = Numbers::seeded(1);
    let mut best = pass.clone();
    for _ in 0..budget {
        let withheld: Vec<usize> = pass.withheld().collect();
        if withheld.is_empty() {
            break;
        }
        let from = withheld[numbers.below(withheld.len())];
        if let Some(next) = pass.swap(from) {
            pass = next;
            if pass.cost < best.cost {
                best = pass.clone();
            }
        }
    }
    best
}

/// Candidates in an order, what became of each, and states along the way.
#[derive(Clone)]
struct Pass<'a> {
    problem: &'a Problem<'a>,
    order: Rc<Vec<usize>>,
    verdicts: Vec<Verdict>,
    /// State before each `spacing`-th candidate, where swaps will replay from it: every row that changes afterwards is
    /// copied for it.
    checkpoints: Vec<Rc<Span>>,
    spacing: usize,
    /// Weight of the withheld.
    cost: usize,
}

impl<'a> Pass<'a> {
    fn new(problem: &'a Problem<'a>, swaps: bool) -> Self {
        let count = problem.candidates.len();
        let spacing = if swaps { count.div_ceil(CHECKPOINTS).max(CHECKPOINTS) } else { usize::MAX };
        Self {
            problem,
            order: Rc::new((0..count).collect()),
            verdicts: Vec::new(),
            checkpoints: Vec::new(),
            spacing,
            cost: 0,
        }
    }

    /// Offers what has no verdict yet; gives up, with `false`, when more than `most` weight is withheld.
    fn run(&mut self, span: &mut Span, most: usize) -> bool {
        for position in self.verdicts.len()..self.order.len() {
            if self.spacing < usize::MAX && position == self.checkpoints.len() * self.spacing {
                self.checkpoints.push(Rc::new(span.clone()));
            }
            let verdict = span.offer(self.members(position));
            if verdict == Verdict::Disclosing {
                self.cost += self.candidate(position).weight;
                if self.cost > most {
                    return false;
                }
            }
            self.verdicts.push(verdict);
        }
        true
    }

    /// The pass in which the withheld candidate at `from` is published before the one that shut it out; `None` when it
    /// cannot be published at all, or when more would be withheld.
    fn swap(&self, from: usize) -> Option<Self> {
        let (to, mut span) = self.shut_out(from)?;
        let mut order = self.order.as_ref().clone();
        let moved = order.remove(from);
        order.insert(to, moved);
        let mut next = Self {
            order: Rc::new(order),
            verdicts: self.verdicts[..to].to_vec(),
            checkpoints: self.checkpoints[..=to / self.spacing].to_vec(),
            cost: 0,
            ..*self
        };
        next.cost = next.withheld().map(|position| next.candidate(position).weight).sum();
        next.run(&mut span, self.cost).then_some(next)
    }

    /// Position of the candidate whose publication shut out the one at `from`, and the state before it.
    fn shut_out(&self, from: usize) -> Option<(usize, Span)> {
        let members = self.members(from);
        let reached = &self.checkpoints[..=from / self.spacing];
        // What discloses at one state discloses at every later one.
        let open = reached.partition_point(|state| !state.would_disclose(members));
        let start = open.checked_sub(1)?;
        let mut span = reached[start].as_ref().clone();
        for position in start * self.spacing..from {
            if self.verdicts[position] == Verdict::Published {
                let before = span.clone();
                span.offer(self.members(position));
                if span.would_disclose(members) {
                    return Some((position, before));
                }
            }
        }
        None
    }

    fn candidate(&self, position: usize) -> &'a Candidate<'a> {
        &self.problem.candidates[self.order[position]]
    }

    fn members(&self, position: usize) -> &'a [u32] {
        self.candidate(position).members
    }

    fn withheld(&self) -> impl Iterator<Item = usize> {
        self.verdicts
            .iter()
            .enumerate()
            .filter(|(_, verdict)| **verdict == Verdict::Disclosing)
            .map(|(position, _)| position)
    }

    fn published(&self) -> Vec<bool> {
        let mut published = vec![false; self.order.len()];
        for (position, verdict) in self.verdicts.iter().enumerate() {
            published[self.order[position]] = *verdict != Verdict::Disclosing;
        }
        published
    }
}
