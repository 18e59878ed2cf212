//! Files for spreadsheets: only this room names the libraries that write workbooks and archives.
//!
//! What is written is decided in `domain`: protected tables, and typed entries, each with its unit. Here they become
//! cells.

pub mod action_plan;
pub mod book;
pub mod csv_file;
pub mod release;
pub mod wres_workbook;
