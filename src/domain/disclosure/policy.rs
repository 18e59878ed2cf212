//! What a publisher decided: how small is small, and what an attacker is taken to know.

/// The rules' settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Groups with fewer people are withheld.
    pub minimum_count: u32,
    /// Narrowest interval, in people, that may remain on a withheld count.
    pub minimum_interval: u32,
}

impl Policy {
    /// The policy of a survey's release.
    pub fn for_survey(minimum_count: u32, minimum_interval: u32) -> Self {
        Self { minimum_count, minimum_interval }
    }

    /// Whether so many people are too few to be published, and not nobody.
    pub fn is_small(&self, people: u32) -> bool {
        (1..self.minimum_count).contains(&people)
    }
}
