//! How fast e-mails leave: mail servers turn away who sends too many a minute.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Gives each e-mail its moment, evenly spread. Shared by all who send in this process.
#[derive(Debug, Clone)]
pub(super) struct Pace {
    interval: Duration,
    next: Arc<Mutex<Option<Instant>>>,
}

impl Pace {
    /// At most so many a minute; 0 for as many as there are.
    pub(super) fn per_minute(messages: u32) -> Self {
        let interval = Duration::from_secs(60).checked_div(messages).unwrap_or_default();
        Self { interval, next: Arc::default() }
    }

    /// How long who comes at `now` has to wait for their turn, which is theirs from then on.
    pub(super) fn wait(&self, now: Instant) -> Duration {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let mine = next.map_or(now, |next| next.max(now));
        *next = Some(mine + self.interval);
        mine - now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_spread_over_the_minute_and_time_that_was_not_used_is_not_saved_up() {
        let (pace, start) = (Pace::per_minute(30), Instant::now());
        let seconds = |from_start: u64| pace.wait(start + Duration::from_secs(from_start)).as_secs();
        assert_eq!([seconds(0), seconds(0), seconds(1), seconds(100), seconds(100)], [0, 2, 3, 0, 2]);
        let unlimited = Pace::per_minute(0);
        assert!((0..100).all(|_| unlimited.wait(start).is_zero()));
    }
}
