//! What is published of a survey, as files: workbooks, CSV, and everything together with its audit as one archive.
//!
//! Every figure comes from the [`ProtectedTable`]. What it withholds is `[c]` in every file, with everything that could
//! give it away.

mod answers;
mod archive;
mod notes;
mod tables;

pub use archive::MEDIA_TYPE as ARCHIVE_MEDIA_TYPE;

use super::book::{self, Book, BookError};
use crate::domain::comment::PublishedComment;
use crate::domain::disclosure::ProtectedTable;
use crate::domain::organisation::{Organisation, UnitTree};
use crate::domain::questionnaire::{Language, Questionnaire};
use crate::domain::results::{Selection, SelectionError, published_questions, variable_label};
use crate::domain::survey::Survey;

const ENGLISH: Language = Language::English;

/// A release, and what is needed to name its parts.
#[derive(Clone, Copy)]
pub struct Released<'a> {
    /// Whose staff were asked.
    pub organisation: &'a Organisation,
    /// Of which survey.
    pub survey: &'a Survey,
    /// Identifier of the release.
    pub release: &'a str,
    /// What was asked.
    pub questionnaire: &'a Questionnaire,
    /// The organisation's units when the survey was made.
    pub units: &'a UnitTree,
    /// What may be seen.
    pub table: &'a ProtectedTable,
    /// Comments that somebody has read and published: question and text, in the order that was drawn.
    pub comments: &'a [PublishedComment],
}

/// What of a release is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Question; every question when left out.
    pub question: Option<String>,
    /// Groups; everybody and each variable alone when left out.
    pub groups: Option<Selection>,
}

/// A file could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseFileError {
    /// The release does not hold what is wanted.
    #[error(transparent)]
    Selection(#[from] SelectionError),
    /// The file cannot be written.
    #[error(transparent)]
    Book(#[from] BookError),
}

impl Released<'_> {
    /// A workbook of what is wanted: everything, or one question, or one breakdown.
    ///
    /// # Errors
    /// [`SelectionError`] for a question, breakdown or category that the release does not hold.
    pub fn book(self, wanted: &Wanted) -> Result<Book, SelectionError> {
        let questions = self.questions(wanted);
        let sheets = match &wanted.groups {
            Some(groups) => {
                vec![tables::measures(self, &questions, groups)?, answers::sheet(self, &questions, groups)?]
            }
            None => {
                let mut sheets = vec![tables::took_part(self), tables::differences(self)];
                for groups in self.single_variables() {
                    sheets.push(tables::measures(self, &questions, &groups)?);
                }
                for groups in self.single_variables() {
                    sheets.push(answers::sheet(self, &questions, &groups)?);
                }
                sheets.push(tables::comments(self));
                sheets
            }
        };
        let title = format!("{}: results", self.survey.title.as_str());
        let sheets = sheets.into_iter().filter(|sheet| !sheet.rows.is_empty()).collect();
        Ok(Book { title, cover: notes::cover(self), notes: notes::notes(self), sheets })
    }

    /// The answers to what is wanted as CSV: a line per question, group and answer.
    ///
    /// # Errors
    /// [`ReleaseFileError`].
    pub fn csv(self, wanted: &Wanted) -> Result<Vec<u8>, ReleaseFileError> {
        let groups = wanted.groups.clone().unwrap_or_default();
        let mut file = Vec::new();
        book::write_csv(&mut file, &answers::sheet(self, &self.questions(wanted), &groups)?)?;
        Ok(file)
    }

    /// Everything: both workbooks, CSV of every table of the release, the audit, and what to know.
    ///
    /// # Errors
    /// [`ReleaseFileError`].
    pub fn archive(self) -> Result<Vec<u8>, ReleaseFileError> {
        archive::write(self)
    }

    fn questions(self, wanted: &Wanted) -> Vec<String> {
        match &wanted.question {
            Some(question) => vec![question.clone()],
            None => published_questions(self.table, self.questionnaire).iter().map(|it| it.id.clone()).collect(),
        }
    }

    /// Each variable of the release alone.
    fn single_variables(self) -> Vec<Selection> {
        let by = |name: &str| Selection { by: vec![name.to_owned()], only: Vec::new() };
        self.table.family().variables.iter().map(|variable| by(&variable.name)).collect()
    }
}

/// `Ethnicity`, `Unit and ethnicity`, `Everybody`.
fn in_words(groups: &Selection) -> String {
    let names: Vec<String> = groups.by.iter().map(|name| variable_label(name, ENGLISH)).collect();
    let Some((first, rest)) = names.split_first() else { return "Everybody".to_owned() };
    rest.iter().fold(first.clone(), |all, name| format!("{all} and {}", name.to_lowercase()))
}

/// The same for names of tables and files: `ethnicity`, `unit-ethnicity`, `everybody`.
fn as_name(groups: &Selection, between: &str) -> String {
    if groups.by.is_empty() { "everybody".to_owned() } else { groups.by.join(between) }
}

/// The name of a sheet, as short as spreadsheets want it.
fn sheet_name(what: &str, groups: &Selection) -> String {
    format!("{what} by {}", in_words(groups).to_lowercase()).chars().take(31).collect()
}

/// Codes and names of a group, as cells.
fn group_cells(released: Released<'_>, variables: &[String], codes: &[String]) -> Vec<book::Entry> {
    let of = |(variable, code): (&String, &String)| {
        let name = crate::domain::results::category_label(released.units, variable, code, ENGLISH);
        [book::Entry::text(code), book::Entry::text(&name)]
    };
    variables.iter().zip(codes).flat_map(of).collect()
}

/// Headings of those cells.
fn group_columns(variables: &[String]) -> Vec<book::Column> {
    let of = |variable: &String| {
        let label = variable_label(variable, ENGLISH);
        [
            book::Column::new(variable, &format!("{label} code"), 16),
            book::Column::new(&format!("{variable}_name"), &label, 34),
        ]
    };
    variables.iter().flat_map(of).collect()
}
