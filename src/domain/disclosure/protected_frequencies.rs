//! Any frequency table → what may be published of it: the engine, then the attack, until the attack fails.

use super::audit::{self, Contradiction, FrequencyAudit};
use super::engine::{self, KnownDiscloses};
use super::frequency_table::FrequencyTable;

/// Which cells are published, and what an attack on them came to. Cells are in the order of [`FrequencyTable::cells`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProtectedFrequencies {
    /// Whether each cell is published.
    pub published: Vec<bool>,
    /// Cells withheld for their own count.
    pub primary: usize,
    /// The attack.
    pub audit: FrequencyAudit,
}

/// Where the work is, for whoever measures it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The engine decides what to withhold.
    Engine,
    /// The attacker tries to break it.
    Audit,
}

/// Why a table cannot be protected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrequencyRefusal {
    /// What everybody knows gives a small cell.
    #[error(
        "the size of “{0}” is known to everybody and gives away a small count in it; combine it with another category"
    )]
    KnownDiscloses(String),
    /// The attack found something that withholding does not mend.
    #[error("an attack on the outcome still finds the count of “{0}”; combine it with another category")]
    Disclosed(String),
    /// The audit found the published counts wrong.
    #[error(transparent)]
    Contradiction(#[from] Contradiction),
}

/// Attacks after which the table is given up.
const MOST_ROUNDS: usize = 16;
/// Attacks after which one cell more is withheld.
const ROUNDS_OF_ONE: usize = 4;

/// Protects a table. `stage` is told what begins.
///
/// # Errors
/// [`FrequencyRefusal`]; nothing may be published then.
pub fn protect_frequencies(
    table: &FrequencyTable,
    mut stage: impl FnMut(Stage),
) -> Result<ProtectedFrequencies, FrequencyRefusal> {
    let describe = |cell: usize| table.layout().describe(&table.cells()[cell].key);
    let counts: Vec<u64> = table.cells().iter().map(|cell| cell.count).collect();
    let mut withheld: Vec<usize> = Vec::new();
    let mut disclosed = 0;
    for round in 0..MOST_ROUNDS {
        stage(Stage::Engine);
        let published = engine::protect_frequencies(table, &withheld)
            .map_err(|KnownDiscloses(cell)| FrequencyRefusal::KnownDiscloses(describe(cell)))?;
        stage(Stage::Audit);
        let shown: Vec<Option<u64>> =
            counts.iter().zip(&published).map(|(count, shown)| shown.then_some(*count)).collect();
        let audit = audit::attack_frequencies(table.layout(), table.policy(), &shown, Some(&counts))?;
        let Some(first) = audit.disclosed.iter().map(|(cell, _)| *cell).chain(audit.narrow.iter().copied()).next()
        else {
            let primary = table.cells().iter().filter(|cell| table.policy().is_small(cell.count)).count();
            // Nothing small is published, even where everybody knows it: not everybody is who attacks.
            let small = |cell: usize| table.policy().is_small(counts[cell]);
            let published = (0..).zip(published).map(|(cell, shown)| shown && !small(cell)).collect();
            return Ok(ProtectedFrequencies { published, primary, audit });
        };
        disclosed = first;
        let next = to_withhold(table, &shown, &audit, first);
        if next.is_empty() {
            break;
        }
        // One at a time loses least; where that does not help soon, several at a time end sooner.
        withheld.extend(next.into_iter().take(1 << round.saturating_sub(ROUNDS_OF_ONE)));
    }
    Err(FrequencyRefusal::Disclosed(describe(disclosed)))
}

/// Cells that are to blame and need not be published, smallest first; otherwise those that overlap what is disclosed.
fn to_withhold(table: &FrequencyTable, shown: &[Option<u64>], audit: &FrequencyAudit, disclosed: usize) -> Vec<usize> {
    let cells = table.cells();
    let may = |cell: &usize| {
        shown[*cell].is_some() && !cells[*cell].members.is_empty() && !table.policy().knows(&cells[*cell].key)
    };
    let mut found: Vec<usize> = audit.blamed.iter().copied().filter(may).collect();
    if found.is_empty() {
        let overlaps = |cell: &usize| {
            cells[*cell].members.iter().any(|member| cells[disclosed].members.binary_search(member).is_ok())
        };
        found = (0..cells.len()).filter(may).filter(overlaps).collect();
    }
    found.sort_by_key(|cell| (cells[*cell].count, *cell));
    found
}
