//! What may be seen of a survey.

use serde::{Deserialize, Serialize};

use super::audit::AuditReport;
use crate::domain::figure::Figure;
use crate::domain::tabulation::{Breakdown, Family};

/// The protected counts of a release; made by [`super::protect`] alone. Serialised for the store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProtectedTable {
    pub(super) family: Family,
    pub(super) columns: Vec<PublishedColumn>,
    pub(super) groups: Vec<ProtectedGroup>,
    pub(super) audit: AuditReport,
}

/// A question, or one option of a question that takes several answers (`question.option`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedColumn {
    /// Identifier.
    pub id: String,
    /// Codes of the options. Counts have one entry more: "no answer", last.
    pub options: Vec<String>,
}

/// A group of respondents, and what may be seen of its answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProtectedGroup {
    pub(super) key: Vec<(usize, usize)>,
    pub(super) respondents: Option<u32>,
    pub(super) counts: Vec<Option<Vec<u32>>>,
}

impl ProtectedTable {
    /// Classification variables and breakdowns.
    pub fn family(&self) -> &Family {
        &self.family
    }

    /// Questions.
    pub fn columns(&self) -> &[PublishedColumn] {
        &self.columns
    }

    /// Index of the question with this identifier.
    pub fn column(&self, id: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.id == id)
    }

    /// All groups that anybody belongs to, published or not, larger ones first.
    pub fn groups(&self) -> &[ProtectedGroup] {
        &self.groups
    }

    /// The group with these pairs of variable and category (indices; sorted; roots left out, so that everybody is `[]`).
    /// `None` when nobody belongs to it, or when the family does not hold it.
    pub fn group(&self, key: &[(usize, usize)]) -> Option<&ProtectedGroup> {
        self.groups.iter().find(|group| group.key == key)
    }

    /// Whether both show the same cells with the same counts.
    pub fn shows_the_same_as(&self, other: &Self) -> bool {
        (&self.family, &self.columns, &self.groups) == (&other.family, &other.columns, &other.groups)
    }

    /// The same figures with other codes for the categories of `variable`.
    pub fn with_codes(mut self, variable: &str, rename: impl Fn(&str) -> String) -> Self {
        for node in self.family.variables.iter_mut().filter(|own| own.name == variable).flat_map(|own| &mut own.nodes) {
            node.code = rename(&node.code);
        }
        self
    }

    /// What it shows of groups that `variable` does not divide, as a table without that variable.
    pub fn without_variable(mut self, variable: &str) -> Self {
        let Some(gone) = self.family.variables.iter().position(|own| own.name == variable) else { return self };
        let moved = |variable: usize| variable - usize::from(variable > gone);
        self.family.variables.remove(gone);
        for table in &mut self.family.breakdowns {
            table.variables.retain(|(variable, _)| *variable != gone);
            table.variables.iter_mut().for_each(|(variable, _)| *variable = moved(*variable));
        }
        // A part of another breakdown says nothing of its own.
        let all = self.family.breakdowns.clone();
        self.family.breakdowns.retain(|table| {
            let within = |other: &Breakdown| {
                other.variables.len() > table.variables.len()
                    && table.variables.iter().all(|(variable, depth)| {
                        other.variables.iter().any(|(of, down_to)| of == variable && down_to >= depth)
                    })
            };
            !all.iter().any(within)
        });
        self.groups.retain(|group| group.key.iter().all(|(variable, _)| *variable != gone));
        for group in &mut self.groups {
            group.key.iter_mut().for_each(|(variable, _)| *variable = moved(*variable));
        }
        let cells = self.groups.iter().flat_map(|group| &group.counts);
        self.audit.published = cells.clone().filter(|counts| counts.is_some()).count();
        self.audit.withheld = cells.count() - self.audit.published;
        self
    }

    /// Sums of published figures of tables about different people: says nothing that the tables do not. What one of them
    /// withholds is withheld; a group that a table does not list is nobody there. `None` for tables of different families.
    pub fn sum_of_published(tables: &[Self]) -> Option<Self> {
        let mut sum = tables.first()?.clone();
        for table in &tables[1..] {
            if (&table.family, &table.columns) != (&sum.family, &sum.columns) {
                return None;
            }
            for group in &table.groups {
                match sum.groups.iter_mut().find(|own| own.key == group.key) {
                    Some(own) => own.add(group),
                    None => sum.groups.push(group.clone()),
                }
            }
        }
        Some(sum)
    }

    /// How the release was attacked before it was made, and what came of it.
    pub fn audit(&self) -> &AuditReport {
        &self.audit
    }
}

impl ProtectedGroup {
    fn add(&mut self, other: &Self) {
        self.respondents = self.respondents.zip(other.respondents).map(|(own, more)| own + more);
        for (own, more) in self.counts.iter_mut().zip(&other.counts) {
            *own = own.take().zip(more.as_ref()).map(|(own, more)| own.iter().zip(more).map(|(a, b)| a + b).collect());
        }
    }

    /// Pairs of variable and category, as indices into the family; sorted, roots left out.
    pub fn key(&self) -> &[(usize, usize)] {
        &self.key
    }

    /// How many responded.
    pub fn respondents(&self) -> Figure<u64> {
        self.respondents.map_or(Figure::Withheld, |people| Figure::Value(u64::from(people)))
    }

    /// Answers to the question with this index: a count per option, "no answer" last.
    pub fn counts(&self, column: usize) -> Figure<&[u32]> {
        match self.counts.get(column) {
            Some(Some(counts)) => Figure::Value(counts),
            Some(None) | None => Figure::Withheld,
        }
    }
}
