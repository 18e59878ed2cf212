//! The reporting categories of the Workforce Race Equality Standard.
//!
//! “BME” is the standard's own label and appears only in its outputs; everywhere else Candour says minority ethnic.

use super::{Ethnicity, Upper};
use crate::domain::code_list::code_list;

code_list! {
    /// White (A, B, C), BME (D to S), or unknown (Z, 99, empty). Unknown is excluded from every rate and shown on its own.
    WresCategory, "a WRES reporting category" {
        White = "white", "White", "Gwyn";
        Bme = "bme", "BME", "BME";
        Unknown = "unknown", "Ethnicity unknown", "Ethnigrwydd yn anhysbys";
    }
}

impl From<Ethnicity> for WresCategory {
    fn from(ethnicity: Ethnicity) -> Self {
        match ethnicity.upper() {
            Upper::White => Self::White,
            Upper::MinorityEthnic => Self::Bme,
            Upper::NotStated => Self::Unknown,
        }
    }
}
