//! A table as CSV: UTF-8, headings first.

use std::borrow::Cow;

use super::unrun;

/// Media type of the file.
pub const MEDIA_TYPE: &str = "text/csv; charset=utf-8";

/// Writes `rows` under `headings`. What is no figure is never run as a formula.
///
/// # Errors
/// [`csv::Error`] when a row has another width than the headings.
pub fn write(headings: &[&str], rows: &[Vec<String>]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(headings)?;
    rows.iter().try_for_each(|row| writer.write_record(row.iter().map(|cell| safe(cell).into_owned())))?;
    writer.into_inner().map_err(|error| error.into_error().into())
}

/// Numbers and intervals may begin with a sign, words may not.
fn safe(cell: &str) -> Cow<'_, str> {
    let is_figure = cell.split(" to ").all(|part| part.parse::<f64>().is_ok());
    if is_figure { Cow::Borrowed(cell) } else { unrun(cell) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_never_run_and_figures_stay_figures() {
        let row = ["-11.5", "-0.5 to 0.25", "=HYPERLINK(1)", "-1+cmd", "@ward"].map(str::to_owned).to_vec();
        let file = write(&["a", "b", "c", "d", "e"], &[row]).expect("written");
        assert_eq!(String::from_utf8_lossy(&file), "a,b,c,d,e\n-11.5,-0.5 to 0.25,'=HYPERLINK(1),'-1+cmd,'@ward\n");
    }
}
