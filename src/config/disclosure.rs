//! `[disclosure]`: thresholds of anonymity.

use serde::Deserialize;

/// Thresholds of anonymity; see `docs/anonymity.md`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisclosureConfig {
    /// Groups with fewer respondents are withheld. Never below 10.
    pub minimum_count: u32,
    /// Narrowest interval, in people, that may remain on a withheld count.
    pub minimum_interval: u32,
    /// An invitation carries a unit only if at least so many people are invited in it.
    pub coarse_class_minimum: u32,
}

impl DisclosureConfig {
    pub(super) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.minimum_count < 10 {
            problems.push("disclosure.minimum_count must be at least 10: anonymity is never traded".to_owned());
        }
        if self.coarse_class_minimum < 30 {
            problems.push("disclosure.coarse_class_minimum must be at least 30".to_owned());
        }
        problems
    }
}
