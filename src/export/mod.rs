//! Files for spreadsheets: only this room names the library that writes workbooks.
//!
//! What is written is decided in `domain`: typed entries, each with its unit. Here they become cells.

pub mod csv_file;
pub mod wres_workbook;
