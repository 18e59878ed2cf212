//! A workbook of Excel.

use rust_xlsxwriter::{DocProperties, Format, Table, TableColumn, TableStyle, Url, Workbook, Worksheet, XlsxError};

use super::{Book, BookError, Content, Entry, HEADER_ROW, Sheet};

/// Media type of the file.
pub const MEDIA_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

struct Formats {
    title: Format,
    line: Format,
    text: Format,
    count: Format,
    share: Format,
    number: Format,
}

/// Writes the workbook.
///
/// # Errors
/// [`BookError`] when the library refuses something.
pub(super) fn write(book: &Book) -> Result<Vec<u8>, BookError> {
    build(book).map_err(BookError::of)
}

fn build(book: &Book) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    workbook.set_properties(&DocProperties::new().set_title(&book.title).set_author("Candour"));
    let plain = || Format::new().set_font_name("Arial").set_font_size(12);
    let formats = Formats {
        title: plain().set_bold().set_font_size(16),
        line: plain(),
        text: plain().set_text_wrap(),
        count: plain().set_num_format("#,##0"),
        share: plain().set_num_format("0.0%"),
        number: plain().set_num_format("0.00"),
    };
    cover(workbook.add_worksheet().set_name("Cover")?, &formats, book)?;
    for sheet in book.all_sheets() {
        table(workbook.add_worksheet().set_name(&sheet.name)?, &formats, &sheet)?;
    }
    workbook.save_to_buffer()
}

fn cover(page: &mut Worksheet, formats: &Formats, book: &Book) -> Result<(), XlsxError> {
    page.set_column_width(0, 100)?;
    page.write_string_with_format(0, 0, &book.title, &formats.title)?;
    for (row, line) in (1..).zip(&book.cover) {
        page.write_string_with_format(row, 0, line, &formats.text)?;
    }
    Ok(())
}

fn table(page: &mut Worksheet, formats: &Formats, sheet: &Sheet) -> Result<(), XlsxError> {
    // Titles run on over the empty cells beside them; wrapped, they would make the first column's row very high.
    page.write_string_with_format(0, 0, &sheet.title, &formats.title)?;
    page.write_string_with_format(1, 0, sheet.description(), &formats.line)?;
    for (index, column) in (0_u16..).zip(&sheet.columns) {
        page.set_column_width(index, column.width)?;
    }
    for (row, entries) in (HEADER_ROW + 1..).zip(&sheet.rows) {
        for (column, entry) in (0_u16..).zip(entries) {
            cell(page, formats, (row, column), entry)?;
        }
    }
    if sheet.table == "contents" {
        for (row, entries) in (HEADER_ROW + 1..).zip(&sheet.rows) {
            if let Some(Entry::Text(name)) = entries.first() {
                let address = Url::new(format!("internal:'{}'!A1", name.replace('\'', "''"))).set_text(name);
                page.write_url_with_format(row, 0, address, &formats.text)?;
            }
        }
    }
    let columns: Vec<TableColumn> =
        sheet.columns.iter().map(|column| TableColumn::new().set_header(&column.heading)).collect();
    let marked =
        Table::new().set_name(&sheet.table).set_columns(&columns).set_autofilter(false).set_style(TableStyle::Light1);
    let last = HEADER_ROW + u32::try_from(sheet.rows.len()).unwrap_or(u32::MAX - HEADER_ROW);
    let width = u16::try_from(sheet.columns.len()).unwrap_or(u16::MAX);
    page.add_table(HEADER_ROW, 0, last, width.saturating_sub(1), &marked)?;
    page.set_freeze_panes(HEADER_ROW + 1, 0)?;
    Ok(())
}

fn cell(page: &mut Worksheet, formats: &Formats, (row, column): (u32, u16), entry: &Entry) -> Result<(), XlsxError> {
    let format = match entry {
        Entry::Text(_) => &formats.text,
        Entry::Count(_) => &formats.count,
        Entry::Share(_) => &formats.share,
        Entry::Number(_) => &formats.number,
    };
    match entry.content() {
        Content::Text(text) => page.write_string_with_format(row, column, text, format)?,
        Content::Number(number) => page.write_number_with_format(row, column, number, format)?,
    };
    Ok(())
}
