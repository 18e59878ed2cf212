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

/// `organisation,pay_band,staff_group,ethnic_category,headcount,unit`.
pub(super) fn workforce_csv(people: &[Person]) -> String {
    let mut counts: BTreeMap<(&str, &str, &str, &str), usize> = BTreeMap::new();
    for person in people {
        *counts.entry((person.pay_band, person.staff_group, person.ethnicity, person.unit.as_str())).or_default() += 1;
    }
    let rows = counts
        .into_iter()
        .map(|((band, group, ethnicity, unit), count)| format!("{ODS},{band},{group},{ethnicity},{count},{unit}\n"));
    std::iter::once("organisation,pay_band,staff_group,ethnic_category,headcount,unit\n".to_owned())
        .chain(rows)
        .collect()
}
