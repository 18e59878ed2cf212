//! Figures of the indicators 5 to 8 that another survey published, by year and variant.

use diesel::prelude::*;

use super::connection::on_either;
use super::schema::survey_figures;
use super::{Connection, StorageError};
use crate::domain::account::TenantScope;
use crate::domain::indicator::{EnteredFigures, ReportingYear, SurveyCounts, Variant};

/// Stores the figures of a year in place of earlier ones.
pub fn upsert(
    conn: &mut Connection,
    scope: &TenantScope,
    (year, variant): (ReportingYear, Variant),
    entered: &EnteredFigures,
) -> Result<(), StorageError> {
    let body = serde_json::to_string(&entered.counts).map_err(|error| unreadable(error.to_string()))?;
    on_either!(conn, |c| diesel::insert_into(survey_figures::table)
        .values((
            survey_figures::organisation.eq(scope.organisation().as_str()),
            survey_figures::year.eq(i32::from(year.number())),
            survey_figures::variant.eq(variant.code()),
            survey_figures::instrument.eq(&entered.instrument),
            survey_figures::body.eq(&body),
        ))
        .on_conflict((survey_figures::organisation, survey_figures::year, survey_figures::variant))
        .do_update()
        .set((survey_figures::instrument.eq(&entered.instrument), survey_figures::body.eq(&body)))
        .execute(c))?;
    Ok(())
}

/// The figures of a year, where they were given.
pub fn find(
    conn: &mut Connection,
    scope: &TenantScope,
    (year, variant): (ReportingYear, Variant),
) -> Result<Option<EnteredFigures>, StorageError> {
    let found: Option<(String, String)> = survey_figures::table
        .find((scope.organisation().as_str(), i32::from(year.number()), variant.code()))
        .select((survey_figures::instrument, survey_figures::body))
        .get_result(conn)
        .optional()?;
    let parse = |(instrument, body): (String, String)| {
        let counts: SurveyCounts = serde_json::from_str(&body).map_err(|error| unreadable(error.to_string()))?;
        Ok(EnteredFigures { instrument, counts })
    };
    found.map(parse).transpose()
}

fn unreadable(detail: String) -> StorageError {
    StorageError::unreadable("survey figures")(detail)
}
