//! Files from outside, read into domain types: all or nothing, every bad row named.
//!
//! One file per format. Only [`csv_table`] knows CSV and workbooks; a format names its columns, reads each row and reports what is
//! wrong with its line and column. What a value *means* is decided in `domain`.

pub mod catchment;
pub mod csv_table;
pub mod deprivation;
pub mod frequency_table;
pub mod indicator_inputs;
pub mod mail_report;
pub mod national_figures;
pub mod organisations;
pub mod own_population;
pub mod population;
pub mod staff;
pub mod units;
mod workbook;
pub mod workforce;

#[cfg(test)]
mod examples;

use std::fmt;

/// Problems that are spelt out in a message; the rest are counted.
const SHOWN: usize = 20;

/// Why a file was not imported. Nothing of it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportError {
    /// Name of the file, as the user knows it.
    pub file: String,
    /// What is wrong, in the order of the file. Never empty.
    pub problems: Vec<Problem>,
}

/// One thing that is wrong, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line of the file, from 1; `None` when the file as a whole is meant.
    pub line: Option<u64>,
    /// Heading of the column.
    pub column: Option<String>,
    /// What is wrong; what to do.
    pub message: String,
}

impl Problem {
    /// About the file as a whole.
    pub fn in_file(message: impl Into<String>) -> Self {
        Self { line: None, column: None, message: message.into() }
    }

    /// About one line.
    pub fn in_line(line: u64, message: impl Into<String>) -> Self {
        Self { line: Some(line), column: None, message: message.into() }
    }

    /// About one value.
    pub fn in_column(line: u64, column: &str, message: impl Into<String>) -> Self {
        Self { line: Some(line), column: Some(column.to_owned()), message: message.into() }
    }
}

impl ImportError {
    /// One problem with `file`.
    pub fn new(file: &str, problem: Problem) -> Self {
        Self { file: file.to_owned(), problems: vec![problem] }
    }

    /// `value` when there is no problem.
    pub(crate) fn unless_fine<T>(file: &str, problems: Vec<Problem>, value: T) -> Result<T, Self> {
        if problems.is_empty() { Ok(value) } else { Err(Self { file: file.to_owned(), problems }) }
    }
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().take(SHOWN).enumerate() {
            let line = problem.line.map(|line| format!(", line {line}")).unwrap_or_default();
            let column = problem.column.as_ref().map(|column| format!(", column “{column}”")).unwrap_or_default();
            let separator = if index == 0 { "" } else { "\n" };
            write!(f, "{separator}{}{line}{column}: {}", self.file, problem.message)?;
        }
        match self.problems.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, "\nand {more} more"),
        }
    }
}

impl std::error::Error for ImportError {}
