//! Any frequency table: how many people there are for each combination of categories.
//!
//! A [`Layout`] says which cells there are: for each table, every combination of its variables' categories of every
//! level, and `Total`. The smallest combinations, one finest category of every variable, are the **inner cells**; every
//! cell is a sum of inner cells. A [`FrequencyTable`] adds the counts and the [`FrequencyPolicy`].

mod layout;
#[cfg(test)]
mod tests;
mod variable;

pub use layout::{Key, Layout, MOST_CELLS, MOST_INNER_CELLS};
pub use variable::{Category, TOTAL, Variable};

use std::collections::BTreeMap;

/// What to protect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrequencyPolicy {
    /// A count from 1 to one below this is small and never published.
    pub minimum_count: u64,
    /// Whether a count of 0 is small too.
    pub zeros: Zeros,
    /// Whether the only person of a cell, who knows that it is 1, must not learn another small cell.
    pub singletons: Singletons,
    /// The variable that alone is secret: whoever attacks knows every count that is not divided by it (the strict
    /// setting). Zeros are protected then, because nobody may learn what somebody did **not** answer either.
    pub secret: Option<usize>,
    /// How far apart the least and the largest value that a withheld count may have must be; 0 and 1 ask only that it
    /// is not determined.
    pub minimum_interval: u64,
}

/// What to do with counts of 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zeros {
    /// They are published, always.
    Publish,
    /// They are as small as 1.
    Protect,
}

/// What to do with the only person of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Singletons {
    /// Keep her from learning others' counts.
    Protect,
    /// Leave her aside.
    Ignore,
}

impl FrequencyPolicy {
    /// Whether counts of 0 are protected.
    pub fn protects_zeros(&self) -> bool {
        self.zeros == Zeros::Protect || self.secret.is_some()
    }

    /// Whether `count` is too small to be published.
    pub fn is_small(&self, count: u64) -> bool {
        count < self.minimum_count && (count > 0 || self.protects_zeros())
    }

    /// Whether the count of this cell is known to everybody, because it does not divide by what is secret.
    pub fn knows(&self, key: &Key) -> bool {
        self.secret.is_some_and(|secret| key[secret].is_none())
    }
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// Per variable, its category; `None` for the total.
    pub key: Key,
    /// The inner cells that it sums, ascending.
    pub members: Vec<u32>,
    /// How many people.
    pub count: u64,
}

/// Counts of every cell, before protection.
pub struct FrequencyTable {
    layout: Layout,
    policy: FrequencyPolicy,
    inner: Vec<u64>,
    cells: Vec<Cell>,
}

/// A table that cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// The category would be taken for the total.
    #[error("“{TOTAL}” is no category of “{0}”: it is what margins are called; rename it")]
    CategoryNamedTotal(String),
    /// Two categories of different levels have one name and other members.
    #[error("“{code}” stands at two levels of “{variable}” and means two things; rename one")]
    AmbiguousCategory {
        /// The variable.
        variable: String,
        /// The category.
        code: String,
    },
    /// A table without variables.
    #[error("a table needs at least one variable in “by”")]
    NoVariables,
    /// A table divides by a variable twice.
    #[error("a table has “{0}” twice in “by”; remove one")]
    TwiceInTable(String),
    /// A variable that nothing is divided by.
    #[error("no table has the variable “{0}” in “by”; add it to a table or remove it")]
    Unused(String),
    /// More cells than can be handled.
    #[error("the tables have more than {MOST_CELLS} cells; use fewer variables or coarser categories")]
    TooManyCells,
    /// More inner cells than can be handled.
    #[error(
        "the variables have more than {MOST_INNER_CELLS} combinations of categories; use fewer variables or coarser \
         categories"
    )]
    TooManyInnerCells,
}

impl FrequencyTable {
    /// The table with these counts of inner cells; combinations that are not named have 0.
    ///
    /// Inner cells that are known to be empty are left out: with zeros published, all that are empty; with a secret
    /// variable, those of nobody whatever the answer.
    pub fn new(layout: Layout, policy: FrequencyPolicy, counts: &BTreeMap<Vec<u32>, u64>) -> Self {
        let count = |leaves: &[u32]| counts.get(leaves).copied().unwrap_or(0);
        let mut leaves: Vec<Vec<u32>> = if policy.protects_zeros() {
            layout.inner_cells().collect()
        } else {
            counts.iter().filter(|(_, count)| **count > 0).map(|(leaves, _)| leaves.clone()).collect()
        };
        if let Some(secret) = policy.secret {
            let mut sizes: BTreeMap<Vec<u32>, u64> = BTreeMap::new();
            let place = |leaves: &[u32]| {
                let mut place = leaves.to_vec();
                place.remove(secret);
                place
            };
            for (leaves, count) in counts {
                *sizes.entry(place(leaves)).or_default() += count;
            }
            leaves.retain(|leaves| sizes.get(&place(leaves)).is_some_and(|size| *size > 0));
        }
        let inner: Vec<u64> = leaves.iter().map(|leaves| count(leaves)).collect();
        let members = layout.members(&leaves);
        let cells = layout.keys().iter().zip(members).map(|(key, members)| Cell {
            key: key.clone(),
            count: members.iter().map(|member| inner[*member as usize]).sum(),
            members,
        });
        Self { cells: cells.collect(), layout, policy, inner }
    }

    /// Which cells there are.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// What to protect.
    pub fn policy(&self) -> &FrequencyPolicy {
        &self.policy
    }

    /// How many inner cells are not known to be empty.
    pub fn inner_cells(&self) -> usize {
        self.inner.len()
    }

    /// Every cell of every table once, in the order of [`Layout::keys`].
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// Whether a cell must be withheld for its own count. A cell that everybody knows to be empty need not be.
    pub fn is_primary(&self, cell: &Cell) -> bool {
        !cell.members.is_empty() && !self.policy.knows(&cell.key) && self.policy.is_small(cell.count)
    }
}
