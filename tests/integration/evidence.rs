//! Documents that claim something about the code are held to it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Whether `evidence` (`FILE::TEST`) names a test: a Rust function, or the beginning of a browser test's title.
fn names_a_test(evidence: &str) -> bool {
    let Some((file, test)) = evidence.split_once("::") else { return false };
    let text = fs::read_to_string(root().join(file)).unwrap_or_default();
    match Path::new(file).extension().and_then(|extension| extension.to_str()) {
        Some("rs") => {
            let function = format!("fn {test}(");
            // `#[test]` or `#[actix_web::test]`, or the macro that makes one test for each database.
            let marked = |start: usize| {
                let before: Vec<&str> = text[..start].lines().rev().take(4).collect();
                before.iter().any(|line| line.contains("test]") || line.contains("on_both_databases!"))
            };
            text.match_indices(&function).any(|(start, _)| marked(start))
        }
        Some("mjs") => text.contains(&format!("test(\"{test}")) || text.contains(&format!("test(`{test}")),
        _ => false,
    }
}

/// The requirements of OWASP ASVS 5.0.0 at levels 1 and 2, by level.
const REQUIREMENTS: [(&str, usize); 2] = [("1", 70), ("2", 183)];

#[test]
fn every_requirement_of_the_asvs_has_a_status_and_its_evidence_exists() {
    let file = fs::File::open(root().join("docs/asvs.csv")).expect("docs/asvs.csv");
    let mut levels: BTreeMap<String, usize> = BTreeMap::new();
    let mut before: Vec<u32> = Vec::new();
    for row in csv::Reader::from_reader(file).records() {
        let row = row.expect("a row of six columns");
        let [requirement, level, about, status, evidence, note] = std::array::from_fn(|column| &row[column]);
        let number: Vec<u32> = requirement[1..].split('.').map(|part| part.parse().expect("a number")).collect();
        assert!(number > before, "{requirement} stands twice or out of order");
        before = number;
        *levels.entry(level.to_owned()).or_default() += 1;
        assert!(!about.is_empty(), "{requirement} says what it is about");
        match status {
            "tested" => assert!(names_a_test(evidence), "{requirement}: no such test: {evidence}"),
            "by design" | "operator's" => {
                assert!(root().join(evidence).is_file(), "{requirement}: no file {evidence:?}")
            }
            "gap" | "not applicable" => assert!(!note.is_empty(), "{requirement} says why"),
            _ => panic!("{requirement}: unknown status {status:?}"),
        }
    }
    assert_eq!(levels, REQUIREMENTS.map(|(level, count)| (level.to_owned(), count)).into());
}

#[test]
fn what_names_no_test_is_found_out() {
    let here = "tests/integration/evidence.rs";
    assert!(names_a_test(&format!("{here}::what_names_no_test_is_found_out")));
    assert!(!names_a_test(&format!("{here}::root")), "a function that is no test");
    assert!(!names_a_test(&format!("{here}::nothing_of_the_kind")));
    assert!(!names_a_test("tests/integration/nowhere.rs::root"));
}
