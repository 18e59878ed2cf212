//! The OpenAPI document: complete, the same as the one in docs/, and readable for people.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use candour::web::openapi::{document, operations, problems};
use serde_json::Value;

use crate::support::{App, Finished, TestDatabase};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_document_is_the_one_in_docs() {
    let printed = Finished::candour(&["openapi"], &[]).expect(0).stdout;
    let file = root().join("docs/openapi.json");
    if std::env::var_os("CANDOUR_WRITE_DOCS").is_some() {
        fs::write(&file, &printed).expect("written");
    }
    let kept = fs::read_to_string(&file).unwrap_or_default();
    let (now, before): (Value, Value) =
        (serde_json::from_str(&printed).expect("JSON"), serde_json::from_str(&kept).unwrap_or_default());
    let parts = |document: &Value| -> BTreeMap<String, Value> {
        operations(document).map(|(path, method, operation)| (format!("{method} {path}"), operation.clone())).collect()
    };
    let (now_parts, parts_before) = (parts(&now), parts(&before));
    let changed: Vec<&String> = now_parts
        .keys()
        .chain(parts_before.keys())
        .filter(|name| now_parts.get(*name) != parts_before.get(*name))
        .collect();
    assert!(
        changed.is_empty(),
        "the API has changed: {changed:?}; read the change, then write it down with `make docs`"
    );
    assert!(now == before, "the API's schemas have changed; read the change, then write it down with `make docs`");
}

#[test]
fn every_operation_is_complete() {
    let document = document();
    let mut names = BTreeSet::new();
    for (path, method, operation) in operations(document) {
        let at = format!("{method} {path}");
        let name = operation["operationId"].as_str().unwrap_or_else(|| panic!("{at} has no name"));
        assert!(names.insert(name.to_owned()), "{name} stands twice");
        assert!(operation["summary"].as_str().is_some_and(|text| text.ends_with('.')), "{at} says nothing of itself");
        assert!(operation["tags"][0].is_string(), "{at} has no tag");
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let known = parameter["$ref"].is_string() || parameter["description"].is_string();
            assert!(known, "{at}: {parameter}");
        }
        let bodies = operation["responses"].as_object().expect("answers").values().chain([&operation["requestBody"]]);
        for body in bodies {
            for (kind, content) in body["content"].as_object().into_iter().flatten() {
                let shown = content.get("example").is_some() || content.get("examples").is_some();
                assert!(kind != "application/json" || shown, "{at}: a body without an example");
            }
            assert!(
                body.is_null()
                    || body["$ref"].is_string()
                    || body["description"].is_string()
                    || *body == operation["requestBody"]
            );
        }
        assert!(operation["responses"]["503"]["$ref"].is_string(), "{at}");
    }
    assert!(names.len() > 50);
}

#[test]
fn every_reference_leads_somewhere() {
    fn references(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(fields) => {
                found.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
                fields.values().for_each(|field| references(field, found));
            }
            Value::Array(entries) => entries.iter().for_each(|entry| references(entry, found)),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    references(document(), &mut found);
    assert!(found.len() > 50);
    for reference in found {
        assert!(document().pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
    }
}

/// Names of kinds that the source makes: after `code: "` and after a status in `Problem::new`.
fn kinds_in(source: &str) -> Vec<String> {
    let name = |text: &str| text.split('"').next().map(str::to_owned);
    let codes = source.split("code: \"").skip(1).filter_map(name);
    let problems = source.split("StatusCode::").skip(1).filter_map(|rest| {
        let after = rest.split_once(',')?.1.trim_start();
        let status_alone = rest.split_once(',')?.0.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_');
        after.strip_prefix('"').filter(|_| status_alone).and_then(name)
    });
    codes.chain(problems).collect()
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn every_kind_of_problem_is_told() {
    let mut files = Vec::new();
    for room in ["src/services", "src/web"] {
        sources(&root().join(room), &mut files);
    }
    let mut made = BTreeSet::new();
    for file in files.iter().filter(|file| !file.ends_with("openapi/problems.rs")) {
        made.extend(kinds_in(&fs::read_to_string(file).expect("text")));
    }
    made.extend(["survey-not-draft", "survey-not-closed"].map(str::to_owned));
    assert!(made.contains("survey-not-open") && made.contains("unknown-link") && made.len() > 25, "{made:?}");
    let told: BTreeSet<String> = problems::ALL.iter().map(|kind| kind.name.to_owned()).collect();
    assert_eq!(told.len(), problems::ALL.len(), "a kind stands twice");
    let untold: Vec<_> = made.difference(&told).collect();
    assert!(untold.is_empty(), "kinds that web/openapi/problems.rs does not tell of: {untold:?}");
    let gone: Vec<_> = told.difference(&made).collect();
    assert!(gone.is_empty(), "kinds that nobody makes any more: {gone:?}");
}

#[test]
fn people_can_read_it_without_a_script_and_from_here_alone() {
    let app = App::spawn(TestDatabase::sqlite());
    let page = app.client.get("/api/docs").expect(200);
    for (path, method, operation) in operations(document()) {
        assert!(page.body.contains(&format!("{} {path}", method.to_uppercase())), "{method} {path}");
        assert!(page.body.contains(&format!("id=\"{}\"", operation["operationId"].as_str().expect("a name"))));
    }
    for kind in problems::ALL {
        assert!(page.body.contains(&format!("{}{}", problems::PREFIX, kind.name)), "{}", kind.name);
    }
    for foreign in ["<script", "src=\"http", "href=\"http", "style=\""] {
        assert!(!page.body.contains(foreign), "{foreign}");
    }
    assert!(page.header("content-security-policy").is_some_and(|policy| !policy.contains("unsafe")));
}
