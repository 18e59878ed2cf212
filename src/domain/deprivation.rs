//! Deprivation: the decile of the Index of Multiple Deprivation in which somebody's home area lies.
//!
//! Organisations may supply it in a snapshot; Candour never derives it from an address. Each decile holds a tenth of
//! the areas of its country.

use super::code_list::code_list;

/// The variable's name in files, tables and the API.
pub const VARIABLE: &str = "deprivation_decile";
/// Code of everybody.
const ALL: &str = "all";
/// Code of those whose decile is known: the base of every share.
pub const RECORDED: &str = "recorded";
/// Code of those whose decile is not known.
pub const NOT_STATED: &str = "not_stated";

/// What workforces are published by, each with the code of its parent: everybody, recorded and not, deciles.
pub fn publication_nodes() -> Vec<(&'static str, Option<&'static str>)> {
    let deciles = DeprivationDecile::ALL.iter().map(|decile| (decile.code(), Some(RECORDED)));
    [(ALL, None), (RECORDED, Some(ALL)), (NOT_STATED, Some(ALL))].into_iter().chain(deciles).collect()
}

code_list! {
    /// A decile of the Index of Multiple Deprivation; 1 is the most deprived tenth of areas.
    DeprivationDecile, "a decile of deprivation, 1 (most deprived) to 10" {
        First = "1", "Decile 1 (most deprived)", "Degradd 1 (mwyaf difreintiedig)";
        Second = "2", "Decile 2", "Degradd 2";
        Third = "3", "Decile 3", "Degradd 3";
        Fourth = "4", "Decile 4", "Degradd 4";
        Fifth = "5", "Decile 5", "Degradd 5";
        Sixth = "6", "Decile 6", "Degradd 6";
        Seventh = "7", "Decile 7", "Degradd 7";
        Eighth = "8", "Decile 8", "Degradd 8";
        Ninth = "9", "Decile 9", "Degradd 9";
        Tenth = "10", "Decile 10 (least deprived)", "Degradd 10 (lleiaf difreintiedig)";
    }
}
