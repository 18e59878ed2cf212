//! What people read in place of the codes of classification variables.

use crate::domain::organisation::UnitTree;
use crate::domain::pay_band::{Cluster, PayBand};
use crate::domain::questionnaire::{Classification, Language};
use crate::domain::staff_group::StaffGroup;
use crate::domain::{ethnicity, tabulation};

/// The label of a category; its code where no list has one.
pub fn category_label(units: &UnitTree, variable: &str, code: &str, language: Language) -> String {
    if code == tabulation::ALL {
        return say(language, "Everybody", "Pawb").to_owned();
    }
    let label = match Classification::from_code(variable) {
        Some(Classification::Unit) => units.find(code).map(|unit| unit.name.as_str()),
        Some(Classification::Ethnicity) => ethnicity::label(code, language),
        Some(Classification::PayBand) => {
            let band = code.parse::<PayBand>().map(|band| band.label(language));
            band.or_else(|_| code.parse::<Cluster>().map(|cluster| cluster.label(language))).ok()
        }
        Some(Classification::StaffGroup) => code.parse::<StaffGroup>().map(|group| group.label(language)).ok(),
        None => None,
    };
    match label {
        Some(label) => label.to_owned(),
        None if code == ethnicity::NOT_STATED => say(language, "Not stated", "Heb ei nodi").to_owned(),
        None => code.to_owned(),
    }
}

/// The label of a classification variable; its name where it is not one that surveys ask.
pub fn variable_label(variable: &str, language: Language) -> String {
    let label = match Classification::from_code(variable) {
        Some(Classification::Unit) => say(language, "Unit", "Uned"),
        Some(Classification::Ethnicity) => say(language, "Ethnicity", "Ethnigrwydd"),
        Some(Classification::PayBand) => say(language, "Pay band", "Band cyflog"),
        Some(Classification::StaffGroup) => say(language, "Staff group", "Grŵp staff"),
        None => variable,
    };
    label.to_owned()
}

fn say<'a>(language: Language, english: &'a str, welsh: &'a str) -> &'a str {
    match language {
        Language::English => english,
        Language::Welsh => welsh,
    }
}
