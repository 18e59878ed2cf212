//! Other answers that fit everything published.
//!
//! An attacker who knows every size can bound a withheld count by linear programming. The bounds are at least as wide
//! as the counts in any two tables of answers that both fit what is published. So instead of solving two programs a
//! count, the engine keeps **exchanges** ([`super::exchange`]): a few answers that change places between people and leave
//! every published count as it is. A count that they move far enough from the truth is **open**, with them as the proof;
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

/// Answers to one question that matter together, per atom, and the exchanges that keep counts of them open.
pub(super) struct Alternatives<'a> {
    sizes: &'a [u32],
    answers: Vec<u32>,
    counts: Vec<Count>,
    /// The count that could not be kept open last: likely to be the one that fails next.
    last_narrow: usize,
    /// Per atom, whether it is in the count that is looked at.
    inside: Vec<bool>,
}

/// A watched count with the exchanges that move it.
struct Count {
    watched: Watched,
    /// All of these may be made at once, and any of them without the others. The same holds for `down`.
    up: Vec<Exchange>,
    down: Vec<Exchange>,
}

/// Atoms of a count that exchanges are looked for.
const STARTS: usize = 24;

impl<'a> Alternatives<'a> {
    /// From the true answers of atoms of these `sizes`, when nothing is published.
    pub fn new(sizes: &'a [u32], answers: Vec<u32>, watched: Vec<Watched>) -> Self {
        let count = |watched| Count { watched, up: Vec::new(), down: Vec::new() };
        let counts = watched.into_iter().map(count).collect();
        Self { sizes, answers, counts, last_narrow: 0, inside: vec![false; sizes.len()] }
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
        let upset = |exchange: &Exchange| exchange.moves(members) != 0;
        let is_new = up.is_empty() && down.is_empty() && watched.width > 0;
        if !is_new && !up.iter().chain(down).any(upset) {
            return true;
        }
        let held = |exchanges: &[Exchange]| exchanges.iter().filter(|one| !upset(one)).copied().collect();
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
    fn widen(&self, watched: &Watched, ties: &mut Ties, up: &mut Vec<Exchange>, down: &mut Vec<Exchange>) -> bool {
        let Watched { atoms, width } = watched;
        let moved =
            |exchanges: &[Exchange]| exchanges.iter().map(|one| one.moves(&self.inside)).sum::<i32>().unsigned_abs();
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

    /// An exchange that moves an answer into `atom` (or else out of it) and the count that is looked at in the same
    /// direction. It may be made together with those `taken`, or without any of them.
    fn exchange(&self, atom: u32, gains: bool, ties: &mut Ties, taken: &[Exchange]) -> Option<Exchange> {
        let may = |atom: u32, gains: bool| {
            let taken = taken.iter().filter(|exchange| exchange.changes(atom, gains)).count() as u32;
            let (given, size) = (self.answers[atom as usize], self.sizes[atom as usize]);
            if gains { given + taken < size } else { given > taken }
        };
        let fits = |exchange: &Exchange| {
            let moves = exchange.moves(&self.inside);
            if gains { moves > 0 } else { moves < 0 }
        };
        if !may(atom, gains) {
            return None;
        }
        let start = ties.number();
        Search::new(ties, &may, &fits, atom, gains, start).find()
    }
}
