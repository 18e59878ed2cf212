//! What is wrong with a questionnaire definition, and where.

use std::fmt;
use std::ops::Range;

/// One thing that is wrong with a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefinitionError {
    /// Line of the definition, from 1, where one is known.
    pub line: Option<usize>,
    /// One sentence: what is wrong and what to do.
    pub message: String,
}

impl fmt::Display for DefinitionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

/// Everything that is wrong with a definition, in the order of its lines. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefinitionErrors(Vec<DefinitionError>);

impl DefinitionErrors {
    /// The errors.
    pub fn all(&self) -> &[DefinitionError] {
        &self.0
    }

    /// One line per error, each beginning with the name of the file: `mine.toml, line 12: …`.
    pub fn in_file(&self, file: &str) -> String {
        self.0.iter().map(|error| format!("{file}, {error}")).collect::<Vec<_>>().join("\n")
    }
}

impl fmt::Display for DefinitionErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

impl std::error::Error for DefinitionErrors {}

/// Collects errors while a definition is checked, so that an author sees all of them at once.
pub(super) struct Problems<'a> {
    source: &'a str,
    found: Vec<DefinitionError>,
}

impl<'a> Problems<'a> {
    /// No errors yet in `source`.
    pub(super) fn new(source: &'a str) -> Self {
        Self { source, found: Vec::new() }
    }

    /// Notes an error at `span`, counted in bytes of the source.
    pub(super) fn at(&mut self, span: Range<usize>, message: impl Into<String>) {
        let before = self.source.as_bytes().get(..span.start).unwrap_or_default();
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        self.found.push(DefinitionError { line: Some(line), message: message.into() });
    }

    /// Notes an error that belongs to no line.
    pub(super) fn somewhere(&mut self, message: impl Into<String>) {
        self.found.push(DefinitionError { line: None, message: message.into() });
    }

    /// `value` when nothing was wrong, otherwise the errors by line.
    pub(super) fn finish<T>(mut self, value: Option<T>) -> Result<T, DefinitionErrors> {
        match value {
            Some(value) if self.found.is_empty() => Ok(value),
            _ => {
                self.found.sort_by_key(|error| error.line);
                Err(DefinitionErrors(self.found))
            }
        }
    }
}
