//! Everything of a release in one archive.

use std::io::{Cursor, Write};

use serde::Serialize;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::answers::{self, GroupAnswers};
use super::{ReleaseFileError, Released, Wanted, as_name, in_words, tables};
use crate::domain::disclosure::{self, AuditReport};
use crate::domain::results::{Selection, published_questions};
use crate::export::book::{BookError, Entry, csv_cells, write_csv, write_csv_line};

/// What people wrote, where anything of it is published.
const COMMENTS: &str = "csv/comments.csv";

/// Media type of the file.
pub const MEDIA_TYPE: &str = "application/zip";

/// How the release was protected and attacked, for machines.
#[derive(Serialize)]
struct Audit<'a> {
    organisation: &'a str,
    survey: String,
    release: &'a str,
    breakdowns: Vec<String>,
    rules: Vec<Rule>,
    audit: &'a AuditReport,
}

#[derive(Serialize)]
struct Rule {
    name: &'static str,
    reason: &'static str,
    source: &'static str,
}

/// Writes the archive.
///
/// # Errors
/// [`ReleaseFileError::Book`] when it cannot be written.
pub(super) fn write(released: Released<'_>) -> Result<Vec<u8>, ReleaseFileError> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let book = released.book(&Wanted::default())?;
    put(&mut archive, options, "README.txt", readme(released).as_bytes())?;
    put(&mut archive, options, "results.xlsx", &book.xlsx()?)?;
    put(&mut archive, options, "results.ods", &book.ods()?)?;
    put(&mut archive, options, "audit.json", &audit(released)?)?;
    if !released.comments.is_empty() {
        start(&mut archive, options, COMMENTS)?;
        write_csv(&mut archive, &tables::comments(released))?;
    }
    for groups in selections(released) {
        start(&mut archive, options, &path(&groups))?;
        let columns = answers::columns(released, &groups);
        let head: Vec<Entry> = columns.iter().map(|column| Entry::text(&column.code)).collect();
        write_csv_line(&mut archive, &head)?;
        // Question by question: a table of units by ethnicity can have hundreds of thousands of rows.
        for question in published_questions(released.table, released.questionnaire) {
            for GroupAnswers { group, answers } in answers::of_question(released, &question.id, &groups)? {
                let group = csv_cells(&group);
                for cells in answers {
                    write!(archive, "{group},{}\r\n", csv_cells(&cells)).map_err(BookError::of)?;
                }
            }
        }
    }
    Ok(archive.finish().map_err(BookError::of)?.into_inner())
}

type Archive = ZipWriter<Cursor<Vec<u8>>>;

fn start(archive: &mut Archive, options: SimpleFileOptions, name: &str) -> Result<(), BookError> {
    archive.start_file(name, options).map_err(BookError::of)
}

fn put(archive: &mut Archive, options: SimpleFileOptions, name: &str, file: &[u8]) -> Result<(), BookError> {
    start(archive, options, name)?;
    archive.write_all(file).map_err(BookError::of)
}

/// Everybody, each variable, and each table of the release.
fn selections(released: Released<'_>) -> Vec<Selection> {
    let variables = &released.table.family().variables;
    let tables = released.table.family().breakdowns.iter().map(|table| Selection {
        by: table.variables.iter().map(|(variable, _)| variables[*variable].name.clone()).collect(),
        only: Vec::new(),
    });
    std::iter::once(Selection::default()).chain(released.single_variables()).chain(tables).collect()
}

fn path(groups: &Selection) -> String {
    format!("csv/{}.csv", as_name(groups, "-"))
}

fn audit(released: Released<'_>) -> Result<Vec<u8>, BookError> {
    let audit = Audit {
        organisation: released.organisation.ods.as_str(),
        survey: released.survey.id.to_string(),
        release: released.release,
        breakdowns: released.table.family().describe(),
        rules: disclosure::rules()
            .map(|rule| Rule { name: rule.name, reason: rule.reason, source: rule.source })
            .collect(),
        audit: released.table.audit(),
    };
    serde_json::to_vec_pretty(&audit).map_err(BookError::of)
}

fn readme(released: Released<'_>) -> String {
    let comments = match released.comments.is_empty() {
        true => String::new(),
        false => format!("{COMMENTS:<34}Comments, in an order drawn by lot\r\n"),
    };
    let files: String =
        selections(released).iter().map(|groups| format!("{:<34}{}\r\n", path(groups), in_words(groups))).collect();
    format!(
        "{title}\r\n{organisation} ({ods})\r\n\r\n\
         {xlsx:<34}Cover, notes and tables, for Excel\r\n\
         {ods_file:<34}The same as an OpenDocument spreadsheet\r\n\
         {audit:<34}How the figures were protected and attacked\r\n{comments}{files}\r\n\
         CSV files have a line per question, group and answer. [c] is a withheld figure, so that nobody's answer can be\r\n\
         worked out; it is not zero. [z] stands where there is no figure to give. Shares are numbers from 0 to 1.\r\n",
        title = released.survey.title.as_str(),
        organisation = released.organisation.name,
        ods = released.organisation.ods,
        xlsx = "results.xlsx",
        ods_file = "results.ods",
        audit = "audit.json",
    )
}
