//! The specification: which file, which variables, which tables, what to protect.

use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use super::{COUNT, STATUS};
use crate::domain::disclosure::frequency_table::{FrequencyPolicy, Singletons, Zeros};
use crate::import::{ImportError, Problem};

/// A specification that has been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Specification {
    /// Its name, for messages.
    pub file: String,
    /// The file of counts, relative to the specification.
    pub input: String,
    /// The column of counts; without one, each row is a person.
    pub count: Option<String>,
    /// Variables.
    pub variables: Vec<VariableColumns>,
    /// Tables, by positions of variables.
    pub tables: Vec<Vec<usize>>,
    /// What to protect.
    pub policy: FrequencyPolicy,
}

/// Where a variable stands in the file of counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VariableColumns {
    /// Its column.
    pub name: String,
    /// Columns of the categories that its categories lie in, coarsest first.
    pub parents: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSpecification {
    input: RawInput,
    variable: Vec<RawVariable>,
    table: Vec<RawTable>,
    #[serde(default)]
    policy: RawPolicy,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawInput {
    file: String,
    count: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawVariable {
    name: Spanned<String>,
    parent: Option<Parents>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Parents {
    One(String),
    Several(Vec<String>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTable {
    by: Spanned<Vec<Spanned<String>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawPolicy {
    minimum_count: Option<Spanned<u64>>,
    zeros: RawZeros,
    singletons: RawSingletons,
    secret: Option<Spanned<String>>,
    minimum_interval: u64,
}

impl Default for RawPolicy {
    fn default() -> Self {
        Self {
            minimum_count: None,
            zeros: RawZeros::Publish,
            singletons: RawSingletons::Protect,
            secret: None,
            minimum_interval: 0,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum RawZeros {
    Publish,
    Protect,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum RawSingletons {
    Protect,
    Ignore,
}

/// Counts below this are small, unless the specification says otherwise.
const MINIMUM_COUNT: u64 = 11;

impl Specification {
    /// Reads a specification.
    ///
    /// # Errors
    /// [`ImportError`] with the line of the first thing that is wrong.
    pub fn read(file: &str, bytes: &[u8]) -> Result<Self, ImportError> {
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let line = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
            ImportError::new(file, Problem::in_line(line, "this is not UTF-8 text; save the file as UTF-8"))
        })?;
        let problem = |span: Option<Range<usize>>, message: String| {
            let line = span.map(|span| text[..span.start.min(text.len())].matches('\n').count() as u64 + 1);
            ImportError::new(file, Problem { line, column: None, message })
        };
        let raw: RawSpecification =
            toml::from_str(text).map_err(|error| problem(error.span(), one_line(error.message())))?;
        raw.check(file).map_err(|(span, message)| problem(span, message))
    }
}

/// What is wrong, and where.
type Wrong = (Option<Range<usize>>, String);

impl RawSpecification {
    fn check(self, file: &str) -> Result<Specification, Wrong> {
        let names: Vec<String> = self.variable.iter().map(|variable| variable.name.as_ref().clone()).collect();
        for (index, variable) in self.variable.iter().enumerate() {
            let name = variable.name.as_ref();
            let wrong = |what: &str| Err((Some(variable.name.span()), format!("“{name}” {what}")));
            if names[..index].contains(name) {
                return wrong("is a variable twice; remove one");
            }
            if name == COUNT || name == STATUS {
                return wrong("is a column of the outcome already; give the variable another name");
            }
        }
        let position = |name: &Spanned<String>| {
            names.iter().position(|other| other == name.as_ref()).ok_or_else(|| {
                let known = names.join("”, “");
                (Some(name.span()), format!("“{}” is no [[variable]]; there are “{known}”", name.as_ref()))
            })
        };
        let mut tables = Vec::new();
        for table in &self.table {
            let by: Vec<usize> = table.by.as_ref().iter().map(position).collect::<Result<_, _>>()?;
            if by.is_empty() {
                return Err((Some(table.by.span()), "a table needs at least one variable in “by”".to_owned()));
            }
            tables.push(by);
        }
        let policy = &self.policy;
        if let Some(zero) = policy.minimum_count.as_ref().filter(|count| *count.as_ref() == 0) {
            return Err((Some(zero.span()), "minimum_count is 0, which protects nobody; the usual is 11".to_owned()));
        }
        Ok(Specification {
            file: file.to_owned(),
            policy: FrequencyPolicy {
                minimum_count: policy.minimum_count.as_ref().map_or(MINIMUM_COUNT, |count| *count.as_ref()),
                zeros: match policy.zeros {
                    RawZeros::Publish => Zeros::Publish,
                    RawZeros::Protect => Zeros::Protect,
                },
                singletons: match policy.singletons {
                    RawSingletons::Protect => Singletons::Protect,
                    RawSingletons::Ignore => Singletons::Ignore,
                },
                secret: policy.secret.as_ref().map(position).transpose()?,
                minimum_interval: policy.minimum_interval,
            },
            tables,
            input: self.input.file,
            count: self.input.count,
            variables: self.variable.into_iter().map(RawVariable::columns).collect(),
        })
    }
}

impl RawVariable {
    fn columns(self) -> VariableColumns {
        let parents = match self.parent {
            None => Vec::new(),
            Some(Parents::One(parent)) => vec![parent],
            Some(Parents::Several(parents)) => parents,
        };
        VariableColumns { name: self.name.into_inner(), parents }
    }
}

/// A message of the TOML reader as one sentence.
fn one_line(message: &str) -> String {
    message.trim().replace('\n', "; ")
}
