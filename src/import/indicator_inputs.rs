//! Counts that the WRES indicators need besides the workforce: events of the year, and shares from another survey.
//!
//! Events: `measure,ethnic_category,count`, where a category is a reporting category (`white`, `bme`, `unknown`) or any
//! code of the ethnic code lists. Survey: `indicator,ethnic_category,count,base`, where `[c]` is a withheld figure.

use std::collections::HashSet;

use super::csv_table::{CsvTable, RowView};
use super::{ImportError, Problem};
use crate::domain::column_mapping::{ColumnMapping, FileFormat};
use crate::domain::ethnicity::{Ethnicity, Scheme, WresCategory};
use crate::domain::figure::Figure;
use crate::domain::indicator::{Events, InputKind, Measure, SurveyCounts};
use crate::domain::statistics::Tally;

/// How a withheld figure is written.
const WITHHELD: &str = "[c]";

/// Reads events; the organisation's own headings by its `mapping`.
///
/// # Errors
/// [`ImportError`] for unknown measures and categories, lines that stand twice, and more appointed than shortlisted.
pub fn read_events(file: &str, bytes: &[u8], mapping: &ColumnMapping) -> Result<Events, ImportError> {
    let columns = FileFormat::IndicatorInputs.columns();
    let table = CsvTable::read_with_aliases(file, bytes, columns, &[], &mapping.pairs())?;
    let mut events = Events::default();
    let mut seen = HashSet::new();
    table.collect(|row| {
        let measure: Measure =
            row.needed("measure")?.parse().map_err(|error| row.problem("measure", format!("{error}")))?;
        let category = category(row)?;
        once(row, seen.insert((measure, row.get("ethnic_category").to_ascii_lowercase())))?;
        events.add(measure, category, row.count("count")?);
        Ok(())
    })?;
    let problems = events.contradictions().into_iter().map(Problem::in_file);
    ImportError::unless_fine(file, problems.collect(), events)
}

/// Reads the events of one kind; those of another kind are refused.
///
/// # Errors
/// As [`read_events`].
pub fn read_kind(file: &str, bytes: &[u8], kind: InputKind, mapping: &ColumnMapping) -> Result<Events, ImportError> {
    let events = read_events(file, bytes, mapping)?;
    let foreign = events.counts().find(|count| !kind.measures().contains(&count.measure));
    let known = || kind.measures().iter().map(|measure| measure.code()).collect::<Vec<_>>().join(", ");
    let problem = foreign.map(|count| {
        Problem::in_file(format!("“{}” is not counted under {kind}; its measures are {}", count.measure, known()))
    });
    let nothing = || {
        (events.counts().next().is_none())
            .then(|| Problem::in_file(format!("there is no count in the file; its measures are {}", known())))
    };
    ImportError::unless_fine(file, problem.or_else(nothing).into_iter().collect(), events)
}

/// Reads survey figures.
///
/// # Errors
/// [`ImportError`] for indicators other than 5 to 8, percentages, counts above their base, and lines that stand twice.
pub fn read_survey(file: &str, bytes: &[u8]) -> Result<SurveyCounts, ImportError> {
    let table = CsvTable::read(file, bytes, &["indicator", "ethnic_category", "count", "base"], &[])?;
    let mut counts = SurveyCounts::default();
    table.collect(|row| {
        let text = row.needed("indicator")?;
        let number = text.trim_start_matches("wres").parse::<u8>().ok().filter(|number| (5..=8).contains(number));
        let number = number.ok_or_else(|| {
            row.problem("indicator", format!("“{text}” is not an indicator of a survey; those are 5, 6, 7 and 8"))
        })?;
        let tally = match (row.get("count"), row.get("base")) {
            (WITHHELD, _) | (_, WITHHELD) => Figure::Withheld,
            _ => Figure::Value(tally(row)?),
        };
        once(row, counts.0.insert((number, category(row)?), tally).is_none())
    })?;
    Ok(counts)
}

fn tally(row: RowView<'_>) -> Result<Tally, Problem> {
    let (count, base) = (row.count("count")?, row.count("base")?);
    Tally::new(count, base).ok_or_else(|| {
        row.problem("count", format!("{count} is more than the base of {base}; check that the two are not swapped"))
    })
}

fn category(row: RowView<'_>) -> Result<WresCategory, Problem> {
    let text = row.get("ethnic_category");
    let recorded = || -> Option<Ethnicity> { Scheme::read_any(text).ok() };
    text.to_ascii_lowercase().parse().ok().or_else(|| recorded().map(WresCategory::from)).ok_or_else(|| {
        row.problem(
            "ethnic_category",
            format!("“{text}” is not a category; write white, bme or unknown, or a code of the ethnic code lists"),
        )
    })
}

fn once(row: RowView<'_>, is_new: bool) -> Result<(), Problem> {
    if is_new {
        Ok(())
    } else {
        Err(Problem::in_line(row.line(), "the same measure and category stand further up too; keep one line"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(rows: &str) -> Result<Events, ImportError> {
        let text = format!("measure,ethnic_category,count\n{rows}");
        read_events("events.csv", text.as_bytes(), &ColumnMapping::default())
    }

    fn survey(rows: &str) -> Result<SurveyCounts, ImportError> {
        read_survey("survey.csv", format!("indicator,ethnic_category,count,base\n{rows}").as_bytes())
    }

    #[test]
    fn codes_are_summed_to_reporting_categories() {
        let events = events("training,A,10\ntraining,BX,5\ntraining,asian_indian,7\ntraining,bme,1\n").expect("read");
        assert_eq!(events.count(Measure::Training, WresCategory::White), Figure::Value(15));
        assert_eq!(events.count(Measure::Training, WresCategory::Bme), Figure::Value(8));
    }

    #[test]
    fn mistakes_in_events_are_named() {
        let message = |rows: &str| events(rows).expect_err("refused").to_string();
        assert!(
            message("promoted,white,10\n")
                .starts_with("events.csv, line 2, column “measure”: “promoted” is not a measure")
        );
        assert!(message("training,purple,10\n").contains("column “ethnic_category”: “purple”"));
        assert!(message("training,white,10\ntraining,white,11\n").contains("line 3: the same measure"));
        assert!(message("training,white,12.5%\n").contains("is a percentage"));
        assert!(message("shortlisted,bme,10\nappointed,bme,11\n").contains("11 appointed of 10 shortlisted"));
    }

    #[test]
    fn each_kind_has_its_own_measures() {
        let kind = |rows: &str, kind| {
            let text = format!("measure,ethnic_category,count\n{rows}");
            read_kind("events.csv", text.as_bytes(), kind, &ColumnMapping::default())
        };
        assert!(kind("shortlisted,white,10\n", InputKind::Recruitment).is_ok());
        let message = kind("training,white,10\n", InputKind::Recruitment).expect_err("refused").to_string();
        assert!(message.contains("“training” is not counted under recruitment"), "{message}");
        assert!(kind("", InputKind::Board).expect_err("refused").to_string().contains("no count in the file"));
    }

    #[test]
    fn mistakes_in_survey_figures_are_named_and_withheld_ones_kept() {
        assert_eq!(survey("5,bme,[c],[c]\n").expect("read").0[&(5, WresCategory::Bme)], Figure::Withheld);
        let message = |rows: &str| survey(rows).expect_err("refused").to_string();
        assert!(message("4,bme,1,2\n").contains("not an indicator of a survey"));
        assert!(message("5,bme,200,20\n").contains("more than the base"));
        assert!(message("5,bme,0.2,20\n").contains("not a whole number"));
    }
}
