//! Rows of which few values are not 0, and lists of the rows that have a value in a column.

use super::modular;

/// Of a row, (column, value ≠ 0); columns ascend.
pub(super) type Entry = (u32, u64);

/// With one entry for each column that does not add up to 0.
pub(super) fn added_up(mut terms: Vec<Entry>) -> Vec<Entry> {
    terms.sort_unstable_by_key(|(column, _)| *column);
    let mut row: Vec<Entry> = Vec::with_capacity(terms.len());
    for (column, value) in terms {
        match row.last_mut() {
            Some(last) if last.0 == column => last.1 = modular::add(last.1, value),
            _ => row.push((column, value)),
        }
    }
    row.retain(|(_, value)| *value != 0);
    row
}

/// Adds a number to an ascending list.
pub(super) fn add(list: &mut Vec<u32>, one: u32) {
    if let Err(place) = list.binary_search(&one) {
        list.insert(place, one);
    }
}

/// Takes a number from an ascending list.
pub(super) fn remove(list: &mut Vec<u32>, one: u32) {
    if let Ok(place) = list.binary_search(&one) {
        list.remove(place);
    }
}

pub(super) fn value_at(row: &[Entry], column: u32) -> u64 {
    row.binary_search_by_key(&column, |(column, _)| *column).map_or(0, |index| row[index].1)
}
