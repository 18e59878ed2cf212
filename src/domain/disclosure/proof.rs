//! What shows that a withheld count is open: two tables of answers that fit everything published, far apart.

/// A person of an atom who would have given another answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// Whose.
    pub atom: u32,
    /// The answer that she gave; "no answer" is one.
    pub from: u32,
    /// The answer instead.
    pub to: u32,
}

/// Two tables, each as what would have to change in the true one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The set whose count it is about: atoms, ascending.
    pub members: Vec<u32>,
    /// Makes the count larger.
    pub up: Vec<Change>,
    /// Makes it smaller.
    pub down: Vec<Change>,
}
