//! The report of the audit.

use serde::{Deserialize, Serialize};

/// What the attack before a release tested and found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditReport {
    /// Cells (a group and a question) that are published.
    pub published: usize,
    /// Cells that are withheld.
    pub withheld: usize,
    /// Sets of people whose answers the attacker tried to derive.
    pub sets_tested: usize,
    /// Sets whose answers are determined. Always 0 in a release that was made.
    pub exact_disclosures: usize,
    /// Counts that were shown to stay open for an attacker who bounds them with every size known.
    #[serde(default)]
    pub intervals_tested: usize,
    /// Narrowest interval, in people, that the attacker is left with on a count that must stay open, or more; counts of
    /// fewer people than the policy's interval are open altogether. `None` when there is no such count.
    pub narrowest_interval: Option<u64>,
    /// How long protecting took.
    pub engine_seconds: f64,
    /// How long the attack took.
    pub audit_seconds: f64,
}
