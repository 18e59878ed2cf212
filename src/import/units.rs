//! Units of an organisation: `code,name,parent`; the parent is empty directly below the organisation.

use super::csv_table::CsvTable;
use super::{ImportError, Problem};
use crate::domain::organisation::{Unit, UnitTree};

/// Reads a unit tree.
///
/// # Errors
/// [`ImportError`] for missing values, codes that stand twice, unknown parents and circles.
pub fn read(file: &str, bytes: &[u8]) -> Result<UnitTree, ImportError> {
    let table = CsvTable::read(file, bytes, &["code", "name"], &["parent"])?;
    let units = table.collect(|row| {
        let parent = Some(row.get("parent")).filter(|parent| !parent.is_empty()).map(str::to_owned);
        Ok(Unit { code: row.needed("code")?.to_owned(), name: row.needed("name")?.to_owned(), parent })
    })?;
    UnitTree::new(units).map_err(|error| {
        let line = table.rows().nth(error.index()).map(|row| row.line());
        ImportError::new(file, Problem { line, column: None, message: error.to_string() })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_read_in_any_order() {
        let tree = read("units.csv", b"code,name,parent\nW1,Ward one,MED\nMED,Medicine,\n").expect("read");
        assert_eq!(tree.units().iter().map(|unit| unit.code.as_str()).collect::<Vec<_>>(), ["MED", "W1"]);
    }

    #[test]
    fn an_unknown_parent_is_named_with_its_line() {
        let error = read("units.csv", b"code,name,parent\nMED,Medicine,\nW1,Ward one,SUR\n").expect_err("refused");
        assert!(error.to_string().starts_with("units.csv, line 3: unit “W1” names a parent “SUR”"), "{error}");
    }
}
