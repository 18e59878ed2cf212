//! The first sheet of an XLSX workbook as rows of text, as a CSV file would hold them.
//!
//! Numbers become digits, dates become `2024-08-05`: what reads a count then says that a date stands there. A count that
//! a spreadsheet shows as a percentage is a fraction in the file, and is refused as one.

use std::io::{Cursor, Read};

use calamine::{Data, Reader, Xlsx, open_workbook_from_rs};

use super::Problem;

/// What an XLSX file begins with: it is a ZIP archive.
const SIGNATURE: &[u8] = b"PK\x03\x04";
/// More than this, unpacked, is no table that a person made.
const MOST_BYTES: u64 = 300_000_000;

/// Whether these are the bytes of a workbook.
pub(super) fn is_one(bytes: &[u8]) -> bool {
    bytes.starts_with(SIGNATURE)
}

/// Whether these are the bytes of a workbook of before 2007.
pub(super) fn is_old(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xD0\xCF\x11\xE0")
}

/// The rows of the first sheet with their numbers, from the first row that holds anything.
///
/// # Errors
/// A [`Problem`] for what is no workbook, holds nothing, or would unpack to more than a person means.
pub(super) fn rows(bytes: &[u8]) -> Result<Vec<(u64, Vec<String>)>, Problem> {
    let unreadable = |error: &dyn std::fmt::Display| {
        Problem::in_file(format!("this cannot be read as an XLSX workbook ({error}); save it again, or as CSV UTF-8"))
    };
    refuse_bombs(bytes, MOST_BYTES).map_err(|error| unreadable(&error))?;
    let mut workbook: Xlsx<_> =
        open_workbook_from_rs(Cursor::new(bytes)).map_err(|error: calamine::XlsxError| unreadable(&error))?;
    let sheet = workbook
        .worksheet_range_at(0)
        .ok_or_else(|| Problem::in_file("the workbook has no sheet"))?
        .map_err(|error| unreadable(&error))?;
    let first = u64::from(sheet.start().map_or(0, |(row, _)| row)) + 1;
    let rows: Vec<(u64, Vec<String>)> =
        (first..).zip(sheet.rows().map(|row| row.iter().map(text).collect::<Vec<String>>())).collect();
    // Columns that were only formatted are no columns.
    let width = rows.iter().filter_map(|(_, row)| row.iter().rposition(|cell| !cell.is_empty())).max();
    let width = width.map_or(0, |last| last + 1);
    Ok(rows
        .into_iter()
        .map(|(line, mut row)| {
            row.truncate(width);
            (line, row)
        })
        .collect())
}

/// Unpacks every part, without keeping it, up to the limit: what the archive says of its sizes need not be true.
fn refuse_bombs(bytes: &[u8], most: u64) -> Result<(), String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| error.to_string())?;
    let mut left = most;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|error| error.to_string())?;
        let unpacked =
            std::io::copy(&mut part.take(left + 1), &mut std::io::sink()).map_err(|error| error.to_string())?;
        left = left.checked_sub(unpacked).ok_or_else(|| format!("it unpacks to more than {most} bytes"))?;
    }
    Ok(())
}

fn text(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.trim().to_owned(),
        Data::Int(number) => number.to_string(),
        // Below 2^53 a whole number is written as one.
        Data::Float(number) if number.fract() == 0.0 && number.abs() < 9e15 => format!("{number:.0}"),
        Data::Float(number) => number.to_string(),
        Data::Bool(true) => "TRUE".to_owned(),
        Data::Bool(false) => "FALSE".to_owned(),
        Data::DateTime(moment) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        Data::Error(error) => format!("{error}"),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn what_unpacks_to_too_much_is_refused() {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let deflated = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
        for part in ["one", "two"] {
            archive.start_file(part, deflated).expect("a part");
            archive.write_all(&[0; 6_000]).expect("written");
        }
        let bytes = archive.finish().expect("an archive").into_inner();
        assert!(bytes.len() < 1_000 && is_one(&bytes));
        assert_eq!(refuse_bombs(&bytes, 12_000), Ok(()));
        assert_eq!(refuse_bombs(&bytes, 11_999), Err("it unpacks to more than 11999 bytes".to_owned()));
        assert!(rows(&bytes).expect_err("refused").message.contains("cannot be read as an XLSX workbook"));
    }

    #[test]
    fn cells_read_as_a_csv_file_would_hold_them() {
        for (cell, wanted) in [
            (Data::Float(120.0), "120"),
            (Data::Float(0.12), "0.12"),
            (Data::Int(-3), "-3"),
            (Data::String(" 8a ".to_owned()), "8a"),
            (Data::Empty, ""),
            (Data::Bool(true), "TRUE"),
            (Data::Error(calamine::CellErrorType::Div0), "#DIV/0!"),
        ] {
            assert_eq!(text(&cell), wanted);
        }
    }
}
