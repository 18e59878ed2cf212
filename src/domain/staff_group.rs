//! Staff groups, as the electronic staff record names them.

use super::code_list::{UnknownCode, code_list};
use super::ethnicity::ALL;

/// The code of a staff group that is not known.
pub const NOT_STATED: &str = "not_stated";

code_list! {
    /// A staff group.
    StaffGroup, "a staff group" {
        NursingAndMidwifery = "nursing_and_midwifery", "Registered nursing and midwifery", "Nyrsio a bydwreigiaeth gofrestredig";
        MedicalAndDental = "medical_and_dental", "Medical and dental", "Meddygol a deintyddol";
        AlliedHealthProfessionals = "allied_health_professionals", "Allied health professionals",
            "Gweithwyr proffesiynol perthynol i iechyd";
        AdditionalClinicalServices = "additional_clinical_services", "Additional clinical services",
            "Gwasanaethau clinigol ychwanegol";
        AdditionalProfessionalScientificAndTechnical = "additional_professional_scientific_and_technical",
            "Additional professional, scientific and technical", "Proffesiynol, gwyddonol a thechnegol ychwanegol";
        HealthcareScientists = "healthcare_scientists", "Healthcare scientists", "Gwyddonwyr gofal iechyd";
        AdministrativeAndClerical = "administrative_and_clerical", "Administrative and clerical", "Gweinyddol a chlerigol";
        EstatesAndAncillary = "estates_and_ancillary", "Estates and ancillary", "Ystadau ac ategol";
        Students = "students", "Students", "Myfyrwyr";
    }
}

code_list! {
    /// How indicator 1 divides the workforce.
    Setting, "clinical, non_clinical or medical" {
        NonClinical = "non_clinical", "Non-clinical", "Anghlinigol";
        Clinical = "clinical", "Clinical (not medical)", "Clinigol (heb fod yn feddygol)";
        Medical = "medical", "Medical and dental", "Meddygol a deintyddol";
    }
}

/// What results are published by, each with the code of its parent: everybody, then each group and not stated.
pub fn publication_nodes() -> Vec<(&'static str, Option<&'static str>)> {
    let groups = StaffGroup::ALL.iter().map(|group| (group.code(), Some(ALL)));
    std::iter::once((ALL, None)).chain(groups).chain([(NOT_STATED, Some(ALL))]).collect()
}

impl StaffGroup {
    /// The part of the workforce that the group is reported in.
    pub fn setting(self) -> Setting {
        match self {
            Self::MedicalAndDental => Setting::Medical,
            Self::AdministrativeAndClerical | Self::EstatesAndAncillary => Setting::NonClinical,
            _ => Setting::Clinical,
        }
    }

    /// Reads a group as files write it: the code, or the English label in any case.
    ///
    /// # Errors
    /// [`UnknownCode`] lists the codes.
    pub fn parse_loosely(text: &str) -> Result<Self, UnknownCode> {
        let wanted: String = text
            .trim()
            .to_ascii_lowercase()
            .replace('&', "and")
            .split([' ', '-', ','])
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join("_");
        // How the electronic staff record abbreviates one of them.
        let wanted = match wanted.as_str() {
            "add_prof_scientific_and_technic" => "additional_professional_scientific_and_technical",
            other => other.trim_start_matches("registered_").trim_end_matches("_registered"),
        };
        wanted.parse().map_err(|error| UnknownCode { code: text.to_owned(), ..error })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_read_as_files_write_them() {
        assert_eq!(StaffGroup::parse_loosely("Nursing and Midwifery"), Ok(StaffGroup::NursingAndMidwifery));
        assert_eq!(
            StaffGroup::parse_loosely("Additional Professional, Scientific & Technical"),
            Ok(StaffGroup::AdditionalProfessionalScientificAndTechnical)
        );
        assert_eq!(StaffGroup::parse_loosely("Nursing and Midwifery Registered"), Ok(StaffGroup::NursingAndMidwifery));
        assert_eq!(
            StaffGroup::parse_loosely("Add Prof Scientific and Technic"),
            Ok(StaffGroup::AdditionalProfessionalScientificAndTechnical)
        );
        assert!(StaffGroup::parse_loosely("Porters").is_err());
    }

    #[test]
    fn everybody_has_a_setting() {
        assert_eq!(StaffGroup::EstatesAndAncillary.setting(), Setting::NonClinical);
        assert_eq!(StaffGroup::Students.setting(), Setting::Clinical);
    }
}
