//! Systems: which organisations are members of which, and what was published of members together.

use diesel::prelude::*;
use time::Date;

use super::organisations::parse_ods;
use super::schema::{system_members, system_release_surveys, system_releases};
use super::surveys::{format_date, parse_date};
use super::{Connection, StorageError};
use crate::domain::account::TenantScope;
use crate::domain::disclosure::ProtectedTable;
use crate::domain::identifier::{ReleaseId, SurveyId};
use crate::domain::organisation::OdsCode;

/// The roll-up of several surveys.
#[derive(Debug, Clone)]
pub struct StoredSystemRelease {
    /// Identifier.
    pub id: ReleaseId,
    /// Day on which it was made.
    pub made_on: Date,
    /// Its surveys, by identifier.
    pub surveys: Vec<SurveyId>,
    /// What may be seen.
    pub table: ProtectedTable,
}

/// Members of the system in scope, each as a scope of its own, by code; none when it is no system.
pub fn members(conn: &mut Connection, system: &TenantScope) -> Result<Vec<TenantScope>, StorageError> {
    let codes: Vec<String> = system_members::table
        .filter(system_members::system.eq(system.organisation().as_str()))
        .order(system_members::member)
        .select(system_members::member)
        .load(conn)?;
    codes.into_iter().map(|code| Ok(system.of_member(parse_ods(code)?))).collect()
}

/// Makes these, and no others, the members of a system. The caller has seen that all of them exist.
pub fn replace_members(conn: &mut Connection, system: &OdsCode, members: &[OdsCode]) -> Result<(), StorageError> {
    diesel::delete(system_members::table.filter(system_members::system.eq(system.as_str()))).execute(conn)?;
    for member in members {
        diesel::insert_into(system_members::table)
            .values((system_members::system.eq(system.as_str()), system_members::member.eq(member.as_str())))
            .execute(conn)?;
    }
    Ok(())
}

/// Stores a roll-up.
///
/// # Errors
/// [`StorageError::AlreadyExists`] when one of its surveys is part of another one.
pub fn insert_release(
    conn: &mut Connection,
    system: &TenantScope,
    release: &StoredSystemRelease,
) -> Result<(), StorageError> {
    let body = serde_json::to_string(&release.table).map_err(|error| unreadable(error.to_string()))?;
    diesel::insert_into(system_releases::table)
        .values((
            system_releases::id.eq(release.id.as_str()),
            system_releases::system.eq(system.organisation().as_str()),
            system_releases::made_on.eq(format_date(release.made_on)?),
            system_releases::body.eq(body),
        ))
        .execute(conn)?;
    for survey in &release.surveys {
        diesel::insert_into(system_release_surveys::table)
            .values((
                system_release_surveys::survey.eq(survey.as_str()),
                system_release_surveys::release.eq(release.id.as_str()),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// The latest roll-up of the system in scope.
pub fn latest_release(
    conn: &mut Connection,
    system: &TenantScope,
) -> Result<Option<StoredSystemRelease>, StorageError> {
    let row: Option<(String, String, String)> = system_releases::table
        .filter(system_releases::system.eq(system.organisation().as_str()))
        .order((system_releases::made_on.desc(), system_releases::id.desc()))
        .select((system_releases::id, system_releases::made_on, system_releases::body))
        .first(conn)
        .optional()?;
    let Some((id, made_on, body)) = row else { return Ok(None) };
    let surveys: Vec<String> = system_release_surveys::table
        .filter(system_release_surveys::release.eq(&id))
        .order(system_release_surveys::survey)
        .select(system_release_surveys::survey)
        .load(conn)?;
    let identifier = || unreadable("identifier".to_owned());
    Ok(Some(StoredSystemRelease {
        id: id.parse().map_err(|_| identifier())?,
        made_on: parse_date(&made_on)?,
        surveys: surveys.iter().map(|survey| survey.parse().map_err(|_| identifier())).collect::<Result<_, _>>()?,
        table: serde_json::from_str(&body).map_err(|error| unreadable(error.to_string()))?,
    }))
}

/// Whether the survey is part of a roll-up, of any system.
pub fn is_rolled_up(conn: &mut Connection, survey: &SurveyId) -> Result<bool, StorageError> {
    let found: i64 = system_release_surveys::table
        .filter(system_release_surveys::survey.eq(survey.as_str()))
        .count()
        .get_result(conn)?;
    Ok(found > 0)
}

fn unreadable(detail: String) -> StorageError {
    StorageError::unreadable("system release")(detail)
}
