//! Disclosure control: [`RawTable`] + [`Policy`] → [`ProtectedTable`].

mod audit;
mod ledger;
mod policy;
mod protected_table;

pub use audit::AuditReport;
pub use ledger::Ledger;
pub use policy::Policy;
pub use protected_table::{ProtectedGroup, ProtectedTable, PublishedColumn};

use super::tabulation::RawTable;

/// Why a release is not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Fewer people than the threshold answered.
    #[error("fewer than {0} people answered, so that nothing can be published")]
    TooFew(u32),
}

/// Protects every group of the family jointly, and audits what it published.
///
/// # Errors
/// [`Refusal`] when nothing can be published safely.
pub fn protect(raw: RawTable, policy: &Policy, _ledger: &Ledger) -> Result<ProtectedTable, Refusal> {
    let whole: u32 = raw.atom_people.iter().sum();
    if whole < policy.minimum_count {
        return Err(Refusal::TooFew(policy.minimum_count));
    }
    let mut cells = (0, 0);
    let groups = raw
        .groups
        .iter()
        .map(|group| {
            let shown = group.key.is_empty();
            *if shown { &mut cells.0 } else { &mut cells.1 } += raw.columns.len();
            ProtectedGroup {
                key: group.key.clone(),
                respondents: shown.then_some(group.people),
                counts: (0..raw.columns.len()).map(|column| shown.then(|| raw.count(column, group))).collect(),
            }
        })
        .collect();
    let columns = raw.columns.iter().map(|column| PublishedColumn {
        id: column.id.clone(),
        options: column.options.iter().map(|option| option.code.clone()).collect(),
    });
    let audit = AuditReport {
        published: cells.0,
        withheld: cells.1,
        sets_tested: 0,
        exact_disclosures: 0,
        narrowest_interval: None,
        engine_seconds: 0.0,
        audit_seconds: 0.0,
    };
    Ok(ProtectedTable { columns: columns.collect(), family: raw.family, groups, audit })
}
