//! Unknown counts that published sums tie together: each group of them can be attacked by itself.

use super::peeling::Peeled;

/// Unknown counts, and the published sums of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Component {
    /// Counts, ascending.
    pub columns: Vec<u32>,
    /// Positions in [`Peeled::rows`].
    pub rows: Vec<usize>,
}

/// Components, and the one that each count is in; `None` for what is known and for what no published sum has.
pub(super) fn split(peeled: &Peeled) -> (Vec<Component>, Vec<Option<u32>>) {
    let columns = peeled.known.len();
    let mut parent: Vec<u32> = (0..columns as u32).collect();
    for row in &peeled.rows {
        for column in &row.members[1..] {
            let (a, b) = (root(&mut parent, row.members[0]), root(&mut parent, *column));
            parent[a.max(b) as usize] = a.min(b);
        }
    }
    let mut components: Vec<Component> = Vec::new();
    let mut of: Vec<Option<u32>> = vec![None; columns];
    for (index, row) in peeled.rows.iter().enumerate() {
        let root = root(&mut parent, row.members[0]) as usize;
        let component = *of[root].get_or_insert_with(|| {
            components.push(Component::default());
            components.len() as u32 - 1
        });
        components[component as usize].rows.push(index);
        row.members.iter().for_each(|column| of[*column as usize] = Some(component));
    }
    for (column, component) in (0..).zip(&of) {
        if let Some(component) = component {
            components[*component as usize].columns.push(column);
        }
    }
    (components, of)
}

fn root(parent: &mut [u32], mut of: u32) -> u32 {
    while parent[of as usize] != of {
        parent[of as usize] = parent[parent[of as usize] as usize];
        of = parent[of as usize];
    }
    of
}
