//! From a workforce snapshot to its raw table: who may see the snapshot itself needs none, everybody else does.

use super::family::{Breakdown, Classification, Family};
use super::raw_table::{RawTable, Respondent, TabulationError};
use crate::domain::deprivation;
use crate::domain::ethnicity::{self, Ethnicity, NOT_STATED};
use crate::domain::pay_band;
use crate::domain::questionnaire::Classification as Asked;
use crate::domain::staff_group;
use crate::domain::workforce::{Cell, Workforce};

/// Depth of White and minority ethnic below everybody.
const UPPER: usize = 1;
/// Depth of the five groups below everybody, then White and minority ethnic.
const FIVE_GROUPS: usize = 2;
/// Depth of the clusters of pay bands.
const CLUSTERS: usize = 1;
/// Depth of the staff groups.
const STAFF_GROUPS: usize = 1;
/// Depth of the deciles of deprivation, below those whose decile is recorded.
const DECILES: usize = 2;

/// Tabulates a snapshot by the five ethnic groups × clusters of pay bands, and × staff groups; by White and minority
/// ethnic × deciles of deprivation. It has no questions: the sizes of the groups are what is published. A snapshot without
/// deciles has the same family, with nobody recorded, so that members of a system can be summed.
///
/// # Errors
/// [`TabulationError`].
pub fn of_workforce(workforce: &Workforce) -> Result<RawTable, TabulationError> {
    let family = family()?;
    let staff = workforce.cells.iter().flat_map(|cell| {
        let categories = categories(&family, cell);
        (0..cell.headcount).map(move |_| Respondent { categories: categories.clone(), answers: Vec::new() })
    });
    let staff: Vec<Respondent> = staff.collect();
    RawTable::tabulate(family, Vec::new(), staff.into_iter())
}

fn family() -> Result<Family, TabulationError> {
    let variables = [
        Classification::new(Asked::Ethnicity.code(), ethnicity::publication_nodes()),
        Classification::new(Asked::PayBand.code(), pay_band::publication_nodes()),
        Classification::new(Asked::StaffGroup.code(), staff_group::publication_nodes()),
        Classification::new(deprivation::VARIABLE, deprivation::publication_nodes()),
    ];
    let variables = variables.into_iter().collect::<Result<_, _>>().map_err(|_| TabulationError::Misfit)?;
    let by = |ethnicity, column: (usize, usize)| Breakdown { variables: vec![(0, ethnicity), column] };
    let breakdowns = vec![by(FIVE_GROUPS, (1, CLUSTERS)), by(FIVE_GROUPS, (2, STAFF_GROUPS)), by(UPPER, (3, DECILES))];
    Ok(Family { variables, breakdowns })
}

fn categories(family: &Family, cell: &Cell) -> Vec<usize> {
    let ethnicity = match cell.ethnicity {
        Ethnicity::Gss2021(category) => category.code(),
        other => other.group().map_or(NOT_STATED, |group| group.code()),
    };
    let codes = [
        ethnicity,
        cell.pay_band.map_or(pay_band::NOT_STATED, |band| band.code()),
        cell.staff_group.map_or(staff_group::NOT_STATED, |group| group.code()),
        cell.deprivation_decile.map_or(deprivation::NOT_STATED, |decile| decile.code()),
    ];
    family.variables.iter().zip(codes).map(|(variable, code)| variable.position(code).unwrap_or(0)).collect()
}
