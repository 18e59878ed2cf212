//! A table as CSV (RFC 4180): UTF-8, names for machines first, shares with four decimals.

use std::io::Write;

use super::{BookError, Entry, NOT_APPLICABLE, Sheet, WITHHELD};
use crate::domain::figure::Figure;

/// Writes the table.
///
/// # Errors
/// [`BookError`] when `to` does not take it.
pub(in crate::export) fn write(to: &mut impl Write, sheet: &Sheet) -> Result<(), BookError> {
    let head: Vec<Entry> = sheet.columns.iter().map(|column| Entry::text(&column.code)).collect();
    std::iter::once(&head).chain(&sheet.rows).try_for_each(|row| write_line(to, row))
}

/// Writes one row.
///
/// # Errors
/// [`BookError`] when `to` does not take it.
pub(in crate::export) fn write_line(to: &mut impl Write, row: &[Entry]) -> Result<(), BookError> {
    write!(to, "{}\r\n", cells(row)).map_err(BookError::of)
}

/// Cells with commas between them, without the end of a row.
pub(in crate::export) fn cells(row: &[Entry]) -> String {
    let cells: Vec<String> = row.iter().map(|entry| quoted(text(entry))).collect();
    cells.join(",")
}

fn text(entry: &Entry) -> String {
    match entry {
        Entry::Text(text) => text.clone(),
        Entry::Count(count) => symbol(*count, |count| count.to_string()),
        Entry::Share(number) | Entry::Number(number) => symbol(*number, |number| format!("{number:.4}")),
    }
}

fn symbol<T>(figure: Figure<T>, write: impl FnOnce(T) -> String) -> String {
    match figure {
        Figure::Value(value) => write(value),
        Figure::Withheld => WITHHELD.to_owned(),
        Figure::NotCalculable(_) => NOT_APPLICABLE.to_owned(),
    }
}

fn quoted(cell: String) -> String {
    if cell.contains([',', '"', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        let mut file = Vec::new();
        let row = ["Ash ward", "Ear, nose and “throat”", "the \"old\" ward", "=1,2"].map(Entry::text);
        write_line(&mut file, &row).expect("memory takes it");
        let wanted = "Ash ward,\"Ear, nose and “throat”\",\"the \"\"old\"\" ward\",\"'=1,2\"\r\n";
        assert_eq!(String::from_utf8(file).expect("text"), wanted);
    }

    #[test]
    fn figures_have_their_own_form() {
        let figures =
            [Entry::Count(Figure::Value(0)), Entry::Share(Figure::Value(0.5)), Entry::Share(Figure::Withheld)];
        assert_eq!(figures.each_ref().map(text), ["0", "0.5000", "[c]"]);
    }
}
