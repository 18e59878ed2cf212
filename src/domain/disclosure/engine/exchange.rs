//! Exchanges: answers that change places and leave every published count as it is.
//!
//! Atoms in the same published groups exchange freely. Otherwise pairs exchange at once: what one pair takes from the
//! published counts, the others give back (Diaconis and Sturmfels 1998). From the atom that is to change, the search goes
//! to a **partner** that changes the other way, in one step or two along one variable each; each step is then given back
//! by a pair of atoms that differ in just that way. Where along a variable steps are given back is found once in a
//! search, from both ends: a class of atoms that a partner is in, or the second of a pair.

use super::ties::Ties;

/// Atoms in one exchange at most: two, and two for each step.
const LONGEST: usize = 6;
/// Partners looked at in one place.
const NEAR: usize = 12;
/// Pairs looked at along one variable: so many that are first in one, and so many seconds of each.
const FIRSTS: usize = 6;
const SECONDS: usize = 12;
/// Atoms that two steps may lead by, and partners looked at beyond them.
const BETWEEN: usize = 12;
const TRIES: usize = 100;

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

    /// With one more atom; `None` when it has it already.
    fn with(mut self, atom: u32) -> Option<Self> {
        let length = usize::from(self.length);
        if self.atoms[..length].contains(&atom) {
            return None;
        }
        self.atoms[length] = atom;
        self.length += 1;
        Some(self)
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

/// What searches note of the classes along each variable. Only what the last one noted counts.
#[derive(Default)]
pub(super) struct Notes {
    search: u32,
    /// Per variable and class.
    notes: Vec<Vec<Note>>,
}

#[derive(Clone, Copy, Default)]
struct Note {
    /// The search that found a partner there, and which.
    wanted_by: u32,
    partner: u32,
    /// The search that found a pair which gives the step to there back, and which.
    found_by: u32,
    pair: [u32; 2],
}

impl Notes {
    fn at(&mut self, variable: usize, class: u32) -> &mut Note {
        if self.notes.len() <= variable {
            self.notes.resize_with(variable + 1, Vec::new);
        }
        let notes = &mut self.notes[variable];
        if notes.len() <= class as usize {
            notes.resize(class as usize + 1, Note::default());
        }
        &mut notes[class as usize]
    }

    /// The pair that gives the step to there back.
    fn pair(&self, variable: usize, class: u32) -> Option<[u32; 2]> {
        let note = self.notes.get(variable)?.get(class as usize)?;
        (note.found_by == self.search).then_some(note.pair)
    }
}

/// A search for one exchange.
pub(super) struct Search<'s, May, Fits> {
    ties: &'s Ties,
    notes: &'s mut Notes,
    /// Whether an answer may move into an atom (or else out of it).
    may: &'s May,
    /// Whether an exchange does what it is looked for.
    fits: &'s Fits,
    atom: u32,
    gains: bool,
    /// Where in each list it begins.
    start: u64,
    /// A bit for each variable along which pairs have been looked for.
    looked: u32,
}

impl<'s, May: Fn(u32, bool) -> bool, Fits: Fn(&Exchange) -> bool> Search<'s, May, Fits> {
    /// For an exchange in which an answer moves into `atom`, or else out of it.
    pub fn new(
        ties: &'s Ties,
        notes: &'s mut Notes,
        may: &'s May,
        fits: &'s Fits,
        atom: u32,
        gains: bool,
        start: u64,
    ) -> Self {
        notes.search += 1;
        Self { ties, notes, may, fits, atom, gains, start, looked: 0 }
    }

    /// The first exchange found; `None` when there is none, or when it is hard to find.
    pub fn find(mut self) -> Option<Exchange> {
        if !self.ties.is_tied(self.atom) {
            return Some(Exchange::of(self.atom, self.gains));
        }
        let mut variables = 0..self.ties.variables();
        self.alike().or_else(|| variables.find_map(|variable| self.near(variable))).or_else(|| self.beyond())
    }

    fn alike(&self) -> Option<Exchange> {
        self.losing(self.ties.alike(self.atom)).take(NEAR).find_map(|partner| self.with(partner, &[]))
    }

    /// With a partner that differs along `variable` alone.
    fn near(&mut self, variable: usize) -> Option<Exchange> {
        let (ties, search) = (self.ties, self.notes.search);
        let mut partners = self.losing(ties.alike_but_for(variable, self.atom)).take(NEAR).peekable();
        partners.peek()?;
        for partner in partners {
            let note = self.notes.at(variable, ties.class_along(variable, partner));
            (note.wanted_by, note.partner) = (search, partner);
        }
        self.give_back(variable)
    }

    /// Notes which steps along `variable` are given back; stops at one to a partner that is wanted.
    fn give_back(&mut self, variable: usize) -> Option<Exchange> {
        let Self { ties, may, gains, atom, start, .. } = *self;
        let search = self.notes.search;
        self.looked |= 1 << variable;
        let own = ties.class_along(variable, atom);
        for first in self.losing(ties.alike_along(variable, atom)).take(FIRSTS) {
            let seconds = rotated(ties.alike_but_for(variable, first), start);
            for second in seconds.filter(|second| may(*second, gains)).take(SECONDS) {
                let class = ties.class_along(variable, second);
                if class == own {
                    continue;
                }
                let note = self.notes.at(variable, class);
                (note.found_by, note.pair) = (search, [first, second]);
                if note.wanted_by == search {
                    let partner = note.partner;
                    let found = self.with(partner, &[[first, second]]);
                    if found.is_some() {
                        return found;
                    }
                }
            }
        }
        None
    }

    /// The pair that gives back the step to a class along `variable`.
    fn pair(&mut self, variable: usize, class: u32) -> Option<[u32; 2]> {
        if self.looked >> variable & 1 == 0 {
            self.give_back(variable);
        }
        self.notes.pair(variable, class)
    }

    /// By way of an atom that does not change itself, with a step along one variable and a step along another.
    fn beyond(&mut self) -> Option<Exchange> {
        let Self { ties, atom, start, .. } = *self;
        let mut left = TRIES;
        for first in 0..ties.variables() {
            for between in rotated(ties.alike_but_for(first, atom), start).take(BETWEEN) {
                let step = ties.class_along(first, between);
                let is_straight = |second: &usize| {
                    *second != first && ties.class_along(*second, between) == ties.class_along(*second, atom)
                };
                for second in (0..ties.variables()).filter(is_straight) {
                    for partner in self.losing(ties.alike_but_for(second, between)) {
                        left -= 1;
                        if left == 0 {
                            return None;
                        }
                        let Some(one) = self.pair(first, step) else { break };
                        let Some(other) = self.pair(second, ties.class_along(second, partner)) else { continue };
                        let found = self.with(partner, &[one, other]);
                        if found.is_some() {
                            return found;
                        }
                    }
                }
            }
        }
        None
    }

    /// Those of `atoms` that may change the other way.
    fn losing(&self, atoms: &'s [u32]) -> impl Iterator<Item = u32> + use<'s, May, Fits> {
        let Self { may, gains, atom, start, .. } = *self;
        rotated(atoms, start).filter(move |one| *one != atom && may(*one, !gains))
    }

    fn with(&self, partner: u32, pairs: &[[u32; 2]]) -> Option<Exchange> {
        let mut exchange = Exchange::of(self.atom, self.gains).with(partner)?;
        for [first, second] in pairs {
            exchange = exchange.with(*first)?.with(*second)?;
        }
        (self.fits)(&exchange).then_some(exchange)
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
            let Some(found) = Search::new(&ties, &mut Notes::default(), &may, &|_: &Exchange| true, atom, gains, start).find() else { return Ok(()) };
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
        ties.tie(group);
        assert_eq!((ties.alike(0).len(), ties.alike(1).len(), ties.is_tied(0)), (9, 18, true));
        ties.untie(group);
        assert_eq!((ties.alike(0).len(), ties.is_tied(0)), (27, false));
    }
}
