//! Areas by ethnic category, as ONS publishes table TS021: `area_code,area_name,total` and one column per category.
//!
//! Categories are named by Candour's codes or by ONS's headings; `ltla21_code` and `ltla21_name` are read as
//! `area_code` and `area_name`. All nineteen categories, or all five groups, must be there.

use std::collections::BTreeMap;

use super::csv_table::{CsvTable, RowView};
use super::{ImportError, Problem};
use crate::domain::ethnicity::{Category, Ethnicity, Group};
use crate::domain::population::{Area, Areas};

/// Other names of the first columns.
const ALIASES: [(&str, &str); 2] = [("ltla21_code", "area_code"), ("ltla21_name", "area_name")];
const FIRST: [&str; 3] = ["area_code", "area_name", "total"];
/// ONS perturbs each cell by a few people: a total may differ from the sum of nineteen cells by this much.
const PERTURBATION: u64 = 60;

/// Reads areas of the Census of 2021.
///
/// # Errors
/// [`ImportError`] for missing categories, codes that stand twice, and totals that do not add up.
pub fn read(file: &str, bytes: &[u8]) -> Result<Areas, ImportError> {
    let ons = ons_headings();
    let aliases: Vec<(&str, &str)> =
        ALIASES.into_iter().chain(ons.iter().map(|(heading, code)| (heading.as_str(), *code))).collect();
    let categories = categories(&CsvTable::headings(file, bytes)?, &ons);
    let required: Vec<&str> = FIRST.into_iter().chain(categories.iter().map(|category| category.code())).collect();
    let table = CsvTable::read_with_aliases(file, bytes, &required, &[], &aliases)?;
    let mut by_code = BTreeMap::new();
    table.collect(|row| {
        let code = row.needed("area_code")?;
        let area = area(row, &categories)?;
        match by_code.insert(code.to_owned(), area) {
            None => Ok(()),
            Some(_) => Err(row.problem("area_code", format!("“{code}” stands twice; keep one line for each area"))),
        }
    })?;
    if by_code.is_empty() {
        return Err(ImportError::new(file, Problem::in_file("there is no area in the file")));
    }
    Ok(Areas { version: "Census 2021, TS021".to_owned(), date: "2021-03-21".to_owned(), by_code })
}

fn area(row: RowView<'_>, categories: &[Ethnicity]) -> Result<Area, Problem> {
    let people: BTreeMap<Ethnicity, u64> = categories
        .iter()
        .map(|category| Ok((*category, row.count(category.code())?)))
        .collect::<Result<_, Problem>>()?;
    let (total, sum) = (row.count("total")?, people.values().copied().fold(0, u64::saturating_add));
    if total.abs_diff(sum) > PERTURBATION {
        return Err(row.problem(
            "total",
            format!("the total is {total} and the categories sum to {sum}; check that no column is missing or moved"),
        ));
    }
    Ok(Area { name: row.needed("area_name")?.to_owned(), people })
}

/// ONS's headings with the codes that they stand for.
fn ons_headings() -> Vec<(String, &'static str)> {
    let categories = Category::ALL.iter().map(|category| (category.ons_heading(), category.code()));
    let groups = Group::ALL.iter().map(|group| (group.ons_heading().to_owned(), group.code()));
    categories.chain(groups).collect()
}

/// The five groups where the file names a group and no category; otherwise the nineteen categories.
fn categories(headings: &[String], ons: &[(String, &'static str)]) -> Vec<Ethnicity> {
    let names = |code: &str| {
        headings.iter().any(|heading| heading == code || ons.iter().any(|(name, of)| name == heading && *of == code))
    };
    if Group::ALL.iter().any(|group| names(group.code()))
        && !Category::ALL.iter().any(|category| names(category.code()))
    {
        Group::ALL.iter().map(|group| Ethnicity::Group(*group)).collect()
    } else {
        Category::ALL.iter().map(|category| Ethnicity::Gss2021(*category)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ethnicity::Upper;

    fn file(heading: impl Fn(Category) -> String, total: u64) -> String {
        let headings: Vec<String> =
            Category::ALL.iter().map(|category| format!("\"{}\"", heading(*category))).collect();
        format!("ltla21_code,ltla21_name,total,{}\nE1,North,{total},{}\n", headings.join(","), vec!["10"; 19].join(","))
    }

    #[test]
    fn ons_headings_and_our_codes_read_the_same() {
        let ons = read("areas.csv", file(Category::ons_heading, 190).as_bytes()).expect("read");
        let ours = read("areas.csv", file(|category| category.code().to_owned(), 190).as_bytes()).expect("read");
        assert_eq!(ons, ours);
        let share =
            ons.residents(&["E1".to_owned()]).expect("an area").upper_share(Upper::White).value().expect("a share");
        assert!((share.as_f64() - 5.0 / 19.0).abs() < 1e-12);
    }

    #[test]
    fn five_groups_are_enough() {
        let text = "area_code,area_name,total,asian,black,mixed,other,white\nE1,North,100,10,10,10,10,60\n";
        assert_eq!(read("areas.csv", text.as_bytes()).expect("read").by_code["E1"].people.len(), 5);
    }

    #[test]
    fn totals_that_do_not_add_up_are_refused() {
        assert!(
            read("areas.csv", file(Category::ons_heading, 195).as_bytes()).is_ok(),
            "ONS perturbs cells by a few people"
        );
        let error = read("areas.csv", file(Category::ons_heading, 1900).as_bytes()).expect_err("refused").to_string();
        assert!(
            error.starts_with("areas.csv, line 2, column “total”: the total is 1900 and the categories sum to 190"),
            "{error}"
        );
    }

    #[test]
    fn a_missing_category_is_named() {
        let text = file(Category::ons_heading, 190).replace("White: Roma", "White: Romany");
        let error = read("areas.csv", text.as_bytes()).expect_err("refused").to_string();
        assert!(
            error.contains("“White: Romany”: this column is not known") && error.contains("no column “white_roma”"),
            "{error}"
        );
    }
}
