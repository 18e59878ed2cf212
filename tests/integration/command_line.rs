//! The command line: exit codes, and one clear sentence for bad input.

use std::fs;

use crate::support::{Finished, TestDatabase};

fn questionnaire_with(change: impl Fn(String) -> String) -> Finished {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let file = folder.path().join("questionnaire.toml");
    let built_in = candour::domain::questionnaire::BUILT_IN.to_owned();
    fs::write(&file, change(built_in)).expect("written");
    Finished::candour(&["questionnaire", "check", file.to_str().expect("UTF-8")], &[])
}

/// One line on stderr that has all of `words`, exit code 2.
#[track_caller]
fn assert_refused(finished: Finished, words: &[&str]) {
    let finished = finished.expect(2);
    assert!(finished.stdout.is_empty(), "{}", finished.stdout);
    for word in words {
        assert!(finished.stderr.contains(word), "“{word}” is not in: {}", finished.stderr);
    }
}

#[test]
fn the_built_in_questionnaire_is_right() {
    questionnaire_with(|text| text).expect(0);
}

#[test]
fn a_question_that_stands_twice_is_named_with_its_line() {
    let twice = |text: String| text.replacen("id = \"valued_by_manager\"", "id = \"respected_by_colleagues\"", 1);
    assert_refused(questionnaire_with(twice), &["questionnaire.toml, line ", "respected_by_colleagues"]);
}

#[test]
fn a_missing_translation_is_named_with_its_question() {
    let half =
        |text: String| text.lines().filter(|line| !line.contains("fy nhrin â pharch")).collect::<Vec<_>>().join("\n");
    assert_refused(questionnaire_with(half), &["questionnaire.toml", "cy"]);
}

#[test]
fn text_that_is_not_toml_is_refused_with_its_line() {
    assert_refused(questionnaire_with(|text| format!("{text}\n[[section")), &["questionnaire.toml, line "]);
}

#[test]
fn a_setting_with_a_typo_is_named() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let file = folder.path().join("candour.toml");
    fs::write(&file, "[server]\nprot = 80\n").expect("written");
    let finished = Finished::candour(&["config", "check", "--config", file.to_str().expect("UTF-8")], &[]);
    assert_refused(finished, &["prot"]);
    assert_refused(Finished::candour(&["config", "check"], &[("CANDOUR__SERVER__PROT", "80")]), &["prot"]);
}

#[test]
fn secrets_are_masked_where_settings_are_shown() {
    let finished = Finished::candour(&["config", "print"], &[("CANDOUR__MAIL__PASSWORD", "CANARY")]).expect(0);
    assert!(finished.stdout.contains("********") && !finished.stdout.contains("CANARY"), "{}", finished.stdout);
    assert!(!finished.stdout.contains("a secret of tests"), "{}", finished.stdout);
}

#[test]
fn every_file_of_settings_in_the_repository_is_right() {
    for entry in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/config")).expect("config") {
        let file = entry.expect("readable").path();
        Finished::candour(&["config", "check", "--config", file.to_str().expect("UTF-8")], &[]).expect(0);
    }
}

#[test]
fn usage_errors_end_with_two() {
    for arguments in [
        &["no-such-command"][..],
        &["serve", "--no-such-flag"],
        &["account", "create", "a@example.org", "--role", "king"],
    ] {
        Finished::candour(arguments, &[]).expect(2);
    }
    Finished::candour(&["--help"], &[]).expect(0);
    Finished::candour(&["--version"], &[]).expect(0);
}

#[test]
fn a_server_that_is_not_there_is_not_healthy() {
    Finished::candour(&["healthcheck"], &[("CANDOUR__SERVER__PORT", "1")]).expect(1);
}

#[test]
fn the_openapi_document_is_json() {
    let finished = Finished::candour(&["openapi"], &[]).expect(0);
    let document: serde_json::Value = serde_json::from_str(&finished.stdout).expect("JSON");
    assert_eq!(document["info"]["title"], "Candour");
}

#[test]
fn an_account_needs_an_organisation_that_is_there() {
    let database = TestDatabase::sqlite();
    let url = database.url();
    let create = |organisation: &str| {
        let arguments =
            ["account", "create", "lead@trust.example", "--role", "hr_lead", "--organisation", organisation];
        Finished::candour(&arguments, &[("CANDOUR__DATABASE__URL", &url)])
    };
    let refused = create("RXX").expect(2);
    assert_eq!(refused.stderr.trim(), "candour: there is no organisation RXX; import it first");
}
