//! The hierarchy that results are published by: all > White, minority ethnic, not stated > five groups > 19 categories.

use super::{Category, Group, Upper};
use crate::domain::questionnaire::Language;

/// Code of the upper group minority ethnic.
pub const MINORITY_ETHNIC: &str = "minority_ethnic";
/// Code of everybody whose ethnicity is not known, for whatever reason.
pub const NOT_STATED: &str = "not_stated";

/// Code of everybody, the root.
pub const ALL: &str = "all";

/// Every node with the code of its parent: the root first, parents before children. White is an upper group and one of
/// the five at once.
pub fn publication_nodes() -> Vec<(&'static str, Option<&'static str>)> {
    let uppers = Upper::ALL.iter().map(|upper| (upper.code(), Some(ALL)));
    let groups = Group::ALL.iter().filter(|group| group.upper() == Upper::MinorityEthnic);
    let groups = groups.map(|group| (group.code(), Some(MINORITY_ETHNIC)));
    let categories = Category::ALL.iter().map(|category| (category.code(), Some(category.group().code())));
    std::iter::once((ALL, None)).chain(uppers).chain(groups).chain(categories).collect()
}

/// The label of a node of the hierarchy, or of an NHS category; `None` for a code that no list has.
pub fn label(code: &str, language: Language) -> Option<&'static str> {
    let category = code.parse::<Category>().map(|category| category.label(language));
    let group = code.parse::<Group>().map(|group| group.label(language));
    let upper = code.parse::<Upper>().map(|upper| upper.label(language));
    let nhs = code.parse::<super::NhsCategory>().map(|category| category.label(language));
    category.or(group).or(upper).or(nhs).ok()
}
