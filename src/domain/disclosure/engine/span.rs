//! The span of what is published, and how far each protected set is from it.
//!
//! A published count is a linear equation in the unknown counts of the atoms; whatever an attacker can derive by adding
//! and subtracting lies in the span of the published rows (Fellegi 1972). So a set stays protected exactly while its
//! 0/1 row lies outside that span. [`Span`] holds the published rows in reduced echelon form modulo 2^61 − 1 (Langsrud
//! 2024), and two random vectors that are orthogonal to all of them.
//!
//! A set's **shadow** is its sums over those two vectors. It lies in the span exactly when both are 0, and one set follows
//! from another exactly when the ratios of their shadows agree, but for a chance of about 2^−61. A candidate that is
//! published turns the vectors a little; only sets that have an atom in which they turn need looking at, and no protected
//! row is ever reduced itself.
//!
//! Atoms lie in **blocks**, such as organisations. A set in several of them is written with a column for the count of its
//! **part** in each, and a row for each part says which atoms that column is the sum of. From both follows what follows from
//! the set, and nothing else about atoms: a combination is left with no part only when it takes the row of each as often as
//! the set's. So what one organisation publishes changes rows over its own atoms, and none that is as long as everybody.
//!
//! The **lone respondent** knows her own count. She learns a set exactly when her row and the set's become proportional;
//! so no protected row may share its ratio with that of somebody alone.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use super::modular::{self, Numbers, PRIME};
use super::shadow::{Shadow, Sharing, ratios};
use super::sparse::{Entry, add, added_up, remove, value_at};

/// A set that must not be determined.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::domain::disclosure) struct Target {
    /// Its atoms, ascending.
    pub members: Vec<u32>,
    /// Whether it is one person, who knows her own answer and must not learn another set's.
    pub lone: bool,
}

/// What offering a candidate came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It was published, and says something new.
    Published,
    /// It lies in the span already, so that publishing it says nothing new.
    Known,
    /// It would determine a protected set.
    Disclosing,
}

/// Published rows, and the shadows of protected ones. Cloning is cheap: rows are shared until they change.
#[derive(Clone)]
pub(super) struct Span {
    /// Per atom, its block. Columns are the atoms, and then parts.
    blocks: Rc<[u32]>,
    /// Published rows and those of parts, each 1 in its pivot column, which is an atom if the row has any. Where that is an
    /// atom, no other row has a value; where it is a part, no other of the rows without atoms has.
    rows: Vec<Rc<[Entry]>>,
    /// Per row, its pivot column.
    pivots: Vec<u32>,
    /// Per column, the row whose pivot it is.
    pivot: Vec<Option<u32>>,
    /// Per column, the rows that have a value there, ascending, but for the one whose pivot it is.
    occurs: Vec<Rc<Vec<u32>>>,
    /// Two vectors, orthogonal to every row and random otherwise.
    vectors: Vec<Shadow>,
    targets_of: Rc<TargetsOf>,
    /// Per target.
    shadows: Vec<Shadow>,
    lone: Rc<Vec<bool>>,
    /// What each target adds to those that share a ratio; empty while lone respondents are not protected.
    shares: Rc<Vec<Sharing>>,
    ratios: HashMap<u64, Sharing>,
    ratio_of: Vec<u64>,
    /// Entries changed so far: the measure of work.
    work: u64,
}

impl Span {
    /// Nothing is published yet. Atoms lie in `blocks`, which decide how long it takes and nothing else.
    pub(super) fn new(blocks: &Rc<[u32]>, targets: &[Target]) -> Self {
        let columns = blocks.len();
        let mut numbers = Numbers::seeded(0);
        let vectors: Vec<Shadow> = (0..columns).map(|_| Shadow(numbers.residue(), numbers.residue())).collect();
        let shadow = |target: &Target| {
            target.members.iter().fold(Shadow::default(), |sum, column| sum.plus(1, vectors[*column as usize]))
        };
        Self {
            blocks: Rc::clone(blocks),
            rows: Vec::new(),
            pivots: Vec::new(),
            pivot: vec![None; columns],
            occurs: vec![Rc::default(); columns],
            targets_of: Rc::new(TargetsOf::new(columns, targets)),
            shadows: targets.iter().map(shadow).collect(),
            vectors,
            lone: Rc::new(targets.iter().map(|target| target.lone).collect()),
            shares: Rc::default(),
            ratios: HashMap::new(),
            ratio_of: Vec::new(),
            work: 0,
        }
    }

    /// From now on, nothing is published that lets who is alone in a target learn another.
    ///
    /// What she learns from what is known already, nobody can keep from her: such targets follow from each other for good,
    /// and count as one.
    pub(super) fn protect_lone(&mut self) {
        self.ratio_of = ratios(&self.shadows);
        let mut kin: HashMap<u64, Sharing> = HashMap::new();
        for (ratio, lone) in self.ratio_of.iter().zip(self.lone.iter()) {
            let kin = kin.entry(*ratio).or_default();
            *kin = Sharing { targets: 1, lone: kin.lone.max(u32::from(*lone)) };
        }
        self.shares = Rc::new(self.ratio_of.iter().map(|ratio| kin.remove(ratio).unwrap_or_default()).collect());
        for target in 0..self.shadows.len() {
            self.share(self.ratio_of[target], target);
        }
    }

    fn protects_lone(&self) -> bool {
        !self.shares.is_empty()
    }

    /// Publishes `members` unless that would determine a protected set.
    pub(super) fn offer(&mut self, members: &[u32]) -> Verdict {
        let parts = self.in_parts(members);
        let Some(step) = self.step(&parts) else { return Verdict::Known };
        let changed = self.changed(&step);
        if self.discloses(&changed) {
            return Verdict::Disclosing;
        }
        self.publish(step, &changed);
        Verdict::Published
    }

    /// Publishes all of `sets`, or none if that would determine a protected set.
    pub(super) fn publish_all<'a>(&mut self, mut sets: impl ExactSizeIterator<Item = &'a [u32]>) -> bool {
        let before = (sets.len() > 1).then(|| self.clone());
        let published = sets.all(|members| self.offer(members) != Verdict::Disclosing);
        if let (false, Some(before)) = (published, before) {
            *self = before;
        }
        published
    }

    /// Whether publishing `members` would determine a protected set.
    pub(super) fn would_disclose(&self, members: &[u32]) -> bool {
        self.step(members).is_some_and(|step| self.discloses(&self.changed(&step)))
    }

    /// Entries changed so far: a measure of work that is the same on every machine.
    pub(super) fn work(&self) -> u64 {
        self.work
    }

    /// `members` as the columns of its parts, unless it lies in one block.
    fn in_parts<'a>(&mut self, members: &'a [u32]) -> Cow<'a, [u32]> {
        let block = |column: &u32| self.blocks[*column as usize];
        if members.iter().all(|column| block(column) == block(&members[0])) {
            return Cow::Borrowed(members);
        }
        let mut parts: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        members.iter().for_each(|column| parts.entry(block(column)).or_default().push(*column));
        parts.into_values().map(|part| self.define(&part)).collect()
    }

    /// A new column for the count of `part`.
    fn define(&mut self, part: &[u32]) -> u32 {
        let column = self.vectors.len() as u32;
        let mut row = self.reduce(part);
        row.push((column, PRIME - 1));
        self.vectors.push(part.iter().fold(Shadow::default(), |sum, atom| sum.plus(1, self.vectors[*atom as usize])));
        self.pivot.push(None);
        self.occurs.push(Rc::default());
        if let Some(pivot) = self.scale(&mut row) {
            self.insert(&row, pivot);
        }
        column
    }

    /// `members` reduced by what is published; `None` for 0.
    fn step(&self, members: &[u32]) -> Option<Step> {
        let mut row = self.reduce(members);
        let column = self.scale(&mut row)?;
        let sums =
            row.iter().fold(Shadow::default(), |sum, (column, value)| sum.plus(*value, self.vectors[*column as usize]));
        Some(Step { row, column, sums, turn: self.turn(column) })
    }

    /// Scales a row to 1 at the atom that the fewest rows have, or else at such a part: which column that is. `None` for 0.
    fn scale(&self, row: &mut [Entry]) -> Option<u32> {
        let rarity = |(column, _): &Entry| (self.is_part(*column), self.occurs[*column as usize].len(), *column);
        let (column, value) = row.iter().copied().min_by_key(rarity)?;
        let scale = modular::inverse(value);
        row.iter_mut().for_each(|(_, value)| *value = modular::multiply(*value, scale));
        Some(column)
    }

    /// The vector that is 1 in this column, 0 in every other that is no pivot, and orthogonal to every row.
    fn turn(&self, column: u32) -> Vec<Entry> {
        let mut turn = vec![(column, 1)];
        // Rows without atoms say which parts turn with a part, the others which atoms turn with those.
        let levels: &[bool] = if self.is_part(column) { &[true, false] } else { &[false] };
        for of_parts in levels {
            let turned = |(column, factor): &Entry| {
                let (column, factor) = (*column, PRIME - factor);
                let rows = self.occurs[column as usize].iter().map(|row| *row as usize);
                rows.filter(|row| self.is_part(self.pivots[*row]) == *of_parts)
                    .map(move |row| (self.pivots[row], modular::multiply(factor, value_at(&self.rows[row], column))))
            };
            let more: Vec<Entry> = turn.iter().flat_map(turned).collect();
            turn.extend(more);
        }
        added_up(turn)
    }

    /// What is left of `members`, written without pivots: atoms among these first, then parts.
    fn reduce(&self, members: &[u32]) -> Vec<Entry> {
        let row = self.replaced(members.iter().map(|column| (*column, 1)));
        if row.last().is_some_and(|(column, _)| self.is_part(*column)) { self.replaced(row.into_iter()) } else { row }
    }

    /// A row in which each pivot stands for the rest of its row.
    fn replaced(&self, row: impl ExactSizeIterator<Item = Entry>) -> Vec<Entry> {
        let mut terms: Vec<Entry> = Vec::with_capacity(row.len() * 4);
        for (column, factor) in row {
            match self.pivot[column as usize] {
                None => terms.push((column, factor)),
                Some(owner) => {
                    let others = self.rows[owner as usize].iter().filter(|(other, _)| *other != column);
                    terms.extend(others.map(|(other, value)| (*other, modular::multiply(PRIME - factor, *value))));
                }
            }
        }
        added_up(terms)
    }

    fn is_part(&self, column: u32) -> bool {
        column as usize >= self.blocks.len()
    }

    /// Targets that `step` changes, with their shadows after it.
    fn changed(&self, step: &Step) -> Vec<(u32, Shadow)> {
        let turned = step
            .turn
            .iter()
            .flat_map(|(column, factor)| self.targets_of.column(*column).iter().map(move |target| (*target, *factor)));
        let mut turned: Vec<(u32, u64)> = turned.collect();
        turned.sort_unstable();
        let changed = turned.chunk_by(|one, other| one.0 == other.0).filter_map(|of_target| {
            let factor = of_target.iter().fold(0, |sum, (_, factor)| modular::add(sum, *factor));
            let target = of_target[0].0;
            (factor != 0).then(|| (target, self.shadows[target as usize].minus(factor, step.sums)))
        });
        changed.collect()
    }

    fn discloses(&self, changed: &[(u32, Shadow)]) -> bool {
        if changed.iter().any(|(_, shadow)| *shadow == Shadow::default()) {
            return true;
        }
        if !self.protects_lone() || changed.is_empty() {
            return false;
        }
        let mut leaving: HashMap<u64, Sharing> = HashMap::new();
        for (target, _) in changed {
            leaving.entry(self.ratio_of[*target as usize]).or_default().add(self.shares[*target as usize]);
        }
        let mut arriving: HashMap<u64, Sharing> = HashMap::new();
        changed.iter().zip(self.ratios_of(changed)).any(|((target, _), ratio)| {
            let staying = self
                .ratios
                .get(&ratio)
                .copied()
                .unwrap_or_default()
                .without(leaving.get(&ratio).copied().unwrap_or_default());
            let arriving = arriving.entry(ratio).or_default();
            arriving.add(self.shares[*target as usize]);
            staying.targets + arriving.targets > 1 && staying.lone + arriving.lone > 0
        })
    }

    fn ratios_of(&self, changed: &[(u32, Shadow)]) -> Vec<u64> {
        ratios(&changed.iter().map(|(_, shadow)| *shadow).collect::<Vec<_>>())
    }

    fn publish(&mut self, step: Step, changed: &[(u32, Shadow)]) {
        if self.protects_lone() {
            for ((target, _), ratio) in changed.iter().zip(self.ratios_of(changed)) {
                let target = *target as usize;
                self.unshare(self.ratio_of[target], target);
                self.ratio_of[target] = ratio;
                self.share(ratio, target);
            }
        }
        for (target, shadow) in changed {
            self.shadows[*target as usize] = *shadow;
        }
        for (column, factor) in &step.turn {
            let vectors = &mut self.vectors[*column as usize];
            *vectors = vectors.minus(*factor, step.sums);
        }
        self.work += changed.len() as u64;
        self.insert(&step.row, step.column);
    }

    /// Adds a row with this pivot, and clears the pivot's column in the rows that it must not stand in.
    fn insert(&mut self, row: &[Entry], pivot: u32) {
        let is_part = self.is_part(pivot);
        let (cleared, others): (Vec<u32>, Vec<u32>) = self.occurs[pivot as usize]
            .iter()
            .partition(|other| self.is_part(self.pivots[**other as usize]) == is_part);
        self.occurs[pivot as usize] = Rc::new(others);
        let mut new = Vec::new();
        cleared.into_iter().for_each(|other| self.clear(other, row, pivot, &mut new));
        let owner = self.rows.len() as u32;
        self.pivot[pivot as usize] = Some(owner);
        for (column, _) in row.iter().filter(|(column, _)| *column != pivot) {
            Rc::make_mut(&mut self.occurs[*column as usize]).push(owner);
        }
        self.work += row.len() as u64;
        self.pivots.push(pivot);
        self.rows.push(row.into());
    }

    /// Subtracts the multiple of `step` that clears its pivot's column in the row at `index`; `new` is room to write in.
    fn clear(&mut self, index: u32, step: &[Entry], pivot: u32, new: &mut Vec<Entry>) {
        let old = Rc::clone(&self.rows[index as usize]);
        let factor = value_at(&old, pivot);
        let mut rest = old.as_ref();
        new.clear();
        for (column, value) in step {
            let (kept, others) = rest.split_at(rest.partition_point(|(other, _)| other < column));
            new.extend_from_slice(kept);
            let (before, others) = match others {
                [(other, value), others @ ..] if other == column => (*value, others),
                _ => (0, others),
            };
            rest = others;
            let after = modular::subtract(before, modular::multiply(factor, *value));
            if after != 0 {
                new.push((*column, after));
            }
            match (before, after) {
                (0, _) => add(Rc::make_mut(&mut self.occurs[*column as usize]), index),
                (_, 0) => remove(Rc::make_mut(&mut self.occurs[*column as usize]), index),
                _ => {}
            }
        }
        new.extend_from_slice(rest);
        self.work += new.len() as u64;
        self.rows[index as usize] = new.as_slice().into();
    }

    fn share(&mut self, ratio: u64, target: usize) {
        let share = self.shares[target];
        self.ratios.entry(ratio).or_default().add(share);
    }

    fn unshare(&mut self, ratio: u64, target: usize) {
        if let Some(sharing) = self.ratios.get_mut(&ratio) {
            *sharing = sharing.without(self.shares[target]);
            if sharing.targets == 0 {
                self.ratios.remove(&ratio);
            }
        }
    }
}

/// A candidate, reduced and scaled to 1 in the column that becomes its pivot.
struct Step {
    row: Vec<Entry>,
    column: u32,
    /// Its sums over the two vectors, which become 0.
    sums: Shadow,
    /// The direction in which the vectors turn for that: orthogonal to every published row, and 1 on the candidate.
    turn: Vec<Entry>,
}

/// Per column, the targets that have it: `targets[starts[column]..starts[column + 1]]`.
struct TargetsOf {
    starts: Vec<u32>,
    targets: Vec<u32>,
}

impl TargetsOf {
    fn new(columns: usize, targets: &[Target]) -> Self {
        let mut starts = vec![0; columns + 1];
        let members =
            || (0..).zip(targets).flat_map(|(index, target)| target.members.iter().map(move |one| (index, *one)));
        members().for_each(|(_, column)| starts[column as usize + 1] += 1);
        (0..columns).for_each(|column| starts[column + 1] += starts[column]);
        let mut next = starts.clone();
        let mut of = vec![0; starts[columns] as usize];
        for (index, column) in members() {
            of[next[column as usize] as usize] = index;
            next[column as usize] += 1;
        }
        Self { starts, targets: of }
    }

    /// None of a part.
    fn column(&self, column: u32) -> &[u32] {
        match self.starts.get(column as usize..column as usize + 2) {
            Some(&[start, end]) => &self.targets[start as usize..end as usize],
            _ => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Atoms of the table.
    const ATOMS: usize = 12;

    fn set() -> impl Strategy<Value = Vec<u32>> {
        let atoms: Vec<u32> = (0..ATOMS as u32).collect();
        proptest::sample::subsequence(atoms, 1..=ATOMS)
    }

    proptest! {
        #[test]
        fn blocks_change_no_verdict(
            blocks in proptest::collection::vec(0_u32..4, ATOMS),
            targets in proptest::collection::btree_map(set(), any::<bool>(), 0..5),
            protects_lone in any::<bool>(),
            offered in proptest::collection::vec(set(), 1..24),
        ) {
            let targets: Vec<Target> =
                targets.into_iter().map(|(members, lone)| Target { members, lone }).collect();
            let mut spans = [blocks, vec![0; ATOMS]].map(|blocks| Span::new(&blocks.into(), &targets));
            if protects_lone {
                spans.iter_mut().for_each(Span::protect_lone);
            }
            for members in &offered {
                let [of_blocks, of_one] = &mut spans;
                prop_assert_eq!(of_blocks.would_disclose(members), of_one.would_disclose(members));
                prop_assert_eq!(of_blocks.offer(members), of_one.offer(members));
            }
        }
    }
}
