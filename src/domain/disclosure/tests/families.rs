//! Random small families against brute force: every table of answers in whole numbers that fits what is published.
//!
//! `PROPTEST_CASES=10000 cargo test --lib families` takes more of them.

use super::*;
use crate::domain::disclosure::attack::Draft;
use crate::domain::disclosure::engine::{Narrowed, Narrowing, Pattern};
use crate::domain::disclosure::rules;

/// A threshold of 3 makes small tables as interesting as large ones are with 11.
const POLICY: Policy = Policy { minimum_count: 3, minimum_interval: 2 };
/// Families with more tables of answers than this are not listed.
const LISTED: usize = 20_000;

/// A family of one to three variables, in one table or in several that are linked, and a question.
#[derive(Debug, Clone)]
struct Case {
    /// Per variable, the parent of each category but the root, among those before it.
    trees: Vec<Vec<usize>>,
    /// Variables of each table, as bits.
    tables: Vec<usize>,
    /// Whether each option is sensitive.
    sensitive: Vec<bool>,
    /// Categories and answer, by lot.
    people: Vec<([usize; 3], u8)>,
}

fn case() -> impl Strategy<Value = Case> {
    let trees = proptest::collection::vec(proptest::collection::vec(0_usize..4, 1..4), 1..4);
    let tables = proptest::collection::vec(1_usize..8, 1..4);
    let sensitive = proptest::collection::vec(any::<bool>(), 2..4);
    let people = proptest::collection::vec(([0_usize..8, 0..8, 0..8], 0_u8..4), 4..18);
    (trees, tables, sensitive, people).prop_map(|(trees, tables, sensitive, people)| Case {
        trees,
        tables,
        sensitive,
        people,
    })
}

impl Case {
    fn raw(&self) -> RawTable {
        let variable = |(index, parents): (usize, &Vec<usize>)| {
            let codes: Vec<String> = (0..=parents.len()).map(|node| node.to_string()).collect();
            let below = parents.iter().enumerate().map(|(node, parent)| (node + 1, Some(parent % (node + 1))));
            let pairs = std::iter::once((0, None)).chain(below);
            let pairs = pairs.map(|(node, parent)| (codes[node].as_str(), parent.map(|parent| codes[parent].as_str())));
            Classification::new(&index.to_string(), pairs).expect("a tree")
        };
        let variables: Vec<Classification> = self.trees.iter().enumerate().map(variable).collect();
        let table = |bits: &usize| {
            let chosen = (0..variables.len()).filter(|variable| bits >> variable & 1 == 1);
            Breakdown { variables: chosen.map(|variable| (variable, usize::MAX)).collect() }
        };
        let option = |(index, sensitive): (usize, &bool)| Option_ { code: index.to_string(), sensitive: *sensitive };
        let question = QuestionColumn {
            id: "q".to_owned(),
            options: self.sensitive.iter().enumerate().map(option).collect(),
            asked_after: Vec::new(),
        };
        let respondent = |(categories, answer): &([usize; 3], u8)| Respondent {
            categories: variables.iter().zip(categories).map(|(tree, category)| category % tree.nodes.len()).collect(),
            answers: vec![(usize::from(*answer) < self.sensitive.len()).then_some(*answer)],
        };
        let respondents: Vec<Respondent> = self.people.iter().map(respondent).collect();
        let breakdowns = self.tables.iter().map(table).collect();
        RawTable::tabulate(Family { variables, breakdowns }, vec![question], respondents.into_iter()).expect("it fits")
    }
}

/// Every way in which so many people can give so many answers.
fn ways(people: u32, answers: usize) -> Vec<Vec<u32>> {
    if answers == 1 {
        return vec![vec![people]];
    }
    let with = |first: u32| {
        ways(people - first, answers - 1).into_iter().map(move |rest| [&[first], rest.as_slice()].concat())
    };
    (0..=people).flat_map(with).collect()
}

/// Every table of answers, per atom, in which the groups have these counts; `None` when there are too many to list.
pub(super) fn fitting(raw: &RawTable, published: &[(&[u32], Vec<u32>)]) -> Option<Vec<Vec<Vec<u32>>>> {
    let answers = raw.columns[0].options.len() + 1;
    let mut tables: Vec<Vec<Vec<u32>>> = vec![Vec::new()];
    for (atom, people) in (0_u32..).zip(&raw.atom_people) {
        let ways = ways(*people, answers);
        // A group is looked at as soon as its last atom has answers.
        let full: Vec<&(&[u32], Vec<u32>)> =
            published.iter().filter(|(atoms, _)| atoms.last() == Some(&atom)).collect();
        let fits = |table: &Vec<Vec<u32>>| {
            full.iter().all(|(atoms, counts)| {
                (0..answers)
                    .all(|answer| atoms.iter().map(|atom| table[*atom as usize][answer]).sum::<u32>() == counts[answer])
            })
        };
        tables = tables
            .iter()
            .flat_map(|table| ways.iter().map(|way| [table.as_slice(), std::slice::from_ref(way)].concat()))
            .filter(fits)
            .collect();
        if tables.len() > LISTED {
            return None;
        }
    }
    Some(tables)
}

/// What everybody can tell of the sets that the rules protect: why it is too much.
fn too_much(raw: &RawTable, tables: &[Vec<Vec<u32>>]) -> Option<String> {
    let sum = |table: &Vec<Vec<u32>>, atoms: &[u32], options: &[usize]| -> u32 {
        atoms.iter().flat_map(|atom| options.iter().map(|option| table[*atom as usize][*option])).sum()
    };
    let range = |atoms: &[u32], options: &[usize]| {
        let sums = || tables.iter().map(|table| sum(table, atoms, options));
        (sums().min().expect("the truth fits"), sums().max().expect("the truth fits"))
    };
    let protected: Vec<Vec<u32>> = rules::ALL.iter().flat_map(|rule| rule.protected_sets(raw, &POLICY)).collect();
    for guarded in rules::guarded(&raw.columns[0]) {
        for (atom, people) in (0..).zip(&raw.atom_people) {
            let (least, most) = range(&[atom], &guarded.options);
            if least == *people || (guarded.both_ways && most == 0) {
                return Some(format!("atom {atom} of {people}: {least} to {most}"));
            }
        }
        for set in protected.iter().filter(|set| !set.is_empty() && guarded.both_ways) {
            let ((least, most), people) = (range(set, &guarded.options), raw.people_of(set));
            if most - least < rules::required_width(people, &POLICY) {
                return Some(format!("{set:?} of {people}: {least} to {most}"));
            }
        }
    }
    None
}

proptest! {
    /// No protected count is narrow. When one withheld group more is published, the audit refuses whatever brute force
    /// finds to tell too much.
    #[test]
    fn families_are_protected_and_the_audit_sees_what_is_not(case in case(), mutation in 0_usize..64) {
        let raw = case.raw();
        let Ok(pattern) = Pattern::find(&raw, &POLICY, Vec::new()) else { return Ok(()) };
        let narrowing = Narrowing::new(&raw, &POLICY, &pattern);
        let mut narrowed = narrowing.narrow(0, &pattern.published, &[]).expect("nothing is known");
        let draft = Draft::new(&raw, &POLICY, &pattern, &Ledger::default()).expect("nothing is known");
        let published = |shown: &[bool]| -> Vec<(&[u32], Vec<u32>)> {
            let sets = pattern.sets.iter().zip(shown).filter(|(_, shown)| **shown);
            sets.map(|(set, _)| (set.atoms.as_slice(), raw.count(0, &set.atoms))).collect()
        };
        let finds = |narrowed: &Narrowed| {
            draft.attack(0, &narrowed.shown).expect("true").exact_disclosures + draft.attack_bounds(0, narrowed).narrow
        };
        prop_assert_eq!(finds(&narrowed), 0);
        if let Some(tables) = fitting(&raw, &published(&narrowed.shown)) {
            prop_assert_eq!(too_much(&raw, &tables), None);
        }
        let withheld: Vec<usize> = (0..pattern.sets.len()).filter(|set| !narrowed.shown[*set]).collect();
        if withheld.is_empty() || !narrowed.shown.contains(&true) {
            return Ok(());
        }
        narrowed.shown[withheld[mutation % withheld.len()]] = true;
        let Some(tables) = fitting(&raw, &published(&narrowed.shown)) else { return Ok(()) };
        if let Some(reason) = too_much(&raw, &tables) {
            prop_assert!(finds(&narrowed) > 0, "{}", reason);
        }
    }
}

#[test]
fn brute_force_lists_every_table() {
    let case = Case {
        trees: vec![vec![0, 0]],
        tables: vec![1],
        sensitive: vec![true, false],
        people: vec![([1, 0, 0], 0), ([1, 0, 0], 1), ([2, 0, 0], 1)],
    };
    let raw = case.raw();
    assert_eq!(fitting(&raw, &[]).expect("few").len(), 6 * 3);
    let everybody: Vec<u32> = vec![0, 1];
    // One yes and two noes: the yes is in the first atom with a no, or alone in the second.
    let tables = fitting(&raw, &[(&everybody, raw.count(0, &everybody))]).expect("few");
    assert_eq!(tables, [vec![vec![0, 2, 0], vec![1, 0, 0]], vec![vec![1, 1, 0], vec![0, 1, 0]]]);
}
