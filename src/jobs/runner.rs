//! The runner: claim, run, finish or postpone.

use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::domain::job::Lane;
use crate::services::outbox::{CLAIM_WORK, Claim, Ended, Outbox};
use crate::services::{AppError, Services, today};

/// Jobs taken at once.
const BATCH: u16 = 50;
/// Receivers of webhooks that are waited for at once.
const RECEIVERS: u16 = 8;
/// Jobs settled at once: so many may run a second time when the process dies.
const SETTLED: usize = 10;
/// How often what is over is deleted, and participation noted.
const HOURLY: Duration = Duration::from_secs(3600);
/// How often the folder of bounces and complaints is looked into.
const REPORTS_EVERY: Duration = Duration::from_secs(60);
/// Pause when there is nothing to do.
const IDLE: Duration = Duration::from_secs(1);

/// Tells a runner to stop after its batch.
#[derive(Clone)]
pub struct Stop(watch::Receiver<bool>);

impl Stop {
    /// A signal and the switch that gives it (send `true`).
    pub fn new() -> (watch::Sender<bool>, Self) {
        let (switch, signal) = watch::channel(false);
        (switch, Self(signal))
    }
}

/// Runs jobs until it is stopped.
#[derive(Clone)]
pub struct Runner {
    services: Services,
}

impl Runner {
    /// A runner over the services of an installation.
    pub fn new(services: Services) -> Self {
        Self { services }
    }

    /// Runs jobs as they fall due, until `stop`. Trouble is logged and tried again later.
    pub async fn run(self, stop: Stop) {
        tokio::join!(self.run_lane(Lane::Own, stop.clone()), self.run_lane(Lane::Webhooks, stop));
    }

    async fn run_lane(&self, lane: Lane, mut stop: Stop) {
        let mut tidied: Option<Instant> = None;
        let mut looked: Option<Instant> = None;
        while !*stop.0.borrow() {
            if lane == Lane::Own && tidied.is_none_or(|before| before.elapsed() > HOURLY) {
                tidied = Some(Instant::now());
                if let Err(error) = self.services.participation.note(today()).await {
                    tracing::warn!(%error, "participation waits for the database to be noted");
                }
                if let Err(error) = self.tidy().await {
                    tracing::warn!(%error, "what is over waits for the database to be deleted");
                }
            }
            if lane == Lane::Own && looked.is_none_or(|before| before.elapsed() > REPORTS_EVERY) {
                looked = Some(Instant::now());
                if let Err(error) = self.services.suppressions.read_reports().await {
                    tracing::warn!(%error, "bounces and complaints wait to be read");
                }
            }
            let pause = match self.run_batch(lane).await {
                Ok(0) => IDLE,
                Ok(_) => continue,
                Err(error) => {
                    tracing::warn!(%error, "jobs wait for the database");
                    IDLE * 5
                }
            };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = stop.0.changed() => {}
            }
        }
    }

    /// Deletes what is over: tries to sign in, sessions, tokens, deliveries of webhooks, answers kept for requests that are
    /// sent again, counts of requests, and what `[retention]` says of closed surveys.
    async fn tidy(&self) -> Result<(), AppError> {
        self.services.accounts.tidy().await?;
        self.services.single_sign_on.tidy().await?;
        self.services.tokens.tidy().await?;
        self.services.webhooks.tidy().await?;
        self.services.idempotency.tidy().await?;
        self.services.rate_limits.tidy().await?;
        self.services.retention.run_on(today()).await?;
        Ok(())
    }

    /// Runs everything that is due now; gives how many jobs were run. `progress` hears of each batch.
    ///
    /// # Errors
    /// [`AppError`] when the outbox itself cannot be read.
    pub async fn drain(&self, mut progress: impl FnMut(usize)) -> Result<usize, AppError> {
        let mut total = 0;
        loop {
            let mut done = 0;
            for lane in Lane::ALL {
                done += self.run_batch(lane).await?;
            }
            if done == 0 {
                return Ok(total);
            }
            total += done;
            progress(done);
        }
    }

    async fn run_batch(&self, lane: Lane) -> Result<usize, AppError> {
        let most = match lane {
            Lane::Own => BATCH,
            Lane::Webhooks => RECEIVERS,
        };
        let claimed = self.services.outbox.claim(lane, most).await?;
        let count = claimed.len();
        match lane {
            Lane::Own => self.run_in_turn(claimed).await?,
            Lane::Webhooks => self.run_together(claimed).await?,
        }
        Ok(count)
    }

    async fn run_in_turn(&self, claimed: Vec<Claim>) -> Result<(), AppError> {
        let outbox: &Outbox = &self.services.outbox;
        let started = Instant::now();
        let mut ended = Vec::with_capacity(SETTLED);
        for claim in claimed {
            let end = if started.elapsed() > CLAIM_WORK { Ended::NotTried } else { self.run_one(&claim).await };
            ended.push((claim.id, claim.attempts, end));
            if ended.len() == SETTLED {
                outbox.settle(std::mem::take(&mut ended)).await?;
            }
        }
        outbox.settle(ended).await
    }

    /// For jobs that do little but wait for somebody else.
    async fn run_together(&self, claimed: Vec<Claim>) -> Result<(), AppError> {
        let mut running = JoinSet::new();
        for claim in claimed {
            let runner = self.clone();
            running.spawn(async move {
                let end = runner.run_one(&claim).await;
                (claim.id, claim.attempts, end)
            });
        }
        let mut ended = Vec::new();
        while let Some(joined) = running.join_next().await {
            // One that panicked is not settled: its claim ends, and it is tried again.
            ended.extend(joined.ok());
        }
        self.services.outbox.settle(ended).await
    }

    async fn run_one(&self, claim: &Claim) -> Ended {
        let end = match &claim.job {
            Ok(job) => Ended::from(self.services.run_job(claim.id.clone(), job.clone()).await),
            Err(reason) => Ended::Hopeless(reason.clone()),
        };
        if let Ended::Hopeless(reason) | Ended::Later(reason) = &end {
            tracing::warn!(job = %claim.id, attempts = claim.attempts, %reason, "job did not end well");
        }
        end
    }
}
