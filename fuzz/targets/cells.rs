//! A table as it was published, read back for `candour audit`, and attacked.
#![no_main]

use std::sync::LazyLock;

use candour::domain::disclosure::attack_frequencies;
use candour::import::frequency_table::{Cells, Specification};
use libfuzzer_sys::fuzz_target;

const TEXT: &str = r#"
[input]
file = "counts.csv"
count = "freq"
[[variable]]
name = "unit"
[[variable]]
name = "group"
[[table]]
by = ["unit", "group"]
[policy]
minimum_count = 11
"#;
static SPECIFICATION: LazyLock<Specification> =
    LazyLock::new(|| Specification::read("x.toml", TEXT.as_bytes()).expect("a specification"));

fuzz_target!(|bytes: &[u8]| {
    if let Ok(cells) = Cells::read("cells.csv", bytes, &SPECIFICATION, None)
        && cells.layout.keys().len() <= 200
    {
        drop(attack_frequencies(&cells.layout, &SPECIFICATION.policy, &cells.published, None));
    }
});
