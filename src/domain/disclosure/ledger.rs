//! What was published before about the same people.

/// Everything published so far about the respondents of a survey.
#[derive(Debug, Clone, Default)]
pub struct Ledger {}
