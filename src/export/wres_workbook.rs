//! The statutory return as a workbook: one sheet with the years side by side, one with figures of the whole country where
//! there are any, one that explains it.

use rust_xlsxwriter::{Format, FormatAlign, Workbook, Worksheet, XlsxError};

use crate::domain::figure::{Figure, Reason};
use crate::domain::indicator::{ALL, DataItem, Entry, NationalFigures, national_measure};

/// Media type of a workbook.
pub const MEDIA_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Columns before those of the years.
const FIRST: [(&str, f64); 5] =
    [("Line", 6.0), ("Indicator", 10.0), ("Part", 34.0), ("Data item", 60.0), ("Measure", 34.0)];
/// Columns of each year.
const OF_YEAR: [&str; 4] = ["White", "BME", "Ethnicity unknown", "Figure"];

/// What stands above the table.
#[derive(Debug, Clone)]
pub struct Heading {
    /// Whose return: name and ODS code.
    pub organisation: String,
    /// Whose indicators, in words.
    pub variant: String,
}

/// The workbook could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the workbook cannot be written: {0}")]
pub struct WorkbookError(#[from] XlsxError);

/// A year: its lines, and the country's figures.
pub type Year = (u16, Vec<DataItem>, NationalFigures);

/// Writes the lines of each of `years`, oldest first. All years have the same lines.
///
/// # Errors
/// [`WorkbookError`] when the library refuses something.
pub fn write(heading: &Heading, years: &[Year]) -> Result<Vec<u8>, WorkbookError> {
    let mut workbook = Workbook::new();
    let formats = Formats::new();
    table(workbook.add_worksheet().set_name("WRES")?, &formats, heading, years)?;
    if years.iter().any(|(_, _, figures)| !figures.is_empty()) {
        national(workbook.add_worksheet().set_name("National figures")?, &formats, years)?;
    }
    notes(workbook.add_worksheet().set_name("Notes")?, &formats)?;
    Ok(workbook.save_to_buffer()?)
}

struct Formats {
    bold: Format,
    wrapped: Format,
    count: Format,
    share: Format,
    ratio: Format,
    points: Format,
    absent: Format,
}

impl Formats {
    fn new() -> Self {
        let number = |format: &str| Format::new().set_num_format(format);
        Self {
            bold: Format::new().set_bold().set_text_wrap(),
            wrapped: Format::new().set_text_wrap().set_align(FormatAlign::Top),
            count: number("#,##0"),
            share: number("0.00%"),
            ratio: number("0.00"),
            points: number("+0.0;−0.0;0.0"),
            absent: Format::new().set_italic(),
        }
    }
}

fn table(sheet: &mut Worksheet, formats: &Formats, heading: &Heading, years: &[Year]) -> Result<(), XlsxError> {
    sheet.write_with_format(0, 0, &heading.organisation, &formats.bold)?;
    sheet.write(1, 0, &heading.variant)?;
    for (column, (name, width)) in (0_u16..).zip(FIRST) {
        sheet.write_with_format(3, column, name, &formats.bold)?;
        sheet.set_column_width(column, width)?;
    }
    for (place, (year, ..)) in (0_u16..).zip(years) {
        for (offset, name) in (0_u16..).zip(OF_YEAR) {
            let column = column_of(place) + offset;
            sheet.write_with_format(2, column, format!("31 March {year}"), &formats.bold)?;
            sheet.write_with_format(3, column, name, &formats.bold)?;
            sheet.set_column_width(column, 14.0)?;
        }
    }
    let lines = years.last().map(|(_, lines, _)| lines.as_slice()).unwrap_or_default();
    for (row, (index, line)) in (4_u32..).zip(lines.iter().enumerate()) {
        sheet.write(row, 0, line.number as u32)?;
        sheet.write(row, 1, u32::from(line.indicator))?;
        sheet.write(row, 2, line.section)?;
        sheet.write(row, 3, &line.item)?;
        sheet.write(row, 4, line.measure)?;
        for (place, line) in (0_u16..).zip(years.iter().map(|(_, lines, _)| lines.get(index))) {
            let entries = line.map(|line| [line.white, line.bme, line.unknown, line.figure]);
            for (offset, value) in (0_u16..).zip(entries.into_iter().flatten()) {
                entry(sheet, formats, row, column_of(place) + offset, value)?;
            }
        }
    }
    sheet.set_freeze_panes(4, FIRST.len() as u16)?;
    Ok(())
}

fn column_of(place: u16) -> u16 {
    FIRST.len() as u16 + place * OF_YEAR.len() as u16
}

/// A number in its own format, or in words why there is none; a blank stays blank.
fn entry(sheet: &mut Worksheet, formats: &Formats, row: u32, column: u16, entry: Entry) -> Result<(), XlsxError> {
    let (number, format) = match entry {
        Entry::Blank => return Ok(()),
        Entry::Count(count) => (count.map(|count| count as f64), &formats.count),
        Entry::Share(share) => (share.map(|share| share.as_f64()), &formats.share),
        Entry::Ratio(ratio) => (ratio.map(|ratio| ratio.as_f64()), &formats.ratio),
        Entry::Points(points) => (points.map(|points| points.as_f64()), &formats.points),
    };
    match number {
        Figure::Value(number) => sheet.write_with_format(row, column, number, format)?,
        Figure::Withheld => sheet.write_with_format(row, column, "[c]", &formats.absent)?,
        Figure::NotCalculable(reason) => {
            let words = match (entry, reason) {
                (Entry::Count(_), Reason::MissingInput) => "not given".to_owned(),
                _ => format!("not calculable: {}", reason.words()),
            };
            sheet.write_with_format(row, column, words, &formats.absent)?
        }
    };
    Ok(())
}

/// The return has no place for them, so they stand on a sheet of their own.
fn national(sheet: &mut Worksheet, formats: &Formats, years: &[Year]) -> Result<(), XlsxError> {
    let columns = [
        ("Year", 14.0),
        ("Indicator", 10.0),
        ("What it is", 60.0),
        ("Measure", 34.0),
        ("Figure", 14.0),
        ("Source", 60.0),
    ];
    for (column, (name, width)) in (0_u16..).zip(columns) {
        sheet.write_with_format(0, column, name, &formats.bold)?;
        sheet.set_column_width(column, width)?;
    }
    let definitions = || ALL.iter().map(|indicator| indicator.definition());
    let figures = years.iter().flat_map(|(year, _, figures)| {
        definitions().filter_map(move |definition| Some((year, definition, figures.get(&definition.number)?)))
    });
    for (row, (year, definition, national)) in (1_u32..).zip(figures) {
        sheet.write(row, 0, format!("31 March {year}"))?;
        sheet.write(row, 1, u32::from(definition.number))?;
        sheet.write_with_format(row, 2, definition.name, &formats.wrapped)?;
        sheet.write(row, 3, national_measure(&definition))?;
        entry(sheet, formats, row, 4, national.figure())?;
        sheet.write_string_with_format(row, 5, national.source(), &formats.wrapped)?;
    }
    Ok(())
}

fn notes(sheet: &mut Worksheet, formats: &Formats) -> Result<(), XlsxError> {
    let columns = [("Indicator", 10.0), ("What it is", 50.0), ("Of whom", 40.0), ("Note", 70.0), ("Source", 40.0)];
    for (column, (name, width)) in (0_u16..).zip(columns) {
        sheet.write_with_format(0, column, name, &formats.bold)?;
        sheet.set_column_width(column, width)?;
    }
    for (row, definition) in (1_u32..).zip(ALL.iter().map(|indicator| indicator.definition())) {
        sheet.write(row, 0, u32::from(definition.number))?;
        let texts = [definition.name, definition.denominator, definition.note, definition.source];
        for (column, text) in (1_u16..).zip(texts) {
            sheet.write_with_format(row, column, text, &formats.wrapped)?;
        }
    }
    let after = ALL.len() as u32 + 2;
    for (row, text) in (after..).zip([
        "“BME” is the reporting label of the standard: everybody who is not White and whose ethnicity is known.",
        "[c]: withheld, so that nobody’s answer can be worked out.",
        "A relative likelihood is a ratio, never a percentage; its measure says what is divided by what.",
    ]) {
        sheet.write(row, 0, text)?;
    }
    Ok(())
}
