//! Which cells the tables have, and which inner cells each of them sums.

use std::collections::HashMap;

use super::{TableError, Variable};

/// A cell by its category of each variable; `None` for the total.
pub type Key = Vec<Option<u32>>;

/// More cells are refused.
pub const MOST_CELLS: usize = 1_000_000;
/// More combinations of finest categories are refused.
pub const MOST_INNER_CELLS: usize = 1_000_000;

/// Variables, tables, and the cells that follow from them.
#[derive(Debug, Clone)]
pub struct Layout {
    variables: Vec<Variable>,
    tables: Vec<Table>,
    keys: Vec<Key>,
}

#[derive(Debug, Clone)]
struct Table {
    /// Positions of variables, ascending.
    by: Vec<usize>,
    /// Per combination of categories, the cell; `None` where an earlier table has that cell.
    cells: Vec<Option<u32>>,
}

impl Layout {
    /// Tables by positions of variables. Every margin and every level is a cell; what two tables share is one cell.
    ///
    /// # Errors
    /// [`TableError`] for anything but ambiguous categories.
    pub fn new(variables: Vec<Variable>, tables: &[Vec<usize>]) -> Result<Self, TableError> {
        if let Some(unused) = (0..variables.len()).find(|variable| !tables.iter().any(|by| by.contains(variable))) {
            return Err(TableError::Unused(variables[unused].name.clone()));
        }
        product(variables.iter().map(Variable::leaves), MOST_INNER_CELLS).ok_or(TableError::TooManyInnerCells)?;
        let mut layout = Self { variables, tables: Vec::new(), keys: Vec::new() };
        let mut seen: HashMap<Key, ()> = HashMap::new();
        for by in tables {
            layout.add(by, &mut seen)?;
        }
        Ok(layout)
    }

    fn add(&mut self, by: &[usize], seen: &mut HashMap<Key, ()>) -> Result<(), TableError> {
        let mut by = by.to_vec();
        by.sort_unstable();
        if let Some(twice) = by.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(TableError::TwiceInTable(self.variables[twice[0]].name.clone()));
        }
        if by.is_empty() {
            return Err(TableError::NoVariables);
        }
        let sizes: Vec<usize> = by.iter().map(|variable| self.variables[*variable].categories().len() + 1).collect();
        let count = product(sizes.iter().copied(), MOST_CELLS).ok_or(TableError::TooManyCells)?;
        let mut cells = Vec::with_capacity(count);
        for combination in combinations(&sizes) {
            let mut key = vec![None; self.variables.len()];
            for (variable, digit) in by.iter().zip(combination) {
                key[*variable] = digit.checked_sub(1);
            }
            cells.push(if seen.insert(key.clone(), ()).is_none() {
                self.keys.push(key);
                Some(self.keys.len() as u32 - 1)
            } else {
                None
            });
        }
        if self.keys.len() > MOST_CELLS {
            return Err(TableError::TooManyCells);
        }
        self.tables.push(Table { by, cells });
        Ok(())
    }

    /// Variables.
    pub fn variables(&self) -> &[Variable] {
        &self.variables
    }

    /// Every cell once: table by table, totals before categories.
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// Every combination of finest categories.
    pub fn inner_cells(&self) -> impl Iterator<Item = Vec<u32>> {
        combinations(&self.variables.iter().map(Variable::leaves).collect::<Vec<_>>())
    }

    /// Per cell, positions in `inner` of the inner cells that it sums, ascending.
    pub fn members(&self, inner: &[Vec<u32>]) -> Vec<Vec<u32>> {
        let digits: Vec<Vec<Vec<usize>>> = self.variables.iter().map(digits).collect();
        let mut members = vec![Vec::new(); self.keys.len()];
        for table in &self.tables {
            for (index, leaves) in (0..).zip(inner) {
                let mut offsets = vec![0];
                for variable in &table.by {
                    let size = self.variables[*variable].categories().len() + 1;
                    let own = &digits[*variable][leaves[*variable] as usize];
                    offsets = offsets.iter().flat_map(|at| own.iter().map(move |digit| at * size + digit)).collect();
                }
                for cell in offsets.into_iter().filter_map(|at| table.cells[at]) {
                    members[cell as usize].push(index);
                }
            }
        }
        members
    }

    /// A cell as people read it: `Men × Total`.
    pub fn describe(&self, key: &Key) -> String {
        let codes: Vec<&str> =
            self.variables.iter().zip(key).map(|(variable, category)| variable.code(*category)).collect();
        codes.join(" × ")
    }
}

/// Per finest category, the total (0) and the categories (from 1) that it lies in.
fn digits(variable: &Variable) -> Vec<Vec<usize>> {
    let mut digits = vec![vec![0]; variable.leaves()];
    for (digit, category) in (1..).zip(variable.categories()) {
        category.leaves.iter().for_each(|leaf| digits[*leaf as usize].push(digit));
    }
    digits
}

fn product(sizes: impl Iterator<Item = usize>, most: usize) -> Option<usize> {
    sizes.into_iter().try_fold(1_usize, |product, size| product.checked_mul(size).filter(|product| *product <= most))
}

/// Every combination of digits below `sizes`, the last changing fastest.
fn combinations(sizes: &[usize]) -> impl Iterator<Item = Vec<u32>> + use<> {
    let sizes = sizes.to_vec();
    let count = if sizes.is_empty() { 0 } else { sizes.iter().product() };
    (0..count).map(move |index: usize| {
        let mut rest = index;
        let mut digits = vec![0; sizes.len()];
        for (digit, size) in digits.iter_mut().zip(&sizes).rev() {
            *digit = (rest % size) as u32;
            rest /= size;
        }
        digits
    })
}
