//! Cells of small tables, counted by hand.

use std::collections::BTreeMap;

use super::*;

fn variable(name: &str, finest: &[(&str, &[&str])]) -> Variable {
    let finest: BTreeMap<String, Vec<String>> = finest
        .iter()
        .map(|(code, parents)| ((*code).to_owned(), parents.iter().map(|parent| (*parent).to_owned()).collect()))
        .collect();
    Variable::new(name, &finest).expect("a variable")
}

fn policy(zeros: Zeros) -> FrequencyPolicy {
    FrequencyPolicy { minimum_count: 3, zeros, singletons: Singletons::Protect, secret: None, minimum_interval: 0 }
}

fn layout(tables: &[Vec<usize>]) -> Layout {
    let unit = variable("unit", &[("a", &["north"]), ("b", &["north"]), ("c", &["south"])]);
    let answer = variable("answer", &[("no", &[]), ("yes", &[])]);
    Layout::new(vec![unit, answer], tables).expect("a layout")
}

fn count(table: &FrequencyTable, key: &[Option<u32>]) -> u64 {
    table.cells().iter().find(|cell| cell.key == key).expect("a cell").count
}

#[test]
fn every_margin_and_level_is_a_cell_once() {
    let layout = layout(&[vec![0, 1], vec![0]]);
    // Total, a, b, c, north, south × Total, no, yes; the second table has none of its own.
    assert_eq!(layout.keys().len(), 6 * 3);
    let counts = BTreeMap::from([(vec![0, 0], 4), (vec![0, 1], 1), (vec![1, 1], 2), (vec![2, 0], 9)]);
    let table = FrequencyTable::new(layout, policy(Zeros::Publish), &counts);
    assert_eq!(table.inner_cells(), 4);
    assert_eq!(count(&table, &[None, None]), 16);
    assert_eq!(count(&table, &[Some(3), Some(1)]), 3, "north, yes");
    assert_eq!(count(&table, &[Some(4), Some(1)]), 0, "south, yes");
    let primary = table.cells().iter().filter(|cell| table.is_primary(cell)).count();
    assert_eq!(primary, 3, "a yes, b yes, b total");
}

#[test]
fn protected_zeros_are_inner_cells_too() {
    let counts = BTreeMap::from([(vec![0, 0], 4)]);
    let table = FrequencyTable::new(layout(&[vec![0, 1]]), policy(Zeros::Protect), &counts);
    assert_eq!(table.inner_cells(), 6);
    assert_eq!(table.cells().iter().filter(|cell| !table.is_primary(cell)).count(), 6, "a and north and total, twice");
}

#[test]
fn sizes_are_known_where_one_variable_is_secret() {
    let counts = BTreeMap::from([(vec![0, 0], 4), (vec![1, 1], 1)]);
    let policy = FrequencyPolicy { secret: Some(1), ..policy(Zeros::Publish) };
    let table = FrequencyTable::new(layout(&[vec![0, 1]]), policy, &counts);
    assert_eq!(table.inner_cells(), 4, "nobody is in c");
    let primary: Vec<&Key> = table.cells().iter().filter(|cell| table.is_primary(cell)).map(|cell| &cell.key).collect();
    // a yes 0, b no 0, b yes 1, north yes 1, total yes 1.
    assert_eq!(primary.len(), 5);
    assert!(primary.iter().all(|key| key[1].is_some()));
}

#[test]
fn names_mean_one_thing() {
    let finest = |pairs: &[(&str, &str)]| -> BTreeMap<String, Vec<String>> {
        pairs.iter().map(|(code, parent)| ((*code).to_owned(), vec![(*parent).to_owned()])).collect()
    };
    let same = Variable::new("v", &finest(&[("a", "x"), ("other", "other")])).expect("the same people");
    assert_eq!(same.categories().len(), 3);
    let two = Variable::new("v", &finest(&[("a", "other"), ("other", "other")]));
    assert_eq!(two, Err(TableError::AmbiguousCategory { variable: "v".to_owned(), code: "other".to_owned() }));
    let total = Variable::new("v", &finest(&[("a", "Total")]));
    assert_eq!(total, Err(TableError::CategoryNamedTotal("v".to_owned())));
}

#[test]
fn tables_that_cannot_be_are_refused() {
    let many: Vec<(String, Vec<String>)> = (0..1_001).map(|code| (code.to_string(), Vec::new())).collect();
    let many = |name| Variable::new(name, &many.iter().cloned().collect()).expect("a variable");
    let wide = Layout::new(vec![many("a"), many("b")], &[vec![0], vec![1]]);
    assert_eq!(wide.err(), Some(TableError::TooManyInnerCells));
    let unused = Layout::new(vec![many("a"), many("b")], &[vec![0]]);
    assert_eq!(unused.err(), Some(TableError::Unused("b".to_owned())));
    assert_eq!(Layout::new(vec![many("a")], &[vec![0, 0]]).err(), Some(TableError::TwiceInTable("a".to_owned())));
    assert_eq!(Layout::new(vec![many("a")], &[vec![0], vec![]]).err(), Some(TableError::NoVariables));
}
