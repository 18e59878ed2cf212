//! Catchments: `ods_code,area_code,share`, where the shares of an organisation's admissions sum to 1.
//!
//! `ltla21_code` is read as `area_code`, `share_of_trust_admissions` as `share`, as OHID names them.

use std::collections::BTreeMap;

use super::csv_table::CsvTable;
use super::{ImportError, Problem};
use crate::domain::organisation::OdsCode;

const ALIASES: [(&str, &str); 2] = [("ltla21_code", "area_code"), ("share_of_trust_admissions", "share")];
/// Published shares leave out small areas: a sum may fall short of 1, and rounding may take it a little above.
const MOST: f64 = 1.005;
/// A sum below this is a file with rows missing.
const LEAST: f64 = 0.5;

/// Shares by area, by organisation.
pub type Catchments = BTreeMap<OdsCode, Vec<(String, f64)>>;

/// Reads catchments.
///
/// # Errors
/// [`ImportError`] for shares that are none, areas that stand twice, and organisations whose shares do not sum to 1.
pub fn read(file: &str, bytes: &[u8]) -> Result<Catchments, ImportError> {
    let table = CsvTable::read_with_aliases(file, bytes, &["ods_code", "area_code", "share"], &[], &ALIASES)?;
    let mut catchments = Catchments::new();
    let mut seen = std::collections::HashSet::new();
    table.collect(|row| {
        let organisation = row.needed("ods_code")?;
        let organisation: OdsCode =
            organisation.parse().map_err(|error| row.problem("ods_code", format!("“{organisation}”: {error}")))?;
        let area = row.needed("area_code")?.to_owned();
        let share = row.share("share")?;
        if !seen.insert((organisation.clone(), area.clone())) {
            return Err(row.problem("area_code", format!("“{area}” stands twice for {organisation}; keep one line")));
        }
        catchments.entry(organisation).or_default().push((area, share));
        Ok(())
    })?;
    let sums = catchments
        .iter()
        .map(|(organisation, shares)| (organisation, shares.iter().map(|(_, share)| share).sum::<f64>()));
    let problems = sums
        .filter(|(_, sum)| !(LEAST..=MOST).contains(sum))
        .map(|(organisation, sum)| {
            Problem::in_file(format!(
                "the shares of {organisation} sum to {sum:.3} and should sum to 1; check that all its areas are there"
            ))
        })
        .collect();
    ImportError::unless_fine(file, problems, catchments)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_headings_are_read() {
        let ours = read("c.csv", b"ods_code,area_code,share\nZZ9,E1,0.25\nZZ9,E2,0.75\n").expect("read");
        let ohid = read("c.csv", b"ods_code,ltla21_code,share_of_trust_admissions\nZZ9,E1,2.5e-1\nZZ9,E2,0.75\n")
            .expect("read");
        assert_eq!(ours, ohid);
    }

    #[test]
    fn percentages_doubles_and_wrong_sums_are_named() {
        let message = |rows: &str| {
            read("c.csv", format!("ods_code,area_code,share\n{rows}").as_bytes()).expect_err("refused").to_string()
        };
        assert!(message("ZZ9,E1,25\n").starts_with("c.csv, line 2, column “share”: “25” is not a share"));
        assert!(message("ZZ9,E1,0.5\nZZ9,E1,0.5\n").contains("line 3, column “area_code”: “E1” stands twice for ZZ9"));
        assert!(message("ZZ9,E1,0.9\nZZ9,E2,0.9\n").contains("the shares of ZZ9 sum to 1.800"));
        assert!(message("ZZ9,E1,NaN\n").contains("is not a share"));
    }
}
