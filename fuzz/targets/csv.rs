//! Every file that somebody may upload, as text. The first byte says which.
#![no_main]

use candour::domain::column_mapping::ColumnMapping;
use candour::import::{catchment, indicator_inputs, organisations, own_population, population, staff, units, workforce};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((kind, bytes)) = data.split_first() else { return };
    let mapping = ColumnMapping::default();
    match kind % 9 {
        0 => drop(catchment::read("x.csv", bytes)),
        1 => drop(indicator_inputs::read_events("x.csv", bytes, &mapping)),
        2 => drop(indicator_inputs::read_survey("x.csv", bytes)),
        3 => drop(organisations::read("x.csv", bytes)),
        4 => drop(own_population::read("x.csv", bytes, "name", "1", "2021-03-21")),
        5 => drop(population::read("x.csv", bytes)),
        6 => drop(staff::read("x.csv", bytes)),
        7 => drop(units::read("x.csv", bytes)),
        _ => drop(workforce::read_either("x.csv", bytes)),
    }
});
