//! The files of `candour protect` and `candour audit`: a specification, the counts, and a table as it was published.
//!
//! Here the first problem ends the reading: a table with one wrong line is a wrong table.

mod cells;
mod inner;
mod spec;
#[cfg(test)]
mod tests;

pub use cells::{COUNT, Cells, PUBLISHED, STATUS, WITHHELD};
pub use inner::Inner;
pub use spec::Specification;

use std::collections::BTreeMap;

use super::{ImportError, Problem};
use crate::domain::disclosure::frequency_table::{FrequencyTable, Layout, TableError, Variable};

/// The table of a specification and its counts.
///
/// # Errors
/// [`ImportError`], about the specification, for tables that cannot be.
pub fn table(specification: &Specification, inner: &Inner) -> Result<FrequencyTable, ImportError> {
    let layout = layout(specification, inner.categories())?;
    let counts = inner.counts(&layout);
    Ok(FrequencyTable::new(layout, specification.policy, &counts))
}

/// Per variable, its finest categories with what they lie in, coarsest first.
pub(super) type Finest = BTreeMap<String, Vec<String>>;

fn layout(specification: &Specification, categories: Vec<Finest>) -> Result<Layout, ImportError> {
    let refused = |error: TableError| ImportError::new(&specification.file, Problem::in_file(error.to_string()));
    let variables = specification.variables.iter().zip(&categories);
    let variables: Result<Vec<Variable>, TableError> =
        variables.map(|(variable, finest)| Variable::new(&variable.name, finest)).collect();
    Layout::new(variables.map_err(refused)?, &specification.tables).map_err(refused)
}
