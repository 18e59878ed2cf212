//! The outbox: jobs stored in the transaction that causes them, claimed and settled by the runner.

use time::Duration;

use super::{AppError, Services, now};
use crate::domain::identifier::JobId;
use crate::domain::job::{Job, Lane};
use crate::mail::{AccountLinkReason, Greeting};
use crate::security::{random_bytes, random_identifier_bytes};
use crate::storage::{Connection, Database, jobs};

/// A claimed job that is not settled by then is given to another runner.
const CLAIM_LIFE: Duration = Duration::minutes(5);
/// A runner starts no further job of a claim after that: it would end after the claim's life, and run twice.
pub const CLAIM_WORK: std::time::Duration = std::time::Duration::from_secs(120);
/// Tries before a job is given up: the last comes about two days after the first.
pub(super) const MOST_ATTEMPTS: i32 = 12;

/// Use cases around the outbox.
#[derive(Clone)]
pub struct Outbox {
    database: Database,
}

/// A job that this runner has to do.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Identifier; stays the same on each try.
    pub id: JobId,
    /// Tries, this one included.
    pub attempts: i32,
    /// The job, or why it cannot be read.
    pub job: Result<Job, String>,
}

/// How a try ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// Nothing is left to do.
    Done,
    /// Another try may help.
    Later(String),
    /// No further try will help.
    Hopeless(String),
    /// It was not tried: earlier ones took too long.
    NotTried,
}

impl From<Result<(), AppError>> for Ended {
    fn from(result: Result<(), AppError>) -> Self {
        match result {
            Ok(()) => Self::Done,
            Err(AppError::Busy(reason)) => Self::Later(reason),
            Err(other) => Self::Hopeless(other.to_string()),
        }
    }
}

/// Stores `batch`, all of one kind, to be done after this transaction.
pub(super) fn enqueue(conn: &mut Connection, batch: &[Job]) -> Result<(), AppError> {
    let Some(first) = batch.first() else { return Ok(()) };
    let rows: Vec<(JobId, String)> = batch
        .iter()
        .map(|job| Ok((JobId::from_random(random_identifier_bytes()), serde_json::to_string(job)?)))
        .collect::<Result<_, serde_json::Error>>()
        .map_err(|error| AppError::Internal(error.to_string()))?;
    Ok(jobs::enqueue(conn, first.kind(), &rows, now())?)
}

impl Outbox {
    pub(super) fn new(database: Database) -> Self {
        Self { database }
    }

    /// Takes up to `limit` jobs of a lane that are due.
    pub async fn claim(&self, lane: Lane, limit: u16) -> Result<Vec<Claim>, AppError> {
        self.database
            .of_no_organisation()
            .write(move |conn| {
                let claimed = jobs::claim(conn, lane, now(), now() + CLAIM_LIFE, i64::from(limit))?;
                let read = |payload: &str| {
                    serde_json::from_str(payload).map_err(|error| format!("the job cannot be read: {error}"))
                };
                Ok(claimed
                    .into_iter()
                    .map(|row| Claim { job: read(&row.payload), id: row.id, attempts: row.attempts })
                    .collect())
            })
            .await
    }

    /// Removes what is done, puts off what may work later, marks what never will.
    pub async fn settle(&self, ended: Vec<(JobId, i32, Ended)>) -> Result<(), AppError> {
        if ended.is_empty() {
            return Ok(());
        }
        self.database
            .of_no_organisation()
            .write(move |conn| {
                let mut done = Vec::new();
                for (id, attempts, end) in ended {
                    match end {
                        Ended::Done => done.push(id),
                        Ended::NotTried => jobs::release(conn, &id, now() + pause(1))?,
                        Ended::Later(reason) if attempts < MOST_ATTEMPTS => {
                            jobs::postpone(conn, &id, now() + pause(attempts), &reason)?
                        }
                        Ended::Later(reason) | Ended::Hopeless(reason) => jobs::give_up(conn, &id, &reason)?,
                    }
                }
                Ok(jobs::finish(conn, &done)?)
            })
            .await
    }

    /// Jobs still to be done, and jobs given up.
    pub async fn counts(&self) -> Result<(u64, u64), AppError> {
        self.database.of_no_organisation().read(|conn| Ok(jobs::counts(conn)?)).await
    }
}

/// How long a job that was tried `attempts` times waits, by lot.
fn pause(attempts: i32) -> Duration {
    let [lot] = random_bytes::<1>();
    pause_by(attempts, lot)
}

/// Thirty seconds, doubled with each try up to twelve hours, and up to a quarter more so that tries spread out.
fn pause_by(attempts: i32, lot: u8) -> Duration {
    let doublings = u32::try_from(attempts - 1).unwrap_or(0).min(11);
    let seconds = (30_i64 << doublings).min(12 * 3600);
    Duration::seconds(seconds + seconds * i64::from(lot) / 1024)
}

impl Services {
    /// Does one job. Doing it again later must come out the same.
    ///
    /// # Errors
    /// [`AppError::Busy`] when another try may help.
    pub async fn run_job(&self, id: JobId, job: Job) -> Result<(), AppError> {
        match job {
            Job::SendInvitation { invitation } => {
                self.invitations.deliver(invitation, id, Greeting::Invitation).await.map(drop)
            }
            Job::SendReminder { invitation } => {
                self.invitations.deliver(invitation, id, Greeting::Reminder).await.map(drop)
            }
            Job::SendAccountInvitation { account } => {
                self.accounts.deliver_link(account, id, AccountLinkReason::Invitation).await
            }
            Job::SendNewPasswordLink { account } => {
                self.accounts.deliver_link(account, id, AccountLinkReason::NewPassword).await
            }
            Job::DeliverWebhook { delivery } => self.webhooks.deliver(delivery).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn pauses_double_up_to_half_a_day_and_the_last_try_comes_within_two_days() {
        let least: Vec<i64> = (1..=MOST_ATTEMPTS).map(|attempts| pause_by(attempts, 0).whole_seconds()).collect();
        assert_eq!(least[..4], [30, 60, 120, 240]);
        assert!(least.windows(2).all(|two| two[1] == (2 * two[0]).min(12 * 3600)), "{least:?}");
        // The job is given up after the last try, so that the pause after it never comes.
        let until_the_last: i64 = least[..least.len() - 1].iter().sum();
        assert!((16 * 3600..=48 * 3600).contains(&until_the_last), "{until_the_last}");
    }

    #[test]
    fn the_lot_adds_up_to_a_quarter_and_spreads_tries_out() {
        for attempts in 1..=MOST_ATTEMPTS {
            let least = pause_by(attempts, 0);
            let all: Vec<Duration> = (0..=u8::MAX).map(|lot| pause_by(attempts, lot)).collect();
            assert!(all.iter().all(|pause| (least..=least * 5 / 4).contains(pause)), "{attempts}");
            assert!(all[255] > least * 6 / 5, "{attempts}: a lot that adds next to nothing spreads nothing");
        }
        // A hundred e-mails that failed together for the eighth time do not come back together.
        let drawn: BTreeSet<Duration> = (0..100).map(|_| pause(8)).collect();
        assert!(drawn.len() > 30, "{} different pauses", drawn.len());
    }
}
