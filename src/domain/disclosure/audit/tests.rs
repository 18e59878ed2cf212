//! Leaks made by hand, and random tables against every solution in whole numbers.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::domain::disclosure::frequency_table::{
    FrequencyPolicy, FrequencyTable, Key, Layout, Singletons, Variable, Zeros,
};
use crate::domain::disclosure::protect_frequencies;

fn variable(name: &str, finest: &[(&str, &[&str])]) -> Variable {
    let strings = |parents: &[&str]| parents.iter().map(|parent| (*parent).to_owned()).collect();
    let finest: BTreeMap<String, Vec<String>> =
        finest.iter().map(|(code, parents)| ((*code).to_owned(), strings(parents))).collect();
    Variable::new(name, &finest).expect("a variable")
}

fn flat(name: &str, count: usize) -> Variable {
    let finest = (1..=count).map(|category| (format!("{name}{category}"), Vec::new())).collect();
    Variable::new(name, &finest).expect("a variable")
}

const POLICY: FrequencyPolicy = FrequencyPolicy {
    minimum_count: 11,
    zeros: Zeros::Publish,
    singletons: Singletons::Protect,
    secret: None,
    minimum_interval: 0,
};

/// A table of which the named cells are withheld, or, with `only`, published.
struct Case {
    table: FrequencyTable,
    published: Vec<Option<u64>>,
}

/// For what a failing random test prints.
impl std::fmt::Debug for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{:?}", self.table.policy())?;
        let cells = self.table.cells().iter().zip(&self.published);
        cells.into_iter().try_for_each(|(cell, published)| {
            writeln!(f, "{}: {} {published:?}", self.table.layout().describe(&cell.key), cell.count)
        })
    }
}

impl Case {
    fn new(layout: Layout, policy: FrequencyPolicy, counts: &[(&[u32], u64)]) -> Self {
        let counts = counts.iter().map(|(leaves, count)| (leaves.to_vec(), *count)).collect();
        let table = FrequencyTable::new(layout, policy, &counts);
        Self { published: table.cells().iter().map(|cell| Some(cell.count)).collect(), table }
    }

    fn cell(&self, named: &str) -> usize {
        let is_it = |key: &Key| self.table.layout().describe(key) == named;
        self.table.layout().keys().iter().position(is_it).unwrap_or_else(|| panic!("no cell {named}"))
    }

    fn withhold(mut self, cells: &[&str]) -> Self {
        for named in cells {
            let cell = self.cell(named);
            self.published[cell] = None;
        }
        self
    }

    fn only(mut self, cells: &[&str]) -> Self {
        let kept: Vec<usize> = cells.iter().map(|named| self.cell(named)).collect();
        self.published
            .iter_mut()
            .enumerate()
            .filter(|(cell, _)| !kept.contains(cell))
            .for_each(|(_, value)| *value = None);
        self
    }

    /// The count of a cell that everybody knows, whatever is published.
    fn size(&self, cell: usize) -> Option<u64> {
        let table = &self.table;
        let cell = &table.cells()[cell];
        (table.policy().knows(&cell.key) || cell.members.is_empty()).then_some(cell.count)
    }

    fn attack(&self) -> FrequencyAudit {
        let counts: Vec<u64> = self.table.cells().iter().map(|cell| cell.count).collect();
        attack_frequencies(self.table.layout(), self.table.policy(), &self.published, Some(&counts))
            .expect("consistent")
    }

    fn disclosed(&self) -> Vec<(String, Disclosure)> {
        let name = |cell: usize| self.table.layout().describe(&self.table.cells()[cell].key);
        self.attack().disclosed.into_iter().map(|(cell, disclosure)| (name(cell), disclosure)).collect()
    }
}

fn determined(cells: &[(&str, u64)]) -> Vec<(String, Disclosure)> {
    cells.iter().map(|(cell, value)| ((*cell).to_owned(), Disclosure::Determined(*value))).collect()
}

/// Two by two: w and b answer yes or no.
fn two_by_two(counts: [[u64; 2]; 2]) -> Case {
    let layout = Layout::new(vec![flat("r", 2), flat("c", 2)], &[vec![0, 1]]).expect("a layout");
    let [[a, b], [c, d]] = counts;
    Case::new(layout, POLICY, &[(&[0, 0], a), (&[0, 1], b), (&[1, 0], c), (&[1, 1], d)])
}

#[test]
fn one_withheld_cell_in_a_line_is_found_with_its_count() {
    let case = two_by_two([[20, 30], [47, 50]]).withhold(&["r2 × c1"]);
    assert_eq!(case.disclosed(), determined(&[("r2 × c1", 47)]));
    let safe = two_by_two([[20, 30], [47, 50]]).withhold(&["r1 × c1", "r1 × c2", "r2 × c1", "r2 × c2"]);
    assert_eq!(safe.disclosed(), []);
    assert_eq!(safe.attack().narrowest_interval, Some(50), "r1 × c1 from 0 to 50");
}

#[test]
fn the_trap_of_two_in_every_line_is_found() {
    let layout = Layout::new(vec![flat("r", 4), flat("c", 4)], &[vec![0, 1]]).expect("a layout");
    let cells: Vec<(Vec<u32>, u64)> = (0..16).map(|at| (vec![at / 4, at % 4], u64::from(20 + at))).collect();
    let cells: Vec<(&[u32], u64)> = cells.iter().map(|(leaves, count)| (&leaves[..], *count)).collect();
    let case = Case::new(layout, POLICY, &cells)
        .withhold(&["r1 × c1", "r1 × c2", "r2 × c1", "r2 × c2", "r2 × c3", "r3 × c3", "r3 × c4", "r4 × c3", "r4 × c4"]);
    assert_eq!(case.disclosed(), determined(&[("r2 × c3", 26)]));
}

#[test]
fn two_tables_safe_alone_are_leaky_together() {
    let layout = Layout::new(vec![flat("a", 2), flat("b", 2)], &[vec![0], vec![1]]).expect("a layout");
    let case = || Case::new(layout.clone(), POLICY, &[(&[0, 0], 12), (&[0, 1], 8), (&[1, 0], 3), (&[1, 1], 7)]);
    assert_eq!(case().only(&["a1 × Total"]).disclosed(), []);
    assert_eq!(case().only(&["Total × Total", "Total × b1"]).disclosed(), determined(&[("Total × b2", 15)]));
    let together = case().only(&["a1 × Total", "Total × b1", "Total × b2"]);
    assert_eq!(together.disclosed(), determined(&[("Total × Total", 30), ("a2 × Total", 10)]));
}

#[test]
fn a_parent_published_as_zero_gives_its_children() {
    let unit = variable("u", &[("a", &["north"]), ("b", &["north"]), ("c", &["south"])]);
    let layout = Layout::new(vec![unit], &[vec![0]]).expect("a layout");
    let case = Case::new(layout, POLICY, &[(&[2], 20)]).withhold(&["a", "b"]);
    assert_eq!(case.disclosed(), determined(&[("a", 0), ("b", 0)]));
}

#[test]
fn a_lone_respondent_learns_the_other_cell() {
    let layout = Layout::new(vec![flat("c", 3)], &[vec![0]]).expect("a layout");
    let case = Case::new(layout, POLICY, &[(&[0], 1), (&[1], 10), (&[2], 40)]).withhold(&["c1", "c2"]);
    assert_eq!(case.disclosed(), [("c2".to_owned(), Disclosure::ToLoneRespondent(10))]);
    let outside = attack_frequencies(case.table.layout(), &POLICY, &case.published, None).expect("consistent");
    assert!(outside.is_safe(), "nobody else knows who is alone");
    let ignored = FrequencyPolicy { singletons: Singletons::Ignore, ..POLICY };
    let counts: Vec<u64> = case.table.cells().iter().map(|cell| cell.count).collect();
    let ignored =
        attack_frequencies(case.table.layout(), &ignored, &case.published, Some(&counts)).expect("consistent");
    assert!(ignored.is_safe());
}

#[test]
fn what_sizes_tell_a_lone_respondent_is_no_disclosure_of_what_was_published() {
    // Who alone said “no” among three whose number everybody knows needs no table to know that two said “yes”.
    let policy = FrequencyPolicy { secret: Some(1), ..POLICY };
    let layout = Layout::new(vec![flat("a", 2), flat("s", 2)], &[vec![0, 1]]).expect("a layout");
    let counts: [(&[u32], u64); 4] = [(&[0, 0], 2), (&[0, 1], 1), (&[1, 0], 30), (&[1, 1], 2)];
    let case = |cells: &[&str]| Case::new(layout.clone(), policy, &counts).withhold(cells);
    let all = ["a1 × s1", "a1 × s2", "a2 × s1", "a2 × s2", "Total × s1", "Total × s2"];
    assert_eq!(case(&all).disclosed(), []);
    assert_eq!(case(&[&all[..], &["a1 × Total"]].concat()).disclosed(), [], "sizes are known when withheld, too");
    let together = case(&all[..4]).disclosed();
    assert_eq!(together, [("a2 × s2".to_owned(), Disclosure::ToLoneRespondent(2))], "of others, from the total");
}

#[test]
fn sums_that_cannot_be_lower_force_zeros() {
    // Sizes are known. a1 and a2 with b1 gave as many “yes” as there are people, so nobody of them said “no”.
    let policy = FrequencyPolicy { secret: Some(1), ..POLICY };
    let layout = Layout::new(vec![flat("a", 2), flat("s", 2)], &[vec![0, 1]]).expect("a layout");
    let case = Case::new(layout, policy, &[(&[0, 0], 12), (&[1, 0], 13)]).only(&[
        "Total × Total",
        "a1 × Total",
        "a2 × Total",
        "Total × s1",
    ]);
    let all = [("Total × s2", 0), ("a1 × s1", 12), ("a1 × s2", 0), ("a2 × s1", 13), ("a2 × s2", 0)];
    assert_eq!(case.disclosed(), determined(&all));
}

#[test]
fn zeros_forced_by_several_sums_together_are_found() {
    // The third sum less the first two leaves nobody for the last two counts, although no sum alone says so.
    let rows = [(&[0, 1][..], 4), (&[2, 3], 6), (&[0, 1, 2, 3, 4, 5], 10)]
        .map(|(members, value)| evidence::Row { members: members.to_vec(), value });
    let evidence = Evidence { least: vec![0; 6], rows: rows.to_vec() };
    let budget = Budget { forced: 1_000, steps: 1_000, entries: 1_000 };
    let suspects = [vec![0], vec![4], vec![5]].map(|members| Suspect { members, small: None });
    let peeled = peeling::peel(&evidence, &[]).expect("consistent");
    assert_eq!(exact::attack(&peeled, &suspects), Ok(vec![None; 3]), "not by adding and subtracting");
    let outcome = attack(&evidence, &suspects, 0, budget).expect("consistent");
    let zero = Some(Disclosure::Determined(0));
    assert_eq!(outcome.disclosures, [None, zero, zero]);
    assert_eq!(outcome.blamed, [0, 1, 2]);
}

#[test]
fn contradictions_are_refused() {
    let mut case = two_by_two([[20, 30], [47, 50]]);
    case.published[0] = Some(148);
    assert!(attack_frequencies(case.table.layout(), &POLICY, &case.published, None).is_err());
}

/// Every table in whole numbers with these published cells; per cell, the values that it has. `None` for too many.
fn brute_force(case: &Case) -> Option<Vec<Vec<u64>>> {
    let layout = case.table.layout();
    let inner: Vec<Vec<u32>> = layout.inner_cells().collect();
    let members = layout.members(&inner);
    let known: Vec<Option<u64>> = (0..members.len()).map(|cell| case.published[cell].or(case.size(cell))).collect();
    let mut least = vec![0; inner.len()];
    let most = |column: u32| {
        let sums = members.iter().zip(&known).filter(|(members, _)| members.contains(&column));
        sums.filter_map(|(_, value)| *value).min()
    };
    if !case.table.policy().protects_zeros() && case.table.policy().minimum_interval > 0 {
        let shown = || members.iter().zip(&known);
        let empty = |column: &&u32| shown().any(|(members, value)| *value == Some(0) && members.contains(column));
        for (members, _) in shown().filter(|(_, value)| value.is_none()) {
            let open: Vec<&u32> = members.iter().filter(|column| !empty(column)).collect();
            if let [column] = open[..] {
                least[*column as usize] = 1;
            }
        }
    }
    let most: Vec<u64> = (0..inner.len() as u32).map(most).collect::<Option<_>>()?;
    let mut values: Vec<Vec<u64>> = vec![Vec::new(); members.len()];
    let mut tried = 0;
    let mut stack = vec![Vec::new()];
    while let Some(partial) = stack.pop() {
        tried += 1;
        if tried > 30_000 {
            return None;
        }
        let sum = |members: &[u32]| -> u64 { members.iter().filter_map(|at| partial.get(*at as usize)).sum() };
        let fits = members.iter().zip(&known).all(|(members, value)| {
            let complete = members.iter().all(|at| (*at as usize) < partial.len());
            value.is_none_or(|value| if complete { sum(members) == value } else { sum(members) <= value })
        });
        if !fits {
            continue;
        }
        if partial.len() == inner.len() {
            for (members, values) in members.iter().zip(&mut values) {
                let sum = sum(members);
                if !values.contains(&sum) {
                    values.push(sum);
                }
            }
            continue;
        }
        let next = partial.len();
        stack.extend((least[next]..=most[next]).map(|value| [&partial[..], &[value]].concat()));
    }
    Some(values)
}

fn random_case() -> impl Strategy<Value = Case> {
    let counts = proptest::collection::vec(prop_oneof![Just(0_u64), 0..4_u64, 3..9_u64], 8);
    (counts, 0..4_usize, 0..3_usize, 2..5_u64, 0..2_u64).prop_map(
        |(counts, shape, setting, minimum_count, minimum_interval)| {
            let layered = variable("h", &[("a", &["p"]), ("b", &["p"]), ("c", &["q"])]);
            let (variables, tables) = match shape {
                0 => (vec![layered, flat("s", 2)], vec![vec![0, 1]]),
                1 => (vec![flat("a", 2), flat("s", 3)], vec![vec![0, 1]]),
                2 => (vec![flat("a", 2), flat("s", 2), flat("b", 2)], vec![vec![0, 1], vec![1, 2]]),
                _ => (vec![flat("a", 2), flat("s", 2), flat("b", 2)], vec![vec![0, 1, 2]]),
            };
            let layout = Layout::new(variables, &tables).expect("a layout");
            let policy = FrequencyPolicy {
                minimum_count,
                zeros: if setting == 1 { Zeros::Protect } else { Zeros::Publish },
                singletons: Singletons::Ignore,
                secret: (setting == 2).then_some(1),
                minimum_interval,
            };
            let inner: Vec<Vec<u32>> = layout.inner_cells().collect();
            let counts: Vec<(&[u32], u64)> = inner.iter().map(Vec::as_slice).zip(counts).collect();
            Case::new(layout, policy, &counts)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases.max(400)))]

    /// What the engine withholds stays open in whole numbers; once one cell more is published, the audit finds exactly
    /// what every solution agrees on.
    #[test]
    fn the_attack_finds_what_brute_force_finds(mut case in random_case(), mutation in 0..64_usize) {
        let Ok(protected) = protect_frequencies(&case.table, |_| {}) else { return Ok(()) };
        for (value, published) in case.published.iter_mut().zip(&protected.published) {
            *value = value.filter(|_| *published);
        }
        let is_secret = |cell: &usize| case.published[*cell].is_none() && case.size(*cell).is_none();
        let withheld: Vec<usize> = (0..case.published.len()).filter(is_secret).collect();
        if withheld.is_empty() {
            return Ok(());
        }
        if let Some(values) = brute_force(&case) {
            let agreed: Vec<&usize> = withheld.iter().filter(|cell| values[**cell].len() < 2).collect();
            prop_assert!(agreed.is_empty(), "the engine left {agreed:?} determined");
        }
        let mutated = withheld[mutation % withheld.len()];
        case.published[mutated] = Some(case.table.cells()[mutated].count);
        let Some(values) = brute_force(&case) else { return Ok(()) };
        let agreed: Vec<usize> =
            withheld.iter().copied().filter(|cell| *cell != mutated && values[*cell].len() == 1).collect();
        let found: Vec<usize> = case.attack().disclosed.iter().map(|(cell, _)| *cell).collect();
        prop_assert_eq!(found, agreed);
    }
}
