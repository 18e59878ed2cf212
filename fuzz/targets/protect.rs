//! The engine against the attacker: of a table that the engine protected, nothing follows, for every small table of two
//! variables, one with a parent, in each setting. The brute force over all tables is `domain/disclosure/tests/families.rs`.
#![no_main]

use std::fmt::Write;

use candour::domain::disclosure::{attack_frequencies, protect_frequencies};
use candour::import::frequency_table::{self, Inner, Specification};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let [setting, counts @ ..] = data else { return };
    let zeros = if setting & 1 == 0 { "publish" } else { "protect" };
    let singletons = if setting & 2 == 0 { "protect" } else { "ignore" };
    let (minimum, categories) = (3 + (setting >> 2 & 7), 2 + usize::from(setting >> 5 & 3));
    let text = format!(
        "[input]\nfile = \"counts.csv\"\ncount = \"freq\"\n[[variable]]\nname = \"unit\"\nparent = \"site\"\n\
         [[variable]]\nname = \"group\"\n[[table]]\nby = [\"unit\", \"group\"]\n[policy]\nminimum_count = {minimum}\n\
         zeros = \"{zeros}\"\nsingletons = \"{singletons}\"\n"
    );
    let mut csv = "site,unit,group,freq\n".to_owned();
    for (cell, count) in counts.iter().take(30).enumerate() {
        let (unit, group) = (cell / categories, cell % categories);
        writeln!(csv, "s{},u{unit},g{group},{}", unit / 2, count % 40).expect("text");
    }
    let specification = Specification::read("x.toml", text.as_bytes()).expect("a specification");
    let Ok(inner) = Inner::read("x.csv", csv.as_bytes(), &specification) else { return };
    let table = frequency_table::table(&specification, &inner).expect("a table");
    let Ok(protected) = protect_frequencies(&table, |_| {}) else { return };
    assert!(protected.audit.disclosed.is_empty());
    let shown = |(cell, published): (&_, &bool)| published.then_some(count_of(cell));
    let published: Vec<Option<u64>> = table.cells().iter().zip(&protected.published).map(shown).collect();
    let counted: Vec<u64> = table.cells().iter().map(count_of).collect();
    let attacked = attack_frequencies(table.layout(), &specification.policy, &published, Some(&counted));
    assert!(attacked.expect("it fits together").disclosed.is_empty());
});

fn count_of(cell: &candour::domain::disclosure::frequency_table::Cell) -> u64 {
    cell.count
}
