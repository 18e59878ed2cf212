//! The same comparison for parts of the workforce: the profile over the ladder, staff groups, units.

use serde::Serialize;

use super::line::{self, Line};
use crate::domain::deprivation::DeprivationDecile;
use crate::domain::ethnicity::Upper;
use crate::domain::pay_band::{Cluster, PayBand};
use crate::domain::population::Population;
use crate::domain::questionnaire::Language;
use crate::domain::staff_group::{Setting, StaffGroup};
use crate::domain::workforce::{Cell, Contract, Sex, Workforce};

/// What the workforce is divided by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Breakdown {
    /// Pay band, lowest first.
    PayBand,
    /// Cluster of pay bands.
    PayBandCluster,
    /// Staff group.
    StaffGroup,
    /// Clinical, non-clinical or medical.
    Setting,
    /// Substantive or bank.
    Contract,
    /// Sex.
    Sex,
    /// Decile of deprivation of the home area.
    DeprivationDecile,
    /// Unit.
    Unit,
}

/// One part of the workforce against the population.
#[derive(Debug, Clone, Serialize)]
pub struct Slice {
    /// Code of the part: a pay band, a staff group, a unit.
    pub part: String,
    /// Its English label.
    pub label: String,
    /// Staff in it.
    pub workforce: u64,
    /// Staff in it whose ethnicity is not known.
    pub workforce_not_stated: u64,
    /// White and minority ethnic, then the other four groups.
    pub groups: Vec<Line>,
}

const NOT_STATED: (&str, &str) = ("not_stated", "Not stated");

/// The parts that have staff, in the order of their code list. P-values are adjusted over all lines of all parts.
pub(super) fn slices(workforce: &Workforce, population: &Population, by: Breakdown) -> Vec<Slice> {
    let mut slices: Vec<Slice> = parts(workforce, by)
        .into_iter()
        .filter_map(|(code, label)| {
            let part = workforce.only(|cell| part_of(cell, by) == code);
            (part.people() > 0).then(|| Slice {
                workforce: part.people(),
                workforce_not_stated: part.count(|ethnicity| ethnicity.upper() == Upper::NotStated),
                groups: line::coarse_lines(&part, population),
                part: code,
                label,
            })
        })
        .collect();
    line::adjust(slices.iter_mut().flat_map(|slice| slice.groups.iter_mut()));
    slices
}

/// Code of the part that the staff of `cell` belong to.
fn part_of(cell: &Cell, by: Breakdown) -> &str {
    let code = match by {
        Breakdown::PayBand => cell.pay_band.map(PayBand::code),
        Breakdown::PayBandCluster => cell.pay_band.map(|band| band.cluster().code()),
        Breakdown::StaffGroup => cell.staff_group.map(StaffGroup::code),
        Breakdown::Setting => cell.setting().map(Setting::code),
        Breakdown::Contract => Some(cell.contract.code()),
        Breakdown::Sex => cell.sex.map(Sex::code),
        Breakdown::DeprivationDecile => cell.deprivation_decile.map(DeprivationDecile::code),
        Breakdown::Unit => cell.unit.as_deref(),
    };
    code.unwrap_or(NOT_STATED.0)
}

fn parts(workforce: &Workforce, by: Breakdown) -> Vec<(String, String)> {
    let english = Language::English;
    let mut listed: Vec<(&str, &str)> = match by {
        Breakdown::PayBand => PayBand::ALL.iter().map(|band| (band.code(), band.label(english))).collect(),
        Breakdown::PayBandCluster => {
            Cluster::ALL.iter().map(|cluster| (cluster.code(), cluster.label(english))).collect()
        }
        Breakdown::StaffGroup => StaffGroup::ALL.iter().map(|group| (group.code(), group.label(english))).collect(),
        Breakdown::Setting => Setting::ALL.iter().map(|setting| (setting.code(), setting.label(english))).collect(),
        Breakdown::Contract => {
            Contract::ALL.iter().map(|contract| (contract.code(), contract.label(english))).collect()
        }
        Breakdown::Sex => {
            // A snapshot without the column has no parts to show.
            if workforce.cells.iter().all(|cell| cell.sex.is_none()) {
                return Vec::new();
            }
            Sex::ALL.iter().map(|sex| (sex.code(), sex.label(english))).collect()
        }
        Breakdown::DeprivationDecile => {
            // A snapshot without deciles has no parts to show.
            if workforce.cells.iter().all(|cell| cell.deprivation_decile.is_none()) {
                return Vec::new();
            }
            DeprivationDecile::ALL.iter().map(|decile| (decile.code(), decile.label(english))).collect()
        }
        Breakdown::Unit => {
            let units: std::collections::BTreeSet<&str> =
                workforce.cells.iter().filter_map(|cell| cell.unit.as_deref()).collect();
            // A snapshot without units has no parts to show.
            if units.is_empty() {
                return Vec::new();
            }
            units.into_iter().map(|unit| (unit, unit)).collect()
        }
    };
    listed.push(NOT_STATED);
    listed.into_iter().map(|(code, label)| (code.to_owned(), label.to_owned())).collect()
}
