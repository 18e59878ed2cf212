//! Workforce snapshots: counts of staff by date.

use diesel::prelude::*;
use time::Date;

use super::connection::on_either;
use super::schema::workforces;
use super::surveys::format_date;
use super::{Connection, StorageError};
use crate::domain::account::TenantScope;
use crate::domain::workforce::Workforce;

/// Stores the snapshot of a date (`YYYY-MM-DD`), in place of an earlier one.
pub fn upsert(
    conn: &mut Connection,
    scope: &TenantScope,
    date: &str,
    workforce: &Workforce,
) -> Result<(), StorageError> {
    let body =
        serde_json::to_string(workforce).map_err(|error| StorageError::unreadable("workforce")(error.to_string()))?;
    on_either!(conn, |c| diesel::insert_into(workforces::table)
        .values((
            workforces::organisation.eq(scope.organisation().as_str()),
            workforces::snapshot_date.eq(date),
            workforces::body.eq(&body),
        ))
        .on_conflict((workforces::organisation, workforces::snapshot_date))
        .do_update()
        .set(workforces::body.eq(&body))
        .execute(c))?;
    Ok(())
}

/// The latest snapshot from `first` to `last` (both included), if there is one.
pub fn find_between(
    conn: &mut Connection,
    scope: &TenantScope,
    first: Date,
    last: Date,
) -> Result<Option<(String, Workforce)>, StorageError> {
    let found: Option<(String, String)> = workforces::table
        .filter(workforces::organisation.eq(scope.organisation().as_str()))
        .filter(workforces::snapshot_date.between(format_date(first)?, format_date(last)?))
        .order(workforces::snapshot_date.desc())
        .select((workforces::snapshot_date, workforces::body))
        .first(conn)
        .optional()?;
    found.map(|(date, body)| Ok((date, parse(&body)?))).transpose()
}

fn parse(body: &str) -> Result<Workforce, StorageError> {
    serde_json::from_str(body).map_err(|error| StorageError::unreadable("workforce")(error.to_string()))
}

/// The snapshot of `date`, or the latest one.
///
/// # Errors
/// [`StorageError::NotFound`].
pub fn find(
    conn: &mut Connection,
    scope: &TenantScope,
    date: Option<&str>,
) -> Result<(String, Workforce), StorageError> {
    let of_organisation = workforces::table.filter(workforces::organisation.eq(scope.organisation().as_str()));
    let columns = (workforces::snapshot_date, workforces::body);
    let (date, body): (String, String) = match date {
        Some(date) => of_organisation.filter(workforces::snapshot_date.eq(date)).select(columns).get_result(conn)?,
        None => of_organisation.order(workforces::snapshot_date.desc()).select(columns).first(conn)?,
    };
    Ok((date, parse(&body)?))
}
