//! A table of figures. It scrolls inside its own box on narrow screens.

use askama::Template;
use askama::filters::HtmlSafe;

/// A table whose first column names its rows.
#[derive(Debug, Clone, Template)]
#[template(path = "web/components/table.html")]
pub struct Table {
    /// What the table shows.
    pub caption: String,
    /// Headings of the columns.
    pub columns: Vec<String>,
    /// Rows, each as long as `columns`; the first cell is the row's heading.
    pub rows: Vec<Vec<String>>,
    /// Index of the first column of numbers, which are set to the right; as long as `columns` when there is none.
    pub numbers_from: usize,
    /// How far each row's heading is set in, for rows inside other rows; rows beyond its end are not.
    pub levels: Vec<usize>,
}

impl HtmlSafe for Table {}

impl Table {
    fn level(&self, row: &usize) -> usize {
        self.levels.get(*row).copied().unwrap_or_default().min(3)
    }

    fn class(&self, base: &str, index: &usize) -> String {
        if *index >= self.numbers_from { format!("{base} {base}--numeric") } else { base.to_owned() }
    }
}
