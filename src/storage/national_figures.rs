//! The country's figures of the indicators, as an organisation entered them, by year.

use diesel::prelude::*;

use super::schema::national_figures;
use super::{Connection, StorageError};
use crate::domain::account::TenantScope;
use crate::domain::indicator::{NationalFigure, NationalFigures, ReportingYear};

/// Stores the figures of a year in place of earlier ones.
pub fn replace(
    conn: &mut Connection,
    scope: &TenantScope,
    year: ReportingYear,
    figures: &NationalFigures,
) -> Result<(), StorageError> {
    let organisation = national_figures::organisation.eq(scope.organisation().as_str());
    let year = national_figures::year.eq(i32::from(year.number()));
    diesel::delete(national_figures::table.filter(organisation).filter(year)).execute(conn)?;
    for (indicator, national) in figures {
        diesel::insert_into(national_figures::table)
            .values((
                organisation,
                year,
                national_figures::indicator.eq(i32::from(*indicator)),
                national_figures::figure.eq(national.number()),
                national_figures::source.eq(national.source()),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// The figures of a year; none where none is known.
pub fn find(conn: &mut Connection, scope: &TenantScope, year: ReportingYear) -> Result<NationalFigures, StorageError> {
    let rows: Vec<(i32, f64, String)> = national_figures::table
        .filter(national_figures::organisation.eq(scope.organisation().as_str()))
        .filter(national_figures::year.eq(i32::from(year.number())))
        .select((national_figures::indicator, national_figures::figure, national_figures::source))
        .load(conn)?;
    let unreadable = StorageError::unreadable("national figure");
    rows.into_iter()
        .map(|(indicator, number, source)| {
            let indicator = u8::try_from(indicator).map_err(|error| unreadable(error.to_string()))?;
            let figure = NationalFigure::new(indicator, number, &source);
            Ok((indicator, figure.map_err(|mistakes| unreadable(format!("{mistakes:?}")))?))
        })
        .collect()
}
