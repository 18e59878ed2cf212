//! An OpenDocument spreadsheet: an archive of five small files. Written here; see docs/decisions/0120.

use std::fmt::Write as _;
use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::{Book, BookError, Content, Entry, HEADER_ROW, Sheet};

/// Media type of the file.
pub const MEDIA_TYPE: &str = "application/vnd.oasis.opendocument.spreadsheet";

const NAMESPACES: &str = concat!(
    "xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" ",
    "xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" ",
    "xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" ",
    "xmlns:style=\"urn:oasis:names:tc:opendocument:xmlns:style:1.0\" ",
    "xmlns:number=\"urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0\" ",
    "xmlns:fo=\"urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0\" ",
    "xmlns:xlink=\"http://www.w3.org/1999/xlink\" ",
    "xmlns:meta=\"urn:oasis:names:tc:opendocument:xmlns:meta:1.0\" ",
    "xmlns:dc=\"http://purl.org/dc/elements/1.1/\" ",
    "xmlns:config=\"urn:oasis:names:tc:opendocument:xmlns:config:1.0\" ",
    "office:version=\"1.3\""
);

/// Cell styles and number formats.
const STYLES: &str = r#"<office:automatic-styles>
<number:number-style style:name="N1"><number:number number:decimal-places="0" number:min-integer-digits="1" number:grouping="true"/></number:number-style>
<number:percentage-style style:name="N2"><number:number number:decimal-places="1" number:min-integer-digits="1"/><number:text>%</number:text></number:percentage-style>
<number:number-style style:name="N3"><number:number number:decimal-places="2" number:min-integer-digits="1"/></number:number-style>
<style:style style:name="heading" style:family="table-cell"><style:text-properties style:font-name="Arial" fo:font-size="16pt" fo:font-weight="bold"/></style:style>
<style:style style:name="line" style:family="table-cell"><style:text-properties style:font-name="Arial" fo:font-size="12pt"/></style:style>
<style:style style:name="head" style:family="table-cell"><style:table-cell-properties fo:wrap-option="wrap" fo:border-bottom="1pt solid #000000"/><style:text-properties style:font-name="Arial" fo:font-size="12pt" fo:font-weight="bold"/></style:style>
<style:style style:name="text" style:family="table-cell"><style:table-cell-properties fo:wrap-option="wrap"/><style:text-properties style:font-name="Arial" fo:font-size="12pt"/></style:style>
<style:style style:name="count" style:family="table-cell" style:data-style-name="N1"><style:text-properties style:font-name="Arial" fo:font-size="12pt"/></style:style>
<style:style style:name="share" style:family="table-cell" style:data-style-name="N2"><style:text-properties style:font-name="Arial" fo:font-size="12pt"/></style:style>
<style:style style:name="number" style:family="table-cell" style:data-style-name="N3"><style:text-properties style:font-name="Arial" fo:font-size="12pt"/></style:style>
"#;

const MANIFEST: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">
<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>
<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>
<manifest:file-entry manifest:full-path="meta.xml" manifest:media-type="text/xml"/>
<manifest:file-entry manifest:full-path="settings.xml" manifest:media-type="text/xml"/>
</manifest:manifest>
"#;

/// Writes the spreadsheet.
///
/// # Errors
/// [`BookError`] when the archive cannot be written.
pub(super) fn write(book: &Book) -> Result<Vec<u8>, BookError> {
    let sheets = book.all_sheets();
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let deflated = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let mut put = |name: &str, options, text: &str| {
        archive.start_file(name, options).map_err(BookError::of)?;
        archive.write_all(text.as_bytes()).map_err(BookError::of)
    };
    // The standard wants the media type first, and not compressed.
    put("mimetype", stored, MEDIA_TYPE)?;
    put("META-INF/manifest.xml", deflated, MANIFEST)?;
    put("meta.xml", deflated, &meta(&book.title))?;
    put("settings.xml", deflated, &settings(sheets.iter().map(|sheet| sheet.name.as_str())))?;
    put("content.xml", deflated, &content(book, &sheets))?;
    Ok(archive.finish().map_err(BookError::of)?.into_inner())
}

fn meta(title: &str) -> String {
    let title = escaped(title);
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<office:document-meta {NAMESPACES}><office:meta>\
         <meta:generator>Candour</meta:generator><dc:title>{title}</dc:title><dc:language>en-GB</dc:language>\
         </office:meta></office:document-meta>"
    )
}

/// Keeps each table's headings in view.
fn settings<'a>(sheets: impl Iterator<Item = &'a str>) -> String {
    let item = |name: &str, kind: &str, value: u32| {
        format!("<config:config-item config:name=\"{name}\" config:type=\"{kind}\">{value}</config:config-item>")
    };
    let frozen = [
        ("VerticalSplitMode", "short", 2),
        ("VerticalSplitPosition", "int", HEADER_ROW + 1),
        ("ActiveSplitRange", "short", 2),
        ("PositionBottom", "int", HEADER_ROW + 1),
    ];
    let frozen: String = frozen.into_iter().map(|(name, kind, value)| item(name, kind, value)).collect();
    let sheets: String = sheets
        .map(|name| {
            format!(
                "<config:config-item-map-entry config:name=\"{}\">{frozen}</config:config-item-map-entry>",
                escaped(name)
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<office:document-settings {NAMESPACES}><office:settings>\
         <config:config-item-set config:name=\"ooo:view-settings\"><config:config-item-map-indexed config:name=\"Views\">\
         <config:config-item-map-entry><config:config-item-map-named config:name=\"Tables\">{sheets}\
         </config:config-item-map-named></config:config-item-map-entry></config:config-item-map-indexed>\
         </config:config-item-set></office:settings></office:document-settings>"
    )
}

fn content(book: &Book, sheets: &[std::borrow::Cow<'_, Sheet>]) -> String {
    let widths: String = widths(sheets)
        .map(|width| {
            format!(
                "<style:style style:name=\"w{width}\" style:family=\"table-column\"><style:table-column-properties \
                 style:column-width=\"{:.1}cm\"/></style:style>",
                f64::from(width) * 0.22
            )
        })
        .collect();
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<office:document-content {NAMESPACES}>{STYLES}{widths}\
         </office:automatic-styles><office:body><office:spreadsheet>\n"
    );
    text.push_str("<table:table table:name=\"Cover\"><table:table-column table:style-name=\"w100\"/>");
    push_line(&mut text, "heading", &book.title);
    book.cover.iter().for_each(|line| push_line(&mut text, "text", line));
    text.push_str("</table:table>\n");
    sheets.iter().for_each(|sheet| push_sheet(&mut text, sheet));
    text.push_str("<table:database-ranges>");
    sheets.iter().for_each(|sheet| push_range(&mut text, sheet));
    text.push_str("</table:database-ranges></office:spreadsheet></office:body></office:document-content>");
    text
}

fn widths(sheets: &[std::borrow::Cow<'_, Sheet>]) -> impl Iterator<Item = u8> {
    let mut all: Vec<u8> =
        sheets.iter().flat_map(|sheet| sheet.columns.iter().map(|column| column.width)).chain([100]).collect();
    all.sort_unstable();
    all.dedup();
    all.into_iter()
}

fn push_sheet(text: &mut String, sheet: &Sheet) {
    push(text, format_args!("<table:table table:name=\"{}\">", escaped(&sheet.name)));
    sheet
        .columns
        .iter()
        .for_each(|column| push(text, format_args!("<table:table-column table:style-name=\"w{}\"/>", column.width)));
    push_line(text, "heading", &sheet.title);
    push_line(text, "line", &sheet.description());
    text.push_str("<table:table-header-rows><table:table-row>");
    sheet.columns.iter().for_each(|column| push_text(text, "head", &column.heading));
    text.push_str("</table:table-row></table:table-header-rows>\n");
    for row in &sheet.rows {
        text.push_str("<table:table-row>");
        row.iter().enumerate().for_each(|(column, entry)| push_entry(text, sheet, column, entry));
        text.push_str("</table:table-row>\n");
    }
    text.push_str("</table:table>\n");
}

fn push_entry(text: &mut String, sheet: &Sheet, column: usize, entry: &Entry) {
    let (style, kind) = match entry {
        Entry::Text(_) => ("text", "float"),
        Entry::Count(_) => ("count", "float"),
        Entry::Share(_) => ("share", "percentage"),
        Entry::Number(_) => ("number", "float"),
    };
    match entry.content() {
        Content::Text(name) if sheet.table == "contents" && column == 0 => push(
            text,
            format_args!(
                "<table:table-cell table:style-name=\"text\" office:value-type=\"string\"><text:p><text:a \
                 xlink:type=\"simple\" xlink:href=\"#'{0}'.A1\">{0}</text:a></text:p></table:table-cell>",
                escaped(name)
            ),
        ),
        Content::Text(words) => push_text(text, style, words),
        Content::Number(number) => push(
            text,
            format_args!(
                "<table:table-cell table:style-name=\"{style}\" office:value-type=\"{kind}\" office:value=\"{number}\"/>"
            ),
        ),
    }
}

/// The table is marked by its range, as in “Define Range”, with headings and without filter buttons.
fn push_range(text: &mut String, sheet: &Sheet) {
    let name = sheet.name.replace('\'', "''");
    let range = format!(
        "'{name}'.A{}:'{name}'.{}{}",
        HEADER_ROW + 1,
        column_letters(sheet.columns.len()),
        HEADER_ROW as usize + 1 + sheet.rows.len()
    );
    push(
        text,
        format_args!(
            "<table:database-range table:name=\"{}\" table:target-range-address=\"{}\" table:contains-header=\"true\"/>",
            escaped(&sheet.table),
            escaped(&range)
        ),
    );
}

/// Letters of the `count`th column, counted from 1: `A`, …, `Z`, `AA`.
fn column_letters(mut count: usize) -> String {
    let mut letters = String::new();
    while count > 0 {
        let rest = u8::try_from((count - 1) % 26).unwrap_or_default();
        letters.insert(0, char::from(b'A' + rest));
        count = (count - 1) / 26;
    }
    letters
}

fn push_line(text: &mut String, style: &str, line: &str) {
    text.push_str("<table:table-row>");
    push_text(text, style, line);
    text.push_str("</table:table-row>\n");
}

fn push_text(text: &mut String, style: &str, words: &str) {
    push(
        text,
        format_args!(
            "<table:table-cell table:style-name=\"{style}\" office:value-type=\"string\"><text:p>{}</text:p></table:table-cell>",
            escaped(words)
        ),
    );
}

fn push(text: &mut String, what: std::fmt::Arguments<'_>) {
    // A String takes everything.
    let _ = text.write_fmt(what);
}

/// For text and attributes; characters that XML cannot hold become a space.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            control if control.is_control() => safe.push(' '),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_as_spreadsheets_name_them() {
        assert_eq!([1, 26, 27, 52, 703].map(column_letters), ["A", "Z", "AA", "AZ", "AAA"]);
    }

    #[test]
    fn words_cannot_become_markup() {
        assert_eq!(escaped("<a href=\"x\">&\u{0}"), "&lt;a href=&quot;x&quot;&gt;&amp; ");
    }
}
