//! Requests that may be sent again: the first under a key is done, every other gets its answer.
//!
//! Nothing readable is stored: the key and what was sent are keyed hashes, the answer is sealed.

use serde::{Deserialize, Serialize};
use time::Duration;

use super::{AppError, now};
use crate::config::ApiConfig;
use crate::domain::account::{Caller, Powers};
use crate::security::{Keys, Purpose, Sealer};
use crate::storage::{Database, idempotent_answers};

/// After this long a request that has no answer was cut off: none is worked on for longer.
const CUT_OFF: Duration = Duration::minutes(5);

/// Use cases around requests that may be sent again.
#[derive(Clone)]
pub struct Idempotency {
    database: Database,
    keys: Keys,
    sealer: Sealer,
    life: Duration,
}

/// What was asked for under a key.
#[derive(Debug, Clone, Copy)]
pub struct Sent<'a> {
    /// Who; a key is its caller's own. Somebody whose role has changed is somebody else.
    pub caller: &'a Caller,
    /// The key, as the caller made it.
    pub key: &'a str,
    /// Method, path and query, and what else decides about the answer.
    pub head: &'a str,
    /// The body.
    pub body: &'a [u8],
}

/// An answer as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeptAnswer {
    /// HTTP status.
    pub status: u16,
    /// Headers that belong to it.
    pub headers: Vec<(String, String)>,
    /// Body; the API answers in text where it is asked to do something.
    pub body: String,
}

/// What to do with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is the first: do it, then call [`Idempotency::finish`] with this.
    Do(FirstRequest),
    /// It was done: give the same answer.
    Answer(KeptAnswer),
    /// Something else was sent under this key.
    OtherRequest,
    /// The first is being worked on.
    InProgress,
    /// The first did not come to its end; nobody knows whether it was done.
    CutOff,
}

/// The first request under a key, which is being worked on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstRequest {
    key_hash: String,
}

impl Idempotency {
    pub(super) fn new(database: Database, keys: Keys, sealer: Sealer, config: &ApiConfig) -> Self {
        Self { database, keys, sealer, life: Duration::hours(i64::from(config.idempotency_hours)) }
    }

    /// Whether a request is to be done.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn begin(&self, sent: Sent<'_>) -> Result<Verdict, AppError> {
        let Caller { actor, powers, organisation } = sent.caller;
        let powers = match powers {
            Powers::Role(role) => role.to_string(),
            Powers::Scopes(scopes) => scopes.to_string(),
        };
        let organisation = organisation.as_ref().map_or("", |ods| ods.as_str());
        let key = format!("{actor}\n{powers}\n{organisation}\n{}", sent.key);
        let key_hash = self.keys.authentication_code(Purpose::IdempotencyKey, key.as_bytes());
        let request = [sent.head.as_bytes(), b"\n", sent.body].concat();
        let request_hash = self.keys.authentication_code(Purpose::IdempotencyKey, &request);
        let (hash, of_request) = (key_hash.clone(), request_hash.clone());
        let over = now() - self.life;
        let earlier = self
            .database
            .of_no_organisation()
            .write(move |conn| {
                let earlier = idempotent_answers::begin(conn, &hash, &of_request, now())?;
                match earlier {
                    // Kept for a day and not a minute longer, whenever what is over is deleted.
                    Some(earlier) if earlier.started_at < over => {
                        idempotent_answers::forget(conn, &hash)?;
                        Ok::<_, AppError>(idempotent_answers::begin(conn, &hash, &of_request, now())?)
                    }
                    other => Ok(other),
                }
            })
            .await?;
        Ok(match earlier {
            None => Verdict::Do(FirstRequest { key_hash }),
            Some(earlier) if earlier.request_hash != request_hash => Verdict::OtherRequest,
            Some(earlier) => match earlier.answer {
                Some(sealed) => Verdict::Answer(self.open(&key_hash, &sealed)?),
                None if now() - earlier.started_at > CUT_OFF => Verdict::CutOff,
                None => Verdict::InProgress,
            },
        })
    }

    /// Keeps the answer of a request that was done; `None` when nothing was done, so that it can be sent again.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn finish(&self, request: FirstRequest, answer: Option<KeptAnswer>) -> Result<(), AppError> {
        let key_hash = request.key_hash;
        let sealed = match answer {
            Some(answer) => {
                let text = serde_json::to_vec(&answer).map_err(|error| AppError::Internal(error.to_string()))?;
                Some(self.sealer.seal(Purpose::IdempotentAnswer, key_hash.as_bytes(), &text))
            }
            None => None,
        };
        self.database
            .of_no_organisation()
            .write(move |conn| match sealed {
                Some(sealed) => Ok(idempotent_answers::keep(conn, &key_hash, &sealed)?),
                None => Ok(idempotent_answers::forget(conn, &key_hash)?),
            })
            .await
    }

    /// Forgets what is older than it is kept; gives how many.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn tidy(&self) -> Result<u64, AppError> {
        let over = now() - self.life;
        self.database.of_no_organisation().write(move |conn| Ok(idempotent_answers::forget_before(conn, over)?)).await
    }

    fn open(&self, key_hash: &str, sealed: &str) -> Result<KeptAnswer, AppError> {
        self.sealer
            .open(Purpose::IdempotentAnswer, key_hash.as_bytes(), sealed)
            .and_then(|text| serde_json::from_slice(&text).ok())
            .ok_or_else(|| {
                AppError::Internal("a kept answer cannot be opened: was security.secret changed?".to_owned())
            })
    }
}
