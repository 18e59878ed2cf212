//! Ethnicity: versioned code lists, the maps between them, and the hierarchy that results are published by.
//!
//! The finest category that is known is stored; everything coarser is derived here. Lists: [`Category`] (GSS 2021, 19
//! categories), [`NhsCategory`] (NHS Data Dictionary 2001, 16 + 1), [`Group`] (five groups), [`Upper`] and
//! [`WresCategory`]. Free text is never a category.

mod group;
mod gss_2021;
mod hierarchy;
mod nhs_2001;
mod scheme;
mod value;
mod wres;

pub use group::{Group, Upper};
pub use gss_2021::Category;
pub use hierarchy::{ALL, MINORITY_ETHNIC, NOT_STATED, label, publication_nodes};
pub use nhs_2001::NhsCategory;
pub use scheme::{Entry, Scheme};
pub use value::{Ethnicity, Unknown};
pub use wres::WresCategory;

#[cfg(test)]
mod tests;
