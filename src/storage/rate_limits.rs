//! How many requests each caller has taken in a window of time, over all replicas.

use diesel::prelude::*;

use super::connection::on_either;
use super::schema::rate_limits;
use super::{Connection, StorageError};

/// Takes `wanted` requests of the window that starts at `window` (seconds since 1970); gives how many have been taken
/// in it by now, these included.
pub fn take(conn: &mut Connection, subject: &str, window: i64, wanted: i64) -> Result<i64, StorageError> {
    let row = (rate_limits::subject.eq(subject), rate_limits::window_start.eq(window), rate_limits::taken.eq(wanted));
    on_either!(conn, |c| diesel::insert_into(rate_limits::table)
        .values(row)
        .on_conflict((rate_limits::subject, rate_limits::window_start))
        .do_update()
        .set(rate_limits::taken.eq(rate_limits::taken + wanted))
        .execute(c))?;
    // Ours is the row's lock until the transaction ends: nobody else's requests are counted here.
    Ok(rate_limits::table.find((subject, window)).select(rate_limits::taken).get_result(conn)?)
}

/// Forgets windows that started before `window`; gives how many.
pub fn forget_before(conn: &mut Connection, window: i64) -> Result<u64, StorageError> {
    Ok(diesel::delete(rate_limits::table.filter(rate_limits::window_start.lt(window))).execute(conn)? as u64)
}
