//! Pay bands: Agenda for Change, very senior managers, medical and dental; their clusters and tiers.

use super::code_list::{UnknownCode, code_list};
use super::ethnicity::ALL;

/// The code of a pay band that is not known.
pub const NOT_STATED: &str = "not_stated";

code_list! {
    /// A pay band, lowest first; medical and dental staff stand beside the ladder.
    PayBand, "a pay band" {
        Band1 = "1", "Band 1", "Band 1";
        Band2 = "2", "Band 2", "Band 2";
        Band3 = "3", "Band 3", "Band 3";
        Band4 = "4", "Band 4", "Band 4";
        Band5 = "5", "Band 5", "Band 5";
        Band6 = "6", "Band 6", "Band 6";
        Band7 = "7", "Band 7", "Band 7";
        Band8a = "8a", "Band 8a", "Band 8a";
        Band8b = "8b", "Band 8b", "Band 8b";
        Band8c = "8c", "Band 8c", "Band 8c";
        Band8d = "8d", "Band 8d", "Band 8d";
        Band9 = "9", "Band 9", "Band 9";
        VerySeniorManager = "vsm", "Very senior manager (VSM)", "Uwch-reolwr (VSM)";
        MedicalTrainee = "medical_trainee", "Doctor or dentist in training", "Meddyg neu ddeintydd dan hyfforddiant";
        MedicalNonConsultant = "medical_non_consultant", "Non-consultant career grade doctor or dentist",
            "Meddyg neu ddeintydd gradd gyrfa nad yw’n ymgynghorydd";
        MedicalConsultant = "medical_consultant", "Consultant", "Ymgynghorydd";
    }
}

code_list! {
    /// Neighbouring pay bands that are reported together.
    Cluster, "a cluster of pay bands" {
        Bands1To4 = "1-4", "Bands 1 to 4", "Bandiau 1 i 4";
        Bands5To7 = "5-7", "Bands 5 to 7", "Bandiau 5 i 7";
        Bands8aTo8b = "8a-8b", "Bands 8a and 8b", "Bandiau 8a ac 8b";
        Bands8cToVsm = "8c-vsm", "Bands 8c to 9 and VSM", "Bandiau 8c i 9 ac VSM";
        Medical = "medical", "Medical and dental", "Meddygol a deintyddol";
    }
}

code_list! {
    /// The three tiers of the race disparity ratio. Convention: lower up to 5, middle 6 and 7, upper from 8a.
    Tier, "a tier of pay bands" {
        Lower = "lower", "Band 5 and below", "Band 5 ac is";
        Middle = "middle", "Bands 6 and 7", "Bandiau 6 a 7";
        Upper = "upper", "Band 8a and above", "Band 8a ac uwch";
    }
}

/// What results are published by, each with the code of its parent: everybody, clusters and not stated, bands.
pub fn publication_nodes() -> Vec<(&'static str, Option<&'static str>)> {
    let clusters = Cluster::ALL.iter().map(|cluster| (cluster.code(), Some(ALL)));
    let bands = PayBand::ALL.iter().map(|band| (band.code(), Some(band.cluster().code())));
    std::iter::once((ALL, None)).chain(clusters).chain([(NOT_STATED, Some(ALL))]).chain(bands).collect()
}

impl PayBand {
    /// The cluster that the band is reported in.
    pub fn cluster(self) -> Cluster {
        match self {
            Self::Band1 | Self::Band2 | Self::Band3 | Self::Band4 => Cluster::Bands1To4,
            Self::Band5 | Self::Band6 | Self::Band7 => Cluster::Bands5To7,
            Self::Band8a | Self::Band8b => Cluster::Bands8aTo8b,
            Self::Band8c | Self::Band8d | Self::Band9 | Self::VerySeniorManager => Cluster::Bands8cToVsm,
            Self::MedicalTrainee | Self::MedicalNonConsultant | Self::MedicalConsultant => Cluster::Medical,
        }
    }

    /// The tier of the disparity ratio; `None` for medical and dental staff, who are not on the ladder.
    pub fn tier(self) -> Option<Tier> {
        match self.cluster() {
            Cluster::Medical => None,
            Cluster::Bands1To4 => Some(Tier::Lower),
            Cluster::Bands5To7 if self == Self::Band5 => Some(Tier::Lower),
            Cluster::Bands5To7 => Some(Tier::Middle),
            Cluster::Bands8aTo8b | Cluster::Bands8cToVsm => Some(Tier::Upper),
        }
    }

    /// Reads a band as files write it: `8a`, `8A`, `Band 8a`, `Review Body Band 8 - Range A`, `VSM`.
    ///
    /// # Errors
    /// [`UnknownCode`] lists the codes.
    pub fn parse_loosely(text: &str) -> Result<Self, UnknownCode> {
        let lower = text.trim().to_ascii_lowercase();
        let code = lower.strip_prefix("review body ").unwrap_or(&lower);
        let code = code.strip_prefix("band").map_or(code, str::trim).replace(" - range ", "");
        code.parse().map_err(|error| UnknownCode { code: text.to_owned(), ..error })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clusters_and_tiers_follow_the_ladder() {
        assert_eq!(PayBand::Band5.cluster(), Cluster::Bands5To7);
        assert_eq!(PayBand::Band5.tier(), Some(Tier::Lower));
        assert_eq!(PayBand::Band7.tier(), Some(Tier::Middle));
        assert_eq!(PayBand::VerySeniorManager.tier(), Some(Tier::Upper));
        assert_eq!(PayBand::MedicalConsultant.tier(), None);
    }

    #[test]
    fn every_band_is_published_below_its_cluster() {
        let nodes = publication_nodes();
        assert_eq!(nodes.len(), 1 + 5 + 1 + 16);
        assert!(nodes.contains(&("8a", Some("8a-8b"))) && nodes.contains(&("not_stated", Some("all"))));
    }

    #[test]
    fn bands_are_read_as_files_write_them() {
        assert_eq!(PayBand::parse_loosely(" Band 8A"), Ok(PayBand::Band8a));
        assert_eq!(PayBand::parse_loosely("Review Body Band 8 - Range A"), Ok(PayBand::Band8a));
        assert_eq!(PayBand::parse_loosely("VSM"), Ok(PayBand::VerySeniorManager));
        assert!(PayBand::parse_loosely("8").expect_err("no such band").to_string().contains("8a, 8b"));
    }
}
