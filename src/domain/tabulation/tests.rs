//! Tabulation against counting people one by one.

use proptest::prelude::*;

use super::{Breakdown, Classification, Family, Option_, QuestionColumn, RawTable, Respondent};

fn family() -> Family {
    let unit = [("all", None), ("a", Some("all")), ("b", Some("all")), ("b1", Some("b")), ("b2", Some("b"))];
    let band = [("all", None), ("low", Some("all")), ("high", Some("all"))];
    Family {
        variables: vec![
            Classification::new("unit", unit).expect("a tree"),
            Classification::new("pay_band", band).expect("a tree"),
        ],
        breakdowns: vec![Breakdown { variables: vec![(0, usize::MAX), (1, usize::MAX)] }],
    }
}

fn column() -> QuestionColumn {
    let option = |code: &str| Option_ { code: code.to_owned(), sensitive: true };
    QuestionColumn { id: "q".to_owned(), options: vec![option("yes"), option("no")], asked_after: Vec::new() }
}

proptest! {
    #[test]
    fn every_group_counts_who_lies_in_it(people in proptest::collection::vec((0_usize..5, 0_usize..3, 0_u8..3), 1..60)) {
        let respondent = |(unit, band, answer): &(usize, usize, u8)| Respondent {
            categories: vec![*unit, *band],
            answers: vec![(*answer < 2).then_some(*answer)],
        };
        let family = family();
        let raw = RawTable::tabulate(family.clone(), vec![column()], people.iter().map(respondent)).expect("it fits");
        for group in &raw.groups {
            let lies_in = |person: &&(usize, usize, u8)| {
                let own = [person.0, person.1];
                group.key.iter().all(|(variable, category)| family.variables[*variable].path(own[*variable]).any(|node| node == *category))
            };
            let members: Vec<u8> = people.iter().filter(lies_in).map(|person| person.2).collect();
            let counts: Vec<u32> = (0..3).map(|answer| members.iter().filter(|given| **given == answer).count() as u32).collect();
            prop_assert_eq!(group.people as usize, members.len());
            prop_assert_eq!(raw.count(0, &group.atoms), counts);
        }
        // A group that nobody lies in is no group; every other one is there, once.
        let mut keys: Vec<_> = raw.groups.iter().map(|group| &group.key).collect();
        keys.sort();
        keys.dedup();
        prop_assert_eq!(keys.len(), raw.groups.len());
        prop_assert_eq!(raw.groups[0].people as usize, people.len());
    }
}
