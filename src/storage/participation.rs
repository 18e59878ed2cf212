//! How many had answered a survey on which day, in steps: the trend of its participation.

use diesel::prelude::*;
use time::Date;

use super::connection::on_either;
use super::schema::participation;
use super::surveys::{format_date, parse_date};
use super::{Connection, StorageError};
use crate::domain::identifier::SurveyId;

/// Notes that `answered` had answered on `day`, unless as many had before. The number is a step, never how many exactly.
pub fn note(conn: &mut Connection, survey: &SurveyId, day: Date, answered: u64) -> Result<(), StorageError> {
    let answered = i32::try_from(answered).unwrap_or(i32::MAX);
    let most: Option<i32> = participation::table
        .filter(participation::survey_id.eq(survey.as_str()))
        .select(diesel::dsl::max(participation::answered))
        .get_result(conn)?;
    if most.is_some_and(|most| most >= answered) {
        return Ok(());
    }
    let row = (
        participation::survey_id.eq(survey.as_str()),
        participation::day.eq(format_date(day)?),
        participation::answered.eq(answered),
    );
    on_either!(conn, |c| {
        diesel::insert_into(participation::table)
            .values(row)
            .on_conflict((participation::survey_id, participation::day))
            .do_update()
            .set(participation::answered.eq(answered))
            .execute(c)?
    });
    Ok(())
}

/// What was noted of a survey, by day.
pub fn by_day(conn: &mut Connection, survey: &SurveyId) -> Result<Vec<(Date, u64)>, StorageError> {
    let rows: Vec<(String, i32)> = participation::table
        .filter(participation::survey_id.eq(survey.as_str()))
        .order(participation::day)
        .select((participation::day, participation::answered))
        .load(conn)?;
    rows.into_iter().map(|(day, answered)| Ok((parse_date(&day)?, u64::from(answered.unsigned_abs())))).collect()
}

/// Deletes what was noted of a survey.
pub fn forget(conn: &mut Connection, survey: &SurveyId) -> Result<(), StorageError> {
    diesel::delete(participation::table.filter(participation::survey_id.eq(survey.as_str()))).execute(conn)?;
    Ok(())
}
