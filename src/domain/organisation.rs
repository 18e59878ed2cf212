//! Organisations and their unit trees.
//!
//! An organisation is an NHS trust, or a system whose members are trusts. Its units form a tree (directorate, service,
//! team); staff are counted, and results are published, by unit.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An organisation's ODS code, for example `RWE`: 3 to 6 upper-case letters and digits.
///
/// Only the access layer decides which organisation a caller may act for; see [`crate::domain::account`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OdsCode(String);

/// The text is not an ODS code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an ODS code is 3 to 6 upper-case letters and digits, such as RWE")]
pub struct MalformedOdsCode;

impl OdsCode {
    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OdsCode {
    type Err = MalformedOdsCode;
    fn from_str(text: &str) -> Result<Self, MalformedOdsCode> {
        let allowed = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_uppercase();
        if (3..=6).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(MalformedOdsCode)
        }
    }
}

impl TryFrom<String> for OdsCode {
    type Error = MalformedOdsCode;
    fn try_from(text: String) -> Result<Self, MalformedOdsCode> {
        text.parse()
    }
}

impl From<OdsCode> for String {
    fn from(code: OdsCode) -> String {
        code.0
    }
}

impl fmt::Display for OdsCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An organisation as it is listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    /// ODS code; the key.
    pub ods: OdsCode,
    /// Name as staff know it.
    pub name: String,
}

/// One unit of an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// Code, unique in the organisation: letters, digits, `-` and `_`, at most 40.
    pub code: String,
    /// Name as staff know it.
    pub name: String,
    /// Code of the unit that it belongs to; `None` directly below the organisation.
    pub parent: Option<String>,
}

/// Why a list of units is not a tree. `index` counts units from 0.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnitTreeError {
    /// Two units share a code.
    #[error("unit code “{code}” stands twice; give each unit its own code")]
    Duplicate {
        /// Which unit.
        index: usize,
        /// The code.
        code: String,
    },
    /// A parent is not in the list.
    #[error("unit “{code}” names a parent “{parent}” that is not in the list")]
    UnknownParent {
        /// Which unit.
        index: usize,
        /// Its code.
        code: String,
        /// The parent that it names.
        parent: String,
    },
    /// A unit is its own ancestor.
    #[error("unit “{code}” lies inside itself; mend its chain of parents")]
    Cycle {
        /// Which unit.
        index: usize,
        /// Its code.
        code: String,
    },
    /// A code or name with characters that are not allowed, or too long.
    #[error(
        "unit {index}: a code is 1 to 40 letters, digits, “-” or “_”, a name 1 to 200 characters without line breaks"
    )]
    Malformed {
        /// Which unit.
        index: usize,
    },
}

impl UnitTreeError {
    /// Which unit of the list, from 0, the error is about.
    pub fn index(&self) -> usize {
        match self {
            Self::Duplicate { index, .. }
            | Self::UnknownParent { index, .. }
            | Self::Cycle { index, .. }
            | Self::Malformed { index } => *index,
        }
    }
}

/// The units of one organisation, checked: codes unique, parents known, no cycles. Parents stand before children.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "Vec<Unit>", into = "Vec<Unit>")]
pub struct UnitTree {
    units: Vec<Unit>,
}

impl UnitTree {
    /// Checks `units` and orders them parents first, otherwise as given.
    pub fn new(units: Vec<Unit>) -> Result<Self, UnitTreeError> {
        let mut index_of = HashMap::new();
        for (index, unit) in units.iter().enumerate() {
            if !well_formed(unit) {
                return Err(UnitTreeError::Malformed { index });
            }
            if index_of.insert(unit.code.as_str(), index).is_some() {
                return Err(UnitTreeError::Duplicate { index, code: unit.code.clone() });
            }
        }
        for (index, unit) in units.iter().enumerate() {
            if let Some(parent) = &unit.parent
                && !index_of.contains_key(parent.as_str())
            {
                return Err(UnitTreeError::UnknownParent { index, code: unit.code.clone(), parent: parent.clone() });
            }
        }
        let mut placed: HashSet<&str> = HashSet::new();
        let mut order = Vec::with_capacity(units.len());
        while order.len() < units.len() {
            let before = order.len();
            for (index, unit) in units.iter().enumerate() {
                let ready = unit.parent.as_deref().is_none_or(|parent| placed.contains(parent));
                if ready && placed.insert(&unit.code) {
                    order.push(index);
                }
            }
            if order.len() == before {
                let index = (0..units.len()).find(|index| !placed.contains(units[*index].code.as_str())).unwrap_or(0);
                return Err(UnitTreeError::Cycle { index, code: units[index].code.clone() });
            }
        }
        Ok(Self { units: order.into_iter().map(|index| units[index].clone()).collect() })
    }

    /// All units, parents before children.
    pub fn units(&self) -> &[Unit] {
        &self.units
    }

    /// The unit with this code.
    pub fn find(&self, code: &str) -> Option<&Unit> {
        self.units.iter().find(|unit| unit.code == code)
    }

    /// Units directly below `parent`, or directly below the organisation.
    pub fn children<'a>(&'a self, parent: Option<&'a str>) -> impl Iterator<Item = &'a Unit> {
        self.units.iter().filter(move |unit| unit.parent.as_deref() == parent)
    }

    /// Units without units below them.
    pub fn leaves(&self) -> impl Iterator<Item = &Unit> {
        self.units.iter().filter(|unit| self.children(Some(&unit.code)).next().is_none())
    }

    /// `code` and the codes above it, nearest first.
    pub fn path<'a>(&'a self, code: &'a str) -> impl Iterator<Item = &'a str> {
        std::iter::successors(self.find(code), |unit| self.find(unit.parent.as_deref()?)).map(|unit| unit.code.as_str())
    }

    /// Whether `code` is `ancestor` or lies below it.
    pub fn is_within(&self, code: &str, ancestor: &str) -> bool {
        self.path(code).any(|step| step == ancestor)
    }
}

impl TryFrom<Vec<Unit>> for UnitTree {
    type Error = UnitTreeError;
    fn try_from(units: Vec<Unit>) -> Result<Self, UnitTreeError> {
        Self::new(units)
    }
}

impl From<UnitTree> for Vec<Unit> {
    fn from(tree: UnitTree) -> Vec<Unit> {
        tree.units
    }
}

fn well_formed(unit: &Unit) -> bool {
    let code_ok = (1..=40).contains(&unit.code.len())
        && unit.code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    let name_ok = (1..=200).contains(&unit.name.chars().count()) && !unit.name.chars().any(char::is_control);
    code_ok && name_ok
}
