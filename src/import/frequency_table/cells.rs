//! A table as it was published: `cells.csv`.

use std::collections::HashMap;

use super::inner::MOST_PEOPLE;
use super::{Finest, Inner, Specification, layout};
use crate::domain::disclosure::frequency_table::{FrequencyTable, Key, Layout, TOTAL, Variable};
use crate::import::csv_table::{CsvTable, RowView};
use crate::import::{ImportError, Problem};

/// The column of counts.
pub const COUNT: &str = "count";
/// The column that says whether a cell is published.
pub const STATUS: &str = "status";
/// A cell with a count.
pub const PUBLISHED: &str = "published";
/// A cell without one.
pub const WITHHELD: &str = "withheld";

/// A published table.
#[derive(Debug, Clone)]
pub struct Cells {
    /// Its cells.
    pub layout: Layout,
    /// Per cell, its count; `None` where it is withheld or not in the file.
    pub published: Vec<Option<u64>>,
    /// Per cell, whether it is in the file. What is not is no part of the table, and nobody tries to derive it.
    pub listed: Vec<bool>,
    /// Per cell, its true count, where the file of counts is there and is what was published.
    pub counted: Option<Vec<u64>>,
}

impl Cells {
    /// Reads a published table. `inner` gives what categories lie in, and who is alone; without it, variables have no
    /// parents, and their categories are those of the table.
    ///
    /// # Errors
    /// [`ImportError`] with the lines that are wrong.
    pub fn read(
        file: &str,
        bytes: &[u8],
        specification: &Specification,
        inner: Option<&Inner>,
    ) -> Result<Self, ImportError> {
        let names: Vec<&str> = specification.variables.iter().map(|variable| variable.name.as_str()).collect();
        let table = CsvTable::read(file, bytes, &[&names[..], &[COUNT, STATUS]].concat(), &[])?;
        let mut categories = inner.map_or_else(|| vec![Finest::new(); names.len()], Inner::categories);
        for ((variable, name), finest) in specification.variables.iter().zip(&names).zip(&mut categories) {
            if variable.parents.is_empty() {
                let named = table.rows().map(|row| row.get(name)).filter(|code| !code.is_empty() && *code != TOTAL);
                named.for_each(|code| {
                    finest.entry(code.to_owned()).or_default();
                });
            }
        }
        let layout = layout(specification, categories)?;
        let positions: HashMap<&Key, usize> = layout.keys().iter().zip(0..).collect();
        let mut published = vec![None; layout.keys().len()];
        let mut lines: HashMap<usize, u64> = HashMap::new();
        table.collect(|row| {
            let key = key(row, &layout)?;
            let cell = *positions.get(&key).ok_or_else(|| {
                row.problem(names[0], format!("no table of the specification has the cell “{}”", layout.describe(&key)))
            })?;
            if let Some(before) = lines.insert(cell, row.line()) {
                return Err(row.problem(names[0], format!("this cell stands in line {before} already; keep one")));
            }
            published[cell] = count(row)?;
            Ok(())
        })?;
        let counted = inner.map(|inner| {
            let truth = FrequencyTable::new(layout.clone(), specification.policy, &inner.counts(&layout));
            truth.cells().iter().map(|cell| cell.count).collect::<Vec<u64>>()
        });
        let agrees = |counted: &Vec<u64>| {
            published.iter().zip(counted).all(|(shown, count)| shown.is_none_or(|shown| shown == *count))
        };
        let listed = (0..published.len()).map(|cell| lines.contains_key(&cell)).collect();
        Ok(Self { counted: counted.filter(agrees), layout, published, listed })
    }
}

fn key(row: RowView<'_>, layout: &Layout) -> Result<Key, Problem> {
    let category = |variable: &Variable| {
        let code = row.needed(&variable.name)?;
        if code == TOTAL {
            return Ok(None);
        }
        variable.position(code).map(Some).ok_or_else(|| {
            row.problem(&variable.name, format!("“{code}” is no category of the file of counts, nor “{TOTAL}”"))
        })
    };
    layout.variables().iter().map(category).collect()
}

fn count(row: RowView<'_>) -> Result<Option<u64>, Problem> {
    match (row.get(STATUS), row.get(COUNT)) {
        (PUBLISHED, _) => match row.count(COUNT)? {
            count if count > MOST_PEOPLE => Err(row.problem(COUNT, format!("more than {MOST_PEOPLE} people"))),
            count => Ok(Some(count)),
        },
        (WITHHELD, "") => Ok(None),
        (WITHHELD, _) => Err(row.problem(COUNT, "a withheld cell has a count here; remove it, or publish the cell")),
        (other, _) => Err(row.problem(STATUS, format!("“{other}” is neither “{PUBLISHED}” nor “{WITHHELD}”"))),
    }
}
