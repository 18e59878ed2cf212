//! Accessible workbooks: a cover, contents, notes, and one marked table a sheet, as XLSX, ODS or CSV.
//!
//! The layout follows the Government Analysis Function, “Releasing statistics in spreadsheets”: titles in the first cell,
//! no merged and no empty cells, one header row with unique names, figures as numbers, and `[c]` where a figure is
//! withheld or `[z]` where there is none to give. What stands in a workbook is decided by [`super::release`]; a
//! [`Book`] cannot be made outside this room, so that no other figures find a way into a file.

mod csv;
mod ods;
mod xlsx;

pub(super) use csv::{cells as csv_cells, write as write_csv, write_line as write_csv_line};
pub use ods::MEDIA_TYPE as ODS_MEDIA_TYPE;
pub use xlsx::MEDIA_TYPE as XLSX_MEDIA_TYPE;

use super::unrun;
use crate::domain::figure::Figure;

/// What stands where a figure is withheld.
pub const WITHHELD: &str = "[c]";
/// What stands where there is nothing to give.
pub const NOT_APPLICABLE: &str = "[z]";
/// The row that holds the headings of each table, counted from 0: below title and description.
const HEADER_ROW: u32 = 2;

/// A workbook.
pub struct Book {
    /// What it is about.
    pub(super) title: String,
    /// Lines of the cover.
    pub(super) cover: Vec<String>,
    /// What a reader needs to know: a term, and its meaning.
    pub(super) notes: Vec<(String, String)>,
    /// Tables, each on a sheet of its own.
    pub(super) sheets: Vec<Sheet>,
}

/// One table.
pub(super) struct Sheet {
    /// Name of the sheet: at most 31 characters, unique, no `[ ] : * ? / \`.
    pub name: String,
    /// Name of the table: letters, digits and `_`, unique.
    pub table: String,
    /// What the table shows, in the first cell.
    pub title: String,
    /// Columns.
    pub columns: Vec<Column>,
    /// Rows, each as long as `columns`; at least one.
    pub rows: Vec<Vec<Entry>>,
}

/// A column of a table.
pub(super) struct Column {
    /// Its name for machines: the heading in CSV.
    pub code: String,
    /// Its name for people: the heading in workbooks.
    pub heading: String,
    /// Width in characters.
    pub width: u8,
}

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Entry {
    /// Words; never run as a formula.
    Text(String),
    /// How many people.
    Count(Figure<u64>),
    /// A share from 0 to 1.
    Share(Figure<f64>),
    /// Any other number.
    Number(Figure<f64>),
}

/// What a cell holds in the end.
enum Content<'a> {
    Text(&'a str),
    Number(f64),
}

/// A file could not be written.
#[derive(Debug, thiserror::Error)]
#[error("the file cannot be written: {0}")]
pub struct BookError(String);

impl BookError {
    /// From what a library says.
    pub(super) fn of(error: impl std::fmt::Display) -> Self {
        Self(error.to_string())
    }
}

impl Book {
    /// As a workbook of Excel.
    ///
    /// # Errors
    /// [`BookError`] when the library refuses something.
    pub fn xlsx(&self) -> Result<Vec<u8>, BookError> {
        xlsx::write(self)
    }

    /// As an OpenDocument spreadsheet.
    ///
    /// # Errors
    /// [`BookError`] when the archive cannot be written.
    pub fn ods(&self) -> Result<Vec<u8>, BookError> {
        ods::write(self)
    }

    /// Contents as rows: name of a sheet, and what is on it.
    fn contents(&self) -> Vec<(String, String)> {
        let tables = self.sheets.iter().map(|sheet| (sheet.name.clone(), sheet.title.clone()));
        std::iter::once((
            "Notes".to_owned(),
            "What the terms and symbols mean, and how figures are protected".to_owned(),
        ))
        .chain(tables)
        .collect()
    }

    /// Contents and notes as the tables that they are, then the tables themselves.
    fn all_sheets(&self) -> Vec<std::borrow::Cow<'_, Sheet>> {
        let front = [
            Sheet::of_text(
                "Contents",
                "contents",
                &format!("{}: contents", self.title),
                ["Sheet", "What it shows"],
                &self.contents(),
            ),
            Sheet::of_text("Notes", "notes", "Notes", ["Term", "Meaning"], &self.notes),
        ];
        front
            .map(std::borrow::Cow::Owned)
            .into_iter()
            .chain(self.sheets.iter().map(std::borrow::Cow::Borrowed))
            .collect()
    }
}

impl Clone for Sheet {
    fn clone(&self) -> Self {
        let column = |column: &Column| Column {
            code: column.code.clone(),
            heading: column.heading.clone(),
            width: column.width,
        };
        Self {
            name: self.name.clone(),
            table: self.table.clone(),
            title: self.title.clone(),
            columns: self.columns.iter().map(column).collect(),
            rows: self.rows.clone(),
        }
    }
}

impl Sheet {
    fn of_text(name: &str, table: &str, title: &str, headings: [&str; 2], rows: &[(String, String)]) -> Self {
        Self {
            name: name.to_owned(),
            table: table.to_owned(),
            title: title.to_owned(),
            columns: headings
                .into_iter()
                .zip([30, 90])
                .map(|(heading, width)| Column::new(heading, heading, width))
                .collect(),
            rows: rows.iter().map(|(one, two)| vec![Entry::text(one), Entry::text(two)]).collect(),
        }
    }

    /// The second row: what is on the sheet.
    fn description(&self) -> String {
        format!(
            "This sheet has one table with {} rows. [c] is a withheld figure, [z] stands where there is none to give.",
            self.rows.len()
        )
    }
}

impl Column {
    pub(super) fn new(code: &str, heading: &str, width: u8) -> Self {
        Self { code: code.to_owned(), heading: heading.to_owned(), width }
    }
}

impl Entry {
    /// Words of people, which a spreadsheet must never run: in every kind of file, because workbooks are saved as CSV too.
    pub(super) fn text(text: &str) -> Self {
        Self::Text(unrun(text).into_owned())
    }

    fn content(&self) -> Content<'_> {
        match self {
            Self::Text(text) => Content::Text(text),
            Self::Count(figure) => Content::of(figure.map(|count| count as f64)),
            Self::Share(figure) | Self::Number(figure) => Content::of(*figure),
        }
    }
}

impl Content<'_> {
    fn of(figure: Figure<f64>) -> Self {
        match figure {
            Figure::Value(number) => Self::Number(number),
            Figure::Withheld => Self::Text(WITHHELD),
            Figure::NotCalculable(_) => Self::Text(NOT_APPLICABLE),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::figure::Reason;

    #[test]
    fn words_are_never_formulas() {
        for text in ["=HYPERLINK(\"x\")", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(Entry::text(text), Entry::Text(format!("'{text}")));
        }
        assert_eq!(Entry::text("Ash ward"), Entry::Text("Ash ward".to_owned()));
    }

    #[test]
    fn no_figure_is_never_a_number() {
        let is = |entry: Entry, symbol: &str| matches!(entry.content(), Content::Text(text) if text == symbol);
        assert!(is(Entry::Count(Figure::Withheld), WITHHELD) && is(Entry::Share(Figure::Withheld), WITHHELD));
        assert!(is(Entry::Number(Figure::NotCalculable(Reason::EmptyGroup)), NOT_APPLICABLE));
        assert!(matches!(Entry::Count(Figure::Value(0)).content(), Content::Number(0.0)));
    }
}
