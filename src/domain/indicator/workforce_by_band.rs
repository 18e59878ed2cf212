//! Indicator 1: share of staff in each pay band by group, against the whole workforce.

use serde::Serialize;

use super::definition::{Adverse, Definition, Quotient, SOURCE, Unit};
use super::inputs::Inputs;
use super::{Indicator, Outcome};
use crate::domain::ethnicity::WresCategory;
use crate::domain::figure::{Figure, Share};
use crate::domain::pay_band::PayBand;
use crate::domain::staff_group::Setting;
use crate::domain::workforce::Workforce;

/// See the module.
pub struct WorkforceByBand;

/// One band of one part of the workforce.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BandRow {
    /// `all`, `clinical`, `non_clinical` or `medical`.
    pub setting: &'static str,
    /// Code of the pay band; `all` for the whole part.
    pub pay_band: &'static str,
    /// Staff.
    pub total: u64,
    /// White staff.
    pub white: CategoryShare,
    /// BME staff.
    pub bme: CategoryShare,
    /// Staff whose ethnicity is unknown.
    pub unknown: CategoryShare,
}

/// Staff of one reporting category.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CategoryShare {
    /// How many.
    pub count: u64,
    /// Share of all staff in the row, unknown ethnicity included.
    pub share: Figure<Share>,
}

impl Indicator for WorkforceByBand {
    fn definition(&self) -> Definition {
        Definition {
            number: 1,
            code: "wres1",
            name: "share of staff in each pay band by group, against the whole workforce",
            unit: Unit::Share,
            direction: Quotient::EachGroup,
            adverse: Adverse::Neither,
            denominator: "all staff of the row, unknown ethnicity included",
            note: "Headcount on 31 March, of substantive staff or of bank staff, never of both together. Staff without a pay band are in the totals only.",
            source: SOURCE,
        }
    }

    fn compute(&self, inputs: &Inputs<'_>) -> Outcome {
        Outcome::Bands(inputs.workforce().map(|staff| rows(&staff)).unwrap_or_default())
    }
}

fn rows(staff: &Workforce) -> Vec<BandRow> {
    let mut rows = vec![row("all", "all", staff)];
    for setting in Setting::ALL {
        let part = staff.only(|cell| cell.setting() == Some(*setting));
        rows.push(row(setting.code(), "all", &part));
        let bands = PayBand::ALL
            .iter()
            .map(|band| row(setting.code(), band.code(), &part.only(|cell| cell.pay_band == Some(*band))));
        rows.extend(bands.filter(|row| row.total > 0));
    }
    rows
}

fn row(setting: &'static str, pay_band: &'static str, staff: &Workforce) -> BandRow {
    let total = staff.people();
    let category = |wanted: WresCategory| {
        let count = staff.count(|ethnicity| WresCategory::from(ethnicity) == wanted);
        CategoryShare { count, share: Share::of(count, total) }
    };
    BandRow {
        setting,
        pay_band,
        total,
        white: category(WresCategory::White),
        bme: category(WresCategory::Bme),
        unknown: category(WresCategory::Unknown),
    }
}
