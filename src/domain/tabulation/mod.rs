//! Tabulation: responses → [`RawTable`].
//!
//! A survey publishes a **family** of tables: breakdowns by up to three classification variables, each a hierarchy.
//! Respondents who belong to exactly the same groups of the family form an **atom**. A raw table holds the atoms, the
//! groups as sets of atoms, and for each question the answers of each atom. It cannot be printed or serialised: the
//! only way on is [`crate::domain::disclosure::protect`].

mod family;
mod raw_table;
mod survey;
mod system;
#[cfg(test)]
mod tests;
mod workforce;

pub use family::{Breakdown, Classification, Family, FamilyError, Node};
pub(super) use raw_table::Group;
pub use raw_table::{Option_, QuestionColumn, RawTable, Respondent, TabulationError};
pub use survey::{ALL, SEPARATOR, of_survey};
pub use system::{Member, of_system, system_code};
pub use workforce::of_workforce;
