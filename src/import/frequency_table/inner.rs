//! The counts: one row per person, or one row per inner cell with its count. Summed while they are read.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use super::{Finest, Specification};
use crate::domain::disclosure::frequency_table::{Layout, MOST_INNER_CELLS};
use crate::import::csv_table::{LineCounter, not_utf8, read_count, row_problem};
use crate::import::{ImportError, Problem};

/// More people are no headcount, and more than the audit can count.
pub(super) const MOST_PEOPLE: u64 = 2_000_000_000;

/// Categories in the order of their first row, and counts by them.
#[derive(Debug, Clone, Default)]
pub struct Inner {
    variables: Vec<Categories>,
    counts: HashMap<Vec<u32>, Seen>,
}

#[derive(Debug, Clone, Copy)]
struct Seen {
    count: u64,
    line: u64,
}

/// Categories of a variable.
#[derive(Debug, Clone, Default)]
struct Categories {
    index: HashMap<String, u32>,
    found: Vec<Category>,
    /// Per level but the coarsest, what each category lies in, and the line that said so.
    levels: Vec<HashMap<String, (String, u64)>>,
}

#[derive(Debug, Clone)]
struct Category {
    parents: Vec<String>,
    line: u64,
}

/// Positions of a variable's columns.
struct Columns {
    own: usize,
    parents: Vec<usize>,
}

impl Inner {
    /// Reads the file of counts. Columns that the specification does not name are not read.
    ///
    /// # Errors
    /// [`ImportError`] with the line of the first thing that is wrong.
    pub fn read(file: &str, bytes: &[u8], specification: &Specification) -> Result<Self, ImportError> {
        Self::parse(bytes, specification).map_err(|problem| ImportError::new(file, problem))
    }

    fn parse(bytes: &[u8], specification: &Specification) -> Result<Self, Problem> {
        let text = std::str::from_utf8(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes))
            .map_err(|error| not_utf8(bytes, error.valid_up_to()))?;
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let mut lines = LineCounter::new(text.as_bytes());
        let mut record = csv::StringRecord::new();
        let unreadable =
            |error: csv::Error| Problem::in_file(format!("this cannot be read as CSV ({error}); save it again as CSV"));
        if !reader.read_record(&mut record).map_err(unreadable)? || record.iter().all(str::is_empty) {
            return Err(Problem::in_file("the file is empty; the first line names the columns"));
        }
        let header: Vec<String> = record.iter().map(str::to_owned).collect();
        let variables: Vec<Columns> = specification
            .variables
            .iter()
            .map(|variable| {
                let parents =
                    variable.parents.iter().map(|parent| column(&header, parent)).collect::<Result<_, _>>()?;
                Ok(Columns { own: column(&header, &variable.name)?, parents })
            })
            .collect::<Result<_, Problem>>()?;
        let count = specification.count.as_ref().map(|count| column(&header, count)).transpose()?;

        let mut inner = Self { variables: vec![Categories::default(); variables.len()], counts: HashMap::new() };
        let mut people = 0_u64;
        while reader.read_record(&mut record).map_err(unreadable)? {
            let line = lines.line_at(record.position().map_or(0, csv::Position::byte));
            if record.iter().all(str::is_empty) {
                continue;
            }
            if let Some(problem) = row_problem(line, &record, &header, true) {
                return Err(problem);
            }
            let value = |position: usize| match &record[position] {
                "" => Err(Problem::in_column(line, &header[position], "there is no value; fill it in")),
                value => Ok(value),
            };
            let mut key = Vec::with_capacity(variables.len());
            for (columns, categories) in variables.iter().zip(&mut inner.variables) {
                let parents = columns.parents.iter().map(|parent| value(*parent));
                let parents: Vec<&str> = parents.collect::<Result<_, _>>()?;
                let own = value(columns.own)?;
                let index = categories.find(own, &parents, line);
                key.push(index.map_err(|message| Problem::in_column(line, &header[columns.own], message))?);
            }
            let added = match count {
                None => 1,
                Some(count) => {
                    read_count(value(count)?).map_err(|message| Problem::in_column(line, &header[count], message))?
                }
            };
            people = people.saturating_add(added);
            if people > MOST_PEOPLE {
                return Err(Problem::in_line(line, format!("the counts sum to more than {MOST_PEOPLE} people")));
            }
            inner.add(key, added, line, count.is_some())?;
        }
        if inner.counts.is_empty() {
            return Err(Problem::in_file("there are no rows below the names of the columns"));
        }
        Ok(inner)
    }

    fn add(&mut self, key: Vec<u32>, count: u64, line: u64, once: bool) -> Result<(), Problem> {
        let full = self.counts.len() >= MOST_INNER_CELLS;
        match self.counts.entry(key) {
            Entry::Occupied(seen) if once => {
                let before = seen.get().line;
                Err(Problem::in_line(line, format!("this cell stands in line {before} already; keep one of the two")))
            }
            Entry::Occupied(mut seen) => {
                seen.get_mut().count += count;
                Ok(())
            }
            Entry::Vacant(_) if full => Err(Problem::in_line(
                line,
                format!(
                    "there are more than {MOST_INNER_CELLS} combinations of categories up to here; use fewer variables \
                     or coarser categories"
                ),
            )),
            Entry::Vacant(place) => {
                place.insert(Seen { count, line });
                Ok(())
            }
        }
    }

    /// Per variable, its finest categories with what they lie in, coarsest first.
    pub(super) fn categories(&self) -> Vec<Finest> {
        let finest = |categories: &Categories| {
            let parents = |index: &u32| categories.found[*index as usize].parents.clone();
            categories.index.iter().map(|(code, index)| (code.clone(), parents(index))).collect()
        };
        self.variables.iter().map(finest).collect()
    }

    /// Counts by positions of the finest categories of `layout`, which has them all.
    pub(super) fn counts(&self, layout: &Layout) -> BTreeMap<Vec<u32>, u64> {
        let positions: Vec<Vec<u32>> = self
            .variables
            .iter()
            .zip(layout.variables())
            .map(|(categories, variable)| {
                let mut positions = vec![0; categories.found.len()];
                for (position, category) in (0..).zip(&variable.categories()[..variable.leaves()]) {
                    if let Some(index) = categories.index.get(&category.code) {
                        positions[*index as usize] = position;
                    }
                }
                positions
            })
            .collect();
        let key =
            |key: &Vec<u32>| key.iter().zip(&positions).map(|(index, positions)| positions[*index as usize]).collect();
        self.counts.iter().map(|(indices, seen)| (key(indices), seen.count)).collect()
    }
}

impl Categories {
    /// Index of a category; what it lies in must be what it lay in before.
    fn find(&mut self, code: &str, parents: &[&str], line: u64) -> Result<u32, String> {
        if let Some(index) = self.index.get(code) {
            let before = &self.found[*index as usize];
            let differs = parents.iter().zip(&before.parents).find(|(now, before)| *now != before);
            return match differs {
                None => Ok(*index),
                Some((now, then)) => Err(two_parents(code, now, then, before.line)),
            };
        }
        self.levels.resize(parents.len().saturating_sub(1), HashMap::new());
        for (level, pair) in self.levels.iter_mut().zip(parents.windows(2)) {
            let (coarser, finer) = (pair[0], pair[1]);
            let (then, before) = level.entry(finer.to_owned()).or_insert_with(|| (coarser.to_owned(), line));
            if then != coarser {
                return Err(two_parents(finer, coarser, then, *before));
            }
        }
        let index = self.found.len() as u32;
        self.index.insert(code.to_owned(), index);
        self.found.push(Category { parents: parents.iter().map(|parent| (*parent).to_owned()).collect(), line });
        Ok(index)
    }
}

fn two_parents(code: &str, now: &str, then: &str, line: u64) -> String {
    format!("“{code}” lies in “{now}” here and in “{then}” in line {line}; a category has one parent")
}

fn column(header: &[String], name: &str) -> Result<usize, Problem> {
    let mut found = header.iter().enumerate().filter(|(_, heading)| *heading == name).map(|(position, _)| position);
    match (found.next(), found.next()) {
        (Some(position), None) => Ok(position),
        (Some(_), Some(_)) => Err(Problem::in_column(1, name, "this column stands twice; remove one")),
        (None, _) => {
            let known = header.join("”, “");
            Err(Problem::in_line(1, format!("no column “{name}”, which the specification names; there are “{known}”")))
        }
    }
}
