//! Workforce snapshots: `organisation,pay_band,staff_group,ethnic_category,headcount`, optionally `unit`,
//! `setting`, `contract`, `sex`, `deprivation_decile`.
//!
//! One line per combination; the same combination twice is an error, because one of the two is likely a mistake. An
//! empty pay band, staff group or ethnic category, or `not_stated`, is not stated.

use std::collections::HashMap;

use super::csv_table::{CsvTable, RowView};
use super::{ImportError, Problem};
use crate::domain::code_list::UnknownCode;
use crate::domain::column_mapping::ColumnMapping;
use crate::domain::ethnicity::Scheme;
use crate::domain::organisation::OdsCode;
use crate::domain::pay_band::PayBand;
use crate::domain::staff_group::StaffGroup;
use crate::domain::workforce::{Cell, Contract, MOST_PEOPLE, Workforce};

const REQUIRED: [&str; 5] = ["organisation", "pay_band", "staff_group", "ethnic_category", "headcount"];
const OPTIONAL: [&str; 5] = ["unit", "setting", "contract", "sex", "deprivation_decile"];

/// Reads a snapshot whose ethnic categories are codes of `scheme`.
///
/// # Errors
/// [`ImportError`] for codes that no list has, counts that are none, and lines that stand twice.
pub fn read(file: &str, bytes: &[u8], scheme: Scheme) -> Result<Workforce, ImportError> {
    from_table(file, &table(file, bytes, &ColumnMapping::default())?, scheme)
}

/// As [`read`], for a file that does not say its scheme: GSS 2021 when any of its categories is one, otherwise 2001.
/// No two schemes share a code, so that a file that mixes them is refused.
///
/// # Errors
/// As [`read`].
pub fn read_either(file: &str, bytes: &[u8]) -> Result<Workforce, ImportError> {
    read_mapped(file, bytes, &ColumnMapping::default())
}

/// As [`read_either`], for a file with the organisation's own headings.
///
/// # Errors
/// As [`read`].
pub fn read_mapped(file: &str, bytes: &[u8], mapping: &ColumnMapping) -> Result<Workforce, ImportError> {
    let table = table(file, bytes, mapping)?;
    let category = |row: RowView<'_>| {
        Scheme::Gss2021.read(row.get("ethnic_category")).is_ok_and(|ethnicity| ethnicity.scheme().is_some())
    };
    let scheme = if table.rows().any(category) { Scheme::Gss2021 } else { Scheme::Nhs2001 };
    from_table(file, &table, scheme)
}

fn table(file: &str, bytes: &[u8], mapping: &ColumnMapping) -> Result<CsvTable, ImportError> {
    CsvTable::read_with_aliases(file, bytes, &REQUIRED, &OPTIONAL, &mapping.pairs())
}

fn from_table(file: &str, table: &CsvTable, scheme: Scheme) -> Result<Workforce, ImportError> {
    let mut seen: HashMap<Vec<String>, u64> = HashMap::new();
    let cells = table.collect(|row| {
        let cell = cell(row, scheme)?;
        // The code as written: categories that differ in their local second character may stand side by side.
        let key = REQUIRED[..4].iter().chain(&OPTIONAL).map(|column| row.get(column).to_ascii_lowercase()).collect();
        match seen.insert(key, row.line()) {
            None => Ok(cell),
            Some(line) => Err(Problem::in_line(
                row.line(),
                format!("the same staff stand in line {line} too; keep one line, with their sum"),
            )),
        }
    })?;
    let workforce = Workforce { cells: cells.into_iter().filter(|cell| cell.headcount > 0).collect() };
    if workforce.cells.is_empty() {
        return Err(ImportError::new(
            file,
            Problem::in_file("there are no staff in the file; every headcount is 0 or there is no line"),
        ));
    }
    Ok(workforce)
}

fn cell(row: RowView<'_>, scheme: Scheme) -> Result<Cell, Problem> {
    let organisation = row.needed("organisation")?;
    let headcount = row.count("headcount")?;
    if headcount > MOST_PEOPLE {
        return Err(
            row.problem("headcount", format!("{headcount} is more than any organisation employs; check the column"))
        );
    }
    Ok(Cell {
        organisation: organisation
            .parse::<OdsCode>()
            .map_err(|error| row.problem("organisation", format!("“{organisation}”: {error}")))?,
        unit: Some(row.get("unit")).filter(|unit| !unit.is_empty()).map(str::to_owned),
        pay_band: code(row, "pay_band", PayBand::parse_loosely)?,
        staff_group: code(row, "staff_group", StaffGroup::parse_loosely)?,
        contract: code(row, "contract", |text| text.to_ascii_lowercase().parse())?.unwrap_or(Contract::Substantive),
        recorded_setting: code(row, "setting", |text| text.to_ascii_lowercase().replace(['-', ' '], "_").parse())?,
        sex: code(row, "sex", |text| text.to_ascii_lowercase().parse())?,
        deprivation_decile: code(row, "deprivation_decile", str::parse)?,
        ethnicity: scheme
            .read(row.get("ethnic_category"))
            .map_err(|error| row.problem("ethnic_category", error.to_string()))?,
        headcount,
    })
}

fn code<T>(
    row: RowView<'_>,
    column: &str,
    read: impl Fn(&str) -> Result<T, UnknownCode>,
) -> Result<Option<T>, Problem> {
    match row.get(column) {
        "" | "not_stated" => Ok(None),
        text => read(text).map(Some).map_err(|error| row.problem(column, error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::Strategy;

    use super::*;
    use crate::domain::ethnicity::{Ethnicity, NhsCategory, Unknown, Upper};
    use crate::domain::staff_group::Setting;
    use crate::domain::workforce::Sex;

    fn message(rows: &str) -> String {
        let text = format!("organisation,pay_band,staff_group,ethnic_category,headcount\n{rows}");
        read("workforce.csv", text.as_bytes(), Scheme::Nhs2001).expect_err("refused").to_string()
    }

    #[test]
    fn a_shuffled_header_reads_the_same() {
        let there = "organisation,pay_band,staff_group,ethnic_category,headcount\nZZ9,8a,students,HK,12\nZZ9,,,99,3\n";
        let shuffled =
            "headcount,ethnic_category,organisation,staff_group,pay_band\n12,HK,ZZ9,students,8a\n3,99,ZZ9,,\n";
        let read = |text: &str| read("workforce.csv", text.as_bytes(), Scheme::Nhs2001).expect("read");
        assert_eq!(read(there), read(shuffled));
        assert_eq!(read(there).cells[0].ethnicity, Ethnicity::Nhs2001(NhsCategory::AsianIndian));
        assert_eq!(read(there).cells[1].ethnicity, Ethnicity::Unknown(Unknown::NotKnown));
        assert_eq!(read(there).count(|ethnicity| ethnicity.upper() == Upper::NotStated), 3);
    }

    #[test]
    fn the_scheme_is_found_out() {
        let read = |category: &str| {
            let text =
                format!("organisation,pay_band,staff_group,ethnic_category,headcount\nZZ9,5,students,{category},12\n");
            read_either("workforce.csv", text.as_bytes()).map(|workforce| workforce.cells[0].ethnicity.scheme())
        };
        assert_eq!(read("asian_indian"), Ok(Some(Scheme::Gss2021)));
        assert_eq!(read("H"), Ok(Some(Scheme::Nhs2001)));
        assert!(read("asian_indians").is_err());
    }

    #[test]
    fn own_headings_are_read_by_the_mapping_and_the_rest_is_not() {
        let own = "Trust,Ethnic Origin,Pay Scale,Occupation,Assignments,Age Band\nZZ9,A,5,students,12,20-24\n";
        let mapping: ColumnMapping = serde_json::from_str(
            r#"{"trust":"organisation","Ethnic Origin":"ethnic_category","Pay Scale":"pay_band",
                "Occupation":"staff_group","Assignments":"headcount","Age Band":"ignore"}"#,
        )
        .expect("a mapping");
        let read = |mapping| read_mapped("workforce.csv", own.as_bytes(), mapping);
        assert_eq!(read(&mapping).expect("read").people(), 12);
        let error = read(&ColumnMapping::default()).expect_err("refused").to_string();
        assert!(error.contains("column “Age Band”: this column is not known"), "{error}");
    }

    #[test]
    fn each_mistake_is_named_with_line_and_column() {
        assert!(
            message("ZZ9,5,students,A,12%\n")
                .starts_with("workforce.csv, line 2, column “headcount”: “12%” is a percentage")
        );
        assert!(message("ZZ9,5-Aug,students,A,12\n").contains("line 2, column “pay_band”: “5-Aug” is not a pay band"));
        assert!(message("ZZ9,5,students,T,12\n").contains("column “ethnic_category”: “T” is not an ethnic category"));
        assert!(message("zz,5,students,A,12\n").contains("column “organisation”"));
        assert!(message("ZZ9,5,Porters,A,12\n").contains("column “staff_group”: “Porters” is not a staff group"));
        assert!(
            message("ZZ9,5,students,A,12\nZZ9,5,students,A,13\n")
                .contains("line 3: the same staff stand in line 2 too")
        );
        assert!(message("ZZ9,5,students,A,0\n").contains("no staff in the file"));
        assert!(message("ZZ9,5,students,A,07700900123\n").contains("more than any organisation employs"));
    }

    #[test]
    fn what_the_file_says_of_the_setting_wins() {
        let text = "organisation,pay_band,staff_group,setting,sex,ethnic_category,headcount\n\
            ZZ9,5,students,Non-clinical,Female,A,3\nZZ9,5,students,,,A,4\n";
        let workforce = read("workforce.csv", text.as_bytes(), Scheme::Nhs2001).expect("read");
        let settings: Vec<_> = workforce.cells.iter().map(Cell::setting).collect();
        assert_eq!(settings, [Some(Setting::NonClinical), Some(Setting::Clinical)]);
        assert_eq!(workforce.cells[0].sex, Some(Sex::Female));
    }

    #[test]
    fn swapped_columns_do_not_pass_unnoticed() {
        let text = message("ZZ9,12,students,A,5\nZZ9,students,5,12,A\n");
        assert!(text.contains("line 2, column “pay_band”"), "{text}");
        assert!(text.contains("line 3"), "{text}");
    }

    proptest::proptest! {
        #[test]
        fn no_order_of_columns_changes_what_is_read(
            order in proptest::sample::subsequence((0..5_usize).collect::<Vec<_>>(), 5).prop_shuffle(),
            headcounts in proptest::collection::vec(1_u64..10_000, 1..8),
        ) {
            let lines = headcounts.iter().enumerate().map(|(index, people)| {
                ["ZZ9", PayBand::ALL[index].code(), "students", "J", &people.to_string()].map(str::to_owned)
            });
            let table: Vec<[String; 5]> = std::iter::once(REQUIRED.map(str::to_owned)).chain(lines).collect();
            let text = |order: &[usize]| -> String {
                table.iter().map(|line| order.iter().map(|column| line[*column].as_str()).collect::<Vec<_>>().join(",") + "\n").collect()
            };
            let read = |order: &[usize]| read("workforce.csv", text(order).as_bytes(), Scheme::Nhs2001).expect("read");
            proptest::prop_assert_eq!(read(&order), read(&[0, 1, 2, 3, 4]));
            proptest::prop_assert_eq!(read(&order).people(), headcounts.iter().sum::<u64>());
        }
    }
}
