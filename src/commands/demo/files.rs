//! The demo's files, as a trust would send them: staff to invite, and the workforce snapshot.

use std::collections::BTreeMap;

use super::staff::Person;
use super::trust::ODS;

/// `email,unit,language`: every eighth person reads Welsh.
pub(super) fn staff_csv(people: &[Person]) -> String {
    let rows = people.iter().enumerate().map(|(number, person)| {
        format!("{},{},{}\n", person.email, person.unit, if number % 8 == 7 { "cy" } else { "en" })
    });
    std::iter::once("email,unit,language\n".to_owned()).chain(rows).collect()
}

/// `organisation,pay_band,staff_group,ethnic_category,headcount,unit,deprivation_decile`.
pub(super) fn workforce_csv(people: &[Person]) -> String {
    let mut counts: BTreeMap<[&str; 5], usize> = BTreeMap::new();
    for person in people {
        let alike = [person.pay_band, person.staff_group, person.ethnicity, person.unit.as_str(), person.decile];
        *counts.entry(alike).or_default() += 1;
    }
    let rows = counts.into_iter().map(|([band, group, ethnicity, unit, decile], count)| {
        format!("{ODS},{band},{group},{ethnicity},{count},{unit},{decile}\n")
    });
    let headings = "organisation,pay_band,staff_group,ethnic_category,headcount,unit,deprivation_decile\n";
    std::iter::once(headings.to_owned()).chain(rows).collect()
}
