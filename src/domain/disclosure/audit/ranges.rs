//! A2 and A3: the least and the largest value that a sum can have in any table that fits everything published.
//!
//! Small components are searched through, solution by solution (A3). Larger ones are bounded by linear programmes,
//! rounded inwards to whole people (A2), as long as that is affordable.

use std::collections::{BTreeMap, HashMap};

use microlp::{ComparisonOp, Error, OptimizationDirection, Problem, Variable};

use super::components::Component;
use super::evidence::{Evidence, Suspect};
use super::peeling::Peeled;

/// Least and largest value; no largest, where no published sum bounds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    pub least: u64,
    pub most: Option<u64>,
}

impl Range {
    const NOTHING: Self = Self { least: 0, most: Some(0) };

    fn plus(self, other: Self) -> Self {
        Self { least: self.least + other.least, most: self.most.zip(other.most).map(|(own, other)| own + other) }
    }

    /// How far apart the two are.
    pub fn width(self) -> u64 {
        self.most.map_or(u64::MAX, |most| most - self.least)
    }
}

/// How much may be spent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Budget {
    /// Partial solutions looked at in searches.
    pub steps: usize,
    /// Entries of linear programmes (counts × sums × programmes).
    pub entries: usize,
}

/// Components with more counts are not searched through.
const LARGEST_SEARCH: usize = 32;
/// Distance from a whole number that is taken for it.
const TOLERANCE: f64 = 1e-6;

/// Per suspect, its range; `None` when that was too expensive.
pub(super) fn ranges(
    evidence: &Evidence,
    peeled: &Peeled,
    (components, component_of): (&[Component], &[Option<u32>]),
    suspects: &[Suspect],
    mut budget: Budget,
) -> Vec<Option<Range>> {
    let splits: Vec<Split> =
        suspects.iter().map(|suspect| Split::of(suspect, evidence, peeled, component_of)).collect();
    let mut parts: BTreeMap<u32, Vec<Vec<u32>>> = BTreeMap::new();
    for (component, part) in splits.iter().flat_map(|split| &split.parts) {
        parts.entry(*component).or_default().push(part.clone());
    }
    let mut found: HashMap<(u32, Vec<u32>), Range> = HashMap::new();
    for (component, mut parts) in parts {
        parts.sort_unstable();
        parts.dedup();
        let whole = &components[component as usize];
        let ranges = search(evidence, peeled, whole, &parts, &mut budget.steps)
            .or_else(|| bound(evidence, peeled, whole, &parts, &mut budget.entries));
        if let Some(ranges) = ranges {
            found.extend(parts.into_iter().map(|part| (component, part)).zip(ranges));
        }
    }
    let range = |split: Split| {
        split.parts.into_iter().try_fold(split.rest, |sum, part| found.get(&part).map(|range| sum.plus(*range)))
    };
    splits.into_iter().map(range).collect()
}

/// A suspect, component by component, and what is outside all of them.
struct Split {
    parts: Vec<(u32, Vec<u32>)>,
    rest: Range,
}

impl Split {
    fn of(suspect: &Suspect, evidence: &Evidence, peeled: &Peeled, component_of: &[Option<u32>]) -> Self {
        let mut parts: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        let mut rest = Range::NOTHING;
        for column in &suspect.members {
            let at = *column as usize;
            match (peeled.known[at], component_of[at]) {
                (Some(value), _) => rest = rest.plus(Range { least: value, most: Some(value) }),
                (None, None) => rest = rest.plus(Range { least: evidence.least[at], most: None }),
                (None, Some(component)) => parts.entry(component).or_default().push(*column),
            }
        }
        Self { parts: parts.into_iter().collect(), rest }
    }
}

/// Every solution in whole numbers; `None` when there are too many.
fn search(
    evidence: &Evidence,
    peeled: &Peeled,
    component: &Component,
    parts: &[Vec<u32>],
    steps: &mut usize,
) -> Option<Vec<Range>> {
    if component.columns.len() > LARGEST_SEARCH {
        return None;
    }
    let rows_of = |column: &u32| -> Vec<usize> {
        let has = |row: &usize| peeled.rows[component.rows[*row]].members.binary_search(column).is_ok();
        (0..component.rows.len()).filter(has).collect()
    };
    let least: Vec<u64> = component.columns.iter().map(|column| evidence.least[*column as usize]).collect();
    let rows_of: Vec<Vec<usize>> = component.columns.iter().map(rows_of).collect();
    let mut search = Search {
        spare: component.rows.iter().map(|row| peeled.rows[*row].value).collect(),
        open: component.rows.iter().map(|row| peeled.rows[*row].members.len()).collect(),
        values: vec![0; component.columns.len()],
        parts: parts
            .iter()
            .map(|part| part.iter().map(|column| component.columns.partition_point(|other| other < column)).collect())
            .collect(),
        found: vec![None; parts.len()],
        least,
        rows_of,
        steps,
    };
    // What every row must keep for its counts at their least is set aside at once.
    for (column, rows) in search.rows_of.iter().enumerate() {
        for row in rows {
            search.spare[*row] = search.spare[*row].checked_sub(search.least[column])?;
        }
    }
    search.from(0)?;
    search.found.into_iter().collect()
}

struct Search<'a> {
    /// Per row, what is left above the least of its counts, and how many counts have no value yet.
    spare: Vec<u64>,
    open: Vec<usize>,
    least: Vec<u64>,
    rows_of: Vec<Vec<usize>>,
    values: Vec<u64>,
    parts: Vec<Vec<usize>>,
    found: Vec<Option<Range>>,
    steps: &'a mut usize,
}

impl Search<'_> {
    fn from(&mut self, column: usize) -> Option<()> {
        *self.steps = self.steps.checked_sub(1)?;
        if column == self.values.len() {
            for (part, found) in self.parts.iter().zip(&mut self.found) {
                let sum = part.iter().map(|column| self.values[*column]).sum();
                let (least, most) = found.map_or((sum, sum), |range| (range.least, range.most.unwrap_or(sum)));
                *found = Some(Range { least: least.min(sum), most: Some(most.max(sum)) });
            }
            return Some(());
        }
        let rows = std::mem::take(&mut self.rows_of[column]);
        let most = rows.iter().map(|row| self.spare[*row]).min().unwrap_or(0);
        // Where this is the last open count of a row, it takes all that is left.
        let low = rows.iter().filter(|row| self.open[**row] == 1).map(|row| self.spare[*row]).max().unwrap_or(0);
        rows.iter().for_each(|row| self.open[*row] -= 1);
        let mut outcome = Some(());
        for above in low..=most {
            self.values[column] = self.least[column] + above;
            rows.iter().for_each(|row| self.spare[*row] -= above);
            outcome = self.from(column + 1);
            rows.iter().for_each(|row| self.spare[*row] += above);
            if outcome.is_none() {
                break;
            }
        }
        rows.iter().for_each(|row| self.open[*row] += 1);
        self.rows_of[column] = rows;
        outcome
    }
}

/// Two linear programmes for each part.
fn bound(
    evidence: &Evidence,
    peeled: &Peeled,
    component: &Component,
    parts: &[Vec<u32>],
    entries: &mut usize,
) -> Option<Vec<Range>> {
    let cost = component.columns.len().checked_mul(component.rows.len())?.checked_mul(2 * parts.len())?;
    *entries = entries.checked_sub(cost)?;
    let optimum = |part: &[u32], direction: OptimizationDirection| -> Option<Option<f64>> {
        let mut problem = Problem::new(direction);
        let variables: Vec<Variable> = component
            .columns
            .iter()
            .map(|column| {
                let share = if part.binary_search(column).is_ok() { 1.0 } else { 0.0 };
                problem.add_var(share, (evidence.least[*column as usize] as f64, f64::INFINITY))
            })
            .collect();
        for row in &component.rows {
            let row = &peeled.rows[*row];
            let position = |column: &u32| component.columns.partition_point(|other| other < column);
            let terms: Vec<(Variable, f64)> =
                row.members.iter().map(|column| (variables[position(column)], 1.0)).collect();
            problem.add_constraint(&terms, ComparisonOp::Eq, row.value as f64);
        }
        match problem.solve() {
            Ok(outcome) => Some(Some(outcome.into_solution().ok()?.objective())),
            Err(Error::Unbounded) => Some(None),
            Err(_) => None,
        }
    };
    let range = |part: &Vec<u32>| -> Option<Range> {
        let least = optimum(part, OptimizationDirection::Minimize)??;
        let most = optimum(part, OptimizationDirection::Maximize)?;
        let least = (least - TOLERANCE).ceil().max(0.0) as u64;
        let most = most.map(|most| ((most + TOLERANCE).floor().max(0.0) as u64).max(least));
        Some(Range { least, most })
    };
    parts.iter().map(range).collect()
}
