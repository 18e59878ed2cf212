//! What was published before about the same people: it stays known for ever.

use super::{ProtectedGroup, ProtectedTable, Refusal};
use crate::domain::tabulation::{QuestionColumn, RawTable};

/// Every release so far over people of the table to be protected: that of each member organisation, for a roll-up; the
/// earlier one, for a correction. Another wave asks anew, and its answers are other unknowns.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    entries: Vec<Entry>,
}

#[derive(Debug, Clone)]
struct Entry {
    table: ProtectedTable,
    within: Vec<(String, String)>,
}

impl Ledger {
    /// Adds a release. `within` says which part of the new table its people are, as pairs of variable and code, such as
    /// the organisation in a roll-up; empty when they are all of it.
    pub fn record(&mut self, table: ProtectedTable, within: Vec<(String, String)>) {
        self.entries.push(Entry { table, within });
    }

    /// Sets of atoms of `raw` whose sizes are published.
    pub(super) fn known_sizes(&self, raw: &RawTable) -> Result<Vec<Vec<u32>>, Refusal> {
        let mut known = Vec::new();
        for entry in &self.entries {
            for group in entry.table.groups.iter().filter(|group| group.respondents.is_some()) {
                known.push(entry.atoms(raw, group)?);
            }
        }
        Ok(known)
    }

    /// Sets of atoms of `raw` whose answers to the question in `column` are published.
    pub(super) fn known_answers(&self, raw: &RawTable, column: usize) -> Result<Vec<Vec<u32>>, Refusal> {
        let mut known = Vec::new();
        for entry in &self.entries {
            let Some(asked) = entry.column(&raw.columns[column]) else { continue };
            for group in &entry.table.groups {
                let Some(Some(before)) = group.counts.get(asked) else { continue };
                let atoms = entry.atoms(raw, group)?;
                if raw.count(column, &atoms) != *before {
                    return Err(Refusal::OtherAnswers {
                        question: raw.columns[column].id.clone(),
                        group: entry.name(group),
                    });
                }
                known.push(atoms);
            }
        }
        Ok(known)
    }
}

impl Entry {
    fn column(&self, question: &QuestionColumn) -> Option<usize> {
        let same = |options: &[String]| options.iter().eq(question.options.iter().map(|option| &option.code));
        self.table.columns.iter().position(|column| column.id == question.id && same(&column.options))
    }

    /// The people of `group`, as atoms of `raw`.
    fn atoms(&self, raw: &RawTable, group: &ProtectedGroup) -> Result<Vec<u32>, Refusal> {
        let unknown = || Refusal::OtherTables { group: self.name(group) };
        let mut conditions = Vec::new();
        for (variable, code) in self.conditions(group) {
            let variable = raw.family.variables.iter().position(|known| known.name == variable).ok_or_else(unknown)?;
            let category = raw.family.variables[variable].position(code).ok_or_else(unknown)?;
            conditions.push((variable, category));
        }
        let atoms = raw.atoms_in(&conditions);
        let now = raw.people_of(&atoms);
        match group.respondents {
            Some(before) if before != now => Err(Refusal::OtherPeople { group: self.name(group), before, now }),
            _ => Ok(atoms),
        }
    }

    fn conditions<'a>(&'a self, group: &'a ProtectedGroup) -> impl Iterator<Item = (&'a str, &'a str)> {
        let within = self.within.iter().map(|(variable, code)| (variable.as_str(), code.as_str()));
        within.chain(group.key.iter().map(|(variable, category)| {
            let variable = &self.table.family.variables[*variable];
            (variable.name.as_str(), variable.nodes[*category].code.as_str())
        }))
    }

    fn name(&self, group: &ProtectedGroup) -> String {
        let names: Vec<String> = self.conditions(group).map(|(variable, code)| format!("{variable} {code}")).collect();
        if names.is_empty() { "everybody".to_owned() } else { names.join(", ") }
    }
}
