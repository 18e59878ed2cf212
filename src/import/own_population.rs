//! A population of the user's own: `ethnic_category,people`, in the codes of one scheme.

use std::collections::BTreeMap;

use super::csv_table::CsvTable;
use super::{ImportError, Problem};
use crate::domain::ethnicity::Ethnicity;
use crate::domain::population::{Base, Population};

const COLUMNS: [&str; 2] = ["ethnic_category", "people"];

/// Whether the file has the columns of this format rather than those of areas.
///
/// # Errors
/// [`ImportError`] when the file is no table.
pub fn is_one(file: &str, bytes: &[u8]) -> Result<bool, ImportError> {
    Ok(CsvTable::headings(file, bytes)?.iter().any(|heading| heading == COLUMNS[0]))
}

/// Reads a population; its name, version and day are the user's to give.
///
/// # Errors
/// [`ImportError`] for codes that no list has, categories that stand twice, and codes of several schemes at once.
pub fn read(file: &str, bytes: &[u8], name: &str, version: &str, date: &str) -> Result<Population, ImportError> {
    let table = CsvTable::read(file, bytes, &COLUMNS, &[])?;
    let mut people = BTreeMap::new();
    table.collect(|row| {
        let text = row.needed("ethnic_category")?;
        let category: Ethnicity = text.parse().map_err(|error| row.problem("ethnic_category", format!("{error}")))?;
        if category.scheme().is_none() {
            return Err(row.problem("ethnic_category", "a population has no unknown category; leave the line out"));
        }
        match people.insert(category, row.count("people")? as f64) {
            None => Ok(()),
            Some(_) => Err(row.problem("ethnic_category", format!("“{text}” stands twice; keep one line"))),
        }
    })?;
    Population::new(name, version, date, Base::Own, people)
        .map_err(|error| ImportError::new(file, Problem::in_file(error.to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ethnicity::Group;

    fn own(rows: &str) -> Result<Population, ImportError> {
        let text = format!("people,ethnic_category\n{rows}");
        read("births.csv", text.as_bytes(), "Births", "2026", "2026-03-31")
    }

    #[test]
    fn a_table_of_ones_own_is_a_population() {
        let population = own("60,white\n40,asian\n").expect("read");
        assert_eq!(population.group_share(Group::Asian).value().map(|share| share.as_f64()), Some(0.4));
        assert_eq!((population.base.clone(), population.name.as_str()), (Base::Own, "Births"));
        assert_eq!(is_one("births.csv", b"people,ethnic_category\n"), Ok(true));
        assert_eq!(is_one("areas.csv", b"area_code,total\n"), Ok(false));
    }

    #[test]
    fn mistakes_are_named() {
        let message = |rows: &str| own(rows).expect_err("refused").to_string();
        assert!(message("60,purple\n").starts_with("births.csv, line 2, column “ethnic_category”: “purple”"));
        assert!(message("60,white\n4,white\n").contains("line 3, column “ethnic_category”: “white” stands twice"));
        assert!(message("60,white\n4,R\n").contains("one scheme"));
        assert!(message("60,not_stated\n").contains("no unknown category"));
        assert!(message("60%,white\n").contains("is a percentage"));
    }
}
