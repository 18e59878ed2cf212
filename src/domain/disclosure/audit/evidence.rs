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
    /// Set where a person alone may not learn it from her own count.
    pub small: Option<Small>,
}

/// A small set, for attacks by those who are alone in one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Small {
    /// Whether it is one person, who knows that.
    pub alone: bool,
    /// Sets of the same kin follow from each other by what everybody knows, whatever is published.
    pub kin: u64,
}

/// The published counts cannot all be true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the published counts contradict each other: no table has all of them")]
pub struct Contradiction;
