//! The audit: an attacker who has only what was published, and tries to break it.
//!
//! | file | attack |
//! | --- | --- |
//! | [`peeling`] | counts that follow from one published sum |
//! | [`exact`] | A1: sets that follow by adding and subtracting, for everybody or for a lone respondent |
//! | [`forced`] | A2: counts that must be as low as they can be |
//! | [`ranges`] | A2 and A3: bounds by linear programmes, rounded inwards; small components solution by solution |
//! | [`frequencies`] | the attack on a frequency table |
//! | [`release`] | the attack on a survey's release |
//! | [`openness`] | A2 for a release: tables that fit, as far apart as the policy wants |
//! | [`sizes`] | the attack on a table without questions: a workforce |
//!
//! It shares no code with the engine, not even the arithmetic, so that one mistake cannot hide in both.
//!
//! A1 is complete, and costs milliseconds; so is A2 for a release. What A2 for a frequency table may cost is bounded by
//! counting (never by time, so that the outcome is the same on every machine): where it would be more, a component of
//! the table has no bounds, and the report gives no narrowest interval.

mod components;
mod evidence;
mod exact;
mod field;
mod forced;
mod frequencies;
mod null_space;
mod openness;
mod peeling;
mod ranges;
mod release;
mod report;
mod sizes;
#[cfg(test)]
mod tests;

pub use evidence::Contradiction;
pub use exact::Disclosure;
pub use frequencies::{FrequencyAudit, attack_frequencies};
pub use openness::{OpennessAudit, PublishedAnswers, attack_openness};
pub use release::{ProtectedSet, PublishedQuestion, ReleaseAudit, attack_release};
pub use report::AuditReport;
pub use sizes::{SizesAudit, attack_sizes};

use evidence::{Evidence, Suspect};
use ranges::{Budget, Range};

/// What came of an attack.
struct Outcome {
    /// Per suspect, how it is disclosed.
    disclosures: Vec<Option<Disclosure>>,
    /// Per suspect, its range, where that is known.
    ranges: Vec<Option<Range>>,
    /// Positions in [`Evidence::rows`] of sums that are to blame for what does not follow by adding and subtracting.
    blamed: Vec<usize>,
}

/// Attacks with everything there is. Intervals narrower than `minimum_interval` put blame on the sums around them.
fn attack(
    evidence: &Evidence,
    suspects: &[Suspect],
    minimum_interval: u64,
    budget: Budget,
) -> Result<Outcome, Contradiction> {
    let mut peeled = peeling::peel(evidence, &[])?;
    let mut blamed = peeled.tight.clone();
    let (mut components, mut component_of) = components::split(&peeled);
    let mut fixed = Vec::new();
    for component in &components {
        if let Some(forced) = forced::forced(evidence, &peeled, component, budget.forced) {
            fixed.extend(forced.counts);
            blamed.extend(forced.by);
        }
    }
    if !fixed.is_empty() {
        peeled = peeling::peel(evidence, &fixed)?;
        (components, component_of) = components::split(&peeled);
    }
    let mut disclosures = exact::attack(&peeled, suspects)?;
    let ranges = ranges::ranges(evidence, &peeled, (&components, &component_of), suspects, budget);
    for ((suspect, range), disclosure) in suspects.iter().zip(&ranges).zip(&mut disclosures) {
        let Some(range) = range.filter(|range| range.width() < minimum_interval.max(1)) else { continue };
        if range.width() == 0 {
            disclosure.get_or_insert(Disclosure::Determined(range.least));
        }
        let around = suspect.members.iter().filter_map(|column| component_of[*column as usize]);
        let rows = around.flat_map(|component| &components[component as usize].rows);
        blamed.extend(rows.map(|row| peeled.rows[*row].origin));
    }
    blamed.sort_unstable();
    blamed.dedup();
    Ok(Outcome { disclosures, ranges, blamed })
}
