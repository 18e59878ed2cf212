//! Organisations' own thresholds, and what is proposed in their place.

use diesel::prelude::*;

use super::connection::on_either;
use super::schema::policies;
use super::{Connection, StorageError, from_micros, to_micros};
use crate::domain::account::TenantScope;
use crate::domain::threshold::{Proposal, Threshold};

/// Stores the organisation's threshold in place of an earlier one.
pub fn upsert(conn: &mut Connection, scope: &TenantScope, threshold: &Threshold) -> Result<(), StorageError> {
    let proposal = threshold.proposal.as_ref();
    let number = |count: u32| i32::try_from(count).map_err(|error| unreadable(error.to_string()));
    let values = (
        policies::minimum_count.eq(number(threshold.minimum_count)?),
        policies::proposed.eq(proposal.map(|proposal| number(proposal.minimum_count)).transpose()?),
        policies::proposed_by.eq(proposal.map(|proposal| proposal.by.as_str())),
        policies::proposed_at.eq(proposal.map(|proposal| to_micros(proposal.made_at))),
    );
    on_either!(conn, |c| diesel::insert_into(policies::table)
        .values((policies::organisation.eq(scope.organisation().as_str()), values))
        .on_conflict(policies::organisation)
        .do_update()
        .set(values)
        .execute(c))?;
    Ok(())
}

/// The organisation's threshold as it was stored; `None` where it has none of its own.
pub fn find(conn: &mut Connection, scope: &TenantScope) -> Result<Option<Threshold>, StorageError> {
    type Row = (i32, Option<i32>, Option<String>, Option<i64>);
    let row: Option<Row> = policies::table
        .find(scope.organisation().as_str())
        .select((policies::minimum_count, policies::proposed, policies::proposed_by, policies::proposed_at))
        .get_result(conn)
        .optional()?;
    let Some((minimum_count, proposed, by, made_at)) = row else { return Ok(None) };
    let proposal = match (proposed, by, made_at) {
        (Some(proposed), Some(by), Some(made_at)) => Some(Proposal {
            minimum_count: proposed.unsigned_abs(),
            by: by.parse().map_err(|_| unreadable("whose proposal it is".to_owned()))?,
            made_at: from_micros(made_at),
        }),
        _ => None,
    };
    Ok(Some(Threshold { minimum_count: minimum_count.unsigned_abs(), proposal }))
}

fn unreadable(reason: String) -> StorageError {
    StorageError::unreadable("policy")(reason)
}
