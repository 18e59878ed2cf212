//! What the attacker has: unknown counts, published sums of them, and sets whose sum would be a disclosure.

/// A published sum of unknown counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// The unknown counts, ascending.
    pub members: Vec<u32>,
    /// Their sum.
    pub value: u64,
}

/// Everything published.
#[derive(Debug, Clone, Default)]
pub(super) struct Evidence {
    /// Per unknown count, the least that it can be.
    pub least: Vec<u64>,
    /// The published sums.
    pub rows: Vec<Row>,
}

/// A set whose sum must not be known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Suspect {
    /// The unknown counts, ascending.
    pub members: Vec<u32>,
    /// What a person alone may not learn from her own count, and whether she is such a person.
    pub small: Option<Alone>,
}

/// Whether a small set is one person, who knows that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Alone {
    /// One person.
    Yes,
    /// More, or nobody.
    No,
}

/// The published counts cannot all be true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the published counts contradict each other: no table has all of them")]
pub struct Contradiction;
