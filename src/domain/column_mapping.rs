//! How an organisation's own files name our columns: saved once, applied to every upload.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::code_list::code_list;

code_list! {
    /// A format whose columns can be mapped.
    FileFormat, "a format with a column mapping" {
        Workforce = "workforce", "Workforce snapshot", "Ciplun o’r gweithlu";
        IndicatorInputs = "indicator_inputs", "Indicator inputs", "Mewnbynnau dangosyddion";
    }
}

/// What stands in place of a column that is not read.
pub const NOT_READ: &str = "ignore";
/// More is not a mapping that a person made.
const MOST: usize = 100;

impl FileFormat {
    /// The columns that the format has.
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Workforce => &[
                "organisation",
                "unit",
                "pay_band",
                "staff_group",
                "setting",
                "contract",
                "sex",
                "deprivation_decile",
                "ethnic_category",
                "headcount",
            ],
            Self::IndicatorInputs => &["measure", "ethnic_category", "count"],
        }
    }
}

/// The organisation's headings, each with our column or `ignore`. Serialised as an object.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ColumnMapping(BTreeMap<String, String>);

/// The headings cannot be mapped like this.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// The target is not a column.
    #[error("“{column}” is not a column of {format}; the columns are {known}, and “ignore” leaves one out")]
    UnknownColumn {
        /// The target.
        column: String,
        /// The format.
        format: FileFormat,
        /// Its columns.
        known: String,
    },
    /// Two headings stand for one column.
    #[error("two headings stand for “{0}”; name one")]
    Twice(String),
    /// An empty heading, or too many.
    #[error("a mapping has 1 to {MOST} headings, none of them empty")]
    Size,
}

impl ColumnMapping {
    /// A mapping of `headings` to columns of `format`.
    ///
    /// # Errors
    /// [`MappingError`].
    pub fn new(format: FileFormat, headings: BTreeMap<String, String>) -> Result<Self, MappingError> {
        if headings.len() > MOST || headings.keys().any(|heading| heading.trim().is_empty()) {
            return Err(MappingError::Size);
        }
        let mut seen = std::collections::HashSet::new();
        for column in headings.values().filter(|column| *column != NOT_READ) {
            if !format.columns().contains(&column.as_str()) {
                let known = format.columns().join(", ");
                return Err(MappingError::UnknownColumn { column: column.clone(), format, known });
            }
            if !seen.insert(column) {
                return Err(MappingError::Twice(column.clone()));
            }
        }
        Ok(Self(headings))
    }

    /// Heading and column, for each heading.
    pub fn pairs(&self) -> Vec<(&str, &str)> {
        self.0.iter().map(|(heading, column)| (heading.as_str(), column.as_str())).collect()
    }

    /// Whether nothing is mapped.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping(pairs: &[(&str, &str)]) -> Result<ColumnMapping, MappingError> {
        let headings = pairs.iter().map(|(heading, column)| ((*heading).to_owned(), (*column).to_owned()));
        ColumnMapping::new(FileFormat::Workforce, headings.collect())
    }

    #[test]
    fn headings_stand_for_columns_each_once() {
        assert!(mapping(&[("Ethnic Origin", "ethnic_category"), ("Age", "ignore"), ("Site", "ignore")]).is_ok());
        assert_eq!(mapping(&[("A", "unit"), ("B", "unit")]), Err(MappingError::Twice("unit".to_owned())));
        assert!(matches!(mapping(&[("A", "age")]), Err(MappingError::UnknownColumn { .. })));
        assert_eq!(mapping(&[(" ", "unit")]), Err(MappingError::Size));
    }
}
