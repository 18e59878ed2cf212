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
//! Ways of differing are recognised by a random 64-bit sum over the groups. Pairs that differ along one variable only
//! are the ones that have others like them.

use super::modular::Numbers;

/// A count that must stay open.
pub(super) struct Watched {
    /// Its atoms, ascending.
    pub atoms: Vec<u32>,
    /// How many people apart its smallest and its largest value must be.
    pub width: u32,
}

/// A published group.
#[derive(Clone, Copy)]
pub(super) struct Shown<'a> {
    /// Its atoms, ascending.
    pub atoms: &'a [u32],
    /// A bit for each variable that it is divided by.
    pub variables: u32,
}

/// Sensitive answers per atom, and how far they can be moved.
pub(super) struct Alternatives<'a> {
    sizes: &'a [u32],
    answers: Vec<u32>,
    counts: Vec<Range>,
    atoms: Vec<Range>,
    /// Whether "nobody here" says too much of an atom, besides "everybody here".
    both_ways: bool,
    watched: Vec<Vec<u32>>,
    /// Per atom, whether the count that is being pushed has it.
    pushed: Vec<bool>,
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

/// Partners found for an atom along each variable.
const PARTNERS_FOUND: usize = 8;
/// Exchanges tried with each atom before anything is pushed.
const WANDERINGS: usize = 2;
/// Rounds at most; each must halve what is narrow, or it is the last.
const ROUNDS: usize = 3;
/// A push ends after so many moves.
const MOST_MOVES: usize = 12;
/// Or when so many atoms in turn could not be moved.
const MOST_IDLE: usize = 16;
/// Partners tried for one exchange.
const PARTNERS: usize = 16;
/// Other pairs tried with each partner.
const COUNTERPARTS: usize = 8;

impl<'a> Alternatives<'a> {
    /// From the true answers of atoms of these `sizes`.
    pub fn new(sizes: &'a [u32], answers: Vec<u32>, watched: Vec<Watched>, both_ways: bool) -> Self {
        let mut watchers = vec![Vec::new(); sizes.len()];
        for (index, count) in (0..).zip(&watched) {
            count.atoms.iter().for_each(|atom| watchers[*atom as usize].push(index));
        }
        let counts = watched
            .iter()
            .map(|count| Range::at(count.atoms.iter().map(|atom| answers[*atom as usize]).sum(), count.width));
        let counts = counts.collect();
        let atoms = answers.iter().map(|now| Range::at(*now, 0)).collect();
        Self {
            sizes,
            both_ways,
            answers,
            counts,
            atoms,
            pushed: vec![false; sizes.len()],
            watched: watched.into_iter().map(|count| count.atoms).collect(),
            watchers,
            numbers: Numbers::seeded(2),
        }
    }

    /// Exchanges answers within what these groups leave free. Groups may only become fewer from call to call.
    pub fn explore(&mut self, published: &[Shown<'_>]) {
        let mut left = usize::MAX;
        for _ in 0..ROUNDS {
            // Other partners in every round: those of the last may have had nothing to give.
            let pairs = Pairs::find(self.sizes.len(), published, &mut self.numbers);
            self.explore_with(&pairs);
            let narrow = self.narrow().count() + self.forced().count();
            if narrow == 0 || narrow > left / 2 {
                break;
            }
            left = narrow;
        }
    }

    fn explore_with(&mut self, pairs: &Pairs) {
        // Nobody in no published group, then everybody: one atom at a time would never show a count at its ends.
        for all in [false, true] {
            for atom in (0..self.sizes.len()).filter(|atom| !pairs.bound[*atom]) {
                self.set(atom, if all { self.sizes[atom] } else { 0 });
            }
        }
        // Wander first, so that nothing stays at the edge where the truth may lie; then push what is still narrow.
        for _ in 0..WANDERINGS {
            for atom in 0..self.sizes.len() {
                let gains =
                    self.answers[atom] < self.sizes[atom] && (self.answers[atom] == 0 || self.numbers.below(2) == 0);
                self.exchange(atom, gains, pairs);
            }
        }
        for count in self.narrow().collect::<Vec<_>>() {
            let atoms = std::mem::take(&mut self.watched[count]);
            self.push(&atoms, pairs);
            self.watched[count] = atoms;
        }
        for atom in self.forced().collect::<Vec<_>>() {
            self.push(&[atom], pairs);
        }
    }

    /// Moves the count of `atoms` as far as it goes, up and down.
    fn push(&mut self, atoms: &[u32], pairs: &Pairs) {
        atoms.iter().for_each(|atom| self.pushed[*atom as usize] = true);
        for gains in [true, false] {
            let mut moves = 0;
            let mut idle = 0;
            while idle < MOST_IDLE && moves < MOST_MOVES {
                let atom = atoms[self.numbers.below(atoms.len())] as usize;
                if self.exchange(atom, gains, pairs) {
                    moves += 1;
                    idle = 0;
                } else {
                    idle += 1;
                }
            }
        }
        atoms.iter().for_each(|atom| self.pushed[*atom as usize] = false);
    }

    /// Watched counts that have not moved far enough.
    pub fn narrow(&self) -> impl Iterator<Item = usize> {
        (0..self.counts.len()).filter(|count| self.is_narrow(*count))
    }

    /// Atoms of which everybody (or, if that matters, nobody) has given a sensitive answer in every table seen.
    pub fn forced(&self) -> impl Iterator<Item = u32> {
        (0..).take(self.sizes.len()).filter(|atom| self.is_forced(*atom as usize))
    }

    fn is_forced(&self, atom: usize) -> bool {
        let range = self.atoms[atom];
        range.least == self.sizes[atom] || (self.both_ways && range.most == 0)
    }

    fn is_narrow(&self, count: usize) -> bool {
        !self.counts[count].is_open()
    }

    /// Moves one answer into or out of `atom`, if some exchange allows it. Where the atom is pushed, no other pushed one
    /// may take the move back.
    fn exchange(&mut self, atom: usize, gains: bool, pairs: &Pairs) -> bool {
        let own = &pairs.of_atom[atom];
        if own.is_empty() || !self.may(atom as u32, gains) {
            return false;
        }
        let pushing = self.pushed[atom];
        let start = self.numbers.below(own.len());
        for place in (start..own.len()).chain(0..start).take(PARTNERS) {
            let pair = pairs.all[own[place] as usize];
            let is_first = pair.first as usize == atom;
            let partner = if is_first { pair.second } else { pair.first };
            if !self.may(partner, !gains) || (pushing && self.pushed[partner as usize]) {
                continue;
            }
            let Some((start, end)) = pair.like else {
                self.change(&[(atom as u32, gains), (partner, !gains)]);
                return true;
            };
            for _ in 0..COUNTERPARTS {
                let other = pairs.all[start as usize + self.numbers.below((end - start) as usize)];
                let (like_atom, like_partner) =
                    if is_first { (other.first, other.second) } else { (other.second, other.first) };
                let apart = [atom as u32, partner].iter().all(|one| *one != like_atom && *one != like_partner);
                let kept = pushing && (self.pushed[like_atom as usize] && !self.pushed[like_partner as usize]);
                if apart && !kept && self.may(like_atom, !gains) && self.may(like_partner, gains) {
                    self.change(&[(atom as u32, gains), (partner, !gains), (like_atom, !gains), (like_partner, gains)]);
                    return true;
                }
            }
        }
        false
    }

    /// Whether an answer can move into (or else out of) `atom`.
    fn may(&self, atom: u32, gains: bool) -> bool {
        let atom = atom as usize;
        if gains { self.answers[atom] < self.sizes[atom] } else { self.answers[atom] > 0 }
    }

    fn change(&mut self, moves: &[(u32, bool)]) {
        for (atom, gains) in moves {
            self.step(*atom as usize, if *gains { 1 } else { u32::MAX });
        }
        for (atom, _) in moves {
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
}

/// Pairs of atoms that differ in published groups of one variable only, and in a way that other pairs differ in too.
struct Pairs {
    /// Pairs that differ in the same way stand together.
    all: Vec<Pair>,
    of_atom: Vec<Vec<u32>>,
    /// Per atom, whether it is in any published group.
    bound: Vec<bool>,
}

#[derive(Clone, Copy)]
struct Pair {
    first: u32,
    second: u32,
    /// Where the pairs stand that differ in the same way; `None` when the two are in the same groups.
    like: Option<(u32, u32)>,
}

impl Pairs {
    fn find(atoms: usize, published: &[Shown<'_>], numbers: &mut Numbers) -> Self {
        let labels: Vec<u64> = published.iter().map(|_| numbers.next()).collect();
        let sums = |counts: &dyn Fn(&Shown<'_>) -> bool| {
            let mut sums = vec![0_u64; atoms];
            for (group, label) in published.iter().zip(&labels).filter(|(group, _)| counts(group)) {
                for atom in group.atoms {
                    sums[*atom as usize] = sums[*atom as usize].wrapping_add(*label);
                }
            }
            sums
        };
        let signatures = sums(&|_| true);
        let variables = published.iter().fold(0, |all, group| all | group.variables);
        let mut differences: Vec<(u64, u32, u32)> = Vec::new();
        // Atoms in the same groups (no variable left out), then those that are but for the groups of one variable.
        let bits = (0..u32::BITS).map(|bit| 1 << bit).filter(|variable| variables & variable != 0);
        for variable in std::iter::once(0).chain(bits) {
            let mut alike: Vec<(u64, u64, u32)> = (0..)
                .zip(sums(&|group| group.variables & variable == 0))
                .map(|(atom, sum)| (sum, numbers.next(), atom))
                .collect();
            alike.sort_unstable();
            for alike in alike.chunk_by(|a, b| a.0 == b.0) {
                for (place, (_, _, first)) in alike.iter().enumerate() {
                    for (_, _, second) in alike.iter().cycle().skip(place + 1).take(PARTNERS_FOUND.min(alike.len() - 1))
                    {
                        let difference = signatures[*first as usize].wrapping_sub(signatures[*second as usize]);
                        // One of d and −d, so that both orders of a pair meet.
                        differences.push(
                            if difference < difference.wrapping_neg() || (difference == 0 && first < second) {
                                (difference, *first, *second)
                            } else {
                                (difference.wrapping_neg(), *second, *first)
                            },
                        );
                    }
                }
            }
        }
        differences.sort_unstable();
        differences.dedup();
        let mut found = Self { all: Vec::new(), of_atom: vec![Vec::new(); atoms], bound: vec![false; atoms] };
        for group in published {
            group.atoms.iter().for_each(|atom| found.bound[*atom as usize] = true);
        }
        for like in differences.chunk_by(|a, b| a.0 == b.0) {
            let free = like[0].0 == 0;
            if !free && like.len() == 1 {
                continue;
            }
            let start = found.all.len() as u32;
            let end = start + like.len() as u32;
            for (_, first, second) in like {
                let index = found.all.len() as u32;
                found.of_atom[*first as usize].push(index);
                found.of_atom[*second as usize].push(index);
                found.all.push(Pair { first: *first, second: *second, like: (!free).then_some((start, end)) });
            }
        }
        found
    }
}
