//! Other answers that fit everything published.
//!
//! An attacker who knows every size can bound a withheld count by linear programming. The bounds are at least as wide
//! as the counts in any two tables of answers that both fit what is published. So instead of solving two programs a
//! count, the engine walks: from the true answers, it exchanges sensitive answers between people in ways that leave
//! every published count as it is, and notes how far each watched count moves. What has moved far enough is **open**,
//! with the tables as the proof; what has not is treated as narrow.
//!
//! Two atoms in the same published groups exchange freely. Otherwise two pairs whose groups differ in the same way
//! exchange at once: what one pair takes from the published counts, the other gives back (Diaconis and Sturmfels 1998).
//! Ways of differing are recognised by a random 64-bit sum over the groups.

use std::collections::HashMap;

use super::modular::Numbers;

/// A count that must stay open.
pub(super) struct Watched {
    /// Its atoms, ascending.
    pub atoms: Vec<u32>,
    /// How many people apart its smallest and its largest value must be.
    pub width: u32,
}

/// Sensitive answers per atom, and how far they can be moved.
pub(super) struct Alternatives<'a> {
    sizes: &'a [u32],
    answers: Vec<u32>,
    counts: Vec<Range>,
    atoms: Vec<Range>,
    /// Per watched count, whether it may be narrow.
    ignored: Vec<bool>,
    /// Per atom, the watched counts it is in.
    watchers: Vec<Vec<u32>>,
    numbers: Numbers,
}

/// Where a count is, and where it has been.
#[derive(Clone, Copy)]
struct Range {
    now: u32,
    least: u32,
    most: u32,
    /// It is open when it has been so far apart.
    width: u32,
}

/// A published group with more atoms than this offers each of them only some partners.
const ALL_PARTNERS: usize = 128;
/// How many partners then.
const SOME_PARTNERS: usize = 24;
/// Exchanges tried per atom and exploration.
const TRIES_PER_ATOM: usize = 24;
/// Other pairs tried for one exchange.
const COUNTERPARTS: usize = 12;

impl<'a> Alternatives<'a> {
    /// From the true answers of atoms of these `sizes`.
    pub fn new(sizes: &'a [u32], answers: Vec<u32>, watched: &[Watched]) -> Self {
        let mut watchers = vec![Vec::new(); sizes.len()];
        for (index, count) in (0..).zip(watched) {
            count.atoms.iter().for_each(|atom| watchers[*atom as usize].push(index));
        }
        let counts = watched
            .iter()
            .map(|count| Range::at(count.atoms.iter().map(|atom| answers[*atom as usize]).sum(), count.width));
        let counts = counts.collect();
        let atoms = answers.iter().map(|now| Range::at(*now, 0)).collect();
        Self {
            sizes,
            answers,
            counts,
            atoms,
            ignored: vec![false; watched.len()],
            watchers,
            numbers: Numbers::seeded(2),
        }
    }

    /// Exchanges answers within what these groups leave free. Groups may only become fewer from call to call. Watched
    /// counts that are `ignored` may be narrow.
    pub fn explore(&mut self, published: &[&[u32]], ignored: &[bool]) {
        ignored.clone_into(&mut self.ignored);
        let pairs = Pairs::find(self.sizes.len(), published, &mut self.numbers);
        for atom in 0..self.sizes.len() {
            if !pairs.bound[atom] {
                self.set(atom, 0);
                self.set(atom, self.sizes[atom]);
            }
        }
        for round in 0..TRIES_PER_ATOM {
            let mut moved = false;
            for atom in 0..self.sizes.len() {
                // Half of the time only where something is still narrow.
                if round % 2 == 0 || self.is_wanted(atom) {
                    moved |= self.exchange(atom, &pairs);
                }
            }
            if !moved || self.all_open() {
                break;
            }
        }
    }

    /// Watched counts that have not moved far enough.
    pub fn narrow(&self) -> impl Iterator<Item = usize> {
        (0..self.counts.len()).filter(|count| self.is_narrow(*count))
    }

    /// Atoms in which nobody, or everybody, has given a sensitive answer in every table seen.
    pub fn forced(&self) -> impl Iterator<Item = u32> {
        (0..)
            .zip(&self.atoms)
            .zip(self.sizes)
            .filter(|((_, range), size)| range.is_forced(**size))
            .map(|((atom, _), _)| atom)
    }

    fn is_narrow(&self, count: usize) -> bool {
        !self.ignored[count] && !self.counts[count].is_open()
    }

    fn all_open(&self) -> bool {
        self.narrow().next().is_none() && self.forced().next().is_none()
    }

    fn is_wanted(&self, atom: usize) -> bool {
        self.atoms[atom].is_forced(self.sizes[atom])
            || self.watchers[atom].iter().any(|count| self.is_narrow(*count as usize))
    }

    /// Moves one answer into or out of `atom`, if some exchange allows it.
    fn exchange(&mut self, atom: usize, pairs: &Pairs) -> bool {
        let own = &pairs.of_atom[atom];
        if own.is_empty() {
            return false;
        }
        let pair = pairs.all[own[self.numbers.below(own.len())] as usize];
        // Upwards: the first gains, the second loses.
        let upwards = if pair.first as usize == atom {
            self.answers[atom] < self.sizes[atom] && self.answers[pair.second as usize] > 0
        } else {
            self.answers[pair.first as usize] < self.sizes[pair.first as usize] && self.answers[atom] > 0
        };
        let (gains, loses) = if upwards { (pair.first, pair.second) } else { (pair.second, pair.first) };
        if self.answers[gains as usize] >= self.sizes[gains as usize] || self.answers[loses as usize] == 0 {
            return false;
        }
        if pair.way == FREE {
            self.change(&[gains], &[loses]);
            return true;
        }
        let like = &pairs.ways[pair.way as usize];
        for _ in 0..COUNTERPARTS {
            let other = pairs.all[like[self.numbers.below(like.len())] as usize];
            let (back, away) = if upwards { (other.second, other.first) } else { (other.first, other.second) };
            let apart = [gains, loses].iter().all(|one| *one != back && *one != away);
            if apart && self.answers[back as usize] < self.sizes[back as usize] && self.answers[away as usize] > 0 {
                self.change(&[gains, back], &[loses, away]);
                return true;
            }
        }
        false
    }

    fn change(&mut self, gain: &[u32], lose: &[u32]) {
        for atom in gain {
            self.step(*atom as usize, 1);
        }
        for atom in lose {
            self.step(*atom as usize, u32::MAX);
        }
        for atom in gain.iter().chain(lose) {
            self.note(*atom as usize);
        }
    }

    fn set(&mut self, atom: usize, answers: u32) {
        self.step(atom, answers.wrapping_sub(self.answers[atom]));
        self.note(atom);
    }

    /// Adds `by`, modulo 2^32, so that −1 is a step too.
    fn step(&mut self, atom: usize, by: u32) {
        self.answers[atom] = self.answers[atom].wrapping_add(by);
        self.atoms[atom].now = self.answers[atom];
        for count in &self.watchers[atom] {
            let range = &mut self.counts[*count as usize];
            range.now = range.now.wrapping_add(by);
        }
    }

    fn note(&mut self, atom: usize) {
        self.atoms[atom].note();
        for count in &self.watchers[atom] {
            self.counts[*count as usize].note();
        }
    }
}

impl Range {
    fn at(now: u32, width: u32) -> Self {
        Self { now, least: now, most: now, width }
    }

    fn note(&mut self) {
        self.least = self.least.min(self.now);
        self.most = self.most.max(self.now);
    }

    fn is_open(self) -> bool {
        self.most - self.least >= self.width
    }

    fn is_forced(self, size: u32) -> bool {
        self.most == 0 || self.least == size
    }
}

/// Pairs whose exchange changes the published counts in a way that is their own.
struct Pairs {
    all: Vec<Pair>,
    of_atom: Vec<Vec<u32>>,
    /// Pairs that differ in the same way.
    ways: Vec<Vec<u32>>,
    /// Per atom, whether it is in any published group.
    bound: Vec<bool>,
}

#[derive(Clone, Copy)]
struct Pair {
    first: u32,
    second: u32,
    way: u32,
}

/// The way of pairs in the same groups.
const FREE: u32 = u32::MAX;

impl Pairs {
    fn find(atoms: usize, published: &[&[u32]], numbers: &mut Numbers) -> Self {
        let mut signatures = vec![0_u64; atoms];
        let mut bound = vec![false; atoms];
        for group in published {
            let number = numbers.next();
            for atom in *group {
                signatures[*atom as usize] = signatures[*atom as usize].wrapping_add(number);
                bound[*atom as usize] = true;
            }
        }
        let mut by_difference: HashMap<u64, Vec<(u32, u32)>> = HashMap::new();
        for (first, second) in partners(published, numbers) {
            let difference = signatures[first as usize].wrapping_sub(signatures[second as usize]);
            // One of d and −d, so that both orders of a pair meet.
            if difference <= difference.wrapping_neg() {
                by_difference.entry(difference).or_default().push((first, second));
            } else {
                by_difference.entry(difference.wrapping_neg()).or_default().push((second, first));
            }
        }
        let mut differences: Vec<(u64, Vec<(u32, u32)>)> =
            by_difference.into_iter().filter(|(difference, pairs)| *difference == 0 || pairs.len() > 1).collect();
        differences.sort_unstable_by_key(|(_, pairs)| pairs[0]);
        let mut found = Self { all: Vec::new(), of_atom: vec![Vec::new(); atoms], ways: Vec::new(), bound };
        for (difference, pairs) in differences {
            let way = if difference == 0 { FREE } else { found.ways.len() as u32 };
            let start = found.all.len() as u32;
            for (first, second) in pairs {
                let index = found.all.len() as u32;
                found.of_atom[first as usize].push(index);
                found.of_atom[second as usize].push(index);
                found.all.push(Pair { first, second, way });
            }
            if way != FREE {
                found.ways.push((start..found.all.len() as u32).collect());
            }
        }
        found
    }
}

/// Pairs of atoms that share a published group, each once: all of small groups, some of large ones.
fn partners(published: &[&[u32]], numbers: &mut Numbers) -> Vec<(u32, u32)> {
    let mut pairs = Vec::new();
    for group in published {
        for (place, first) in group.iter().enumerate() {
            if group.len() <= ALL_PARTNERS {
                pairs.extend(group[place + 1..].iter().map(|second| (*first, *second)));
            } else {
                pairs.extend((0..SOME_PARTNERS).map(|_| (*first, group[numbers.below(group.len())])));
            }
        }
    }
    pairs.retain_mut(|pair| {
        *pair = (pair.0.min(pair.1), pair.0.max(pair.1));
        pair.0 != pair.1
    });
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}
