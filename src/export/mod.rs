//! Files for spreadsheets: only this room names the library that writes them.
//!
//! What is written is decided in `domain`: typed entries, each with its unit. Here they become cells.

pub mod wres_workbook;
