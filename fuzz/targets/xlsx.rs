//! A workbook that somebody may upload, and the archive that it is.
#![no_main]

use candour::import::csv_table::CsvTable;
use candour::import::staff;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    drop(CsvTable::headings("x.xlsx", bytes));
    drop(staff::read("x.xlsx", bytes));
});
