//! Other answers that fit everything published.
//!
//! An attacker who knows every size can bound a withheld count by linear programming. The bounds are at least as wide
//! as the counts in any two tables of answers that both fit what is published. So instead of solving two programs a
//! count, the engine keeps **exchanges** ([`super::exchange`]): a few answers that change places between people and leave
//! every published count of every option as it is, since each is of two options only. A count that they move far enough
//! from the truth is **open**, with them as the proof; one for which none are found is treated as narrow.
//!
//! An exchange that a further group upsets is looked for anew, and all others stay. That makes offering a group cheap,
//! so that each is offered by itself.

use std::cmp::Reverse;

use super::exchange::{Exchange, Search};
use super::ties::Ties;
use crate::domain::disclosure::proof::{Change, Proof};

/// A count that must stay open.
pub(super) struct Watched {
    /// Its atoms, ascending.
    pub atoms: Vec<u32>,
    /// How many people apart its smallest and its largest value must be.
    pub width: u32,
}

/// Answers to one question, and the exchanges that keep counts of those that matter together open.
pub(in crate::domain::disclosure) struct Alternatives {
    /// Per answer ("no answer" is one), how many people of each atom gave it.
    given: Vec<Vec<u32>>,
    /// One answer that matters and one that does not: what an exchange can be of. Those given often come first.
    pairs: Vec<Pair>,
    counts: Vec<Count>,
    /// Per atom, the counts whose exchanges have it, and some whose exchanges had it.
    users: Vec<Vec<u32>>,
    /// Per atom, the count of it alone, where one exchange is enough for that.
    alone: Vec<Option<u32>>,
    /// Per count, when it last could not be kept open: what failed lately is likely to fail next. 0 is never.
    narrow_at: Vec<u32>,
    now: u32,
    /// Per atom, whether it is in the count that is looked at.
    inside: Vec<bool>,
}

/// An exchange moves people from one of two answers to the other.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Pair {
    /// The answer that matters.
    guarded: usize,
    other: usize,
}

impl Pair {
    /// The answer that somebody no longer gives when an atom gains one that matters, or loses it.
    fn left(self, gains: bool) -> usize {
        if gains { self.other } else { self.guarded }
    }

    fn change(self, (atom, gains): (u32, bool)) -> Change {
        Change { atom, from: self.left(gains) as u32, to: self.left(!gains) as u32 }
    }
}

/// A watched count with the exchanges that move it.
struct Count {
    watched: Watched,
    /// All of these may be made at once, and any of them without the others. The same holds for `down`.
    up: Vec<(Pair, Exchange)>,
    down: Vec<(Pair, Exchange)>,
}

/// Atoms of a count that exchanges are looked for.
const STARTS: usize = 24;

impl Alternatives {
    /// From the true answers, per atom, when nothing is published; the `guarded` ones matter. `ties` tie nothing yet.
    pub(super) fn new(answers: &[Vec<u32>], guarded: &[usize], watched: Vec<Watched>, ties: &mut Ties) -> Self {
        let options = answers.first().map_or(0, Vec::len);
        let given: Vec<Vec<u32>> =
            (0..options).map(|option| answers.iter().map(|answers| answers[option]).collect()).collect();
        let count = |watched| Count { watched, up: Vec::new(), down: Vec::new() };
        let mut alone = vec![None; answers.len()];
        for (count, watched) in (0..).zip(&watched) {
            if let (&[atom], 1) = (watched.atoms.as_slice(), watched.width) {
                alone[atom as usize] = Some(count);
            }
        }
        let mut alternatives = Self {
            alone,
            narrow_at: vec![0; watched.len()],
            now: 0,
            pairs: pairs(&given, guarded),
            given,
            counts: watched.into_iter().map(count).collect(),
            users: vec![Vec::new(); answers.len()],
            inside: vec![false; answers.len()],
        };
        for count in 0..alternatives.counts.len() as u32 {
            let Count { up, down, .. } = &alternatives.counts[count as usize];
            if up.is_empty() && down.is_empty() {
                alternatives.reopen(count, ties, &[]);
            }
        }
        alternatives
    }

    /// Whether every watched count stays open now that `group` is tied too; `members` marks its atoms. If not, the
    /// group must be untied: what was found without it holds on.
    pub(super) fn stay_open(&mut self, ties: &mut Ties, group: &[u32], members: &[bool]) -> bool {
        let mut touched: Vec<u32> = group.iter().flat_map(|atom| &self.users[*atom as usize]).copied().collect();
        touched.sort_unstable();
        touched.dedup();
        touched.sort_by_key(|count| Reverse(self.narrow_at[*count as usize]));
        for count in touched {
            let Count { up, down, .. } = &self.counts[count as usize];
            let is_upset = up.iter().chain(down).any(|(_, exchange)| exchange.moves(members) != 0);
            if is_upset && !self.reopen(count, ties, members) {
                self.now += 1;
                self.narrow_at[count as usize] = self.now;
                return false;
            }
        }
        true
    }

    /// Why each watched count is open.
    pub fn proofs(&self) -> impl Iterator<Item = Proof> {
        let changes = |exchanges: &[(Pair, Exchange)]| {
            exchanges.iter().flat_map(|(pair, one)| one.all().map(|change| pair.change(change))).collect()
        };
        self.counts.iter().map(move |count| Proof {
            members: count.watched.atoms.clone(),
            up: changes(&count.up),
            down: changes(&count.down),
        })
    }

    /// Looks for other exchanges instead of those that move the count of `members`.
    fn reopen(&mut self, count: u32, ties: &mut Ties, members: &[bool]) -> bool {
        let Count { watched, up, down } = &self.counts[count as usize];
        let holding = |exchanges: &[(Pair, Exchange)]| -> Vec<(Pair, Exchange)> {
            exchanges.iter().filter(|(_, exchange)| holds(exchange, members)).copied().collect()
        };
        let (mut up, mut down) = (holding(up), holding(down));
        let held = (up.len(), down.len());
        watched.atoms.iter().for_each(|atom| self.inside[*atom as usize] = true);
        let open = self.widen(&self.counts[count as usize].watched, ties, &mut up, &mut down);
        self.counts[count as usize].watched.atoms.iter().for_each(|atom| self.inside[*atom as usize] = false);
        if open {
            let found: Vec<(Pair, Exchange)> = up[held.0..].iter().chain(&down[held.1..]).copied().collect();
            (self.counts[count as usize].up, self.counts[count as usize].down) = (up, down);
            for one in found {
                one.1.all().for_each(|(atom, _)| self.users[atom as usize].push(count));
                self.share(one, members);
            }
        }
        open
    }

    /// Gives an exchange to the other atoms that change in it, where that is enough and they have lost theirs.
    fn share(&mut self, found: (Pair, Exchange), members: &[bool]) {
        for (atom, gains) in found.1.all() {
            let Some(count) = self.alone[atom as usize] else { continue };
            let Count { up, down, .. } = &mut self.counts[count as usize];
            if up.iter().chain(&*down).any(|(_, exchange)| holds(exchange, members)) {
                continue;
            }
            (*up, *down) = if gains { (vec![found], Vec::new()) } else { (Vec::new(), vec![found]) };
            found.1.all().for_each(|(atom, _)| self.users[atom as usize].push(count));
        }
    }

    /// Looks for exchanges until they move the count far enough.
    fn widen(
        &self,
        watched: &Watched,
        ties: &mut Ties,
        up: &mut Vec<(Pair, Exchange)>,
        down: &mut Vec<(Pair, Exchange)>,
    ) -> bool {
        let Watched { atoms, width } = watched;
        let moved = |exchanges: &[(Pair, Exchange)]| {
            exchanges.iter().map(|(_, one)| one.moves(&self.inside)).sum::<i32>().unsigned_abs()
        };
        let start = ties.below(atoms.len());
        for gains in [true, false] {
            let found = if gains { &mut *up } else { &mut *down };
            for place in (start..atoms.len()).chain(0..start).take(STARTS) {
                while moved(found) < *width {
                    let Some(exchange) = self.exchange(atoms[place], gains, ties, found) else { break };
                    found.push(exchange);
                }
            }
            if moved(up) + moved(down) >= *width {
                return true;
            }
        }
        false
    }

    /// An exchange that moves an answer that matters into `atom` (or else out of it) and the count that is looked at in
    /// the same direction. It may be made together with those `taken`, or without any of them.
    fn exchange(
        &self,
        atom: u32,
        gains: bool,
        ties: &mut Ties,
        taken: &[(Pair, Exchange)],
    ) -> Option<(Pair, Exchange)> {
        let fits = |exchange: &Exchange| {
            let moves = exchange.moves(&self.inside);
            if gains { moves > 0 } else { moves < 0 }
        };

        self.pairs.iter().find_map(|pair| {
            let may = |atom: u32, gains: bool| {
                let answer = pair.left(gains);
                let leaves = |(pair, exchange): &&(Pair, Exchange)| {
                    [true, false].iter().any(|gains| pair.left(*gains) == answer && exchange.changes(atom, *gains))
                };
                let given = self.given[answer][atom as usize];
                given > 0 && given > taken.iter().filter(leaves).count() as u32
            };
            if !may(atom, gains) {
                return None;
            }
            let start = ties.number();
            let found = Search::new(ties, &may, &fits, atom, gains, start).find()?;
            Some((*pair, found))
        })
    }
}

/// Whether an exchange leaves the count of `members` as it is; an empty slice stands for no group.
fn holds(exchange: &Exchange, members: &[bool]) -> bool {
    members.is_empty() || exchange.moves(members) == 0
}

/// Every answer that matters with every other, as far as anybody gave both.
fn pairs(given: &[Vec<u32>], guarded: &[usize]) -> Vec<Pair> {
    let people = |option: usize| given[option].iter().sum::<u32>();
    let others = || (0..given.len()).filter(|option| !guarded.contains(option));
    let pairs = guarded.iter().flat_map(|guarded| others().map(|other| Pair { guarded: *guarded, other }));
    let mut pairs: Vec<(u32, Pair)> = pairs
        .map(|pair| (people(pair.guarded).min(people(pair.other)), pair))
        .filter(|(rarer, _)| *rarer > 0)
        .collect();
    pairs.sort_by_key(|(rarer, _)| Reverse(*rarer));
    pairs.into_iter().map(|(_, pair)| pair).collect()
}
