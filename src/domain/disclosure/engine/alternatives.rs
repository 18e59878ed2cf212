//! Other answers that fit everything published.
//!
//! An attacker who knows every size can bound a withheld count by linear programming. The bounds are at least as wide
//! as the counts in any two tables of answers that both fit what is published. So instead of solving two programs a
//! count, the engine keeps **exchanges** ([`super::exchange`]): a few answers that change places between people and leave
//! every published count of every option as it is, since each is of two options only. A count that they move far enough from the truth is **open**, with them as the proof;
//! one for which none are found is treated as narrow.
//!
//! An exchange that a further group upsets is looked for anew, and all others stay. That makes offering a group cheap,
//! so that each is offered by itself.

use super::exchange::{Exchange, Search};
use super::ties::Ties;

/// A count that must stay open.
pub(super) struct Watched {
    /// Its atoms, ascending.
    pub atoms: Vec<u32>,
    /// How many people apart its smallest and its largest value must be.
    pub width: u32,
}

/// Answers to one question, and the exchanges that keep counts of those that matter together open.
pub(super) struct Alternatives<'a> {
    /// Per atom, how many people gave each answer; "no answer" is one.
    answers: &'a [Vec<u32>],
    /// One answer that matters and one that does not: what an exchange can be of. Those given often come first.
    pairs: Vec<Pair>,
    counts: Vec<Count>,
    /// The count that could not be kept open last: likely to be the one that fails next.
    last_narrow: usize,
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

impl<'a> Alternatives<'a> {
    /// From the true answers, per atom, when nothing is published; the `guarded` ones matter.
    pub fn new(answers: &'a [Vec<u32>], guarded: &[usize], watched: Vec<Watched>) -> Self {
        let count = |watched| Count { watched, up: Vec::new(), down: Vec::new() };
        let counts = watched.into_iter().map(count).collect();
        Self { answers, pairs: pairs(answers, guarded), counts, last_narrow: 0, inside: vec![false; answers.len()] }
    }

    /// Whether every watched count stays open now that one more group is tied; `members` marks its atoms. If not, the
    /// group must be untied: what was found without it holds on.
    pub fn stay_open(&mut self, ties: &mut Ties, members: &[bool]) -> bool {
        let order = (self.last_narrow..self.counts.len()).chain(0..self.last_narrow);
        for count in order {
            if !self.stays_open(count, ties, members) {
                self.last_narrow = count;
                return false;
            }
        }
        true
    }

    fn stays_open(&mut self, count: usize, ties: &mut Ties, members: &[bool]) -> bool {
        let Count { watched, up, down } = &self.counts[count];
        let upset = |(_, exchange): &(Pair, Exchange)| exchange.moves(members) != 0;
        let is_new = up.is_empty() && down.is_empty() && watched.width > 0;
        if !is_new && !up.iter().chain(down).any(upset) {
            return true;
        }
        let held = |exchanges: &[(Pair, Exchange)]| exchanges.iter().filter(|one| !upset(one)).copied().collect();
        let (mut up, mut down) = (held(up), held(down));
        watched.atoms.iter().for_each(|atom| self.inside[*atom as usize] = true);
        let open = self.widen(&self.counts[count].watched, ties, &mut up, &mut down);
        self.counts[count].watched.atoms.iter().for_each(|atom| self.inside[*atom as usize] = false);
        if open {
            (self.counts[count].up, self.counts[count].down) = (up, down);
        }
        open
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
                self.answers[atom as usize][answer] > taken.iter().filter(leaves).count() as u32
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

/// Every answer that matters with every other that anybody gave.
fn pairs(answers: &[Vec<u32>], guarded: &[usize]) -> Vec<Pair> {
    let options = answers.first().map_or(0, Vec::len);
    let given = |option: usize| answers.iter().map(|answers| answers[option]).sum::<u32>();
    let others = || (0..options).filter(|option| !guarded.contains(option));
    let mut pairs: Vec<(u32, Pair)> = guarded
        .iter()
        .flat_map(|guarded| others().map(|other| Pair { guarded: *guarded, other }))
        .map(|pair| (given(pair.guarded).min(given(pair.other)), pair))
        .filter(|(rarer, _)| *rarer > 0)
        .collect();
    pairs.sort_by_key(|(rarer, _)| std::cmp::Reverse(*rarer));
    pairs.into_iter().map(|(_, pair)| pair).collect()
}
