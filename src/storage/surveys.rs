//! Surveys.

use std::sync::Arc;

use diesel::prelude::*;
use time::Date;
use time::macros::format_description;

use super::lately::Lately;
use super::schema::surveys;
use super::{Connection, StorageError, organisations};
use crate::domain::account::TenantScope;
use crate::domain::identifier::SurveyId;
use crate::domain::organisation::{OdsCode, UnitTree};
use crate::domain::questionnaire::Questionnaire;
use crate::domain::survey::{Survey, SurveyContent, SurveyState, Title};

/// How a survey's state is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// Nobody else holds it.
    Alone,
    /// Others may hold it so, too.
    BesideOthers,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = surveys)]
struct SurveyRow {
    id: String,
    organisation: String,
    title: String,
    state: String,
    closes_on: Option<String>,
    minimum_count: Option<i32>,
}

impl TryFrom<SurveyRow> for Survey {
    type Error = StorageError;
    fn try_from(row: SurveyRow) -> Result<Self, StorageError> {
        let unreadable = StorageError::unreadable("survey");
        Ok(Self {
            id: SurveyId::try_from(row.id).map_err(|error| unreadable(error.to_string()))?,
            organisation: organisations::parse_ods(row.organisation)?,
            title: Title::try_from(row.title).map_err(|error| unreadable(error.to_string()))?,
            state: row.state.parse().map_err(&unreadable)?,
            closes_on: row.closes_on.as_deref().map(parse_date).transpose()?,
            minimum_count: row.minimum_count.map(i32::unsigned_abs),
        })
    }
}

/// Adds a survey. `questionnaire` is the definition's own text, `units` the organisation's tree as it is now.
pub fn insert(
    conn: &mut Connection,
    survey: &Survey,
    questionnaire: &str,
    units: &UnitTree,
) -> Result<(), StorageError> {
    let units = serde_json::to_string(units).map_err(|error| StorageError::unreadable("units")(error.to_string()))?;
    diesel::insert_into(surveys::table)
        .values((
            surveys::id.eq(survey.id.as_str()),
            surveys::organisation.eq(survey.organisation.as_str()),
            surveys::title.eq(survey.title.as_str()),
            surveys::state.eq(survey.state.as_str()),
            surveys::closes_on.eq(survey.closes_on.map(format_date).transpose()?),
            surveys::questionnaire.eq(questionnaire),
            surveys::units.eq(units),
        ))
        .execute(conn)?;
    Ok(())
}

/// What a survey asks and of whom.
///
/// # Errors
/// [`StorageError::NotFound`].
pub fn content(conn: &mut Connection, id: &SurveyId) -> Result<Arc<SurveyContent>, StorageError> {
    // Looked up each time, in the caller's own scope: what was deleted or belongs to others is not found.
    let _: String = surveys::table.find(id.as_str()).select(surveys::id).get_result(conn)?;
    if let Some(content) = LATELY.find(id) {
        return Ok(content);
    }
    let (bytes, content) = read_content(conn, id)?;
    Ok(LATELY.remember(id.clone(), bytes, content))
}

/// Contents that were read lately: they never change, and reading a definition takes milliseconds.
static LATELY: Lately<SurveyId, SurveyContent> = Lately::new(4 * 1024 * 1024);

/// What a survey asks and of whom as it is stored, and how long that is: whatever has been read before.
///
/// # Errors
/// [`StorageError::NotFound`].
pub fn read_content(conn: &mut Connection, id: &SurveyId) -> Result<(usize, SurveyContent), StorageError> {
    let (questionnaire, units): (String, String) =
        surveys::table.find(id.as_str()).select((surveys::questionnaire, surveys::units)).get_result(conn)?;
    let unreadable = StorageError::unreadable("survey");
    let content = SurveyContent {
        questionnaire: Questionnaire::parse(&questionnaire).map_err(|error| unreadable(error.to_string()))?,
        units: serde_json::from_str(&units).map_err(|error| unreadable(error.to_string()))?,
    };
    Ok((questionnaire.len() + units.len(), content))
}

/// Changes title and closing day.
///
/// # Errors
/// [`StorageError::NotFound`].
pub fn update(conn: &mut Connection, survey: &Survey) -> Result<(), StorageError> {
    let changed = diesel::update(surveys::table.find(survey.id.as_str()))
        .set((
            surveys::title.eq(survey.title.as_str()),
            surveys::closes_on.eq(survey.closes_on.map(format_date).transpose()?),
        ))
        .execute(conn)?;
    if changed == 1 { Ok(()) } else { Err(StorageError::NotFound) }
}

/// The survey, if it belongs to the organisation in scope.
///
/// # Errors
/// [`StorageError::NotFound`].
pub fn find(conn: &mut Connection, scope: &TenantScope, id: &SurveyId) -> Result<Survey, StorageError> {
    surveys::table
        .find(id.as_str())
        .filter(surveys::organisation.eq(scope.organisation().as_str()))
        .select(SurveyRow::as_select())
        .get_result(conn)?
        .try_into()
}

/// The survey that an invitation is for: the respondent's way in, which has no tenant scope.
///
/// # Errors
/// [`StorageError::NotFound`].
pub fn find_for_respondent(conn: &mut Connection, id: &SurveyId) -> Result<Survey, StorageError> {
    surveys::table.find(id.as_str()).select(SurveyRow::as_select()).get_result(conn)?.try_into()
}

/// Whose survey it is, so that the access layer can decide about it.
///
/// # Errors
/// [`StorageError::NotFound`].
pub fn organisation_of(conn: &mut Connection, id: &SurveyId) -> Result<OdsCode, StorageError> {
    organisations::parse_ods(surveys::table.find(id.as_str()).select(surveys::organisation).get_result(conn)?)
}

/// Surveys of the organisation in scope with an identifier after `after`, by identifier, at most `limit`.
pub fn list(conn: &mut Connection, scope: &TenantScope, after: &str, limit: i64) -> Result<Vec<Survey>, StorageError> {
    let rows = surveys::table
        .filter(surveys::organisation.eq(scope.organisation().as_str()))
        .filter(surveys::id.gt(after))
        .order(surveys::id)
        .limit(limit)
        .select(SurveyRow::as_select())
        .load(conn)?;
    rows.into_iter().map(Survey::try_from).collect()
}

/// Holds a survey's state until the end of the transaction: alone, for closing it, or beside others, for answering.
///
/// Without this an answer on PostgreSQL could be stored after close has read the answers. SQLite has one writer anyway.
pub fn hold(conn: &mut Connection, id: &SurveyId, hold: Hold) -> Result<(), StorageError> {
    let Connection::Postgres(c) = conn else { return Ok(()) };
    let key = key_of_hold(id);
    // As functions and not as text, so that the server keeps the statement ready: it is part of every answer.
    match hold {
        Hold::Alone => diesel::select(pg_advisory_xact_lock(key)).execute(c)?,
        Hold::BesideOthers => diesel::select(pg_advisory_xact_lock_shared(key)).execute(c)?,
    };
    Ok(())
}

/// Under which number PostgreSQL knows the hold of a survey.
pub(super) fn key_of_hold(id: &SurveyId) -> i64 {
    id.as_str().get(..15).and_then(|digits| i64::from_str_radix(digits, 16).ok()).unwrap_or_default()
}

// They return nothing that is read; `Bool` stands in for PostgreSQL's `void`.
diesel::define_sql_function! {
    /// PostgreSQL's: holds `key` alone until the end of the transaction.
    fn pg_advisory_xact_lock(key: diesel::sql_types::BigInt) -> diesel::sql_types::Bool;
}
diesel::define_sql_function! {
    /// PostgreSQL's: holds `key` beside others until the end of the transaction.
    fn pg_advisory_xact_lock_shared(key: diesel::sql_types::BigInt) -> diesel::sql_types::Bool;
}

/// Title and day of closing of each survey of the organisation in scope, those not closed first, then the latest first.
pub fn closings(conn: &mut Connection, scope: &TenantScope) -> Result<Vec<(String, Option<Date>)>, StorageError> {
    let rows: Vec<(String, Option<String>)> = surveys::table
        .filter(surveys::organisation.eq(scope.organisation().as_str()))
        .order((surveys::closed_on.is_null().desc(), surveys::closed_on.desc(), surveys::id))
        .select((surveys::title, surveys::closed_on))
        .load(conn)?;
    rows.into_iter().map(|(title, day)| Ok((title, day.as_deref().map(parse_date).transpose()?))).collect()
}

/// The published surveys of the organisation in scope that were closed from `first` to `last`, latest first.
pub fn published_between(
    conn: &mut Connection,
    scope: &TenantScope,
    first: Date,
    last: Date,
) -> Result<Vec<Survey>, StorageError> {
    let rows = surveys::table
        .filter(surveys::organisation.eq(scope.organisation().as_str()))
        .filter(surveys::state.eq(SurveyState::Published.as_str()))
        .filter(surveys::closed_on.between(format_date(first)?, format_date(last)?))
        .order((surveys::closed_on.desc(), surveys::id.desc()))
        .select(SurveyRow::as_select())
        .load(conn)?;
    rows.into_iter().map(Survey::try_from).collect()
}

/// The published survey of the organisation in scope that was closed last; on the same day, the one with the larger
/// identifier.
pub fn latest_published(conn: &mut Connection, scope: &TenantScope) -> Result<Option<SurveyId>, StorageError> {
    let found: Option<String> = surveys::table
        .filter(surveys::organisation.eq(scope.organisation().as_str()))
        .filter(surveys::state.eq(SurveyState::Published.as_str()))
        .order((surveys::closed_on.desc(), surveys::id.desc()))
        .select(surveys::id)
        .first(conn)
        .optional()?;
    let unreadable = StorageError::unreadable("survey");
    found.map(|id| id.parse().map_err(|_| unreadable("identifier".to_owned()))).transpose()
}

/// The published survey of the organisation in scope that was closed last before `id` was; on the same day, the one with
/// the smaller identifier comes first.
pub fn published_before(
    conn: &mut Connection,
    scope: &TenantScope,
    id: &SurveyId,
) -> Result<Option<SurveyId>, StorageError> {
    let closed_on: Option<String> = surveys::table.find(id.as_str()).select(surveys::closed_on).get_result(conn)?;
    let Some(closed_on) = closed_on else { return Ok(None) };
    let before: Option<String> = surveys::table
        .filter(surveys::organisation.eq(scope.organisation().as_str()))
        .filter(surveys::state.eq(SurveyState::Published.as_str()))
        .filter(
            surveys::closed_on.lt(&closed_on).or(surveys::closed_on.eq(&closed_on).and(surveys::id.lt(id.as_str()))),
        )
        .order((surveys::closed_on.desc(), surveys::id.desc()))
        .select(surveys::id)
        .first(conn)
        .optional()?;
    let unreadable = StorageError::unreadable("survey");
    before.map(|id| id.parse().map_err(|_| unreadable("identifier".to_owned()))).transpose()
}

/// Moves a survey from `from` to `to`; `false` when it was not in `from` any more.
pub fn change_state(
    conn: &mut Connection,
    id: &SurveyId,
    from: SurveyState,
    to: SurveyState,
) -> Result<bool, StorageError> {
    let changed = diesel::update(surveys::table.find(id.as_str()).filter(surveys::state.eq(from.as_str())))
        .set(surveys::state.eq(to.as_str()))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Fixes the threshold of a survey, for good.
pub fn fix_minimum(conn: &mut Connection, id: &SurveyId, minimum_count: u32) -> Result<(), StorageError> {
    let minimum_count =
        i32::try_from(minimum_count).map_err(|error| StorageError::unreadable("threshold")(error.to_string()))?;
    diesel::update(surveys::table.find(id.as_str())).set(surveys::minimum_count.eq(minimum_count)).execute(conn)?;
    Ok(())
}

/// How many reminders a survey has sent, and the day of the latest.
///
/// # Errors
/// [`StorageError::NotFound`].
pub fn reminders(conn: &mut Connection, id: &SurveyId) -> Result<(u32, Option<Date>), StorageError> {
    let (sent, latest): (i32, Option<String>) =
        surveys::table.find(id.as_str()).select((surveys::reminders, surveys::reminded_on)).get_result(conn)?;
    Ok((sent.unsigned_abs(), latest.as_deref().map(parse_date).transpose()?))
}

/// Notes that a reminder was sent on `day`.
pub fn note_reminder(conn: &mut Connection, id: &SurveyId, day: Date) -> Result<(), StorageError> {
    diesel::update(surveys::table.find(id.as_str()))
        .set((surveys::reminders.eq(surveys::reminders + 1), surveys::reminded_on.eq(Some(format_date(day)?))))
        .execute(conn)?;
    Ok(())
}

pub(super) fn parse_date(text: &str) -> Result<Date, StorageError> {
    Date::parse(text, format_description!("[year]-[month]-[day]"))
        .map_err(|error| StorageError::unreadable("date")(error.to_string()))
}

pub(super) fn format_date(date: Date) -> Result<String, StorageError> {
    date.format(format_description!("[year]-[month]-[day]"))
        .map_err(|error| StorageError::unreadable("date")(error.to_string()))
}
