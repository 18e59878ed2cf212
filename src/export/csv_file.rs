//! A table as CSV: UTF-8, headings first.

/// Media type of the file.
pub const MEDIA_TYPE: &str = "text/csv; charset=utf-8";

/// Writes `rows` under `headings`.
///
/// # Errors
/// [`csv::Error`] when a row has another width than the headings.
pub fn write(headings: &[&str], rows: &[Vec<String>]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(headings)?;
    rows.iter().try_for_each(|row| writer.write_record(row))?;
    writer.into_inner().map_err(|error| error.into_error().into())
}
