//! The outbox: work to be done after a transaction, stored in the same transaction.

use diesel::prelude::*;
use time::OffsetDateTime;

use super::connection::on_either;
use super::schema::jobs;
use super::{Connection, StorageError, to_micros};
use crate::domain::identifier::JobId;
use crate::domain::job::Lane;

/// A job as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredJob {
    /// Identifier.
    pub id: JobId,
    /// Which job.
    pub kind: String,
    /// What it works on, as JSON.
    pub payload: String,
    /// How often it has been tried.
    pub attempts: i32,
}

#[derive(Insertable)]
#[diesel(table_name = jobs)]
struct NewJobRow<'a> {
    id: &'a str,
    kind: &'a str,
    payload: &'a str,
    state: &'a str,
    due_at: i64,
    attempts: i32,
}

/// Adds jobs of one kind, due at once.
pub fn enqueue(
    conn: &mut Connection,
    kind: &str,
    batch: &[(JobId, String)],
    now: OffsetDateTime,
) -> Result<(), StorageError> {
    const ROWS_PER_INSERT: usize = 1_000;
    let row = |(id, payload): &'_ (JobId, String)| (id.to_string(), payload.clone());
    for chunk in batch.chunks(ROWS_PER_INSERT) {
        let texts: Vec<(String, String)> = chunk.iter().map(row).collect();
        let rows: Vec<NewJobRow<'_>> = texts
            .iter()
            .map(|(id, payload)| NewJobRow { id, kind, payload, state: "queued", due_at: to_micros(now), attempts: 0 })
            .collect();
        on_either!(conn, |c| diesel::insert_into(jobs::table).values(&rows).execute(c))?;
    }
    Ok(())
}

/// Takes up to `limit` jobs of a lane that are due and hides them from other runners until `retry_at`.
///
/// A runner that dies leaves its jobs to the next one after that moment: at least once, never lost.
pub fn claim(
    conn: &mut Connection,
    lane: Lane,
    now: OffsetDateTime,
    retry_at: OffsetDateTime,
    limit: i64,
) -> Result<Vec<StoredJob>, StorageError> {
    let in_lane = jobs::kind.eq("deliver_webhook").eq(lane == Lane::Webhooks);
    // Row locks on PostgreSQL; on SQLite the transaction already excludes every other writer.
    let due: Vec<String> = match conn {
        Connection::Sqlite(c) => jobs::table
            .filter(jobs::state.eq("queued"))
            .filter(in_lane)
            .filter(jobs::due_at.le(to_micros(now)))
            .order((jobs::due_at, jobs::id))
            .limit(limit)
            .select(jobs::id)
            .load(c)?,
        Connection::Postgres(c) => jobs::table
            .filter(jobs::state.eq("queued"))
            .filter(in_lane)
            .filter(jobs::due_at.le(to_micros(now)))
            .order((jobs::due_at, jobs::id))
            .limit(limit)
            .select(jobs::id)
            .for_update()
            .skip_locked()
            .load(c)?,
    };
    diesel::update(jobs::table.filter(jobs::id.eq_any(&due)))
        .set((jobs::due_at.eq(to_micros(retry_at)), jobs::attempts.eq(jobs::attempts + 1)))
        .execute(conn)?;
    let rows: Vec<(String, String, String, i32)> = jobs::table
        .filter(jobs::id.eq_any(&due))
        .order(jobs::id)
        .select((jobs::id, jobs::kind, jobs::payload, jobs::attempts))
        .load(conn)?;
    rows.into_iter()
        .map(|(id, kind, payload, attempts)| {
            let id = id.parse().map_err(|_| StorageError::unreadable("job")("identifier".to_owned()))?;
            Ok(StoredJob { id, kind, payload, attempts })
        })
        .collect()
}

/// Removes jobs that are done.
pub fn finish(conn: &mut Connection, done: &[JobId]) -> Result<(), StorageError> {
    let ids: Vec<&str> = done.iter().map(JobId::as_str).collect();
    diesel::delete(jobs::table.filter(jobs::id.eq_any(ids))).execute(conn)?;
    Ok(())
}

/// Gives a job back that was claimed and not tried: due at `due`, as if it had not been claimed.
pub fn release(conn: &mut Connection, id: &JobId, due: OffsetDateTime) -> Result<(), StorageError> {
    diesel::update(jobs::table.find(id.as_str()))
        .set((jobs::due_at.eq(to_micros(due)), jobs::attempts.eq(jobs::attempts - 1)))
        .execute(conn)?;
    Ok(())
}

/// Puts a job off until `due`, with the reason why it did not work.
pub fn postpone(conn: &mut Connection, id: &JobId, due: OffsetDateTime, reason: &str) -> Result<(), StorageError> {
    diesel::update(jobs::table.find(id.as_str()))
        .set((jobs::due_at.eq(to_micros(due)), jobs::last_error.eq(Some(reason))))
        .execute(conn)?;
    Ok(())
}

/// Marks a job as failed for good, with the reason.
pub fn give_up(conn: &mut Connection, id: &JobId, reason: &str) -> Result<(), StorageError> {
    diesel::update(jobs::table.find(id.as_str()))
        .set((jobs::state.eq("failed"), jobs::last_error.eq(Some(reason))))
        .execute(conn)?;
    Ok(())
}

/// When the queued job that waits longest was due; `None` when nothing is queued.
pub fn oldest_due(conn: &mut Connection) -> Result<Option<OffsetDateTime>, StorageError> {
    let due: Option<i64> =
        jobs::table.filter(jobs::state.eq("queued")).select(diesel::dsl::min(jobs::due_at)).get_result(conn)?;
    Ok(due.map(super::from_micros))
}

/// Jobs that are still to be done, and jobs that failed for good.
pub fn counts(conn: &mut Connection) -> Result<(u64, u64), StorageError> {
    let queued: i64 = jobs::table.filter(jobs::state.eq("queued")).count().get_result(conn)?;
    let failed: i64 = jobs::table.filter(jobs::state.eq("failed")).count().get_result(conn)?;
    Ok((queued.unsigned_abs(), failed.unsigned_abs()))
}
