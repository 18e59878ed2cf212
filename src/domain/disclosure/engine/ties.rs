//! How published groups tie atoms together: which atoms are in the same groups, but for those along one variable.
//!
//! Every group has a random 64-bit label. An atom is known by the sum of the labels of its groups, and by the part of
//! that sum that comes from groups divided by one variable. Two atoms are in the same groups exactly when their sums
//! agree, but for a chance of about 2^−64.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

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
    /// Per atom, the sum of the labels of its groups.
    whole: Vec<u64>,
    /// Per variable and atom, the part of it along the variable.
    along: Vec<Vec<u64>>,
    alike: Lists,
    /// Per variable: by what is left of the sum without the part along it.
    alike_but_for: Vec<Lists>,
    /// Per variable: by the part along it.
    alike_along: Vec<Lists>,
    numbers: Numbers,
}

impl Ties {
    /// So many atoms that nothing ties yet, and so many variables.
    pub fn new(atoms: usize, variables: usize) -> Self {
        Self {
            groups: vec![0; atoms],
            whole: vec![0; atoms],
            along: vec![vec![0; atoms]; variables],
            alike: Lists::of_one(atoms),
            alike_but_for: vec![Lists::of_one(atoms); variables],
            alike_along: vec![Lists::of_one(atoms); variables],
            numbers: Numbers::seeded(2),
        }
    }

    /// Ties the atoms of a group; gives its label, with which [`Ties::untie`] takes it back.
    pub fn tie(&mut self, group: Shown<'_>) -> u64 {
        let label = self.numbers.next();
        self.add(group, label);
        group.atoms.iter().for_each(|atom| self.groups[*atom as usize] += 1);
        label
    }

    /// Takes back what [`Ties::tie`] did.
    pub fn untie(&mut self, group: Shown<'_>, label: u64) {
        self.add(group, label.wrapping_neg());
        group.atoms.iter().for_each(|atom| self.groups[*atom as usize] -= 1);
    }

    fn add(&mut self, group: Shown<'_>, label: u64) {
        for atom in group.atoms {
            let index = *atom as usize;
            let whole = self.whole[index];
            self.alike.change(*atom, whole, whole.wrapping_add(label));
            for variable in 0..self.along.len() {
                let along = self.along[variable][index];
                if group.variables & 1 << variable != 0 {
                    self.alike_along[variable].change(*atom, along, along.wrapping_add(label));
                    self.along[variable][index] = along.wrapping_add(label);
                } else {
                    let rest = whole.wrapping_sub(along);
                    self.alike_but_for[variable].change(*atom, rest, rest.wrapping_add(label));
                }
            }
            self.whole[index] = whole.wrapping_add(label);
        }
    }

    pub fn variables(&self) -> usize {
        self.along.len()
    }

    /// Whether the atom is in any group.
    pub fn is_tied(&self, atom: u32) -> bool {
        self.groups[atom as usize] > 0
    }

    /// Atoms in the same groups as `atom`, itself among them.
    pub fn alike(&self, atom: u32) -> &[u32] {
        self.alike.of(self.whole[atom as usize])
    }

    /// Atoms in the same groups as `atom`, but for those along `variable`.
    pub fn alike_but_for(&self, variable: usize, atom: u32) -> &[u32] {
        self.alike_but_for[variable].of(self.rest(variable, atom))
    }

    /// Atoms in the same groups along `variable` as `atom`.
    pub fn alike_along(&self, variable: usize, atom: u32) -> &[u32] {
        self.alike_along[variable].of(self.along[variable][atom as usize])
    }

    /// How the groups of `one` differ from those of `other`.
    pub fn difference(&self, one: u32, other: u32) -> u64 {
        self.whole[one as usize].wrapping_sub(self.whole[other as usize])
    }

    /// How they differ along `variable`.
    pub fn difference_along(&self, variable: usize, one: u32, other: u32) -> u64 {
        self.along[variable][one as usize].wrapping_sub(self.along[variable][other as usize])
    }

    /// Atoms from whose groups those of `atom` differ in this way.
    pub fn apart(&self, atom: u32, difference: u64) -> &[u32] {
        self.alike.of(self.whole[atom as usize].wrapping_sub(difference))
    }

    fn rest(&self, variable: usize, atom: u32) -> u64 {
        self.whole[atom as usize].wrapping_sub(self.along[variable][atom as usize])
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

/// Atoms by a sum of labels.
#[derive(Clone)]
struct Lists {
    atoms: HashMap<u64, Vec<u32>, BuildHasherDefault<AlreadyRandom>>,
    /// Per atom, where it stands in its list.
    place: Vec<u32>,
}

impl Lists {
    /// All atoms in the list of 0.
    fn of_one(atoms: usize) -> Self {
        let all: Vec<u32> = (0..).take(atoms).collect();
        Self { place: all.clone(), atoms: HashMap::from_iter([(0, all)]) }
    }

    fn of(&self, sum: u64) -> &[u32] {
        self.atoms.get(&sum).map_or(&[], Vec::as_slice)
    }

    fn change(&mut self, atom: u32, from: u64, to: u64) {
        if let Some(list) = self.atoms.get_mut(&from) {
            let place = self.place[atom as usize] as usize;
            list.swap_remove(place);
            if let Some(moved) = list.get(place) {
                self.place[*moved as usize] = place as u32;
            }
            if list.is_empty() {
                self.atoms.remove(&from);
            }
        }
        let list = self.atoms.entry(to).or_default();
        self.place[atom as usize] = list.len() as u32;
        list.push(atom);
    }
}

/// Sums of random labels need no further hashing.
#[derive(Default)]
struct AlreadyRandom(u64);

impl Hasher for AlreadyRandom {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}
