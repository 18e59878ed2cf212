//! Counts that the WRES indicators need besides the workforce, by year, variant and kind.

use diesel::prelude::*;

use super::connection::on_either;
use super::schema::indicator_inputs;
use super::{Connection, StorageError};
use crate::domain::account::TenantScope;
use crate::domain::indicator::{Events, InputKey, ReportingYear, Variant};

/// Stores an input in place of an earlier one.
pub fn upsert(conn: &mut Connection, scope: &TenantScope, key: &InputKey, events: &Events) -> Result<(), StorageError> {
    let body = serde_json::to_string(events)
        .map_err(|error| StorageError::unreadable("indicator input")(error.to_string()))?;
    on_either!(conn, |c| diesel::insert_into(indicator_inputs::table)
        .values((
            indicator_inputs::organisation.eq(scope.organisation().as_str()),
            indicator_inputs::year.eq(i32::from(key.year.number())),
            indicator_inputs::variant.eq(key.variant.code()),
            indicator_inputs::kind.eq(key.kind.code()),
            indicator_inputs::body.eq(&body),
        ))
        .on_conflict((
            indicator_inputs::organisation,
            indicator_inputs::year,
            indicator_inputs::variant,
            indicator_inputs::kind,
        ))
        .do_update()
        .set(indicator_inputs::body.eq(&body))
        .execute(c))?;
    Ok(())
}

/// One input.
///
/// # Errors
/// [`StorageError::NotFound`].
pub fn find(conn: &mut Connection, scope: &TenantScope, key: &InputKey) -> Result<Events, StorageError> {
    let body: String = indicator_inputs::table
        .filter(indicator_inputs::organisation.eq(scope.organisation().as_str()))
        .filter(indicator_inputs::year.eq(i32::from(key.year.number())))
        .filter(indicator_inputs::variant.eq(key.variant.code()))
        .filter(indicator_inputs::kind.eq(key.kind.code()))
        .select(indicator_inputs::body)
        .get_result(conn)?;
    parse(&body)
}

/// All inputs of a year together; nothing where none was given.
pub fn of_year(
    conn: &mut Connection,
    scope: &TenantScope,
    year: ReportingYear,
    variant: Variant,
) -> Result<Events, StorageError> {
    let bodies: Vec<String> = indicator_inputs::table
        .filter(indicator_inputs::organisation.eq(scope.organisation().as_str()))
        .filter(indicator_inputs::year.eq(i32::from(year.number())))
        .filter(indicator_inputs::variant.eq(variant.code()))
        .select(indicator_inputs::body)
        .load(conn)?;
    let kinds: Vec<Events> = bodies.iter().map(|body| parse(body)).collect::<Result<_, _>>()?;
    Ok(kinds.iter().flat_map(Events::counts).collect())
}

fn parse(body: &str) -> Result<Events, StorageError> {
    serde_json::from_str(body).map_err(|error| StorageError::unreadable("indicator input")(error.to_string()))
}
