//! How published groups tie atoms together: which atoms are in the same groups, but for those along one variable.
//!
//! Atoms are divided into classes of those that are in the same groups; and once more, for each variable, by the groups
//! that it divides alone, and by the others alone. Who is in one class of each of these two is in the same groups.

use super::modular::Numbers;

/// A published group.
#[derive(Clone, Copy)]
pub(super) struct Shown<'a> {
    /// Its atoms, ascending.
    pub atoms: &'a [u32],
    /// A bit for each variable that it is divided by.
    pub variables: u32,
}

/// The ties between atoms.
pub(super) struct Ties {
    /// Per atom, how many groups it is in.
    groups: Vec<u32>,
    /// By all groups.
    alike: Partition,
    /// Per variable: by the groups that it does not divide.
    alike_but_for: Vec<Partition>,
    /// Per variable: by those that it divides.
    alike_along: Vec<Partition>,
    /// How many groups are tied.
    tied: u32,
    numbers: Numbers,
}

impl Ties {
    /// So many atoms that nothing ties yet, and so many variables.
    pub fn new(atoms: usize, variables: usize) -> Self {
        Self {
            groups: vec![0; atoms],
            alike: Partition::of_one(atoms),
            alike_but_for: vec![Partition::of_one(atoms); variables],
            alike_along: vec![Partition::of_one(atoms); variables],
            tied: 0,
            numbers: Numbers::seeded(2),
        }
    }

    /// Ties the atoms of a group.
    pub fn tie(&mut self, group: Shown<'_>) {
        self.tied += 1;
        let since = self.tied;
        self.alike.split(group.atoms, since);
        for variable in 0..self.variables() {
            self.divided(group, variable).split(group.atoms, since);
        }
        group.atoms.iter().for_each(|atom| self.groups[*atom as usize] += 1);
    }

    /// Takes back the last [`Ties::tie`] that has not been taken back.
    pub fn untie(&mut self, group: Shown<'_>) {
        let since = self.tied;
        self.alike.join(since);
        for variable in 0..self.variables() {
            self.divided(group, variable).join(since);
        }
        group.atoms.iter().for_each(|atom| self.groups[*atom as usize] -= 1);
        self.tied -= 1;
    }

    /// Of the two partitions that belong to a variable, the one that a group divides.
    fn divided(&mut self, group: Shown<'_>, variable: usize) -> &mut Partition {
        let is_along = group.variables & 1 << variable != 0;
        if is_along { &mut self.alike_along[variable] } else { &mut self.alike_but_for[variable] }
    }

    pub fn variables(&self) -> usize {
        self.alike_along.len()
    }

    /// Whether the atom is in any group.
    pub fn is_tied(&self, atom: u32) -> bool {
        self.groups[atom as usize] > 0
    }

    /// Atoms in the same groups as `atom`, itself among them.
    pub fn alike(&self, atom: u32) -> &[u32] {
        self.alike.with(atom)
    }

    /// Atoms in the same groups as `atom`, but for those along `variable`.
    pub fn alike_but_for(&self, variable: usize, atom: u32) -> &[u32] {
        self.alike_but_for[variable].with(atom)
    }

    /// Atoms in the same groups along `variable` as `atom`.
    pub fn alike_along(&self, variable: usize, atom: u32) -> &[u32] {
        self.alike_along[variable].with(atom)
    }

    /// The class of those.
    pub fn class_along(&self, variable: usize, atom: u32) -> u32 {
        self.alike_along[variable].class[atom as usize]
    }

    /// A number that is the same in every run.
    pub fn number(&mut self) -> u64 {
        self.numbers.next()
    }

    /// The next number below `limit`, which is not 0.
    pub fn below(&mut self, limit: usize) -> usize {
        self.numbers.below(limit)
    }
}

/// Atoms by the groups that they are in. Groups only ever divide classes, so that the last division can be taken back.
#[derive(Clone)]
struct Partition {
    /// Atoms, those of a class side by side.
    atoms: Vec<u32>,
    /// Per atom, where it stands among them.
    place: Vec<u32>,
    /// Per atom.
    class: Vec<u32>,
    classes: Vec<Class>,
}

/// Atoms that are in the same groups.
#[derive(Clone, Copy)]
struct Class {
    start: u32,
    length: u32,
    /// The group that made it a class of its own, counted in the order of tying.
    since: u32,
    /// While a group is added, a note on it; otherwise 0.
    note: u32,
}

impl Partition {
    /// All atoms in one class.
    fn of_one(atoms: usize) -> Self {
        let all: Vec<u32> = (0..).take(atoms).collect();
        let class = Class { start: 0, length: atoms as u32, since: 0, note: 0 };
        Self { place: all.clone(), atoms: all, class: vec![0; atoms], classes: vec![class] }
    }

    /// Atoms in the class of `atom`.
    fn with(&self, atom: u32) -> &[u32] {
        let Class { start, length, .. } = self.classes[self.class[atom as usize] as usize];
        &self.atoms[start as usize..(start + length) as usize]
    }

    /// Divides each class into those of `atoms`, the group `since`, and the others.
    fn split(&mut self, atoms: &[u32], since: u32) {
        let touched = self.touched(atoms);
        let new = self.classes.len();
        touched.iter().for_each(|class| self.divide(*class, since));
        if self.classes.len() > new {
            atoms.iter().for_each(|atom| self.move_to_new(*atom));
            touched.into_iter().for_each(|class| self.classes[class as usize].note = 0);
            self.classes[new..].iter_mut().for_each(|class| class.note = 0);
        }
    }

    /// Classes of these atoms, with how many of them each has as its note.
    fn touched(&mut self, atoms: &[u32]) -> Vec<u32> {
        let mut touched = Vec::new();
        for atom in atoms {
            let class = self.class[*atom as usize];
            let note = &mut self.classes[class as usize].note;
            *note += 1;
            if *note == 1 {
                touched.push(class);
            }
        }
        touched
    }

    /// Makes the end of a class one of its own, for the atoms that are noted, unless all are; the note says which.
    fn divide(&mut self, index: u32, since: u32) {
        let new = self.classes.len() as u32;
        let class = &mut self.classes[index as usize];
        if class.note == class.length {
            class.note = 0;
            return;
        }
        class.length -= class.note;
        let start = class.start + class.length;
        let length = std::mem::replace(&mut class.note, new);
        self.classes.push(Class { start, length, since, note: 0 });
    }

    /// Moves an atom to the new class that its class notes, if any.
    fn move_to_new(&mut self, atom: u32) {
        let new = self.classes[self.class[atom as usize] as usize].note;
        if new == 0 {
            return;
        }
        let Class { start, note, .. } = &mut self.classes[new as usize];
        let to = *start + *note;
        *note += 1;
        let from = std::mem::replace(&mut self.place[atom as usize], to);
        let other = std::mem::replace(&mut self.atoms[to as usize], atom);
        self.class[atom as usize] = new;
        if other != atom {
            self.atoms[from as usize] = other;
            self.place[other as usize] = from;
        }
    }

    /// Takes back the [`Partition::split`] by the last group, `since`.
    fn join(&mut self, since: u32) {
        while let Some(new) = self.classes.pop_if(|class| class.since == since) {
            let places = new.start as usize..(new.start + new.length) as usize;
            let before = self.class[self.atoms[places.start - 1] as usize];
            self.classes[before as usize].length += new.length;
            self.atoms[places].iter().for_each(|atom| self.class[*atom as usize] = before);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ATOMS: u32 = 12;

    proptest! {
        #[test]
        fn atoms_are_alike_that_are_in_the_same_groups(
            groups in proptest::collection::vec((1_u32..1 << ATOMS, 0_u32..8), 0..10),
            taken_back in 0_usize..10,
        ) {
            let members = |set: u32| (0..ATOMS).filter(move |atom| set >> atom & 1 == 1).collect::<Vec<u32>>();
            let groups: Vec<(Vec<u32>, u32)> = groups.into_iter().map(|(set, variables)| (members(set), variables)).collect();
            let mut ties = Ties::new(ATOMS as usize, 3);
            groups.iter().for_each(|(atoms, variables)| ties.tie(Shown { atoms, variables: *variables }));
            let left = groups.len().saturating_sub(taken_back);
            for (atoms, variables) in groups[left..].iter().rev() {
                ties.untie(Shown { atoms, variables: *variables });
            }
            let alike = |atom: u32, counts: &dyn Fn(u32) -> bool| -> Vec<u32> {
                let same = |other: u32, (atoms, variables): &(Vec<u32>, u32)| {
                    !counts(*variables) || atoms.contains(&atom) == atoms.contains(&other)
                };
                (0..ATOMS).filter(|other| groups[..left].iter().all(|group| same(*other, group))).collect()
            };
            let sorted = |atoms: &[u32]| { let mut atoms = atoms.to_vec(); atoms.sort_unstable(); atoms };
            for atom in 0..ATOMS {
                prop_assert_eq!(sorted(ties.alike(atom)), alike(atom, &|_| true));
                prop_assert_eq!(ties.is_tied(atom), groups[..left].iter().any(|(atoms, _)| atoms.contains(&atom)));
                for variable in 0..3 {
                    prop_assert_eq!(sorted(ties.alike_along(variable, atom)), alike(atom, &|of| of >> variable & 1 == 1));
                    prop_assert_eq!(sorted(ties.alike_but_for(variable, atom)), alike(atom, &|of| of >> variable & 1 == 0));
                }
            }
        }
    }
}
