//! A CSV file, or the first sheet of a workbook, as a table with a checked header.
//!
//! Columns are found by name, so their order does not matter and none can be swapped unnoticed. A byte-order mark is
//! accepted, anything but UTF-8 is not. Values lose the spaces around them; control characters are refused.

use super::{ImportError, Problem, workbook};
use crate::domain::column_mapping::NOT_READ;

/// Largest number of rows that is read: more is not a file that a person meant.
const MOST_ROWS: usize = 1_000_000;
/// Longest value, in bytes.
const LONGEST_VALUE: usize = 4_000;

/// A table with the columns that were asked for.
#[derive(Debug, Clone)]
pub struct CsvTable {
    file: String,
    header: Vec<String>,
    rows: Vec<Row>,
}

/// One row, with the line that it starts on.
#[derive(Debug, Clone)]
struct Row {
    line: u64,
    values: csv::StringRecord,
}

/// One row of a table, read by column name.
#[derive(Debug, Clone, Copy)]
pub struct RowView<'a> {
    table: &'a CsvTable,
    row: &'a Row,
}

impl CsvTable {
    /// Reads `bytes`. Every column of `required` must be there; a column of neither list is an error.
    ///
    /// # Errors
    /// [`ImportError`] with every problem of the header, or every row that is not a row of this header.
    pub fn read(file: &str, bytes: &[u8], required: &[&str], optional: &[&str]) -> Result<Self, ImportError> {
        Self::read_with_aliases(file, bytes, required, optional, &[])
    }

    /// As [`CsvTable::read`]; a heading that stands first in a pair of `aliases` is read as the second.
    ///
    /// # Errors
    /// As [`CsvTable::read`].
    pub fn read_with_aliases(
        file: &str,
        bytes: &[u8],
        required: &[&str],
        optional: &[&str],
        aliases: &[(&str, &str)],
    ) -> Result<Self, ImportError> {
        let table = Self::parse(file, bytes, Headings::First(aliases))?;
        let problems = header_problems(&table.header, required, optional);
        ImportError::unless_fine(file, problems, table)
    }

    /// Reads a file without headings, whose first columns are `columns`; further columns are not read.
    ///
    /// # Errors
    /// [`ImportError`] when a row has fewer columns.
    pub fn read_headerless(file: &str, bytes: &[u8], columns: &[&str]) -> Result<Self, ImportError> {
        Self::parse(file, bytes, Headings::Given(columns))
    }

    /// The headings of a file as they stand there, before any of them is checked.
    ///
    /// # Errors
    /// [`ImportError`] when the file is empty or not a table.
    pub fn headings(file: &str, bytes: &[u8]) -> Result<Vec<String>, ImportError> {
        let first_line = bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |end| end + 1);
        let end = if workbook::is_one(bytes) { bytes.len() } else { first_line };
        Ok(Self::parse(file, &bytes[..end], Headings::First(&[]))?.header)
    }

    fn parse(file: &str, bytes: &[u8], headings: Headings<'_>) -> Result<Self, ImportError> {
        let fail = |problem| ImportError::new(file, problem);
        let lines = if workbook::is_one(bytes) { workbook_lines(bytes) } else { csv_lines(bytes) };
        let mut lines = lines.map_err(fail)?.into_iter();
        let header: Vec<String> = match headings {
            Headings::Given(columns) => columns.iter().map(|column| (*column).to_owned()).collect(),
            Headings::First(aliases) => match lines.next() {
                Some((_, record)) if !record.iter().all(str::is_empty) => {
                    record.iter().map(|heading| canonical(heading, aliases)).collect()
                }
                _ => return Err(fail(Problem::in_file("the file is empty; the first line names the columns"))),
            },
        };
        let exact = matches!(headings, Headings::First(_));
        let mut rows = Vec::new();
        let mut problems = Vec::new();
        for (line, values) in lines.filter(|(_, values)| !values.iter().all(str::is_empty)) {
            match row_problem(line, &values, &header, exact) {
                Some(problem) => problems.push(problem),
                None => rows.push(Row { line, values }),
            }
        }
        ImportError::unless_fine(file, problems, Self { file: file.to_owned(), header, rows })
    }

    /// Name of the file.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Whether the file has this column.
    pub fn has(&self, column: &str) -> bool {
        self.header.iter().any(|heading| heading == column)
    }

    /// The columns that the file has, in its order.
    pub fn columns(&self) -> &[String] {
        &self.header
    }

    /// The rows, in order; empty lines are left out.
    pub fn rows(&self) -> impl Iterator<Item = RowView<'_>> {
        self.rows.iter().map(|row| RowView { table: self, row })
    }

    /// Reads every row with `read`, collecting what is wrong with each.
    ///
    /// # Errors
    /// [`ImportError`] with the problems of all rows.
    pub fn collect<T>(&self, read: impl FnMut(RowView<'_>) -> Result<T, Problem>) -> Result<Vec<T>, ImportError> {
        let mut problems = Vec::new();
        let values =
            self.rows().map(read).filter_map(|result| result.map_err(|problem| problems.push(problem)).ok()).collect();
        ImportError::unless_fine(&self.file, problems, values)
    }
}

impl<'a> RowView<'a> {
    /// Line of the file, from 1.
    pub fn line(&self) -> u64 {
        self.row.line
    }

    /// The value in `column`; empty when the file has no such column.
    pub fn get(&self, column: &str) -> &'a str {
        let index = self.table.header.iter().position(|heading| heading == column);
        index.and_then(|index| self.row.values.get(index)).unwrap_or("")
    }

    /// The value in `column`, which must not be empty.
    ///
    /// # Errors
    /// A [`Problem`] with line and column.
    pub fn needed(&self, column: &str) -> Result<&'a str, Problem> {
        match self.get(column) {
            "" => Err(self.problem(column, "there is no value; fill it in")),
            value => Ok(value),
        }
    }

    /// The value in `column` as a count: digits, with or without commas between thousands.
    ///
    /// # Errors
    /// A [`Problem`] that says what stands there instead: a percentage, a fraction, a date, text.
    pub fn count(&self, column: &str) -> Result<u64, Problem> {
        read_count(self.needed(column)?).map_err(|message| self.problem(column, message))
    }

    /// The value in `column` as a share from 0 to 1.
    ///
    /// # Errors
    /// A [`Problem`] for anything else, a percentage included.
    pub fn share(&self, column: &str) -> Result<f64, Problem> {
        let text = self.needed(column)?;
        match text.parse::<f64>() {
            Ok(share) if (0.0..=1.0).contains(&share) => Ok(share),
            _ => {
                Err(self
                    .problem(column, format!("“{text}” is not a share; a share is a number from 0 to 1, such as 0.25")))
            }
        }
    }

    /// A problem with the value in `column`.
    pub fn problem(&self, column: &str, message: impl Into<String>) -> Problem {
        Problem::in_column(self.line(), column, message)
    }
}

/// Where the names of the columns come from.
#[derive(Clone, Copy)]
enum Headings<'a> {
    First(&'a [(&'a str, &'a str)]),
    Given(&'a [&'a str]),
}

/// Records with the lines that they start on, the header included.
type Lines = Vec<(u64, csv::StringRecord)>;

fn csv_lines(bytes: &[u8]) -> Result<Lines, Problem> {
    if workbook::is_old(bytes) {
        return Err(Problem::in_file("this is a workbook of an old kind (.xls); save it as .xlsx, or as CSV UTF-8"));
    }
    let text = std::str::from_utf8(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes))
        .map_err(|error| not_utf8(bytes, error.valid_up_to()))?;
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let mut counter = LineCounter { text: text.as_bytes(), offset: 0, line: 1 };
    let mut lines = Lines::new();
    for record in reader.records() {
        let values = record
            .map_err(|error| Problem::in_file(format!("this cannot be read as CSV ({error}); save it again as CSV")))?;
        let line = counter.line_at(values.position().map_or(0, csv::Position::byte));
        refuse_too_many(line, lines.len())?;
        lines.push((line, values));
    }
    Ok(lines)
}

fn workbook_lines(bytes: &[u8]) -> Result<Lines, Problem> {
    let rows = workbook::rows(bytes)?;
    refuse_too_many(rows.last().map_or(0, |(line, _)| *line), rows.len())?;
    Ok(rows.into_iter().map(|(line, row)| (line, csv::StringRecord::from(row))).collect())
}

fn refuse_too_many(line: u64, rows: usize) -> Result<(), Problem> {
    if rows > MOST_ROWS {
        return Err(Problem::in_line(line, format!("there are more than {MOST_ROWS} rows; split the file")));
    }
    Ok(())
}

/// Counts lines itself: the reader's own number is off by one after Windows line ends and empty lines.
struct LineCounter<'a> {
    text: &'a [u8],
    offset: usize,
    line: u64,
}

impl LineCounter<'_> {
    /// Line of the first character at or after `byte` that is not a line end. Offsets must not fall.
    fn line_at(&mut self, byte: u64) -> u64 {
        let start = usize::try_from(byte).unwrap_or(usize::MAX);
        while let Some(current) = self.text.get(self.offset) {
            if self.offset >= start && !matches!(current, b'\r' | b'\n') {
                break;
            }
            self.line += u64::from(*current == b'\n');
            self.offset += 1;
        }
        self.line
    }
}

/// A count, or what stands there instead.
fn read_count(text: &str) -> Result<u64, String> {
    let grouped = |text: &str| {
        let mut parts = text.split(',');
        let first = parts.next().unwrap_or_default();
        (1..=3).contains(&first.len()) && parts.all(|part| part.len() == 3)
    };
    let digits = if text.contains(',') && grouped(text) { text.replace(',', "") } else { text.to_owned() };
    if digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.is_empty() {
        return digits.parse().map_err(|_| format!("“{text}” is too large for a count"));
    }
    Err(if text.ends_with('%') {
        format!("“{text}” is a percentage, and a count of people belongs here")
    } else if text.contains('/') || looks_like_a_date(text) {
        format!("“{text}” looks like a date that a spreadsheet made; format the column as a number")
    } else if text.parse::<f64>().is_ok() {
        format!("“{text}” is not a whole number of people; a count is 0 or more, without decimals")
    } else {
        format!("“{text}” is not a count; write digits, such as 120")
    })
}

/// `5-Aug`, `Aug-05`, `2024-08-05`: what spreadsheets make of values such as `5-8`.
fn looks_like_a_date(text: &str) -> bool {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let lower = text.to_ascii_lowercase();
    let parts: Vec<&str> = lower.split('-').collect();
    (2..=3).contains(&parts.len())
        && parts
            .iter()
            .all(|part| MONTHS.contains(part) || (!part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())))
}

fn canonical(heading: &str, aliases: &[(&str, &str)]) -> String {
    let known = aliases.iter().find(|(alias, _)| alias.eq_ignore_ascii_case(heading));
    known.map_or(heading, |(_, name)| name).to_owned()
}

fn header_problems(header: &[String], required: &[&str], optional: &[&str]) -> Vec<Problem> {
    let quoted = |names: &[&str]| names.iter().map(|name| format!("“{name}”")).collect::<Vec<_>>().join(", ");
    let known = quoted(&[required, optional].concat());
    let mut problems = Vec::new();
    for (index, heading) in header.iter().enumerate().filter(|(_, heading)| *heading != NOT_READ) {
        if header[..index].contains(heading) {
            problems.push(Problem::in_column(1, heading, "this column stands twice; remove one"));
        } else if !required.contains(&heading.as_str()) && !optional.contains(&heading.as_str()) {
            problems.push(Problem::in_column(1, heading, format!("this column is not known; the columns are {known}")));
        }
    }
    let missing: Vec<&str> =
        required.iter().copied().filter(|name| !header.iter().any(|heading| heading == name)).collect();
    if !missing.is_empty() {
        problems.push(Problem::in_line(1, format!("no column {}; the columns are {known}", quoted(&missing))));
    }
    problems
}

fn row_problem(line: u64, values: &csv::StringRecord, header: &[String], exact: bool) -> Option<Problem> {
    let (found, wanted) = (values.len(), header.len());
    if found < wanted || (exact && found > wanted) {
        return Some(Problem::in_line(
            line,
            format!("{found} values where the header names {wanted} columns; check the commas and quotes"),
        ));
    }
    let bad =
        values.iter().zip(header).find(|(value, _)| value.len() > LONGEST_VALUE || value.chars().any(char::is_control));
    bad.map(|(_, column)| {
        Problem::in_column(
            line,
            column,
            "the value is too long or holds a line break or another control character; remove it",
        )
    })
}

fn not_utf8(bytes: &[u8], valid_up_to: usize) -> Problem {
    let offset = bytes.len() - bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).len();
    let before = bytes.get(..offset + valid_up_to).unwrap_or_default();
    let line = before.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
    Problem::in_line(line, "this is not UTF-8 text; save the file as “CSV UTF-8”")
}

#[cfg(test)]
#[path = "csv_table_tests.rs"]
mod tests;
