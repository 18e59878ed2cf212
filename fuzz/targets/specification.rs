//! The specification of `candour protect`, and a small file of counts for it, parted by a line of dashes.
#![no_main]

use candour::import::frequency_table::{Inner, Specification};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (specification, counts) = text.split_once("\n---\n").unwrap_or((text, ""));
    match Specification::read("x.toml", specification.as_bytes()) {
        Ok(read) => drop(Inner::read("x.csv", counts.as_bytes(), &read)),
        Err(error) => assert!(!error.problems.is_empty()),
    }
});
