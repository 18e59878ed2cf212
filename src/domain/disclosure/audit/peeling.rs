//! Counts that follow from one published sum each: the first and cheapest step of every attack.
//!
//! A sum with one unknown count left gives that count. A sum that equals the least that its unknown counts can be gives
//! all of them; that is how a parent published as 0 gives its children.

use super::evidence::{Contradiction, Evidence};

/// What is left to attack.
#[derive(Debug, Clone, Default)]
pub(super) struct Peeled {
    /// Per count, its value where that is known.
    pub known: Vec<Option<u64>>,
    /// Published sums of two or more counts that are unknown.
    pub rows: Vec<Rest>,
    /// Published sums that gave counts because they cannot be lower.
    pub tight: Vec<usize>,
}

/// What a published sum says about counts that are still unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rest {
    /// The unknown counts, ascending.
    pub members: Vec<u32>,
    /// Their sum.
    pub value: u64,
    /// Position in [`Evidence::rows`].
    pub origin: usize,
}

/// Takes away every count that follows from one sum, given those that are `fixed` already.
///
/// # Errors
/// [`Contradiction`].
pub(super) fn peel(evidence: &Evidence, fixed: &[(u32, u64)]) -> Result<Peeled, Contradiction> {
    let mut peeling = Peeling::new(evidence);
    for (column, value) in fixed {
        peeling.know(*column, *value)?;
    }
    for row in 0..evidence.rows.len() {
        peeling.look(row)?;
    }
    while let Some(row) = peeling.waiting.pop() {
        peeling.look(row)?;
    }
    let mut rows: Vec<Rest> = (0..evidence.rows.len()).filter_map(|row| peeling.rest(row)).collect();
    rows.sort_by(|a, b| (a.members.len(), &a.members, a.value).cmp(&(b.members.len(), &b.members, b.value)));
    if rows.windows(2).any(|pair| pair[0].members == pair[1].members && pair[0].value != pair[1].value) {
        return Err(Contradiction);
    }
    rows.dedup_by(|a, b| a.members == b.members);
    Ok(Peeled { known: peeling.known, rows, tight: peeling.tight })
}

struct Peeling<'a> {
    evidence: &'a Evidence,
    /// Per count, the rows that have it: `rows_of[starts[column]..starts[column + 1]]`.
    starts: Vec<usize>,
    rows_of: Vec<u32>,
    known: Vec<Option<u64>>,
    /// Per row: how many counts are unknown, what they sum to, and the least that they can sum to.
    unknown: Vec<usize>,
    sum: Vec<u64>,
    least: Vec<u64>,
    waiting: Vec<usize>,
    tight: Vec<usize>,
}

impl<'a> Peeling<'a> {
    fn new(evidence: &'a Evidence) -> Self {
        let columns = evidence.least.len();
        let mut starts = vec![0; columns + 1];
        for row in &evidence.rows {
            row.members.iter().for_each(|column| starts[*column as usize + 1] += 1);
        }
        for column in 0..columns {
            starts[column + 1] += starts[column];
        }
        let mut next = starts.clone();
        let mut rows_of = vec![0; starts[columns]];
        for (index, row) in (0..).zip(&evidence.rows) {
            for column in &row.members {
                rows_of[next[*column as usize]] = index;
                next[*column as usize] += 1;
            }
        }
        let least = |members: &[u32]| members.iter().map(|column| evidence.least[*column as usize]).sum();
        Self {
            evidence,
            starts,
            rows_of,
            known: vec![None; columns],
            unknown: evidence.rows.iter().map(|row| row.members.len()).collect(),
            sum: evidence.rows.iter().map(|row| row.value).collect(),
            least: evidence.rows.iter().map(|row| least(&row.members)).collect(),
            waiting: Vec::new(),
            tight: Vec::new(),
        }
    }

    /// Takes what one row gives.
    fn look(&mut self, row: usize) -> Result<(), Contradiction> {
        if self.sum[row] < self.least[row] || (self.unknown[row] == 0 && self.sum[row] != 0) {
            return Err(Contradiction);
        }
        if self.unknown[row] == 0 || (self.unknown[row] > 1 && self.sum[row] > self.least[row]) {
            return Ok(());
        }
        let alone = self.unknown[row] == 1;
        if !alone {
            self.tight.push(row);
        }
        let sum = self.sum[row];
        let evidence = self.evidence;
        for column in &evidence.rows[row].members {
            if self.known[*column as usize].is_none() {
                self.know(*column, if alone { sum } else { evidence.least[*column as usize] })?;
            }
        }
        Ok(())
    }

    fn know(&mut self, column: u32, value: u64) -> Result<(), Contradiction> {
        let column = column as usize;
        match self.known[column] {
            Some(before) if before == value => return Ok(()),
            Some(_) => return Err(Contradiction),
            None => self.known[column] = Some(value),
        }
        for row in &self.rows_of[self.starts[column]..self.starts[column + 1]] {
            let row = *row as usize;
            self.unknown[row] -= 1;
            self.sum[row] = self.sum[row].checked_sub(value).ok_or(Contradiction)?;
            self.least[row] -= self.evidence.least[column];
            if self.unknown[row] <= 1 || self.sum[row] <= self.least[row] {
                self.waiting.push(row);
            }
        }
        Ok(())
    }

    fn rest(&self, row: usize) -> Option<Rest> {
        (self.unknown[row] > 0).then(|| {
            let unknown = |column: &&u32| self.known[**column as usize].is_none();
            let members = self.evidence.rows[row].members.iter().filter(unknown).copied().collect();
            Rest { members, value: self.sum[row], origin: row }
        })
    }
}
