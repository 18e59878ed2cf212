//! The fictional staff. Synthetic: shares are round numbers of the kind that trusts report, not any trust's own.

use fastrand::Rng;

use crate::domain::organisation::UnitTree;

/// One fictional member of staff.
#[derive(Debug, Clone)]
pub(super) struct Person {
    /// `person-17@wickering.example`
    pub email: String,
    /// Team.
    pub unit: String,
    /// Code of the plan: GSS 2021.
    pub ethnicity: &'static str,
    /// Pay band.
    pub pay_band: &'static str,
    /// Staff group.
    pub staff_group: &'static str,
    /// Decile of deprivation of the home area; empty when not recorded.
    pub decile: &'static str,
}

/// Where people live is drawn apart, so that it changes nothing else of them.
const HOMES: u64 = 2019;

type Weights = &'static [(&'static str, u32)];

/// Staff groups by directorate.
const STAFF_GROUPS: [(&str, Weights); 7] = [
    (
        "MED",
        &[
            ("nursing_and_midwifery", 42),
            ("medical_and_dental", 18),
            ("additional_clinical_services", 28),
            ("administrative_and_clerical", 12),
        ],
    ),
    (
        "SUR",
        &[
            ("nursing_and_midwifery", 40),
            ("medical_and_dental", 20),
            ("additional_clinical_services", 24),
            ("allied_health_professionals", 8),
            ("administrative_and_clerical", 8),
        ],
    ),
    (
        "MAT",
        &[
            ("nursing_and_midwifery", 58),
            ("medical_and_dental", 14),
            ("additional_clinical_services", 20),
            ("administrative_and_clerical", 8),
        ],
    ),
    (
        "DIA",
        &[
            ("allied_health_professionals", 40),
            ("healthcare_scientists", 22),
            ("additional_professional_scientific_and_technical", 18),
            ("additional_clinical_services", 12),
            ("administrative_and_clerical", 8),
        ],
    ),
    (
        "COM",
        &[
            ("nursing_and_midwifery", 50),
            ("additional_clinical_services", 24),
            ("allied_health_professionals", 10),
            ("administrative_and_clerical", 16),
        ],
    ),
    ("EST", &[("estates_and_ancillary", 88), ("administrative_and_clerical", 12)]),
    ("COR", &[("administrative_and_clerical", 92), ("additional_professional_scientific_and_technical", 8)]),
];

/// Pay bands by staff group.
fn pay_bands(staff_group: &str) -> Weights {
    match staff_group {
        "nursing_and_midwifery" => &[("5", 48), ("6", 30), ("7", 15), ("8a", 5), ("8b", 1), ("8c", 1)],
        "medical_and_dental" => &[("medical_trainee", 45), ("medical_non_consultant", 15), ("medical_consultant", 40)],
        "additional_clinical_services" => &[("2", 55), ("3", 33), ("4", 12)],
        "allied_health_professionals" => &[("5", 30), ("6", 40), ("7", 24), ("8a", 6)],
        "healthcare_scientists" => &[("5", 30), ("6", 34), ("7", 26), ("8a", 8), ("8b", 2)],
        "additional_professional_scientific_and_technical" => {
            &[("4", 30), ("5", 24), ("6", 20), ("7", 16), ("8a", 8), ("8b", 2)]
        }
        "estates_and_ancillary" => &[("2", 70), ("3", 15), ("4", 9), ("5", 4), ("7", 2)],
        _ => &[
            ("2", 22),
            ("3", 26),
            ("4", 20),
            ("5", 12),
            ("6", 8),
            ("7", 6),
            ("8a", 3),
            ("8b", 1),
            ("8c", 1),
            ("vsm", 1),
        ],
    }
}

/// How likely somebody in this band is from a minority ethnic group, in percent: high where recruitment is
/// international, falling up the ladder. The pattern that the survey is there to show.
fn minority_percent(pay_band: &str) -> u32 {
    match pay_band {
        "1" | "2" | "3" => 27,
        "4" => 19,
        "5" => 38,
        "6" => 25,
        "7" => 16,
        "8a" | "8b" => 12,
        "8c" | "8d" | "9" | "vsm" => 8,
        "medical_trainee" => 46,
        "medical_non_consultant" => 58,
        _ => 37,
    }
}

const MINORITY_ETHNIC: Weights = &[
    ("asian_indian", 24),
    ("asian_pakistani", 11),
    ("asian_bangladeshi", 4),
    ("asian_chinese", 3),
    ("asian_other", 17),
    ("black_african", 18),
    ("black_caribbean", 7),
    ("black_other", 2),
    ("mixed_white_and_black_caribbean", 3),
    ("mixed_white_and_black_african", 2),
    ("mixed_white_and_asian", 2),
    ("mixed_other", 2),
    ("other_arab", 2),
    ("other_any", 3),
];

const WHITE: Weights = &[
    ("white_british", 88),
    ("white_irish", 2),
    ("white_gypsy_or_irish_traveller", 1),
    ("white_roma", 1),
    ("white_other", 8),
];

/// Deciles of deprivation: who is paid less lives in poorer areas more often. One record in twenty has none.
fn deciles(pay_band: &str) -> Weights {
    match pay_band {
        "1" | "2" | "3" | "4" => &[
            ("1", 17),
            ("2", 15),
            ("3", 13),
            ("4", 11),
            ("5", 10),
            ("6", 8),
            ("7", 7),
            ("8", 6),
            ("9", 5),
            ("10", 3),
            ("", 5),
        ],
        "5" | "6" => &[
            ("1", 10),
            ("2", 10),
            ("3", 11),
            ("4", 11),
            ("5", 11),
            ("6", 10),
            ("7", 10),
            ("8", 8),
            ("9", 8),
            ("10", 6),
            ("", 5),
        ],
        _ => &[
            ("1", 3),
            ("2", 4),
            ("3", 5),
            ("4", 7),
            ("5", 9),
            ("6", 11),
            ("7", 13),
            ("8", 14),
            ("9", 15),
            ("10", 14),
            ("", 5),
        ],
    }
}

/// `count` people, the same for the same `rng` seed.
pub(super) fn people(tree: &UnitTree, count: usize, rng: &mut Rng) -> Vec<Person> {
    // Teams differ in size by up to six to one, as real ones do.
    let teams: Vec<(&str, u32)> = tree.leaves().map(|unit| (unit.code.as_str(), rng.u32(10..60))).collect();
    let mut homes = Rng::with_seed(HOMES);
    (0..count)
        .map(|number| {
            let unit = choose(&teams, rng);
            let directorate = unit.split('-').next().unwrap_or_default();
            let groups = STAFF_GROUPS
                .iter()
                .find(|(code, _)| *code == directorate)
                .map_or(STAFF_GROUPS[0].1, |(_, groups)| *groups);
            let staff_group = choose(groups, rng);
            let pay_band = choose(pay_bands(staff_group), rng);
            let ethnicity =
                choose(if rng.u32(0..100) < minority_percent(pay_band) { MINORITY_ETHNIC } else { WHITE }, rng);
            Person {
                email: format!("person-{number}@wickering.example"),
                unit: unit.to_owned(),
                ethnicity,
                pay_band,
                staff_group,
                decile: choose(deciles(pay_band), &mut homes),
            }
        })
        .collect()
}

/// One of `choices`, each as likely as its weight.
pub(super) fn choose<'a>(choices: &[(&'a str, u32)], rng: &mut Rng) -> &'a str {
    let total: u32 = choices.iter().map(|(_, weight)| weight).sum();
    let mut left = rng.u32(0..total.max(1));
    for (choice, weight) in choices {
        if left < *weight {
            return choice;
        }
        left -= weight;
    }
    choices.last().map_or("", |(choice, _)| choice)
}
