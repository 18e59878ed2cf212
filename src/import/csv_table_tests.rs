//! CSV files as people really send them.

use super::*;

const COLUMNS: [&str; 2] = ["band", "headcount"];

fn read(text: &[u8]) -> Result<CsvTable, ImportError> {
    CsvTable::read("file.csv", text, &COLUMNS, &["note"])
}

fn message(text: &[u8]) -> String {
    read(text).expect_err("refused").to_string()
}

#[test]
fn the_order_of_columns_does_not_matter() {
    let table = read(b"headcount,band\n12,5\n").expect("read");
    let row = table.rows().next().expect("a row");
    assert_eq!((row.get("band"), row.count("headcount"), row.line()), ("5", Ok(12), 2));
    assert_eq!(row.get("note"), "");
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_are_fine() {
    let table = read(b"\xEF\xBB\xBFband,headcount\r\n5,12\r\n\r\n6,13\r\n").expect("read");
    assert_eq!(table.rows().map(|row| row.line()).collect::<Vec<_>>(), [2, 4]);
}

#[test]
fn unknown_missing_and_double_columns_are_named() {
    let text = message(b"band,head_count,band\n");
    assert!(text.contains(
        "file.csv, line 1, column “head_count”: this column is not known; the columns are “band”, “headcount”, “note”"
    ));
    assert!(text.contains("column “band”: this column stands twice"));
    assert!(text.contains("no column “headcount”"));
}

#[test]
fn what_is_not_utf8_is_named_with_its_line() {
    assert_eq!(
        message(b"band,headcount\n5,1\nB\xE9,2\n"),
        "file.csv, line 3: this is not UTF-8 text; save the file as “CSV UTF-8”"
    );
    assert!(message(b"").contains("the file is empty"));
    assert!(message(b"\xD0\xCF\x11\xE0\xA1\xB1").contains("old kind (.xls)"));
}

#[test]
fn a_row_of_another_width_is_named() {
    assert_eq!(
        message(b"band,headcount\n5\n6,1,2\n"),
        "file.csv, line 2: 1 values where the header names 2 columns; check the commas and quotes\n\
         file.csv, line 3: 3 values where the header names 2 columns; check the commas and quotes"
    );
}

#[test]
fn control_characters_are_refused() {
    assert!(message(b"band,headcount\n\"5\x00x\",1\n").contains("control character"));
}

#[test]
fn every_bad_count_says_what_stands_there() {
    let table =
        read(b"band,headcount\n1,12%\n2,1.5\n3,5-Aug\n4,many\n5,-3\n6,01/04/2024\n7,99999999999999999999\n8,\n")
            .expect("read");
    let error = table.collect(|row| row.count("headcount")).expect_err("refused");
    let wanted = ["percentage", "whole number", "date", "not a count", "whole number", "date", "too large", "no value"];
    for (problem, wanted) in error.problems.iter().zip(wanted) {
        assert!(problem.message.contains(wanted), "{problem:?} should say {wanted}");
    }
    assert_eq!(error.problems.len(), wanted.len());
}

#[test]
fn thousands_may_have_commas() {
    assert_eq!(read_count("1,234,567"), Ok(1_234_567));
    assert!(read_count("1,23").is_err());
    assert!(read_count("12,34,567").is_err());
}

#[test]
fn twenty_problems_are_spelt_out_and_the_rest_counted() {
    let rows: String = (0..25).map(|_| "5,x\n").collect();
    let table = read(format!("band,headcount\n{rows}").as_bytes()).expect("read");
    let text = table.collect(|row| row.count("headcount")).expect_err("refused").to_string();
    assert_eq!(text.lines().count(), 21);
    assert!(text.ends_with("and 5 more"));
}

proptest::proptest! {
    #[test]
    fn no_bytes_bring_it_down(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
        if let Ok(table) = read(&bytes) {
            let _ = table.collect(|row| row.count("headcount"));
        }
    }

    #[test]
    fn counts_survive_writing(count: u64) {
        proptest::prop_assert_eq!(read_count(&count.to_string()), Ok(count));
    }
}
