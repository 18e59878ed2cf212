//! From how many people on an organisation shows a group: raised by one administrator, lowered only by two.
//!
//! Nobody's anonymity may hang on one person who is in a hurry. What is lower is proposed by one account and holds once
//! another agrees; surveys that are open keep what their staff were told.

use time::{Duration, OffsetDateTime};

use super::identifier::AccountId;

/// How long a proposal waits for somebody to agree.
pub const PROPOSAL_LIFE: Duration = Duration::days(14);
/// With more, hardly a unit of a trust would show anything.
pub const HIGHEST: u32 = 100;

/// An organisation's threshold, and what is proposed in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Threshold {
    /// Groups with fewer people are withheld.
    pub minimum_count: u32,
    /// What waits for a second administrator.
    pub proposal: Option<Proposal>,
}

/// A lower threshold that waits for a second administrator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The lower threshold.
    pub minimum_count: u32,
    /// Whose proposal it is.
    pub by: AccountId,
    /// When it was made.
    pub made_at: OffsetDateTime,
}

/// Why a threshold stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Too low, or too high.
    #[error("the threshold is a number from {lowest} to {HIGHEST}: nobody’s anonymity is traded")]
    Outside {
        /// The least that this installation takes.
        lowest: u32,
    },
    /// One at a time.
    #[error("a lower threshold is proposed already; agree to that, or withdraw it first")]
    Pending,
    /// It takes two.
    #[error("you proposed this yourself; another administrator of your organisation has to agree")]
    OwnProposal,
    /// There is none, or another one than the caller saw.
    #[error("this is not proposed, or no longer; look again at what is")]
    NotProposed,
}

/// Whether an installation that asks for `lowest` at least takes this number at all.
///
/// # Errors
/// [`Refusal::Outside`].
pub fn check(wanted: u32, lowest: u32) -> Result<(), Refusal> {
    if (lowest..=HIGHEST.max(lowest)).contains(&wanted) { Ok(()) } else { Err(Refusal::Outside { lowest }) }
}

impl Proposal {
    /// When it lapses.
    pub fn lapses_at(&self) -> OffsetDateTime {
        self.made_at.saturating_add(PROPOSAL_LIFE)
    }
}

impl Threshold {
    /// The threshold as it stands `now` in an installation that asks for `lowest` at least.
    #[must_use]
    pub fn at(self, lowest: u32, now: OffsetDateTime) -> Self {
        let minimum_count = self.minimum_count.max(lowest);
        let waits = |proposal: &Proposal| {
            now < proposal.lapses_at() && (lowest..minimum_count).contains(&proposal.minimum_count)
        };
        Self { minimum_count, proposal: self.proposal.filter(waits) }
    }

    /// Sets `wanted`: at once where it is no lower, which also ends what is proposed; otherwise as a proposal of `by`.
    ///
    /// # Errors
    /// [`Refusal::Outside`], [`Refusal::Pending`].
    pub fn set(&self, wanted: u32, lowest: u32, by: &AccountId, now: OffsetDateTime) -> Result<Self, Refusal> {
        check(wanted, lowest)?;
        if wanted >= self.minimum_count {
            return Ok(Self { minimum_count: wanted, proposal: None });
        }
        match self.proposal {
            Some(_) => Err(Refusal::Pending),
            None => {
                let proposal = Proposal { minimum_count: wanted, by: by.clone(), made_at: now };
                Ok(Self { proposal: Some(proposal), ..self.clone() })
            }
        }
    }

    /// What `by` has seen proposed holds from now on.
    ///
    /// # Errors
    /// [`Refusal::NotProposed`], [`Refusal::OwnProposal`].
    pub fn agree(&self, seen: u32, by: &AccountId) -> Result<Self, Refusal> {
        match &self.proposal {
            Some(proposal) if proposal.minimum_count != seen => Err(Refusal::NotProposed),
            Some(proposal) if proposal.by == *by => Err(Refusal::OwnProposal),
            Some(proposal) => Ok(Self { minimum_count: proposal.minimum_count, proposal: None }),
            None => Err(Refusal::NotProposed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOWEST: u32 = 11;
    const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    fn account(n: u8) -> AccountId {
        AccountId::from_random([n; 16])
    }

    fn fifteen() -> Threshold {
        Threshold { minimum_count: 15, proposal: None }
    }

    #[test]
    fn raising_takes_one_and_lowering_two() {
        let raised = fifteen().set(20, LOWEST, &account(1), NOW).expect("raised");
        assert_eq!(raised, Threshold { minimum_count: 20, proposal: None });
        let proposed = raised.set(12, LOWEST, &account(1), NOW).expect("proposed");
        assert_eq!(proposed.minimum_count, 20, "a proposal changes nothing");
        assert_eq!(proposed.agree(12, &account(1)), Err(Refusal::OwnProposal));
        assert_eq!(proposed.agree(11, &account(2)), Err(Refusal::NotProposed));
        assert_eq!(proposed.set(11, LOWEST, &account(2), NOW), Err(Refusal::Pending));
        assert_eq!(proposed.agree(12, &account(2)), Ok(Threshold { minimum_count: 12, proposal: None }));
        let higher = proposed.set(20, LOWEST, &account(2), NOW).expect("the same again ends the proposal");
        assert_eq!(higher.agree(12, &account(3)), Err(Refusal::NotProposed));
    }

    #[test]
    fn never_below_the_installation_nor_absurdly_high() {
        for wanted in [0, 9, 10, 101, u32::MAX] {
            assert_eq!(fifteen().set(wanted, LOWEST, &account(1), NOW), Err(Refusal::Outside { lowest: LOWEST }));
        }
        let low = Threshold { minimum_count: 10, proposal: None };
        assert_eq!(low.at(LOWEST, NOW).minimum_count, LOWEST);
        let proposed = fifteen().set(11, LOWEST, &account(1), NOW).expect("proposed");
        assert_eq!(proposed.at(12, NOW).proposal, None, "the installation asks for more by now");
    }

    #[test]
    fn a_proposal_lapses() {
        let proposed = fifteen().set(11, LOWEST, &account(1), NOW).expect("proposed");
        let moment = Duration::seconds(1);
        assert!(proposed.clone().at(LOWEST, NOW + PROPOSAL_LIFE - moment).proposal.is_some());
        assert_eq!(proposed.at(LOWEST, NOW + PROPOSAL_LIFE), fifteen());
    }
}
