//! Other answers that fit everything published.
//!
//! An attacker who knows every size can bound a withheld count by linear programming. The bounds are at least as wide
//! as the counts in any two tables of answers that both fit what is published. So instead of solving two programs a
//! count, the engine keeps **exchanges**: a few answers that change places between people and leave every published
//! count as it is. A count that exchanges move far enough from the truth is **open**, with them as the proof; what none
//! is found for is treated as narrow.
//!
//! An exchange that a further group upsets is looked for anew; all others stay. That makes offering a group cheap, and
//! lets each group be offered by itself.
//!
//! Atoms in the same published groups exchange freely. Otherwise two pairs exchange at once: what one pair takes from
//! the published counts, the other gives back (Diaconis and Sturmfels 1998). The atoms of a pair differ along one
//! variable only, and both pairs in the same way. [`Ties`] finds them by random 64-bit sums over the groups.

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
    atoms: Vec<u32>,
    width: u32,
    /// All of these may be made at once, and any of them without the others. The same holds for `down`.
    up: Vec<Exchange>,
    down: Vec<Exchange>,
}

/// Answers that change places: an answer moves into the first atom (or out of it), out of the second and third (or into
/// them) and into the fourth (or out of it). Of one atom only, of two, or of four.
#[derive(Clone, Copy)]
struct Exchange {
    atoms: [u32; 4],
    length: usize,
}

/// Atoms of a count that an exchange is looked for.
const STARTS: usize = 24;
/// Partners of an atom tried for one exchange, along each variable.
const PARTNERS: usize = 24;
/// Other pairs tried with each partner.
const COUNTERPARTS: usize = 12;
/// Atoms alike tried for each place of an exchange.
const ALIKE: usize = 4;

impl<'a> Alternatives<'a> {
    /// From the true answers of atoms of these `sizes`, when nothing is published.
    pub fn new(sizes: &'a [u32], answers: Vec<u32>, watched: Vec<Watched>) -> Self {
        let count = |watched: Watched| Count { atoms: watched.atoms, width: watched.width, up: Vec::new(), down: Vec::new() };
        let counts = watched.into_iter().map(count).collect();
        Self { sizes, answers, counts, last_narrow: 0, inside: vec![false; sizes.len()] }
    }

    /// Whether every watched count stays open now that `set` is tied, too; `members` marks its atoms. What was found
    /// before holds on if not.
    pub fn stay_open(&mut self, ties: &mut Ties, members: &[bool]) -> bool {
        let first = self.last_narrow.min(self.counts.len());
        let order = (first..self.counts.len()).chain(0..first);
        for count in order {
            if !self.stays_open(count, ties, members) {
                self.last_narrow = count;
                return false;
            }
        }
        true
    }

    fn stays_open(&mut self, count: usize, ties: &mut Ties, members: &[bool]) -> bool {
        let Count { atoms, width, up, down } = &self.counts[count];
        let holds = |exchange: &&Exchange| exchange.balances(members);
        let (held_up, held_down) = (up.iter().filter(holds).count(), down.iter().filter(holds).count());
        if held_up == up.len() && held_down == down.len() && self.moved(count) >= *width {
            return true;
        }
        let (mut up, mut down): (Vec<Exchange>, Vec<Exchange>) =
            (up.iter().filter(holds).copied().collect(), down.iter().filter(holds).copied().collect());
        atoms.iter().for_each(|atom| self.inside[*atom as usize] = true);
        let open = self.widen(count, ties, &mut up, &mut down);
        let Count { atoms, .. } = &self.counts[count];
        atoms.iter().for_each(|atom| self.inside[*atom as usize] = false);
        if open {
            (self.counts[count].up, self.counts[count].down) = (up, down);
        }
        open
    }

    /// Looks for exchanges until the count has moved far enough.
    fn widen(&self, count: usize, ties: &mut Ties, up: &mut Vec<Exchange>, down: &mut Vec<Exchange>) -> bool {
        let Count { atoms, width, .. } = &self.counts[count];
        let gain = |exchanges: &[Exchange]| exchanges.iter().map(|exchange| exchange.gain(&self.inside)).sum::<u32>();
        let start = ties.below(atoms.len());
        for gains in [true, false] {
            let found = if gains { &mut *up } else { &mut *down };
            for place in (start..atoms.len()).chain(0..start).take(STARTS) {
                while gain(found) < *width {
                    let Some(exchange) = self.exchange(atoms[place], gains, ties, found) else { break };
                    found.push(exchange);
                }
            }
            if gain(up) + gain(down) >= *width {
                return true;
            }
        }
        false
    }

    fn moved(&self, count: usize) -> u32 {
        // Kept as numbers of exchanges would be enough if each moved the count by one; some move it by two.
        let Count { atoms, up, down, .. } = &self.counts[count];
        let inside = |atom: u32| atoms.binary_search(&atom).is_ok();
        up.iter().chain(down).map(|exchange| exchange.gain_by(inside)).sum()
    }

    /// An exchange that moves an answer into `atom` (or out of it) and the count that is looked at in the same direction, and
    /// that may be made together with those `taken`, or without any of them.
    fn exchange(&self, atom: u32, gains: bool, ties: &mut Ties, taken: &[Exchange]) -> Option<Exchange> {
        let may = |atom: u32, plus: bool| {
            let taken = taken.iter().filter(|exchange| exchange.moves(atom, plus == gains)).count() as u32;
            let (given, size) = (self.answers[atom as usize], self.sizes[atom as usize]);
            if plus { given + taken < size } else { given > taken }
        };
        if !may(atom, gains) {
            return None;
        }
        let fits = |exchange: &Exchange| exchange.gain(&self.inside) > 0;
        if !ties.is_tied(atom) {
            return Some(Exchange::new(&[atom]));
        }
        let start = ties.number();
        let alike = rotated(ties.alike(atom), start).filter(|other| *other != atom && may(*other, !gains));
        if let Some(found) = alike.map(|other| Exchange::new(&[atom, other])).take(PARTNERS).find(fits) {
            return Some(found);
        }
        for variable in 0..ties.variables() {
            let partners = rotated(ties.alike_but_for(variable, atom), start);
            let partners = partners.filter(|partner| ties.differ_along(variable, atom, *partner));
            for partner in partners.filter(|partner| may(*partner, !gains)).take(PARTNERS) {
                let counterparts = rotated(ties.alike_along(variable, atom), start ^ u64::from(partner));
                let counterparts = counterparts.filter(|other| *other != atom && may(*other, !gains));
                for counterpart in counterparts.take(COUNTERPARTS) {
                    let last = rotated(ties.counterparts_of(variable, counterpart, partner), start);
                    let last = last.filter(|last| *last != partner && may(*last, gains)).take(ALIKE);
                    let mut exchanges = last.map(|last| Exchange::new(&[atom, partner, counterpart, last]));
                    if let Some(found) = exchanges.find(fits) {
                        return Some(found);
                    }
                }
            }
        }
        None
    }
}

impl Exchange {
    fn new(chosen: &[u32]) -> Self {
        let mut atoms = [0; 4];
        atoms[..chosen.len()].copy_from_slice(chosen);
        Self { atoms, length: chosen.len() }
    }

    /// Whether an answer moves into `atom`, or else out of it, when one moves into the first.
    fn moves(&self, atom: u32, into: bool) -> bool {
        let place = self.atoms[..self.length].iter().position(|one| *one == atom);
        place.is_some_and(|place| matches!(place, 0 | 3) == into)
    }

    /// How far it moves a count.
    fn sum(&self, inside: impl Fn(u32) -> bool) -> i32 {
        const SIGNS: [i32; 4] = [1, -1, -1, 1];
        self.atoms[..self.length].iter().zip(SIGNS).map(|(atom, sign)| if inside(*atom) { sign } else { 0 }).sum()
    }

    /// Whether the count of the atoms marked stays as it is.
    fn balances(&self, members: &[bool]) -> bool {
        self.sum(|atom| members[atom as usize]) == 0
    }

    /// How far it moves the count of the atoms marked in the direction of its first atom; 0 if the other way.
    fn gain(&self, members: &[bool]) -> u32 {
        self.gain_by(|atom| members[atom as usize])
    }

    fn gain_by(&self, inside: impl Fn(u32) -> bool) -> u32 {
        self.sum(inside).max(0).unsigned_abs()
    }
}

/// `atoms` from somewhere in the middle on, and round.
fn rotated(atoms: &[u32], start: u64) -> impl Iterator<Item = u32> {
    let middle = if atoms.is_empty() { 0 } else { (start % atoms.len() as u64) as usize };
    atoms[middle..].iter().chain(&atoms[..middle]).copied()
}
