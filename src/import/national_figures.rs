//! Figures of the whole country: `indicator,figure,source`, each as people type it, a share in percent.

use super::ImportError;
use super::csv_table::CsvTable;
use crate::domain::indicator::{NationalFigure, NationalFigures};

const COLUMNS: [&str; 3] = ["indicator", "figure", "source"];

/// Reads figures.
///
/// # Errors
/// [`ImportError`] for indicators that stand twice, and for figures and sources that cannot be used.
pub fn read(file: &str, bytes: &[u8]) -> Result<NationalFigures, ImportError> {
    let table = CsvTable::read(file, bytes, &COLUMNS, &[])?;
    let mut figures = NationalFigures::new();
    table.collect(|row| {
        let indicator = u8::try_from(row.count("indicator")?).unwrap_or(u8::MAX);
        let text = row.needed("figure")?;
        let number = NationalFigure::parse_typed(indicator, text)
            .ok_or_else(|| row.problem("figure", format!("“{text}” is not a number; write it in digits")))?;
        let figure = NationalFigure::new(indicator, number, row.get("source")).map_err(|mistakes| {
            let texts: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
            row.problem(mistakes.first().map_or("figure", |first| first.field()), texts.join("; "))
        })?;
        match figures.insert(indicator, figure) {
            None => Ok(()),
            Some(_) => Err(row.problem("indicator", format!("indicator {indicator} stands twice; keep one line"))),
        }
    })?;
    Ok(figures)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(rows: &str) -> Result<NationalFigures, ImportError> {
        read("national.csv", format!("indicator,figure,source\n{rows}").as_bytes())
    }

    #[test]
    fn figures_are_read_as_they_are_typed() {
        let figures =
            read_text("5,27.8,\"NHS England, WRES\"\n2,1.62,NHS England\n9,-11.5,NHS England\n").expect("read");
        let texts: Vec<String> = figures.values().map(NationalFigure::text).collect();
        assert_eq!(texts, ["1.62 times", "27.8 %", "−11.5 points"]);
    }

    #[test]
    fn mistakes_are_named() {
        let message = |rows: &str| read_text(rows).expect_err("refused").to_string();
        assert!(message("5,many,x\n").contains("line 2, column “figure”: “many” is not a number"));
        assert!(message("5,278,x\n").contains("line 2, column “figure”"));
        assert!(message("5,27.8,\n").contains("line 2, column “source”"));
        assert!(message("10,1,x\n").contains("line 2, column “indicator”"));
        assert!(message("2,1,x\n2,1,x\n").contains("line 3, column “indicator”: indicator 2 stands twice"));
    }
}
