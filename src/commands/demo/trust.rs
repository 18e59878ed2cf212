//! The fictional trust: its units, in three levels.

use crate::domain::organisation::Unit;

/// ODS code that no real organisation has.
pub(super) const ODS: &str = "ZZ9";
/// Its name says what it is.
pub(super) const NAME: &str = "Wickering Hospitals NHS Trust (fictional)";

/// Identifier, name, version and day of the people that it serves.
pub(super) const POPULATION: [&str; 4] =
    ["wickering", "Wickering and district (fictional)", "Made up for the demo", "2021-03-21"];
/// These people by ethnic category.
pub(super) const POPULATION_CSV: &str = "ethnic_category,people\nwhite_british,318400\nwhite_irish,4100\n\
    white_gypsy_or_irish_traveller,700\nwhite_roma,900\nwhite_other,28800\nmixed_white_and_black_caribbean,6400\n\
    mixed_white_and_black_african,2900\nmixed_white_and_asian,5800\nmixed_other,5200\nasian_indian,31500\n\
    asian_pakistani,27800\nasian_bangladeshi,9900\nasian_chinese,4300\nasian_other,12700\nblack_african,15900\n\
    black_caribbean,8800\nblack_other,3400\nother_arab,3900\nother_any,8600\n";
/// The same people by decile of deprivation.
pub(super) const DECILES_CSV: &str = "deprivation_decile,people\n1,86000\n2,71000\n3,62000\n4,54000\n5,48000\n\
    6,43000\n7,39000\n8,36000\n9,33000\n10,28000\n";

/// Sign-in name of its HR lead.
pub(super) const HR_LEAD: &str = "hr.lead@wickering.example";
/// How many are invited to the survey that stays open.
pub(super) const OPEN_SURVEY_PEOPLE: usize = 60;

/// Directorates: code, name, services; a service: name and teams.
type Directorate = (&'static str, &'static str, &'static [(&'static str, &'static [&'static str])]);

const DIRECTORATES: [Directorate; 7] = [
    (
        "MED",
        "Medicine",
        &[
            ("Acute medicine", &["Acute assessment", "Short stay ward", "Same-day emergency care"]),
            ("Older people", &["Ash ward", "Birch ward", "Frailty team"]),
            ("Cardiology and respiratory", &["Coronary care", "Respiratory ward", "Heart failure team"]),
            ("Emergency department", &["Majors and resuscitation", "Minors", "Children's emergency"]),
        ],
    ),
    (
        "SUR",
        "Surgery and critical care",
        &[
            ("Theatres", &["Main theatres", "Day surgery", "Recovery"]),
            ("Surgical wards", &["Cedar ward", "Elm ward", "Surgical assessment"]),
            ("Critical care", &["Intensive care", "Outreach"]),
        ],
    ),
    (
        "MAT",
        "Maternity, neonatal and children",
        &[
            ("Maternity", &["Labour ward", "Birth centre", "Postnatal ward", "Community midwifery"]),
            ("Neonatal", &["Neonatal intensive care", "Transitional care"]),
            ("Children", &["Children's ward", "Community children's nursing"]),
        ],
    ),
    (
        "DIA",
        "Diagnostics and therapies",
        &[
            ("Imaging", &["X-ray", "Scanning"]),
            ("Pathology", &["Blood sciences", "Microbiology"]),
            ("Therapies", &["Physiotherapy", "Occupational therapy", "Speech and language"]),
            ("Pharmacy", &["Dispensary", "Ward pharmacy"]),
        ],
    ),
    (
        "COM",
        "Community and outpatients",
        &[
            ("District nursing", &["North locality", "South locality", "Evening service"]),
            ("Outpatients", &["Main outpatients", "Eye clinic", "Dermatology clinic"]),
        ],
    ),
    (
        "EST",
        "Estates and facilities",
        &[
            ("Facilities", &["Domestic services", "Catering", "Portering"]),
            ("Estates", &["Maintenance", "Grounds and security"]),
        ],
    ),
    (
        "COR",
        "Corporate services",
        &[
            ("People", &["Recruitment", "Education"]),
            ("Finance and digital", &["Finance", "Digital", "Clinical coding"]),
            ("Trust office", &["Governance", "Communications", "Executive office"]),
        ],
    ),
];

/// All units, parents before children.
pub(super) fn units() -> Vec<Unit> {
    let unit = |code: String, name: &str, parent: Option<&str>| Unit {
        code,
        name: name.to_owned(),
        parent: parent.map(str::to_owned),
    };
    let mut units = Vec::new();
    for (directorate, name, services) in DIRECTORATES {
        units.push(unit(directorate.to_owned(), name, None));
        for (index, (service, teams)) in services.iter().enumerate() {
            let service_code = format!("{directorate}-{}", index + 1);
            units.push(unit(service_code.clone(), service, Some(directorate)));
            for (index, team) in teams.iter().enumerate() {
                units.push(unit(format!("{service_code}-{}", index + 1), team, Some(&service_code)));
            }
        }
    }
    units
}
