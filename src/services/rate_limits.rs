//! How many requests a caller may send in a minute, over all replicas.
//!
//! A replica takes a twentieth of the limit from the database at a time and gives it out from memory: together the
//! replicas never let through more than the limit, and the database hears of every twentieth part only. What a replica
//! has taken and does not give out is lost to the others, at most a twentieth each.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::{AppError, now};
use crate::config::ApiConfig;
use crate::domain::account::Caller;
use crate::security::{Keys, Purpose};
use crate::storage::{Database, rate_limits};

/// Length of a window, in seconds.
pub const WINDOW_SECONDS: i64 = 60;
/// Into how many parts the limit is divided.
const PARTS: i64 = 20;
/// Callers remembered before those of earlier windows are forgotten.
const MOST_REMEMBERED: usize = 1_000;

/// Counts the requests of each caller.
#[derive(Clone)]
pub struct RateLimits {
    database: Database,
    keys: Keys,
    limit: i64,
    leases: Arc<Mutex<HashMap<String, Lease>>>,
}

/// What this replica may still give out.
#[derive(Debug, Clone, Copy)]
struct Lease {
    window: i64,
    left: i64,
    /// What nobody has taken yet, when it was last asked.
    untaken: i64,
}

/// Where a caller stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Requests a window.
    pub limit: i64,
    /// Requests that are left in this one, at least; `None` when this one was too many.
    pub remaining: Option<i64>,
    /// Seconds until the next window.
    pub reset_seconds: i64,
}

impl RateLimits {
    pub(super) fn new(database: Database, keys: Keys, config: &ApiConfig) -> Self {
        Self { database, keys, limit: i64::from(config.requests_per_minute), leases: Arc::default() }
    }

    /// Counts a request of `caller`. `None` when there is no limit.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn take(&self, caller: &Caller) -> Result<Option<Allowance>, AppError> {
        if self.limit == 0 {
            return Ok(None);
        }
        let seconds = now().unix_timestamp();
        let window = seconds - seconds.rem_euclid(WINDOW_SECONDS);
        let reset_seconds = window + WINDOW_SECONDS - seconds;
        let subject = self.keys.authentication_code(Purpose::RateLimit, caller.actor().to_string().as_bytes());
        let lease = match self.give_out(&subject, window) {
            Some(lease) => lease,
            None => self.lease_more(subject, window).await?,
        };
        let remaining = (lease.left >= 0).then_some(lease.left + lease.untaken);
        Ok(Some(Allowance { limit: self.limit, remaining, reset_seconds }))
    }

    /// From what this replica has; `None` when it must ask. What is left is negative when there is nothing to ask for.
    fn give_out(&self, subject: &str, window: i64) -> Option<Lease> {
        let mut leases = self.leases.lock().unwrap_or_else(PoisonError::into_inner);
        let lease = leases.get_mut(subject).filter(|lease| lease.window == window)?;
        if lease.left > 0 {
            lease.left -= 1;
            return Some(*lease);
        }
        (lease.untaken == 0).then_some(Lease { left: -1, ..*lease })
    }

    async fn lease_more(&self, subject: String, window: i64) -> Result<Lease, AppError> {
        let part = (self.limit / PARTS).max(1);
        let asked = subject.clone();
        let taken = self
            .database
            .of_no_organisation()
            .write(move |conn| Ok::<_, AppError>(rate_limits::take(conn, &asked, window, part)?))
            .await?;
        let granted = (self.limit - (taken - part)).clamp(0, part);
        let mut leases = self.leases.lock().unwrap_or_else(PoisonError::into_inner);
        if leases.len() > MOST_REMEMBERED {
            leases.retain(|_, lease| lease.window == window);
        }
        let lease = leases.entry(subject).or_insert(Lease { window, left: 0, untaken: 0 });
        if lease.window != window {
            *lease = Lease { window, left: 0, untaken: 0 };
        }
        // Others of this caller may have asked at the same time; what they got stays.
        lease.left += granted;
        lease.untaken = (self.limit - taken).max(0);
        if lease.left == 0 {
            return Ok(Lease { left: -1, ..*lease });
        }
        lease.left -= 1;
        Ok(*lease)
    }

    /// Forgets windows that are over; gives how many.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn tidy(&self) -> Result<u64, AppError> {
        let over = now().unix_timestamp() - WINDOW_SECONDS;
        self.database.of_no_organisation().write(move |conn| Ok(rate_limits::forget_before(conn, over)?)).await
    }
}
