//! What may be seen of a survey.

use serde::{Deserialize, Serialize};

use super::audit::AuditReport;
use crate::domain::figure::Figure;
use crate::domain::tabulation::Family;

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

    /// How the release was attacked before it was made, and what came of it.
    pub fn audit(&self) -> &AuditReport {
        &self.audit
    }
}

impl ProtectedGroup {
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
