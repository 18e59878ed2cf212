//! The variables that results are broken down by, and which answer options belong to each.

use std::fmt;

/// A variable that a question's answer places the respondent in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Classification {
    /// The unit that the respondent works in. Its options are filled in for each invitation.
    Unit,
    /// Ethnicity: one question for the group, then one for the category inside it.
    Ethnicity,
    /// Pay band.
    PayBand,
    /// Staff group.
    StaffGroup,
}

impl Classification {
    /// Every classification, in the order of the results.
    pub const ALL: [Self; 4] = [Self::Unit, Self::Ethnicity, Self::PayBand, Self::StaffGroup];

    /// The name that definitions, tables and the API use.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unit => "unit",
            Self::Ethnicity => "ethnicity",
            Self::PayBand => "pay_band",
            Self::StaffGroup => "staff_group",
        }
    }

    /// Whether an answer with this code places a respondent: a category or group of the fixed code lists, or any unit.
    pub fn knows(self, code: &str) -> bool {
        match self {
            Self::Unit => true,
            Self::Ethnicity => ETHNICITY.contains(&code),
            Self::PayBand => PAY_BAND.contains(&code),
            Self::StaffGroup => STAFF_GROUP.contains(&code),
        }
    }

    /// The classification with this name.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|classification| classification.code() == code)
    }
}

impl fmt::Display for Classification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Five groups, then the nineteen categories of GSS 2021.
const ETHNICITY: [&str; 24] = [
    "white",
    "mixed",
    "asian",
    "black",
    "other",
    "white_british",
    "white_irish",
    "white_gypsy_or_irish_traveller",
    "white_roma",
    "white_other",
    "mixed_white_and_black_caribbean",
    "mixed_white_and_black_african",
    "mixed_white_and_asian",
    "mixed_other",
    "asian_indian",
    "asian_pakistani",
    "asian_bangladeshi",
    "asian_chinese",
    "asian_other",
    "black_african",
    "black_caribbean",
    "black_other",
    "other_arab",
    "other_any",
];

const PAY_BAND: [&str; 16] = [
    "1",
    "2",
    "3",
    "4",
    "5",
    "6",
    "7",
    "8a",
    "8b",
    "8c",
    "8d",
    "9",
    "vsm",
    "medical_trainee",
    "medical_non_consultant",
    "medical_consultant",
];

const STAFF_GROUP: [&str; 9] = [
    "nursing_and_midwifery",
    "medical_and_dental",
    "allied_health_professionals",
    "additional_clinical_services",
    "additional_professional_scientific_and_technical",
    "healthcare_scientists",
    "administrative_and_clerical",
    "estates_and_ancillary",
    "students",
];
