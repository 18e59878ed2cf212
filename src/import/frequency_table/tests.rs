//! Good files, and what is said about bad ones.

use super::*;

const SPECIFICATION: &str = "\
[input]
file = \"inner.csv\"
count = \"freq\"
[[variable]]
name = \"eth\"
parent = [\"all\", \"group\"]
[[variable]]
name = \"dir\"
[[table]]
by = [\"dir\", \"eth\"]
[policy]
minimum_count = 5
";
const INNER: &str = "dir,all,group,eth,freq,note
x,any,white,irish,4,
x,any,white,welsh,12,
y,any,asian,indian,\"1,007\",seen twice
";

fn specification(text: &str) -> Result<Specification, ImportError> {
    Specification::read("spec.toml", text.as_bytes())
}

fn ours() -> Specification {
    specification(SPECIFICATION).expect("a specification")
}

fn inner(text: &str) -> Result<Inner, ImportError> {
    Inner::read("inner.csv", text.as_bytes(), &ours())
}

#[track_caller]
fn assert_says<T>(outcome: Result<T, ImportError>, words: &str) {
    let error = outcome.err().expect("refused").to_string();
    assert!(error.contains(words), "“{words}” is not in: {error}");
    assert!(!error.contains('\n'), "one sentence: {error}");
}

#[test]
fn a_table_is_read() {
    let inner = inner(INNER).expect("counts");
    let table = table(&ours(), &inner).expect("a table");
    // Total, any, asian, white, three categories; Total, x, y. “any” is everybody, under another name.
    assert_eq!(table.cells().len(), 7 * 3);
    assert_eq!(table.cells()[0].count, 1_023);
}

#[test]
fn people_are_counted_where_there_is_no_column_of_counts() {
    let specification = specification(&SPECIFICATION.replace("count = \"freq\"\n", "")).expect("a specification");
    let people = "dir,all,group,eth\nx,any,white,irish\nx,any,white,irish\n";
    let inner = Inner::read("inner.csv", people.as_bytes(), &specification).expect("counts");
    assert_eq!(table(&specification, &inner).expect("a table").cells()[0].count, 2);
}

#[test]
fn bad_specifications_are_named_with_their_line() {
    let with = |from: &str, to: &str| specification(&SPECIFICATION.replace(from, to));
    assert_says(with("minimum_count", "minimum_cout"), "spec.toml, line 12: unknown field");
    assert_says(with("\"dir\", \"eth\"", "\"dir\", \"ethn\""), "spec.toml, line 10: “ethn” is no [[variable]]");
    assert_says(with("= 5", "= -5"), "spec.toml, line 12");
    assert_says(with("= 5", "= 0"), "spec.toml, line 12: minimum_count is 0");
    assert_says(with("\"dir\"\n", "\"eth\"\n"), "spec.toml, line 8: “eth” is a variable twice");
    assert_says(with("\"dir\"\n", "\"count\"\n"), "spec.toml, line 8: “count” is a column");
    assert_says(with("minimum_count = 5", "secret = \"pay\""), "spec.toml, line 12: “pay” is no [[variable]]");
    assert_says(with("[policy]", "[policy"), "spec.toml, line 11");
    assert_says(with("[input]", "[import]"), "spec.toml");
    assert_says(Specification::read("spec.toml", b"[input]\nfile = \"\xff\""), "spec.toml, line 2: this is not UTF-8");
}

#[test]
fn bad_counts_are_named_with_their_line() {
    let with = |from: &str, to: &str| inner(&INNER.replace(from, to));
    assert_says(inner(""), "inner.csv: the file is empty");
    assert_says(inner("dir,all,group,eth,freq\n"), "inner.csv: there are no rows");
    assert_says(with("dir,", "unit,"), "inner.csv, line 1: no column “dir”");
    assert_says(with("note", "dir"), "inner.csv, line 1, column “dir”: this column stands twice");
    assert_says(with(",4,", ",-4,"), "inner.csv, line 2, column “freq”: “-4” is not a whole number");
    assert_says(with(",12,", ",1.5,"), "inner.csv, line 3, column “freq”: “1.5” is not a whole number");
    assert_says(with(",12,", ",2000000000,"), "inner.csv, line 3: the counts sum to more than");
    assert_says(with("welsh", "irish"), "inner.csv, line 3: this cell stands in line 2 already");
    assert_says(with("welsh", ""), "inner.csv, line 3, column “eth”: there is no value");
    assert_says(with("asian,indian", "asian,irish"), "“irish” lies in “asian” here and in “white” in line 2");
    assert_says(with("any,asian", "other,white"), "“white” lies in “other” here and in “any” in line 2");
    assert_says(with("x,any,white,welsh,12,", "x,any"), "inner.csv, line 3: 2 values");
    assert_says(Inner::read("inner.csv", b"dir\n\xff", &ours()), "inner.csv, line 2: this is not UTF-8");
}

#[test]
fn windows_line_ends_and_empty_lines_keep_the_numbers_right() {
    let windows = INNER.replace(",12,", ",x,").replace('\n', "\r\n\r\n");
    assert_says(inner(&windows), "inner.csv, line 5, column “freq”: “x” is not a count");
}

#[test]
fn a_published_table_is_read() {
    let inner = inner(INNER).expect("counts");
    let read = |text: &str| Cells::read("cells.csv", text.as_bytes(), &ours(), Some(&inner));
    let good = "eth,dir,count,status\nTotal,Total,1023,published\nirish,x,,withheld\n";
    let cells = read(good).expect("a table");
    assert_eq!(cells.published.iter().flatten().collect::<Vec<_>>(), [&1_023]);
    assert!(cells.counted.is_some());
    assert!(read(&good.replace("1023", "1024")).expect("a table").counted.is_none(), "another table's counts");
    assert_says(read(&good.replace("irish", "scottish")), "cells.csv, line 3, column “eth”: “scottish” is no category");
    assert_says(read(&good.replace("irish,x", "Total,Total")), "cells.csv, line 3, column “eth”: this cell stands");
    assert_says(read(&good.replace("1023", "")), "cells.csv, line 2, column “count”: there is no value");
    assert_says(read(&good.replace("x,,", "x,4,")), "cells.csv, line 3, column “count”: a withheld cell has a count");
    assert_says(read(&good.replace(",withheld", ",hidden")), "cells.csv, line 3, column “status”: “hidden”");
    assert_says(read(&good.replace(",dir", "").replace(",Total,", ",").replace(",x,", ",")), "no column “dir”");
    assert_says(read(&good.replace("1023", "3000000000")), "cells.csv, line 2, column “count”: more than");
}

#[test]
fn without_counts_the_categories_are_those_of_the_table() {
    let flat = specification(&SPECIFICATION.replace("parent = [\"all\", \"group\"]\n", "")).expect("a specification");
    let text = "eth,dir,count,status\nTotal,Total,30,published\na,x,20,published\nb,x,,withheld\n";
    let cells = Cells::read("cells.csv", text.as_bytes(), &flat, None).expect("a table");
    assert_eq!(cells.published.len(), 3 * 2);
    assert!(cells.counted.is_none());
}
