//! Workforce snapshots: counts of staff on one day, never people.

use serde::{Deserialize, Serialize};

use super::code_list::code_list;
use super::deprivation::DeprivationDecile;
use super::ethnicity::Ethnicity;
use super::organisation::OdsCode;
use super::pay_band::PayBand;
use super::staff_group::{Setting, StaffGroup};

code_list! {
    /// How staff are employed.
    Contract, "a kind of contract" {
        Substantive = "substantive", "Substantive", "Parhaol neu gyfnod penodol";
        Bank = "bank", "Bank", "Banc";
    }
}

code_list! {
    /// Sex, as the staff record has it.
    Sex, "a sex as the staff record has it" {
        Female = "female", "Female", "Benyw";
        Male = "male", "Male", "Gwryw";
    }
}

/// More people than any organisation employs, or asks, or trains: a larger count is a mistake.
pub const MOST_PEOPLE: u64 = 5_000_000;

/// Staff who are alike in everything that a snapshot records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// Whose staff.
    pub organisation: OdsCode,
    /// Code of their unit, where the snapshot has units.
    pub unit: Option<String>,
    /// Pay band; `None` when not stated.
    pub pay_band: Option<PayBand>,
    /// Staff group; `None` when not stated.
    pub staff_group: Option<StaffGroup>,
    /// Clinical, non-clinical or medical, where the snapshot says so itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_setting: Option<Setting>,
    /// Sex, where the snapshot has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sex: Option<Sex>,
    /// Contract; substantive unless the snapshot says otherwise.
    pub contract: Contract,
    /// Decile of deprivation of their home area, where the snapshot has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deprivation_decile: Option<DeprivationDecile>,
    /// Ethnic category as it was recorded.
    pub ethnicity: Ethnicity,
    /// How many.
    pub headcount: u64,
}

impl Cell {
    /// Clinical, non-clinical or medical: as recorded, or else by staff group, or else by a medical pay band.
    pub fn setting(&self) -> Option<Setting> {
        let by_band = || self.pay_band.filter(|band| band.tier().is_none()).map(|_| Setting::Medical);
        self.recorded_setting.or_else(|| self.staff_group.map(StaffGroup::setting)).or_else(by_band)
    }
}

/// The counts of one snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Workforce {
    /// Cells with people in them, in the order of the file.
    pub cells: Vec<Cell>,
}

impl Workforce {
    /// All staff.
    pub fn people(&self) -> u64 {
        self.cells.iter().map(|cell| cell.headcount).sum()
    }

    /// The cells that fulfil `keep`.
    pub fn only(&self, keep: impl Fn(&Cell) -> bool) -> Self {
        Self { cells: self.cells.iter().filter(|cell| keep(cell)).cloned().collect() }
    }

    /// Staff whose ethnic category fulfils `belongs`.
    pub fn count(&self, belongs: impl Fn(Ethnicity) -> bool) -> u64 {
        self.cells.iter().filter(|cell| belongs(cell.ethnicity)).map(|cell| cell.headcount).sum()
    }

    /// The organisations in the snapshot, in order.
    pub fn organisations(&self) -> Vec<&OdsCode> {
        let set: std::collections::BTreeSet<&OdsCode> = self.cells.iter().map(|cell| &cell.organisation).collect();
        set.into_iter().collect()
    }
}
