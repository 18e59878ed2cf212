//! Files for spreadsheets: only this room names the libraries that write workbooks and archives.
//!
//! What is written is decided in `domain`: protected tables, and typed entries, each with its unit. Here they become
//! cells.

pub mod action_plan;
pub mod book;
pub mod csv_file;
pub mod release;
pub mod wres_workbook;

use std::borrow::Cow;

/// Words that no spreadsheet runs: what looks like a formula gets an apostrophe before it.
fn unrun(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}
