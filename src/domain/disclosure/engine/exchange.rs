//! Exchanges: answers that change places and leave every published count as it is.
//!
//! Atoms in the same published groups exchange freely. Otherwise pairs exchange at once: what one pair takes from the
//! published counts, the others give back (Diaconis and Sturmfels 1998). From the atom that is to change, the search goes
//! to a **partner** that changes the other way, in one step or two along one variable each, or along all at once; each
//! step is then given back by a pair of atoms that differ in just that way.

use std::cell::Cell;

use super::ties::Ties;

/// Atoms in one exchange at most: two, and two for each variable of a family.
const LONGEST: usize = 12;
/// Pairs looked at in one search: what bounds its time.
const TRIES: u32 = 90;
/// Partners that are alike, or one step away along each variable.
const NEAR: usize = 24;
/// Atoms that two steps may lead by, and partners tried after each.
const BETWEEN: usize = 8;
const BEYOND: usize = 4;
/// Partners along each variable that may differ in everything else.
const FAR: usize = 8;
/// Pairs tried to give back the last step, and any other.
const LAST_PAIRS: usize = 12;
const PAIRS: usize = 3;
/// Atoms alike tried as the second of a pair.
const ALIKE: usize = 4;

/// Atoms whose answers change by one each: the first and its partner, which change in opposite ways, and then pairs, of
/// which the second changes as the first atom does.
#[derive(Clone, Copy)]
pub(super) struct Exchange {
    atoms: [u32; LONGEST],
    length: u8,
    /// Whether an answer moves into the first atom, or else out of it.
    gains: bool,
}

impl Exchange {
    fn of(atom: u32, gains: bool) -> Self {
        let mut atoms = [0; LONGEST];
        atoms[0] = atom;
        Self { atoms, length: 1, gains }
    }

    /// With one more atom; `None` where there is no room.
    fn with(mut self, atom: u32) -> Option<Self> {
        *self.atoms.get_mut(usize::from(self.length))? = atom;
        self.length += 1;
        Some(self)
    }

    fn has(&self, atom: u32) -> bool {
        self.atoms[..usize::from(self.length)].contains(&atom)
    }

    /// Its atoms, and whether an answer moves into each, or else out of it.
    pub fn all(&self) -> impl Iterator<Item = (u32, bool)> {
        let as_first = |place: usize| place == 0 || (place > 1 && place % 2 == 1);
        (0..usize::from(self.length)).map(move |place| (self.atoms[place], as_first(place) == self.gains))
    }

    /// How far it moves the count of the atoms marked in `members`.
    pub fn moves(&self, members: &[bool]) -> i32 {
        self.all().filter(|(atom, _)| members[*atom as usize]).map(|(_, gains)| if gains { 1 } else { -1 }).sum()
    }
}

/// A search for one exchange.
pub(super) struct Search<'s, May, Fits> {
    ties: &'s Ties,
    /// Whether an answer may move into an atom (or else out of it).
    may: &'s May,
    /// Whether an exchange does what it is looked for.
    fits: &'s Fits,
    atom: u32,
    gains: bool,
    /// Where in each list it begins.
    start: u64,
    tries: Cell<u32>,
}

/// Part of the way to a partner: the variable along which it goes, the atom that it goes from, and how the groups differ.
type Step = (usize, u32, u64);

impl<'s, May: Fn(u32, bool) -> bool, Fits: Fn(&Exchange) -> bool> Search<'s, May, Fits> {
    /// For an exchange in which an answer moves into `atom`, or else out of it.
    pub fn new(ties: &'s Ties, may: &'s May, fits: &'s Fits, atom: u32, gains: bool, start: u64) -> Self {
        Self { ties, may, fits, atom, gains, start, tries: Cell::new(TRIES) }
    }

    /// The first exchange found; `None` when there is none, or when it is hard to find.
    pub fn find(self) -> Option<Exchange> {
        if !self.ties.is_tied(self.atom) {
            return Some(Exchange::of(self.atom, self.gains));
        }
        self.alike().or_else(|| self.near()).or_else(|| self.beyond()).or_else(|| self.far())
    }

    fn alike(&self) -> Option<Exchange> {
        self.partners(self.ties.alike(self.atom), NEAR).find_map(|partner| self.complete_with(partner, &[]))
    }

    fn near(&self) -> Option<Exchange> {
        let (ties, atom) = (self.ties, self.atom);
        self.variables().find_map(|variable| {
            self.partners(ties.alike_but_for(variable, atom), NEAR).find_map(|partner| {
                self.complete_with(partner, &[(variable, atom, ties.difference_along(variable, atom, partner))])
            })
        })
    }

    /// By way of an atom that does not change itself.
    fn beyond(&self) -> Option<Exchange> {
        let (ties, atom) = (self.ties, self.atom);
        self.variables().find_map(|first| {
            let between = rotated(ties.alike_but_for(first, atom), self.start).filter(|between| *between != atom);
            between.take(BETWEEN).find_map(|between| {
                let step = (first, atom, ties.difference_along(first, atom, between));
                self.variables().filter(|second| *second != first).find_map(|second| {
                    self.partners(ties.alike_but_for(second, between), BEYOND).find_map(|partner| {
                        let difference = ties.difference_along(second, between, partner);
                        self.complete_with(partner, &[step, (second, between, difference)])
                    })
                })
            })
        })
    }

    /// Along all variables in which the two differ. What groups divided by several of them leave over goes to the last.
    fn far(&self) -> Option<Exchange> {
        let (ties, atom) = (self.ties, self.atom);
        self.variables().find_map(|variable| {
            self.partners(ties.alike_along(variable, atom), FAR).find_map(|partner| {
                let along = |variable| (variable, atom, ties.difference_along(variable, atom, partner));
                let mut steps: Vec<Step> = self.variables().map(along).filter(|step| step.2 != 0).collect();
                let sum = steps.iter().fold(0, |sum: u64, step| sum.wrapping_add(step.2));
                let last = steps.last_mut()?;
                last.2 = last.2.wrapping_add(ties.difference(atom, partner).wrapping_sub(sum));
                self.complete_with(partner, &steps)
            })
        })
    }

    fn variables(&self) -> impl Iterator<Item = usize> + use<May, Fits> {
        0..self.ties.variables()
    }

    /// Those of `atoms` that may change the other way, while there are tries left.
    fn partners(&self, atoms: &[u32], most: usize) -> impl Iterator<Item = u32> {
        let partners = rotated(atoms, self.start).take_while(|_| self.tries.get() > 0);
        partners.filter(|partner| *partner != self.atom && (self.may)(*partner, !self.gains)).take(most)
    }

    fn complete_with(&self, partner: u32, steps: &[Step]) -> Option<Exchange> {
        self.complete(Exchange::of(self.atom, self.gains).with(partner)?, steps)
    }

    /// `exchange` with a pair for each step.
    fn complete(&self, exchange: Exchange, steps: &[Step]) -> Option<Exchange> {
        let Some(((variable, from, difference), later)) = steps.split_first() else {
            return (self.fits)(&exchange).then_some(exchange);
        };
        if *difference == 0 {
            return self.complete(exchange, later);
        }
        let (ties, may, gains) = (self.ties, self.may, self.gains);
        let firsts = rotated(ties.alike_along(*variable, *from), self.start ^ difference);
        let firsts = firsts.filter(|first| may(*first, !gains) && !exchange.has(*first));
        for first in firsts.take(if later.is_empty() { LAST_PAIRS } else { PAIRS }) {
            self.tries.set(self.tries.get().checked_sub(1)?);
            let mut seconds = rotated(ties.apart(first, *difference), self.start).take(ALIKE);
            let found = seconds.find(|second| *second != first && may(*second, gains) && !exchange.has(*second));
            let longer = found.and_then(|second| exchange.with(first)?.with(second));
            if let Some(found) = longer.and_then(|longer| self.complete(longer, later)) {
                return Some(found);
            }
        }
        None
    }
}

/// `atoms` from somewhere in the middle on, and round.
fn rotated(atoms: &[u32], start: u64) -> impl Iterator<Item = u32> {
    let middle = if atoms.is_empty() { 0 } else { (start % atoms.len() as u64) as usize };
    atoms[middle..].iter().chain(&atoms[..middle]).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::disclosure::engine::ties::Shown;
    use proptest::prelude::*;

    /// Atoms of a table of three variables with three categories each, and some of its groups.
    fn groups(chosen: &[(usize, usize)]) -> Vec<(Vec<u32>, u32)> {
        let category = |atom: u32, variable: usize| atom as usize / [1, 3, 9][variable] % 3;
        let of = |(variables, categories): &(usize, usize)| {
            let inside = |atom: &u32| {
                (0..3)
                    .filter(|variable| variables >> variable & 1 == 1)
                    .all(|variable| category(*atom, variable) == categories / [1, 3, 9][variable] % 3)
            };
            ((0..27).filter(inside).collect(), *variables as u32)
        };
        chosen.iter().map(of).collect()
    }

    proptest! {
        #[test]
        fn an_exchange_leaves_every_group_as_it_is(
            chosen in proptest::collection::vec((0_usize..8, 0_usize..27), 0..12),
            answers in proptest::collection::vec(0_u32..3, 27),
            atom in 0_u32..27,
            gains: bool,
            start: u64,
        ) {
            let groups = groups(&chosen);
            let mut ties = Ties::new(27, 3);
            for (atoms, variables) in &groups {
                ties.tie(Shown { atoms, variables: *variables });
            }
            let may = |atom: u32, gains: bool| if gains { answers[atom as usize] < 2 } else { answers[atom as usize] > 0 };
            if !may(atom, gains) { return Ok(()) }
            let Some(found) = Search::new(&ties, &may, &|_: &Exchange| true, atom, gains, start).find() else { return Ok(()) };
            prop_assert!(found.all().any(|one| one == (atom, gains)));
            for (one, gains) in found.all() {
                prop_assert!(may(one, gains));
                prop_assert_eq!(found.all().filter(|(other, _)| *other == one).count(), 1);
            }
            for (atoms, _) in &groups {
                let members: Vec<bool> = (0..27).map(|atom| atoms.contains(&atom)).collect();
                prop_assert_eq!(found.moves(&members), 0);
            }
        }
    }

    #[test]
    fn untying_takes_back_what_tying_did() {
        let atoms: Vec<u32> = (0..27).filter(|atom| atom % 3 == 0).collect();
        let mut ties = Ties::new(27, 3);
        let group = Shown { atoms: &atoms, variables: 1 };
        let label = ties.tie(group);
        assert_eq!((ties.alike(0).len(), ties.alike(1).len(), ties.is_tied(0)), (9, 18, true));
        ties.untie(group, label);
        assert_eq!((ties.alike(0).len(), ties.is_tied(0)), (27, false));
    }
}
