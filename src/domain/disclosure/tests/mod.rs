//! The promises of disclosure control, against brute force where that is possible.

mod families;

use std::time::Duration;

use proptest::prelude::*;

use super::attack::Draft;
use super::engine::Pattern;
use super::{Ledger, Policy, ProtectedTable, Refusal};
use crate::domain::figure::Figure;
use crate::domain::tabulation::{Breakdown, Classification, Family, Option_, QuestionColumn, RawTable, Respondent};

fn variable(name: &str, categories: &[(&str, &str)]) -> Classification {
    let below = categories.iter().map(|(code, parent)| (*code, Some(*parent)));
    Classification::new(name, std::iter::once(("all", None)).chain(below)).expect("a tree")
}

/// Two units, the second in two teams, and two ethnic groups: every table of them.
fn family() -> Family {
    let all = usize::MAX;
    Family {
        variables: vec![
            variable("unit", &[("a", "all"), ("b", "all"), ("b1", "b"), ("b2", "b")]),
            variable("ethnicity", &[("white", "all"), ("minority_ethnic", "all")]),
        ],
        breakdowns: vec![Breakdown { variables: vec![(0, all), (1, all)] }],
    }
}

fn question(sensitive: bool) -> QuestionColumn {
    let option = |code: &str, sensitive| Option_ { code: code.to_owned(), sensitive };
    QuestionColumn {
        id: "harassed".to_owned(),
        options: vec![option("yes", sensitive), option("no", false)],
        asked_after: Vec::new(),
    }
}

/// People as `(unit, ethnicity, said yes, said no)`, by code.
fn table(people: &[(&str, &str, u32, u32)], sensitive: bool) -> RawTable {
    let family = family();
    let mut respondents = Vec::new();
    for (unit, ethnicity, yes, no) in people {
        let position = |variable: usize, code: &str| family.variables[variable].position(code).expect("a category");
        let categories = vec![position(0, unit), position(1, ethnicity)];
        for answer in (0..*yes).map(|_| 0).chain((0..*no).map(|_| 1)) {
            respondents.push(Respondent { categories: categories.clone(), answers: vec![Some(answer)] });
        }
    }
    RawTable::tabulate(family, vec![question(sensitive)], respondents.into_iter()).expect("it fits")
}

fn protect(raw: RawTable, policy: &Policy, ledger: &Ledger) -> Result<ProtectedTable, Refusal> {
    super::protect(raw, policy, ledger, &|| Duration::ZERO)
}

fn protected(people: &[(&str, &str, u32, u32)], sensitive: bool) -> ProtectedTable {
    protect(table(people, sensitive), &Policy::for_survey(11, 3), &Ledger::default()).expect("a release")
}

/// What is published of a group, named by its codes.
fn answers(table: &ProtectedTable, codes: &[&str]) -> Option<Vec<u32>> {
    let find = |code: &&str| {
        let variables = table.family().variables.iter().enumerate();
        variables.filter_map(|(index, variable)| Some((index, variable.position(code)?))).next().expect("a category")
    };
    let key: Vec<(usize, usize)> = codes.iter().map(find).collect();
    match table.group(&key).expect("a group").counts(0) {
        Figure::Value(counts) => Some(counts.to_vec()),
        _ => None,
    }
}

#[test]
fn a_small_group_takes_a_sibling_with_it() {
    let table = protected(
        &[
            ("a", "white", 20, 30),
            ("a", "minority_ethnic", 3, 4),
            ("b1", "white", 20, 30),
            ("b2", "minority_ethnic", 15, 25),
        ],
        true,
    );
    assert_eq!(answers(&table, &[]), Some(vec![58, 89, 0]));
    assert_eq!(answers(&table, &["a", "minority_ethnic"]), None, "seven people");
    assert!(
        answers(&table, &["a"]).is_none() || answers(&table, &["a", "white"]).is_none(),
        "the rest of a is seven people"
    );
}

#[test]
fn what_differs_by_a_few_people_is_published_once() {
    let table = protected(
        &[("a", "white", 20, 30), ("b", "white", 1, 4), ("b1", "white", 20, 30), ("b2", "white", 20, 30)],
        true,
    );
    let shown = ["b", "b1", "b2"].iter().filter(|unit| answers(&table, &[unit]).is_some()).count();
    assert!(shown < 3, "b without b1 and b2 is five people");
}

#[test]
fn nobody_is_alone_in_disagreeing() {
    for dissenters in [0, 1] {
        let table =
            protected(&[("a", "white", 40, dissenters), ("b1", "white", 20, 30), ("b2", "white", 20, 30)], true);
        assert_eq!(answers(&table, &["a"]), None, "{dissenters} who did not say yes");
    }
    let table = protected(&[("a", "white", 30, 10), ("b1", "white", 20, 30), ("b2", "white", 20, 30)], true);
    assert_eq!(answers(&table, &["a"]), Some(vec![30, 10, 0]));
}

#[test]
fn that_nobody_was_harassed_says_something_of_everybody() {
    let people = [("a", "white", 0, 40), ("b1", "white", 20, 30), ("b2", "white", 20, 30)];
    assert_eq!(answers(&protected(&people, true), &["a"]), None);
    assert_eq!(answers(&protected(&people, false), &["a"]), Some(vec![0, 40, 0]), "where no answer is sensitive");
}

#[test]
fn too_few_answers_are_too_few() {
    let few = table(&[("a", "white", 4, 6)], true);
    assert_eq!(protect(few, &Policy::for_survey(11, 3), &Ledger::default()).expect_err("too few"), Refusal::TooFew(11));
}

#[test]
fn one_late_answer_is_not_released_again() {
    let people = [("a", "white", 20, 30), ("b1", "white", 20, 30), ("b2", "white", 20, 30)];
    let mut ledger = Ledger::default();
    ledger.record(protected(&people, true), Vec::new());
    let policy = Policy::for_survey(11, 3);
    let same = protect(table(&people, true), &policy, &ledger).expect("nothing new");
    assert_eq!(answers(&same, &[]), Some(vec![60, 90, 0]));
    let late = [("a", "white", 21, 30), people[1], people[2]];
    let refusal = protect(table(&late, true), &policy, &ledger).expect_err("one answer more");
    assert_eq!(refusal, Refusal::OtherPeople { group: "everybody".to_owned(), before: 150, now: 151 });
    let corrected = [("a", "white", 21, 29), people[1], people[2]];
    let refusal = protect(table(&corrected, true), &policy, &ledger).expect_err("one answer changed");
    assert!(matches!(refusal, Refusal::OtherAnswers { .. }), "{refusal:?}");
}

#[test]
fn what_members_released_binds_the_roll_up() {
    // The member withheld b2 (six people) and, for it, b; the roll-up may publish neither.
    let people = [("a", "white", 20, 30), ("b1", "white", 20, 30), ("b2", "white", 2, 4)];
    let mut ledger = Ledger::default();
    ledger.record(protected(&people, true), Vec::new());
    let again = protect(table(&people, true), &Policy::for_survey(11, 3), &ledger).expect("a release");
    for unit in ["a", "b", "b1", "b2"] {
        assert_eq!(answers(&again, &[unit]).is_some(), answers(&protected(&people, true), &[unit]).is_some(), "{unit}");
    }
}

/// People of one atom each who answered two questions, the second asked after the first.
fn follow_up(people: &[(&str, u8, Option<u8>, u32)]) -> ProtectedTable {
    let family = family();
    let position = |code: &str| family.variables[0].position(code).expect("a unit");
    let respondents = people.iter().flat_map(|(unit, harassed, reported, count)| {
        let one = Respondent { categories: vec![position(unit), 0], answers: vec![Some(*harassed), *reported] };
        (0..*count).map(move |_| one.clone())
    });
    let reported = QuestionColumn { id: "reported".to_owned(), asked_after: vec![0], ..question(false) };
    let respondents: Vec<Respondent> = respondents.collect();
    let raw = RawTable::tabulate(family, vec![question(true), reported], respondents.into_iter()).expect("it fits");
    protect(raw, &Policy::for_survey(11, 3), &Ledger::default()).expect("a release")
}

#[test]
fn a_follow_up_is_published_only_where_its_question_is() {
    // Everybody of a was harassed, which is withheld; that everybody was asked about reporting it would say so.
    let rest = [
        ("b1", 0, Some(0), 12),
        ("b1", 0, Some(1), 12),
        ("b1", 1, None, 30),
        ("b2", 0, Some(0), 15),
        ("b2", 1, None, 30),
    ];
    let asked = [&[("a", 0, Some(0), 20), ("a", 0, Some(1), 20)], rest.as_slice()].concat();
    let table = follow_up(&asked);
    let key = [(0, table.family().variables[0].position("a").expect("a unit"))];
    let group = table.group(&key).expect("a group");
    assert!(matches!(group.counts(0), Figure::Withheld) && matches!(group.counts(1), Figure::Withheld));
    let mixed = [&[("a", 0, Some(0), 20), ("a", 0, Some(1), 20), ("a", 1, None, 25)], rest.as_slice()].concat();
    let table = follow_up(&mixed);
    assert!(
        matches!(table.group(&key).expect("a group").counts(1), Figure::Value(_)),
        "where it is published, so are they"
    );
}

/// An earlier release that published these groups, whose sizes and answers are those of `people`.
fn earlier(people: &[(&str, &str, u32, u32)], shown: &[&[&str]]) -> ProtectedTable {
    let raw = table(people, true);
    let find = |code: &&str| {
        let variables = raw.family.variables.iter().enumerate();
        variables.filter_map(|(index, variable)| Some((index, variable.position(code)?))).next().expect("a category")
    };
    let shown: Vec<Vec<(usize, usize)>> = shown.iter().map(|codes| codes.iter().map(find).collect()).collect();
    let mut release = protected(people, true);
    for group in &mut release.groups {
        let raw_group = raw.groups.iter().find(|raw_group| raw_group.key == group.key).expect("the same family");
        let is_shown = shown.contains(&group.key);
        group.respondents = is_shown.then_some(raw_group.people);
        group.counts = vec![is_shown.then(|| raw.count(0, &raw_group.atoms))];
    }
    release
}

/// Four people in b2, and many in a and b1.
const WITH_A_SMALL_TEAM: [(&str, &str, u32, u32); 3] =
    [("a", "white", 20, 30), ("b1", "white", 20, 30), ("b2", "white", 2, 2)];

#[test]
fn what_earlier_releases_gave_away_ends_it() {
    // Published before: everybody, a and b1. That is b2 by subtraction.
    let mut ledger = Ledger::default();
    ledger.record(earlier(&WITH_A_SMALL_TEAM, &[&[], &["a"], &["b1"]]), Vec::new());
    let refusal =
        protect(table(&WITH_A_SMALL_TEAM, true), &Policy::for_survey(11, 3), &ledger).expect_err("known already");
    assert_eq!(refusal, Refusal::AlreadyKnown);
}

#[test]
fn two_releases_that_are_safe_alone_are_not_made_leaky_together() {
    // Before: everybody and a. Now b1 would be safe by itself, and would leave b2.
    let mut ledger = Ledger::default();
    ledger.record(earlier(&WITH_A_SMALL_TEAM, &[&[], &["a"]]), Vec::new());
    let now = protect(table(&WITH_A_SMALL_TEAM, true), &Policy::for_survey(11, 3), &ledger).expect("a release");
    assert_eq!(answers(&now, &["b1"]), None);
}

#[test]
fn the_attacker_knows_earlier_releases() {
    // What is published now is everybody; what was known before is a and b1, so that b2 follows.
    let (raw, policy) = (table(&WITH_A_SMALL_TEAM, true), Policy::for_survey(11, 3));
    let pattern = Pattern::find(&raw, &policy, Vec::new()).expect("nothing is known");
    let shown: Vec<bool> = pattern.sets.iter().map(|set| set.atoms.len() == raw.atom_people.len()).collect();
    let with = |groups: &[&[&str]]| {
        let mut ledger = Ledger::default();
        ledger.record(earlier(&WITH_A_SMALL_TEAM, groups), Vec::new());
        let draft = Draft::new(&raw, &policy, &pattern, &ledger).expect("the same people");
        draft.attack(0, &shown).expect("true").exact_disclosures
    };
    assert_eq!((with(&[]), with(&[&["a"]])), (0, 0));
    assert!(with(&[&["a"], &["b1"]]) > 0, "two earlier groups and everybody");
}

#[test]
fn nobody_alone_in_a_group_learns_another() {
    // One person in b1 and ten in b2: whoever is alone in b1 would learn b2 from b, and everybody else nothing.
    let table = protected(&[("a", "white", 40, 30), ("b1", "white", 1, 0), ("b2", "white", 6, 4)], true);
    assert_eq!((answers(&table, &["b1"]), answers(&table, &["b2"])), (None, None));
    assert_eq!(answers(&table, &["b"]), None, "b less her own answer is b2");
    assert!(answers(&table, &["a"]).is_none() || answers(&table, &[]).is_none(), "nor everybody less a");
}

#[test]
fn the_audit_bounds_what_the_engine_keeps_open() {
    let people = [
        ("a", "white", 20, 30),
        ("a", "minority_ethnic", 8, 9),
        ("b1", "white", 20, 30),
        ("b2", "minority_ethnic", 2, 4),
    ];
    let audit = protected(&people, true).audit;
    assert!(audit.intervals_tested > 0, "{audit:?}");
    assert!(audit.narrowest_interval.is_some_and(|width| width >= 3), "{audit:?}");
}

/// The release of one member of a roll-up: its people alone.
fn member(people: &[(&str, &str, u32, u32)], unit: &str, policy: &Policy) -> Option<ProtectedTable> {
    let own: Vec<_> = people.iter().filter(|(place, ..)| place.starts_with(unit)).copied().collect();
    if own.iter().all(|(_, _, yes, no)| yes + no == 0) {
        return None;
    }
    protect(table(&own, true), policy, &Ledger::default()).ok()
}

fn rolled_up(people: &[(&str, &str, u32, u32)], policy: &Policy) -> Option<(Vec<ProtectedTable>, ProtectedTable)> {
    let members = vec![member(people, "a", policy)?, member(people, "b", policy)?];
    let mut ledger = Ledger::default();
    for (release, unit) in members.iter().zip(["a", "b"]) {
        ledger.record(release.clone(), vec![("unit".to_owned(), unit.to_owned())]);
    }
    let roll_up = protect(table(people, true).hiding(0), policy, &ledger).ok()?;
    Some((members, roll_up.without_variable("unit")))
}

#[test]
fn a_roll_up_shows_groups_that_are_too_small_in_each_member() {
    let people = [
        ("a", "white", 20, 30),
        ("a", "minority_ethnic", 3, 4),
        ("b1", "white", 25, 25),
        ("b2", "minority_ethnic", 4, 4),
    ];
    let (members, roll_up) = rolled_up(&people, &Policy::for_survey(11, 3)).expect("a roll-up");
    for release in &members {
        assert_eq!(answers(release, &["minority_ethnic"]), None);
    }
    assert_eq!(answers(&roll_up, &["minority_ethnic"]), Some(vec![7, 8, 0]));
    assert_eq!(roll_up.family().variables.len(), 1, "no units");
    assert_eq!(roll_up.groups().len(), 3);
    assert_eq!((roll_up.audit().published, roll_up.audit().withheld, roll_up.audit().exact_disclosures), (3, 0, 0));
}

#[test]
fn a_roll_up_does_not_give_the_one_member_that_withholds_away() {
    // Minority ethnic staff of a are published; with those of the system, the seven of b would follow.
    let people = [
        ("a", "white", 20, 30),
        ("a", "minority_ethnic", 13, 14),
        ("b1", "white", 25, 25),
        ("b2", "minority_ethnic", 3, 4),
    ];
    let (members, roll_up) = rolled_up(&people, &Policy::for_survey(11, 3)).expect("a roll-up");
    assert_eq!(answers(&members[0], &["minority_ethnic"]), Some(vec![13, 14, 0]));
    assert_eq!(answers(&roll_up, &["minority_ethnic"]), None);
    assert_eq!(answers(&roll_up, &["white"]), None, "nor by way of everybody");
    assert_eq!(answers(&roll_up, &[]), Some(vec![61, 73, 0]));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    /// The attacker of brute force has the releases of both members and the roll-up.
    #[test]
    fn a_roll_up_and_its_members_together_leave_no_small_group_narrow(cells in proptest::collection::vec((0_u32..4, 0_u32..4), 6)) {
        let places = [("a", "white"), ("a", "minority_ethnic"), ("b1", "white"), ("b1", "minority_ethnic"), ("b2", "white"), ("b2", "minority_ethnic")];
        let people: Vec<(&str, &str, u32, u32)> = places.iter().zip(&cells).map(|((unit, group), (yes, no))| (*unit, *group, *yes, *no)).collect();
        let policy = Policy { minimum_count: 3, minimum_interval: 2 };
        let Some((members, roll_up)) = rolled_up(&people, &policy) else { return Ok(()) };
        let raw = table(&people, true);
        let mut published: Vec<(Vec<u32>, Vec<u32>)> = Vec::new();
        for (release, within) in members.iter().zip(["a", "b"]).map(|(release, unit)| (release, Some(unit))).chain([(&roll_up, None)]) {
            for group in release.groups() {
                let Figure::Value(counts) = group.counts(0) else { continue };
                let codes = group.key().iter().map(|(variable, category)| {
                    let variable = &release.family().variables[*variable];
                    (variable.name.as_str(), variable.nodes[*category].code.as_str())
                });
                let conditions: Vec<(usize, usize)> = codes.chain(within.map(|unit| ("unit", unit))).map(|(name, code)| {
                    let variable = raw.family.variables.iter().position(|own| own.name == name).expect("a variable");
                    (variable, raw.family.variables[variable].position(code).expect("a category"))
                }).collect();
                published.push((raw.atoms_in(&conditions), counts.to_vec()));
            }
        }
        let known: Vec<(&[u32], Vec<u32>)> = published.iter().map(|(atoms, counts)| (atoms.as_slice(), counts.clone())).collect();
        let Some(tables) = families::fitting(&raw, &known) else { return Ok(()) };
        for group in raw.groups.iter().filter(|group| policy.is_small(group.people)) {
            let sums = tables.iter().map(|table| group.atoms.iter().map(|atom| table[*atom as usize][0]).sum::<u32>());
            let (least, most) = (sums.clone().min().expect("the truth fits"), sums.max().expect("the truth fits"));
            prop_assert!(most - least >= policy.minimum_interval.min(group.people), "{least} to {most} of {}: {published:?}", group.people);
        }
        for (atom, people) in raw.atom_people.iter().enumerate() {
            let values = || tables.iter().map(|table| table[atom][0]);
            prop_assert!(values().max() > Some(0) && values().min() < Some(*people), "an atom is forced: {published:?}");
        }
    }
}
