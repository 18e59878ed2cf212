//! Organisations: `code,name` with a header, or the headerless `etr` layout in which ODS publishes its trusts.

use std::collections::HashMap;

use super::ImportError;
use super::csv_table::CsvTable;
use crate::domain::organisation::{OdsCode, Organisation};

const COLUMNS: [&str; 2] = ["code", "name"];

/// Reads organisations.
///
/// # Errors
/// [`ImportError`] for what is no ODS code, missing names, and codes that stand twice.
pub fn read(file: &str, bytes: &[u8]) -> Result<Vec<Organisation>, ImportError> {
    let has_header = CsvTable::headings(file, bytes)?.first().is_some_and(|first| first.parse::<OdsCode>().is_err());
    let table = match has_header {
        true => CsvTable::read(file, bytes, &COLUMNS, &[])?,
        false => CsvTable::read_headerless(file, bytes, &COLUMNS)?,
    };
    let mut seen: HashMap<OdsCode, u64> = HashMap::new();
    table.collect(|row| {
        let code = row.needed("code")?;
        let ods: OdsCode = code.parse().map_err(|error| row.problem("code", format!("“{code}”: {error}")))?;
        match seen.insert(ods.clone(), row.line()) {
            None => Ok(Organisation { ods, name: row.needed("name")?.to_owned() }),
            Some(line) => Err(row.problem("code", format!("{ods} stands in line {line} too; keep one line"))),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_layouts_are_read() {
        let ours = read("o.csv", b"name,code\nWickering Hospitals,ZZ9\n").expect("read");
        let etr = read("etr.csv", b"\"ZZ9\",\"Wickering Hospitals\",\"Y62\",\"\",\"1 Road\"\n").expect("read");
        assert_eq!(ours, etr);
    }

    #[test]
    fn doubles_and_malformed_codes_are_named() {
        let error = read("o.csv", b"code,name\nZZ9,One\nZZ9,Two\nz9,Three\n").expect_err("refused").to_string();
        assert!(
            error.contains("line 3, column “code”: ZZ9 stands in line 2 too") && error.contains("line 4"),
            "{error}"
        );
    }
}
