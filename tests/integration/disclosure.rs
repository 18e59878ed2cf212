//! `candour protect` and `candour audit`: files in, files out, exit codes.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::support::Finished;

const SPECIFICATION: &str = "\
[input]
file = \"inner.csv\"
count = \"freq\"
[[variable]]
name = \"group\"
[[variable]]
name = \"answer\"
[[table]]
by = [\"group\", \"answer\"]
";

/// A specification beside files.
fn folder(specification: &str, files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary directory");
    for (name, text) in files.iter().chain(&[("spec.toml", specification)]) {
        fs::write(folder.path().join(name), text).expect("written");
    }
    folder
}

fn path(folder: &TempDir, name: &str) -> String {
    folder.path().join(name).to_str().expect("UTF-8").to_owned()
}

fn protect(folder: &TempDir) -> Finished {
    Finished::candour(&["protect", &path(folder, "spec.toml"), "--out", &path(folder, "out")], &[])
}

fn audit(folder: &TempDir, cells: &str) -> Finished {
    Finished::candour(&["audit", &path(folder, "spec.toml"), &path(folder, cells)], &[])
}

#[test]
fn a_protected_table_withstands_the_audit_until_one_more_cell_is_published() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/examples");
    let read = |name: &str| fs::read_to_string(examples.join(name)).expect("an example");
    let folder = folder(&read("answers.toml"), &[("answers.csv", &read("answers.csv"))]);
    protect(&folder).expect(0);

    let report = fs::read_to_string(folder.path().join("out/audit.json")).expect("a report");
    let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
    let keys: Vec<&str> = report.as_object().expect("an object").keys().map(String::as_str).collect();
    let mut wanted = [
        "cells",
        "published",
        "withheld",
        "primary",
        "secondary",
        "exact_disclosures",
        "narrowest_interval",
        "engine_seconds",
        "audit_seconds",
    ];
    wanted.sort_unstable();
    let mut sorted = keys.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, wanted);
    let number = |key: &str| report[key].as_u64().unwrap_or_else(|| panic!("no {key} in {report}"));
    assert_eq!(number("published") + number("withheld"), number("cells"));
    assert_eq!(number("primary") + number("secondary"), number("withheld"));
    assert!(number("secondary") > 0 && number("exact_disclosures") == 0, "{report}");

    let finished = audit(&folder, "out/cells.csv").expect(0);
    assert!(finished.stdout.is_empty(), "{}", finished.stdout);
    let cells = fs::read_to_string(folder.path().join("out/cells.csv")).expect("cells");
    assert!(cells.starts_with("directorate,ethnicity,answer,count,status\nTotal,Total,Total,"), "{cells}");

    // Every withheld cell is one too many: the engine withholds nothing without need.
    let secondary = cells.lines().find(|line| line.ends_with(",,withheld") && is_large(line, &read("answers.csv")));
    let secondary = secondary.expect("a cell withheld for the others");
    let count = count_of(secondary, &read("answers.csv"));
    let leaky = cells.replace(secondary, &secondary.replace(",,withheld", &format!(",{count},published")));
    fs::write(folder.path().join("leaky.csv"), leaky).expect("written");
    let finished = audit(&folder, "leaky.csv").expect(1);
    assert!(!finished.stdout.is_empty() && finished.stderr.contains("disclosed"), "{}", finished.stderr);
}

/// The true count of a cell, added up from the people's rows.
fn count_of(cell: &str, inner: &str) -> u64 {
    let wanted: Vec<&str> = cell.split(',').take(3).collect();
    let rows = inner.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
    // directorate,group,ethnicity,answer,freq
    let fits = |row: &Vec<&str>| {
        (wanted[0] == "Total" || wanted[0] == row[0])
            && (wanted[1] == "Total" || wanted[1] == row[1] || wanted[1] == row[2])
            && (wanted[2] == "Total" || wanted[2] == row[3])
    };
    rows.filter(fits).map(|row| row[4].parse::<u64>().expect("a count")).sum()
}

fn is_large(cell: &str, inner: &str) -> bool {
    count_of(cell, inner) >= 11
}

#[test]
fn a_determined_cell_is_printed_and_nothing_else() {
    // There is no file of counts: anybody can attack a published table.
    let cells = "group,answer,count,status\nw,a,20,published\nw,b,,withheld\nw,Total,67,published\n";
    let folder = folder(SPECIFICATION, &[("cells.csv", cells)]);
    let finished = audit(&folder, "cells.csv").expect(1);
    assert_eq!(finished.stdout, "w,b,47\n");
    assert!(finished.stderr.contains("cells.csv: 1 withheld"), "{}", finished.stderr);
}

#[test]
fn what_cannot_be_used_is_refused_with_its_line_and_nothing_is_written() {
    let inner = "group,answer,freq\nw,a,20\nw,b,47\n";
    let refused = |specification: &str, inner: &str, words: &str| {
        let folder = folder(specification, &[("inner.csv", inner)]);
        let finished = protect(&folder).expect(2);
        assert!(finished.stderr.contains(words), "“{words}” is not in: {}", finished.stderr);
        assert_eq!(finished.stderr.lines().count(), 1, "{}", finished.stderr);
        assert!(finished.stdout.is_empty() && !folder.path().join("out").exists());
    };
    refused(
        SPECIFICATION,
        &inner.replace("47", "-47"),
        "inner.csv, line 3, column “freq”: “-47” is not a whole number",
    );
    refused(SPECIFICATION, &inner.replace("w,b", "w,a"), "inner.csv, line 3: this cell stands in line 2 already");
    refused(SPECIFICATION, "", "inner.csv: the file is empty");
    refused(&SPECIFICATION.replace("[[table]]", "[[tables]]"), inner, "spec.toml, line 8: unknown field");
    refused(&SPECIFICATION.replace("inner.csv", "outer.csv"), inner, "outer.csv: cannot be read");
    let contradictory = "group,answer,count,status\nw,a,20,published\nw,b,47,published\nw,Total,60,published\n";
    let folder = folder(SPECIFICATION, &[("cells.csv", contradictory)]);
    let finished = audit(&folder, "cells.csv").expect(2);
    assert!(finished.stderr.contains("cells.csv: the published counts contradict each other"), "{}", finished.stderr);
}

#[test]
fn sizes_that_everybody_knows_do_not_make_small_counts_publishable() {
    // In w one person said “no”: she knows how the other two answered, whatever is published.
    let specification = format!("{SPECIFICATION}[policy]\nsecret = \"answer\"\n");
    let counts = "group,answer,freq\nw,a,2\nw,b,1\nx,a,40\nx,b,60\ny,a,30\ny,b,5\nz,a,60\nz,b,30\n";
    let folder = folder(&specification, &[("inner.csv", counts)]);
    protect(&folder).expect(0);
    let cells = std::fs::read_to_string(folder.path().join("out/cells.csv")).expect("cells");
    let small =
        |line: &&str| matches!(line.split(',').nth(2), Some(count) if count.parse().is_ok_and(|count: u64| count < 11));
    assert_eq!(cells.lines().skip(1).filter(small).count(), 0, "{cells}");
    assert!(cells.contains("w,Total,,withheld") && cells.contains("x,a,40,published"), "{cells}");
    audit(&folder, "out/cells.csv").expect(0);
}

#[test]
fn a_table_that_cannot_be_protected_is_not_written() {
    // Everybody's size is known, and there is only one answer.
    let specification = format!("{SPECIFICATION}[policy]\nsecret = \"answer\"\n");
    let folder = folder(&specification, &[("inner.csv", "group,answer,freq\nw,a,5\nx,a,20\n")]);
    let finished = protect(&folder).expect(1);
    assert!(finished.stderr.contains("is known to everybody"), "{}", finished.stderr);
    assert!(!folder.path().join("out").exists());
}
