//! A population by decile of deprivation: `deprivation_decile,people`, optionally `area_code` for many areas at once.

use std::collections::BTreeMap;

use super::csv_table::CsvTable;
use super::{ImportError, Problem};
use crate::domain::deprivation::{DeprivationDecile, VARIABLE};
use crate::domain::population::DeprivationProfile;

const COLUMNS: [&str; 2] = [VARIABLE, "people"];
/// As in files of areas by ethnic group.
const ALIASES: [(&str, &str); 1] = [("ltla21_code", AREA)];
const AREA: &str = "area_code";

/// Whether the file has the columns of this format rather than those of ethnic groups.
///
/// # Errors
/// [`ImportError`] when the file is no table.
pub fn is_one(file: &str, bytes: &[u8]) -> Result<bool, ImportError> {
    Ok(CsvTable::headings(file, bytes)?.iter().any(|heading| heading == VARIABLE))
}

/// Reads profiles by code of the area, `None` where the file names none; their version and day are the user's to give. A
/// decile that has no line has nobody.
///
/// # Errors
/// [`ImportError`] for deciles that are none or stand twice, and for a file that names an area in some lines only.
pub fn read(
    file: &str,
    bytes: &[u8],
    version: &str,
    date: &str,
) -> Result<BTreeMap<Option<String>, DeprivationProfile>, ImportError> {
    let table = CsvTable::read_with_aliases(file, bytes, &COLUMNS, &[AREA], &ALIASES)?;
    let mut people: BTreeMap<Option<String>, BTreeMap<DeprivationDecile, f64>> = BTreeMap::new();
    table.collect(|row| {
        let area = table.has(AREA).then(|| row.needed(AREA)).transpose()?.map(str::to_owned);
        let text = row.needed(VARIABLE)?;
        let decile = text.parse::<DeprivationDecile>().map_err(|error| row.problem(VARIABLE, error.to_string()))?;
        match people.entry(area).or_default().insert(decile, row.count("people")? as f64) {
            None => Ok(()),
            Some(_) => Err(row.problem(VARIABLE, format!("decile {text} stands twice; keep one line"))),
        }
    })?;
    if people.is_empty() {
        return Err(ImportError::new(file, Problem::in_file("there is no decile in the file")));
    }
    let profiles = people.into_iter().map(|(area, people)| {
        let of = area.as_deref().map_or(String::new(), |code| format!("area {code}: "));
        let profile = DeprivationProfile::new(version, date, people);
        let profile = profile.map_err(|error| ImportError::new(file, Problem::in_file(format!("{of}{error}"))))?;
        Ok((area, profile))
    });
    profiles.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<BTreeMap<Option<String>, DeprivationProfile>, ImportError> {
        read("deciles.csv", text.as_bytes(), "IMD 2019", "2019-09-26")
    }

    #[test]
    fn one_population_or_many_areas() {
        let one = read_text("people,deprivation_decile\n30,1\n10,10\n").expect("read");
        let share = one[&None].share(DeprivationDecile::First).value().expect("a share");
        assert_eq!((one.len(), share.as_f64()), (1, 0.75));
        let areas = read_text("ltla21_code,deprivation_decile,people\nE1,1,30\nE2,1,5\nE2,2,5\n").expect("read");
        assert_eq!(areas.keys().flatten().collect::<Vec<_>>(), ["E1", "E2"]);
        assert_eq!(is_one("d.csv", b"people,deprivation_decile\n"), Ok(true));
        assert_eq!(is_one("d.csv", b"people,ethnic_category\n"), Ok(false));
    }

    #[test]
    fn mistakes_are_named() {
        let message = |text: &str| read_text(text).expect_err("refused").to_string();
        assert!(
            message("deprivation_decile,people\n11,3\n").contains("line 2, column “deprivation_decile”: “11” is not")
        );
        assert!(
            message("deprivation_decile,people\n1,3\n1,4\n")
                .contains("line 3, column “deprivation_decile”: decile 1 stands twice")
        );
        assert!(message("area_code,deprivation_decile,people\nE1,1,3\n,2,4\n").contains("line 3, column “area_code”"));
        assert!(
            message("area_code,deprivation_decile,people\nE1,1,0\n")
                .contains("area E1: deciles of deprivation need people")
        );
        assert!(message("deprivation_decile,people\n").contains("no decile in the file"));
    }
}
