//! How long to wait after sign-ins that went wrong: longer each time, never for good.
//!
//! A delay that grows makes guessing hopeless without giving anybody the means to lock somebody else out: the longest
//! wait is minutes, and tries are forgotten after a while.

use time::{Duration, OffsetDateTime};

/// How much is borne with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// Failures that cost nothing: people mistype.
    free: u32,
    /// The longest wait.
    longest: Duration,
    /// After so long without a try everything is forgotten.
    memory: Duration,
}

/// Tries at one account, or at one account's second factor.
pub const OF_ACCOUNT: Patience = Patience { free: 5, longest: Duration::minutes(5), memory: Duration::hours(24) };
/// Tries from one network. A whole trust may stand behind one address: more is free, and the wait stays short.
pub const OF_NETWORK: Patience = Patience { free: 50, longest: Duration::minutes(1), memory: Duration::minutes(15) };
/// After so long every try is forgotten, whatever it was at.
pub const LONGEST_MEMORY: Duration = Duration::hours(24);

impl Patience {
    /// Failures that still count at `now`.
    pub fn remembered(&self, failures: u32, last_at: OffsetDateTime, now: OffsetDateTime) -> u32 {
        if now - last_at > self.memory { 0 } else { failures }
    }

    /// How long after the last of so many failures the next try is let in: 1 s, 2 s, 4 s…
    pub fn delay(&self, failures: u32) -> Duration {
        match failures.checked_sub(self.free) {
            None | Some(0) => Duration::ZERO,
            Some(beyond) => Duration::seconds(1_i64 << (beyond - 1).min(20)).min(self.longest),
        }
    }

    /// What is left of the wait at `now`; `None` when there is nothing to wait for.
    pub fn wait(&self, failures: u32, last_at: OffsetDateTime, now: OffsetDateTime) -> Option<Duration> {
        let failures = self.remembered(failures, last_at, now);
        // A clock that jumps back must not lengthen the wait.
        let left = (last_at.min(now) + self.delay(failures)) - now;
        left.is_positive().then_some(left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_and_ends() {
        let then = OffsetDateTime::UNIX_EPOCH + Duration::days(20_000);
        let wait = |failures, seconds| OF_ACCOUNT.wait(failures, then, then + Duration::seconds(seconds));
        assert_eq!(wait(5, 0), None);
        assert_eq!(wait(6, 0), Some(Duration::seconds(1)));
        assert_eq!(wait(9, 3), Some(Duration::seconds(5)));
        assert_eq!(wait(9, 8), None);
        assert_eq!(wait(u32::MAX, 0), Some(Duration::minutes(5)), "never longer than that");
        assert_eq!(wait(u32::MAX, 24 * 3600 + 1), None, "and forgotten after a day");
        assert_eq!(OF_ACCOUNT.wait(9, then, then - Duration::hours(3)), Some(Duration::seconds(8)));
    }
}
