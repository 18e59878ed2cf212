//! Whose indicators: the standard counts substantive, bank and medical staff apart.

use crate::domain::code_list::code_list;
use crate::domain::staff_group::Setting;
use crate::domain::workforce::{Cell, Contract};

code_list! {
    /// The part of the workforce that a set of indicators is about.
    Variant, "a variant of the indicators" {
        Substantive = "substantive", "Substantive staff (WRES)", "Staff parhaol (WRES)";
        Bank = "bank", "Bank staff (Bank WRES)", "Staff banc (WRES banc)";
        Medical = "medical", "Medical and dental staff (Medical WRES)", "Staff meddygol a deintyddol (WRES meddygol)";
    }
}

impl Variant {
    /// Whether the staff of `cell` are counted. Medical staff are those with a substantive contract.
    pub fn counts(self, cell: &Cell) -> bool {
        match self {
            Self::Substantive => cell.contract == Contract::Substantive,
            Self::Bank => cell.contract == Contract::Bank,
            Self::Medical => cell.contract == Contract::Substantive && cell.setting() == Some(Setting::Medical),
        }
    }

    /// Whether the standard compares the board with this part of the workforce: it does with the whole of it.
    pub fn has_board(self) -> bool {
        self == Self::Substantive
    }
}
