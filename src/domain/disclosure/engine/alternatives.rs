//! Other answers that fit everything published.
//!
//! An attacker who knows every size can bound a withheld count by linear programming. The bounds are at least as wide
//! as the counts in any two tables of answers that both fit what is published. So instead of solving two programs a
//! count, the engine keeps **exchanges** ([`super::exchange`]): a few answers that change places between people and leave
//! every published count of every option as it is, since each is of two options only. A count that they move far enough
//! from the truth is **open**, with them as the proof; one for which none are found is treated as narrow.
//!
//! All counts draw on one pool of exchanges. A further group **cuts through** those that would change its count; only a
//! count that is left without enough of them is looked at anew, and what is found for it is there for all. That makes
//! offering a group cheap, so that each is offered by itself.

use std::cmp::Reverse;

use super::exchange::{Exchange, Notes, Search};
use super::ties::{Shown, Ties};
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
    /// Per answer ("no answer" is one), how many people of each atom gave it; less those who give another one in the
    /// exchanges that are made.
    given: Vec<Vec<u32>>,
    /// One answer that matters and one that does not: what an exchange can be of. Those given often come first.
    pairs: Vec<Pair>,
    pool: Vec<Pooled>,
    /// Places in the pool that are free.
    free: Vec<u32>,
    /// Per atom, the exchanges that it changes in, and whether an answer moves into it.
    exchanges_of: Vec<Vec<(u32, bool)>>,
    counts: Vec<Count>,
    /// Whether nothing was offered with success yet, so that no count has been looked at.
    is_new: bool,
    /// Per atom, how many exchanges it changes in that are not cut: what keeps a count of it alone open, where one is
    /// enough for that.
    cover: Vec<u32>,
    /// Per atom, that count.
    alone: Vec<Option<u32>>,
    now: u32,
    /// Per atom, whether it is in the count that is looked at.
    inside: Vec<bool>,
    /// Lists for the exchanges of the count that is looked at.
    spare: [Vec<u32>; 2],
    notes: Notes,
}

/// An exchange that fits everything published.
struct Pooled {
    pair: Pair,
    exchange: Exchange,
    /// How far it moves the count of the group that is offered.
    moves: i32,
    /// Whether that is not 0.
    is_cut: bool,
    /// Counts that it keeps open, and some that it kept.
    users: Vec<u32>,
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

/// A watched count.
struct Count {
    watched: Watched,
    /// Exchanges that may all be made at once, and any of them without the others; of a count that one exchange keeps
    /// open, none. The same holds for `down`.
    up: Vec<u32>,
    down: Vec<u32>,
    /// When it last could not be kept open: what failed lately is likely to fail next. 0 is never.
    narrow_at: u32,
}

/// Atoms of a count that exchanges are looked for.
const STARTS: usize = 6;

impl Alternatives {
    /// From the true answers, per atom, when nothing is published; the `guarded` ones matter.
    pub(super) fn new(answers: &[Vec<u32>], guarded: &[usize], watched: Vec<Watched>) -> Self {
        let options = answers.first().map_or(0, Vec::len);
        let given: Vec<Vec<u32>> =
            (0..options).map(|option| answers.iter().map(|answers| answers[option]).collect()).collect();
        let mut alone = vec![None; answers.len()];
        for (count, watched) in (0..).zip(&watched) {
            if let (&[atom], 1) = (watched.atoms.as_slice(), watched.width) {
                alone[atom as usize] = Some(count);
            }
        }
        let count = |watched| Count { watched, up: Vec::new(), down: Vec::new(), narrow_at: 0 };
        Self {
            pairs: pairs(&given, guarded),
            given,
            pool: Vec::new(),
            free: Vec::new(),
            exchanges_of: vec![Vec::new(); answers.len()],
            counts: watched.into_iter().map(count).collect(),
            cover: vec![0; answers.len()],
            alone,
            is_new: true,
            now: 0,
            inside: vec![false; answers.len()],
            spare: Default::default(),
            notes: Notes::default(),
        }
    }

    /// Whether every watched count stays open now that `groups` are tied too. If not, the groups must be untied: what was
    /// found without them holds on.
    pub(super) fn stay_open(&mut self, ties: &mut Ties, groups: &[Shown<'_>]) -> bool {
        let cut = self.cut(groups);
        let mut upset: Vec<u32> = Vec::new();
        if self.is_new {
            upset.extend(0..self.counts.len() as u32);
        }
        for one in &cut {
            let Pooled { exchange, users, .. } = &self.pool[*one as usize];
            upset.extend(users);
            for (atom, _) in exchange.all() {
                self.cover[atom as usize] -= 1;
                upset.extend(self.alone[atom as usize].filter(|_| self.cover[atom as usize] == 0));
            }
        }
        upset.sort_unstable();
        upset.dedup();
        let narrow_at = |count: &u32| self.counts[*count as usize].narrow_at;
        let (mut suspects, others): (Vec<u32>, Vec<u32>) = upset.into_iter().partition(|count| narrow_at(count) > 0);
        suspects.sort_by_key(|count| Reverse(narrow_at(count)));
        let narrow = suspects.into_iter().chain(others).find(|count| !self.reopen(*count, ties));
        if let Some(narrow) = narrow {
            self.now += 1;
            self.counts[narrow as usize].narrow_at = self.now;
            cut.into_iter().for_each(|one| self.mend(one));
            return false;
        }
        cut.into_iter().for_each(|one| self.remove(one));
        self.is_new = false;
        true
    }

    /// Why each watched count is open.
    pub fn proofs(&self) -> impl Iterator<Item = Proof> {
        let changes = |exchanges: &[u32]| {
            let exchanges = exchanges.iter().map(|one| &self.pool[*one as usize]);
            exchanges.flat_map(|one| one.exchange.all().map(|change| one.pair.change(change))).collect()
        };
        self.counts.iter().map(move |count| {
            let members = count.watched.atoms.clone();
            if !count.is_alone() {
                return Proof { members, up: changes(&count.up), down: changes(&count.down) };
            }
            let of_atom = self.exchanges_of[members[0] as usize].first();
            let moving = |up| of_atom.filter(|(_, gains)| *gains == up).map_or(Vec::new(), |(one, _)| changes(&[*one]));
            Proof { members, up: moving(true), down: moving(false) }
        })
    }

    /// Marks the exchanges that publishing `groups` would rule out.
    fn cut(&mut self, groups: &[Shown<'_>]) -> Vec<u32> {
        let mut cut = Vec::new();
        for group in groups {
            let exchanges = || group.atoms.iter().flat_map(|atom| &self.exchanges_of[*atom as usize]);
            for (one, gains) in exchanges() {
                self.pool[*one as usize].moves += if *gains { 1 } else { -1 };
            }
            for (one, _) in exchanges() {
                let pooled = &mut self.pool[*one as usize];
                if std::mem::take(&mut pooled.moves) != 0 && !pooled.is_cut {
                    pooled.is_cut = true;
                    cut.push(*one);
                }
            }
        }
        cut
    }

    /// Takes back what [`Alternatives::cut`] did.
    fn mend(&mut self, one: u32) {
        let pooled = &mut self.pool[one as usize];
        pooled.is_cut = false;
        pooled.exchange.all().for_each(|(atom, _)| self.cover[atom as usize] += 1);
    }

    fn remove(&mut self, one: u32) {
        let pooled = &mut self.pool[one as usize];
        pooled.is_cut = false;
        pooled.users.clear();
        for (atom, _) in pooled.exchange.all() {
            self.exchanges_of[atom as usize].retain(|(other, _)| *other != one);
        }
        self.free.push(one);
    }

    fn add(&mut self, pair: Pair, exchange: Exchange) -> u32 {
        let pooled = Pooled { pair, exchange, moves: 0, is_cut: false, users: Vec::new() };
        let one = match self.free.pop() {
            Some(one) => {
                self.pool[one as usize] = pooled;
                one
            }
            None => {
                self.pool.push(pooled);
                self.pool.len() as u32 - 1
            }
        };
        for (atom, gains) in exchange.all() {
            self.exchanges_of[atom as usize].push((one, gains));
            self.cover[atom as usize] += 1;
        }
        one
    }

    /// Whether enough exchanges that are not cut move the count, if need be with new ones.
    fn reopen(&mut self, count: u32, ties: &mut Ties) -> bool {
        let Count { watched, up, down, .. } = &mut self.counts[count as usize];
        if let (&[atom], 1) = (watched.atoms.as_slice(), watched.width) {
            return self.cover[atom as usize] > 0 || self.reopen_alone(atom, ties);
        }
        let is_left = |one: &&u32| !self.pool[**one as usize].is_cut;
        let mut found = std::mem::take(&mut self.spare);
        for (found, before) in found.iter_mut().zip([&*up, &*down]) {
            found.clear();
            found.extend(before.iter().filter(is_left));
        }
        let atoms = std::mem::take(&mut watched.atoms);
        let width = watched.width;
        atoms.iter().for_each(|atom| self.inside[*atom as usize] = true);
        let open = self.widen(&atoms, width, ties, &mut found);
        atoms.iter().for_each(|atom| self.inside[*atom as usize] = false);
        let Count { watched, up, down, .. } = &mut self.counts[count as usize];
        watched.atoms = atoms;
        if open {
            for one in found.iter().flatten() {
                let users = &mut self.pool[*one as usize].users;
                if !users.contains(&count) {
                    users.push(count);
                }
            }
            found.iter_mut().zip([up, down]).for_each(|(found, before)| std::mem::swap(found, before));
        }
        self.spare = found;
        open
    }

    fn reopen_alone(&mut self, atom: u32, ties: &mut Ties) -> bool {
        self.inside[atom as usize] = true;
        let found = [true, false].into_iter().find_map(|gains| self.exchange(atom, gains, ties));
        self.inside[atom as usize] = false;
        found.is_some_and(|(pair, exchange)| {
            self.add(pair, exchange);
            true
        })
    }

    /// Takes exchanges from the pool, and then looks for others, until they move the count far enough.
    fn widen(&mut self, atoms: &[u32], width: u32, ties: &mut Ties, found: &mut [Vec<u32>; 2]) -> bool {
        let moved =
            |alternatives: &Self, found: &[Vec<u32>; 2]| found.iter().map(|one| alternatives.moved(one)).sum::<u32>();
        if moved(self, found) >= width {
            return true;
        }
        let start = ties.below(atoms.len());
        for searching in [false, true] {
            for (side, gains) in [true, false].into_iter().enumerate() {
                found[side].iter().for_each(|one| self.make(*one));
                let mut so_far = self.moved(&found[side]);
                for place in (start..atoms.len()).chain(0..start).take(STARTS) {
                    while so_far < width {
                        let one = if searching {
                            let new = self.exchange(atoms[place], gains, ties);
                            new.map(|(pair, exchange)| self.add(pair, exchange))
                        } else {
                            self.pooled(atoms[place], gains, &found[side])
                        };
                        let Some(one) = one else { break };
                        self.make(one);
                        found[side].push(one);
                        so_far += self.moved(&[one]);
                    }
                }
                found[side].iter().for_each(|one| self.unmake(*one));
                if moved(self, found) >= width {
                    return true;
                }
            }
        }
        false
    }

    /// How far these exchanges move the count that is looked at.
    fn moved(&self, exchanges: &[u32]) -> u32 {
        let moves = |one: &u32| self.pool[*one as usize].exchange.moves(&self.inside);
        exchanges.iter().map(moves).sum::<i32>().unsigned_abs()
    }

    /// Takes away the answers that are no longer given once an exchange is made.
    fn make(&mut self, one: u32) {
        let Pooled { pair, exchange, .. } = &self.pool[one as usize];
        exchange.all().for_each(|(atom, gains)| self.given[pair.left(gains)][atom as usize] -= 1);
    }

    fn unmake(&mut self, one: u32) {
        let Pooled { pair, exchange, .. } = &self.pool[one as usize];
        exchange.all().for_each(|(atom, gains)| self.given[pair.left(gains)][atom as usize] += 1);
    }

    /// One of the pool like [`Alternatives::exchange`], but none that is `made` already: what cuts through it takes as much
    /// as can be.
    fn pooled(&self, atom: u32, gains: bool, made: &[u32]) -> Option<u32> {
        let is_of_use = |one: &u32| {
            let Pooled { pair, exchange, is_cut, .. } = &self.pool[*one as usize];
            !is_cut
                && !made.contains(one)
                && exchange.all().all(|(atom, gains)| self.may(*pair, atom, gains))
                && moves_so(exchange, gains, &self.inside)
        };
        let of_atom = self.exchanges_of[atom as usize].iter();
        of_atom.filter(|(_, own)| *own == gains).map(|(one, _)| *one).find(is_of_use)
    }

    /// Whether somebody gave the other answer of the pair, and still does in the exchanges that are made.
    fn may(&self, pair: Pair, atom: u32, gains: bool) -> bool {
        self.given[pair.left(gains)][atom as usize] > 0
    }

    /// An exchange that moves an answer that matters into `atom` (or else out of it) and the count that is looked at in
    /// the same direction. It may be made together with those that are made, or without any of them.
    fn exchange(&mut self, atom: u32, gains: bool, ties: &mut Ties) -> Option<(Pair, Exchange)> {
        let Self { pairs, given, inside, notes, .. } = self;
        let fits = |exchange: &Exchange| moves_so(exchange, gains, inside);
        pairs.iter().find_map(|pair| {
            let left = [false, true].map(|gains| given[pair.left(gains)].as_slice());
            let may = |atom: u32, gains: bool| left[usize::from(gains)][atom as usize] > 0;
            if !may(atom, gains) {
                return None;
            }
            let start = ties.number();
            let found = Search::new(ties, notes, &may, &fits, atom, gains, start).find()?;
            Some((*pair, found))
        })
    }
}

impl Count {
    /// Whether it is of one atom, of which any exchange keeps it open.
    fn is_alone(&self) -> bool {
        self.watched.atoms.len() == 1 && self.watched.width == 1
    }
}

/// Whether an exchange moves the count of those `inside` up, or else down.
fn moves_so(exchange: &Exchange, up: bool, inside: &[bool]) -> bool {
    let moves = exchange.moves(inside);
    if up { moves > 0 } else { moves < 0 }
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
