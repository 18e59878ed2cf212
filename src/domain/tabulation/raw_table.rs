//! Counts before protection.

use std::borrow::Borrow;
use std::collections::{BTreeMap, HashMap};

use super::family::{Breakdown, Classification, Family};

/// An answer option of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Option_ {
    /// Code.
    pub code: String,
    /// Whether it may never be known of a person.
    pub sensitive: bool,
}

/// A question as a column of answers. A question with several answers is one column per option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuestionColumn {
    /// Question, or question and option.
    pub id: String,
    /// Options; "no answer" is added by tabulation.
    pub options: Vec<Option_>,
    /// Columns whose answers decide who is asked; earlier ones all. So many people having an answer here tells what many
    /// answered there.
    pub asked_after: Vec<usize>,
}

/// One respondent.
#[derive(Clone)]
pub struct Respondent {
    /// Category per variable of the family; an inner one when the finer is not known.
    pub categories: Vec<usize>,
    /// Option per column; `None` for no answer.
    pub answers: Vec<Option<u8>>,
}

/// Why respondents cannot be tabulated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TabulationError {
    /// A respondent does not fit the family or the columns.
    #[error("a respondent does not fit the tables of the survey")]
    Misfit,
    /// Nobody answered.
    #[error("nobody has answered, so there is nothing to publish")]
    Empty,
}

/// Sorted pairs of variable and category; roots are left out, so that the same cell has one key.
type Key = Vec<(usize, usize)>;

/// A cell of the family: who belongs to it.
pub(in crate::domain) struct Group {
    /// Which cell.
    pub(in crate::domain) key: Key,
    /// Atoms, ascending.
    pub(in crate::domain) atoms: Vec<u32>,
    /// Respondents.
    pub(in crate::domain) people: u32,
}

/// Atoms, groups and answers. Private fields, no `Serialize`, no `Debug`: counts leave through protection only.
pub struct RawTable {
    pub(in crate::domain) family: Family,
    pub(in crate::domain) columns: Vec<QuestionColumn>,
    /// Respondents of each atom.
    pub(in crate::domain) atom_people: Vec<u32>,
    /// Categories of each atom, one per variable.
    atom_categories: Vec<Vec<usize>>,
    /// Every group of the family that has respondents, larger ones first.
    pub(in crate::domain) groups: Vec<Group>,
    /// Per column and atom, the counts of its options and of "no answer" last.
    pub(in crate::domain) counts: Vec<Vec<Vec<u32>>>,
    /// A variable whose groups are protected and never published from this table.
    pub(in crate::domain) hidden: Option<usize>,
    /// Where the group with a key stands in `groups`.
    positions: HashMap<Key, usize>,
}

impl RawTable {
    /// Counts respondents into the atoms and groups of `family`.
    ///
    /// # Errors
    /// [`TabulationError`].
    pub fn tabulate(
        family: Family,
        columns: Vec<QuestionColumn>,
        respondents: impl Iterator<Item = impl Borrow<Respondent>>,
    ) -> Result<Self, TabulationError> {
        let atoms = atoms(&family, &columns, respondents)?;
        if atoms.is_empty() {
            return Err(TabulationError::Empty);
        }
        let groups = groups(&family, atoms.iter().map(|atom| (atom.categories.as_slice(), atom.people)));
        let of_column = |(start, options): (usize, usize)| {
            atoms.iter().map(|atom| atom.counts[start..=start + options].to_vec()).collect()
        };
        let counts = places(&columns).map(of_column).collect();
        let positions = groups.iter().enumerate().map(|(position, group)| (group.key.clone(), position)).collect();
        Ok(Self {
            atom_people: atoms.iter().map(|atom| atom.people).collect(),
            atom_categories: atoms.into_iter().map(|atom| atom.categories).collect(),
            family,
            columns,
            groups,
            counts,
            hidden: None,
            positions,
        })
    }

    /// The same table, publishing no group that is divided by `variable`; what was published of such groups before stays
    /// known, and all of them stay protected.
    pub(in crate::domain) fn hiding(self, variable: usize) -> Self {
        Self { hidden: Some(variable), ..self }
    }

    /// Whether the group may be published from this table at all.
    pub(in crate::domain) fn is_offered(&self, group: usize) -> bool {
        self.hidden.is_none_or(|hidden| self.groups[group].key.iter().all(|(variable, _)| *variable != hidden))
    }

    /// Atoms, ascending, that are in each of these categories, given as pairs of variable and category.
    pub(in crate::domain) fn atoms_in(&self, conditions: &[(usize, usize)]) -> Vec<u32> {
        let lies_in = |own: &[usize], (variable, category): &(usize, usize)| {
            self.family.variables[*variable].path(own[*variable]).any(|level| level == *category)
        };
        let atoms = (0..).zip(&self.atom_categories);
        atoms.filter(|(_, own)| conditions.iter().all(|one| lies_in(own, one))).map(|(atom, _)| atom).collect()
    }

    /// Per atom, where it lies right below everybody along the first variable: in a system, its organisation.
    pub(in crate::domain) fn blocks(&self) -> impl Iterator<Item = u32> {
        let top = |own: &Vec<usize>| {
            let first = self.family.variables.first().zip(own.first());
            first.and_then(|(unit, own)| unit.path(*own).filter(|level| *level != 0).last()).unwrap_or(0) as u32
        };
        self.atom_categories.iter().map(top)
    }

    /// Respondents in these atoms.
    pub(in crate::domain) fn people_of(&self, atoms: &[u32]) -> u32 {
        atoms.iter().map(|atom| self.atom_people[*atom as usize]).sum()
    }

    /// Counts of a column's options, "no answer" last, over atoms.
    pub(in crate::domain) fn count(&self, column: usize, atoms: &[u32]) -> Vec<u32> {
        let mut sums = vec![0; self.columns[column].options.len() + 1];
        for atom in atoms {
            for (sum, count) in sums.iter_mut().zip(&self.counts[column][*atom as usize]) {
                *sum += count;
            }
        }
        sums
    }

    /// Positions of the groups that hold the one at `group`: one or more of its categories replaced by a wider one.
    pub(in crate::domain) fn wider(&self, group: usize) -> impl Iterator<Item = usize> {
        let own = &self.groups[group].key;
        let mut keys = vec![Vec::new()];
        for (variable, category) in own {
            keys = keys.iter().flat_map(|key: &Key| self.with_each_level(key, *variable, *category)).collect();
        }
        keys.into_iter().filter(move |key| key != own).filter_map(|key| self.positions.get(&key).copied())
    }

    /// `key` with `category` and with each category that it lies in; the root adds nothing.
    fn with_each_level(&self, key: &Key, variable: usize, category: usize) -> Vec<Key> {
        let levels = self.family.variables[variable].path(category);
        levels
            .map(|level| if level == 0 { key.clone() } else { [key.as_slice(), &[(variable, level)]].concat() })
            .collect()
    }

    /// Every group that is divided along a variable, with the groups one level finer there.
    pub(in crate::domain) fn families(&self) -> impl Iterator<Item = (usize, Vec<usize>)> {
        let mut children: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
        for (position, group) in self.groups.iter().enumerate() {
            for (place, (variable, category)) in group.key.iter().enumerate() {
                let mut key = group.key.clone();
                match self.family.variables[*variable].nodes[*category].parent {
                    Some(0) | None => drop(key.remove(place)),
                    Some(parent) => key[place].1 = parent,
                }
                if let Some(parent) = self.positions.get(&key) {
                    children.entry((*parent, *variable)).or_default().push(position);
                }
            }
        }
        children.into_iter().map(|((parent, _), children)| (parent, children))
    }
}

/// An atom while people are counted into it.
struct Counted {
    categories: Vec<usize>,
    people: u32,
    /// Of every column, the counts of its options and of “no answer”.
    counts: Vec<u32>,
}

/// Respondents by what they belong to, in the order of that.
fn atoms(
    family: &Family,
    columns: &[QuestionColumn],
    respondents: impl Iterator<Item = impl Borrow<Respondent>>,
) -> Result<Vec<Counted>, TabulationError> {
    let places: Vec<(usize, usize)> = places(columns).collect();
    let width = places.last().map_or(0, |(start, options)| start + options + 1);
    let mut atoms: Vec<Counted> = Vec::new();
    let mut found: HashMap<Vec<usize>, usize> = HashMap::new();
    for respondent in respondents {
        let Respondent { categories, answers } = respondent.borrow();
        let atom = match found.get(categories) {
            Some(atom) => *atom,
            None => {
                let variables = family.variables.iter();
                let fit = |(category, variable): (&usize, &Classification)| *category < variable.nodes.len();
                if categories.len() != variables.len() || !categories.iter().zip(variables).all(fit) {
                    return Err(TabulationError::Misfit);
                }
                found.insert(categories.clone(), atoms.len());
                atoms.push(Counted { categories: categories.clone(), people: 0, counts: vec![0; width] });
                atoms.len() - 1
            }
        };
        let Counted { people, counts, .. } = &mut atoms[atom];
        *people += 1;
        if answers.len() != places.len() {
            return Err(TabulationError::Misfit);
        }
        for (answer, (start, options)) in answers.iter().zip(&places) {
            let place = match answer.map(usize::from) {
                Some(place) if place >= *options => return Err(TabulationError::Misfit),
                Some(place) => place,
                None => *options,
            };
            counts[start + place] += 1;
        }
    }
    atoms.sort_unstable_by(|one, other| one.categories.cmp(&other.categories));
    Ok(atoms)
}

/// Where each column's counts start when those of all stand in a row, and how many options it has.
fn places(columns: &[QuestionColumn]) -> impl Iterator<Item = (usize, usize)> {
    columns.iter().scan(0, |start, column| {
        let options = column.options.len();
        *start += options + 1;
        Some((*start - options - 1, options))
    })
}

fn groups<'a>(family: &Family, atoms: impl Iterator<Item = (&'a [usize], u32)>) -> Vec<Group> {
    let mut found: HashMap<Key, (Vec<u32>, u32)> = HashMap::new();
    for (atom, (categories, people)) in (0_u32..).zip(atoms) {
        let mut keys: Vec<Key> = family.breakdowns.iter().flat_map(|table| keys(family, table, categories)).collect();
        keys.sort_unstable();
        keys.dedup();
        for key in keys {
            let (members, sum) = found.entry(key).or_default();
            members.push(atom);
            *sum += people;
        }
    }
    let group = |(key, (mut atoms, people)): (Key, (Vec<u32>, u32))| {
        atoms.shrink_to_fit();
        Group { key, atoms, people }
    };
    let mut groups: Vec<Group> = found.into_iter().map(group).collect();
    groups.sort_by(|a, b| b.people.cmp(&a.people).then_with(|| a.key.cmp(&b.key)));
    groups
}

/// Keys of the groups of one table that somebody in `categories` belongs to.
fn keys(family: &Family, table: &Breakdown, categories: &[usize]) -> Vec<Key> {
    let mut keys = vec![Vec::new()];
    for (variable, depth) in &table.variables {
        let tree = &family.variables[*variable];
        let levels: Vec<usize> = tree.path(categories[*variable]).filter(|node| tree.depth(*node) <= *depth).collect();
        keys = keys
            .iter()
            .flat_map(|key: &Key| {
                levels.iter().map(move |node| {
                    let mut key = key.clone();
                    if *node != 0 {
                        key.push((*variable, *node));
                    }
                    key
                })
            })
            .collect();
    }
    keys
}
