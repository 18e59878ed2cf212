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

/// `config/default.toml`, which is built in, as tables.
fn configuration_reference() -> String {
    let mut page = String::from(
        "# Configuration\n\nEvery setting with its default. Later wins: the defaults, then `--config FILE`, then the \
         environment\n(`CANDOUR__SERVER__PORT=9000`; a secret from a file: `CANDOUR__SECURITY__SECRET_FILE=/run/secrets/candour`).\n\
         An unknown key is an error. `candour config print` shows what holds and where it came from; `candour config check\n\
         --production` says what is too weak. Written by `make docs` from `config/default.toml`.\n",
    );
    let defaults = fs::read_to_string(root().join("config/default.toml")).expect("the defaults");
    for line in defaults.lines() {
        if let Some(section) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            page.push_str(&format!("\n## {section}\n| setting | default | meaning |\n| --- | --- | --- |\n"));
        } else if let Some((key, rest)) = line.split_once(" = ") {
            let (value, meaning) = rest.split_once(" # ").unwrap_or((rest, ""));
            page.push_str(&format!("| `{key}` | `{}` | {} |\n", value.trim(), meaning.trim()));
        }
    }
    page
}

#[test]
fn the_configuration_reference_is_that_of_the_defaults() {
    let page = root().join("docs/configuration.md");
    if std::env::var_os("CANDOUR_WRITE_DOCS").is_some() {
        fs::write(&page, configuration_reference()).expect("written");
    }
    let stands = fs::read_to_string(&page).unwrap_or_default();
    assert_eq!(stands, configuration_reference(), "`make docs` writes docs/configuration.md anew");
}

/// Markdown files that people read, with their text.
fn pages() -> Vec<(PathBuf, String)> {
    let mut folders = vec![root().join("docs")];
    let mut files: Vec<PathBuf> = ["README.md", "SECURITY.md", "CHANGELOG.md"].map(|name| root().join(name)).into();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            match path.extension() {
                _ if path.is_dir() => folders.push(path),
                Some(extension) if extension == "md" => files.push(path),
                _ => {}
            }
        }
    }
    files.into_iter().map(|path| (path.clone(), fs::read_to_string(path).expect("text"))).collect()
}

/// The addresses of `[text](address)` in Markdown.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](").skip(1).filter_map(|rest| rest.split_once(')').map(|(address, _)| address))
}

#[test]
fn links_between_pages_lead_somewhere() {
    for (page, text) in pages() {
        for link in links(&text).filter(|link| !link.contains("://") && !link.starts_with('#')) {
            let target = page.parent().expect("a folder").join(link.split('#').next().unwrap_or(link));
            assert!(target.exists(), "{}: {link} leads nowhere", page.display());
        }
    }
}

#[test]
fn the_book_has_every_page() {
    let summary = fs::read_to_string(root().join("docs/SUMMARY.md")).expect("the summary");
    let listed: Vec<PathBuf> = links(&summary).map(|link| root().join("docs").join(link)).collect();
    for (page, _) in pages() {
        let in_book = page.starts_with(root().join("docs")) && !page.starts_with(root().join("docs/decisions"));
        assert!(!in_book || page.ends_with("SUMMARY.md") || listed.contains(&page), "{} is missing", page.display());
    }
}

#[test]
fn every_picture_is_shown_at_both_sizes() {
    let text = fs::read_to_string(root().join("docs/pictures.md")).expect("the page of pictures");
    let shown: Vec<&str> = links(&text).filter_map(|link| link.strip_prefix("screens/")).collect();
    for entry in fs::read_dir(root().join("docs/screens")).expect("the pictures") {
        let name = entry.expect("an entry").file_name().into_string().expect("a name");
        assert!(shown.contains(&name.as_str()), "{name} is not in docs/pictures.md");
    }
    let (phone, desk): (Vec<&str>, Vec<&str>) = shown.iter().partition(|name| name.ends_with("-phone.png"));
    assert_eq!(phone.len(), desk.len(), "each page is there at the size of a desk and at that of a phone");
}

#[test]
fn what_names_no_test_is_found_out() {
    let here = "tests/integration/evidence.rs";
    assert!(names_a_test(&format!("{here}::what_names_no_test_is_found_out")));
    assert!(!names_a_test(&format!("{here}::root")), "a function that is no test");
    assert!(!names_a_test(&format!("{here}::nothing_of_the_kind")));
    assert!(!names_a_test("tests/integration/nowhere.rs::root"));
}
