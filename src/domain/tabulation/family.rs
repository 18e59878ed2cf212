//! What a survey publishes: classification variables and their breakdowns.

use serde::{Deserialize, Serialize};

/// One category of a classification variable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// Code, unique in its variable.
    pub code: String,
    /// Index of the category that it lies in; `None` for the root. Parents stand before their children.
    pub parent: Option<usize>,
}

/// A classification variable: a tree of categories whose root is everybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Classification {
    /// Name, such as `ethnicity`.
    pub name: String,
    /// Categories; the first is the root.
    pub nodes: Vec<Node>,
}

impl Classification {
    /// A variable from `(code, parent's code)` pairs, the root first, parents before children.
    ///
    /// # Errors
    /// [`FamilyError`] when the pairs are no tree.
    pub fn new<'a>(
        name: &str,
        pairs: impl IntoIterator<Item = (&'a str, Option<&'a str>)>,
    ) -> Result<Self, FamilyError> {
        let mut nodes: Vec<Node> = Vec::new();
        for (code, parent) in pairs {
            let malformed = || FamilyError { variable: name.to_owned(), code: code.to_owned() };
            let parent = match parent {
                Some(parent) => Some(nodes.iter().position(|node| node.code == parent).ok_or_else(malformed)?),
                None if nodes.is_empty() => None,
                None => return Err(malformed()),
            };
            if nodes.iter().any(|node| node.code == code) {
                return Err(malformed());
            }
            nodes.push(Node { code: code.to_owned(), parent });
        }
        Ok(Self { name: name.to_owned(), nodes })
    }

    /// Index of the category with this code.
    pub fn position(&self, code: &str) -> Option<usize> {
        self.nodes.iter().position(|node| node.code == code)
    }

    /// `node` and the categories that it lies in, up to the root.
    pub fn path(&self, node: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(Some(node), |node| self.nodes[*node].parent)
    }

    /// Steps from the root: 0 for the root itself.
    pub fn depth(&self, node: usize) -> usize {
        self.path(node).count() - 1
    }
}

/// Categories that do not form a tree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("category “{code}” of “{variable}” stands twice, before its parent, or beside the root")]
pub struct FamilyError {
    variable: String,
    code: String,
}

/// A table of the family: variables, each down to a depth of its tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breakdown {
    /// Index of the variable and the depth down to which it is shown; all combinations of all levels are published.
    pub variables: Vec<(usize, usize)>,
}

/// Everything that a survey publishes about its respondents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Family {
    /// Classification variables.
    pub variables: Vec<Classification>,
    /// Tables.
    pub breakdowns: Vec<Breakdown>,
}

/// As deep as a tree goes.
const ALL_LEVELS: usize = usize::MAX;

impl Family {
    /// The default of a survey: units by each other variable; ethnicity by pay band cluster and by staff group for the
    /// organisation as a whole. A single unit is never shown by two demographics.
    pub fn of_survey(
        unit: Classification,
        ethnicity: Classification,
        pay_band: Classification,
        staff_group: Classification,
    ) -> Self {
        let table = |variables: &[(usize, usize)]| Breakdown { variables: variables.to_vec() };
        Self {
            variables: vec![unit, ethnicity, pay_band, staff_group],
            breakdowns: vec![
                table(&[(0, ALL_LEVELS), (1, ALL_LEVELS)]),
                table(&[(0, ALL_LEVELS), (2, ALL_LEVELS)]),
                table(&[(0, ALL_LEVELS), (3, ALL_LEVELS)]),
                table(&[(1, ALL_LEVELS), (2, 1)]),
                table(&[(1, ALL_LEVELS), (3, ALL_LEVELS)]),
            ],
        }
    }

    /// The tables in words: `unit × ethnicity`.
    pub fn describe(&self) -> Vec<String> {
        let name = |(variable, _): &(usize, usize)| self.variables[*variable].name.as_str();
        self.breakdowns.iter().map(|table| table.variables.iter().map(name).collect::<Vec<_>>().join(" × ")).collect()
    }
}
