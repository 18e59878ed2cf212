//! Results for people, programs and spreadsheets, from one description.

use std::io::Write;

use serde::Serialize;

use super::{CommandError, Format};
use crate::export::csv_file;

/// Prints `rows` under `headings` in the format asked for; `json` is what programs get.
pub(super) fn print(
    format: Format,
    headings: &[&str],
    rows: &[Vec<String>],
    json: &impl Serialize,
) -> Result<(), CommandError> {
    match format {
        Format::Json => println!("{}", serde_json::to_string_pretty(json).map_err(CommandError::failed)?),
        Format::Csv => {
            let file = csv_file::write(headings, rows).map_err(CommandError::failed)?;
            std::io::stdout().write_all(&file).map_err(CommandError::failed)?;
        }
        Format::Table => print!("{}", aligned(headings, rows)),
    }
    Ok(())
}

/// Columns as wide as their widest entry, two spaces apart.
pub(super) fn aligned(headings: &[&str], rows: &[Vec<String>]) -> String {
    let lines: Vec<Vec<&str>> = std::iter::once(headings.to_vec())
        .chain(rows.iter().map(|row| row.iter().map(String::as_str).collect()))
        .collect();
    let width = |column: usize| {
        lines.iter().filter_map(|line| line.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let mut text = String::new();
    for line in &lines {
        let cells: Vec<String> =
            line.iter().enumerate().map(|(column, cell)| format!("{cell:<width$}", width = width(column))).collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}
