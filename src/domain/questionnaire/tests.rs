//! Definitions as authors write them, right and wrong.

use std::collections::{BTreeMap, BTreeSet};

use super::*;

const HEAD: &str = "id = \"small\"\nversion = 1\ntitle = { en = \"Small\", cy = \"Bach\" }\n\n[[section]]\nid = \"one\"\ntitle = { en = \"One\", cy = \"Un\" }\n";

fn question(id: &str, body: &str) -> String {
    format!(
        "\n[[section.question]]\nid = \"{id}\"\ntext = {{ en = \"Why?\", cy = \"Pam?\" }}\nserves = [\"support_staff\"]\n{}\n",
        body.trim()
    )
}

fn errors(source: &str) -> Vec<String> {
    match Questionnaire::parse(source) {
        Ok(_) => Vec::new(),
        Err(errors) => errors.all().iter().map(ToString::to_string).collect(),
    }
}

fn only_error(source: &str) -> String {
    let errors = errors(source);
    assert_eq!(errors.len(), 1, "{errors:#?}");
    errors.into_iter().next().unwrap_or_default()
}

#[test]
fn the_built_in_questionnaire_has_every_question_within_reach() {
    let questionnaire = Questionnaire::built_in().with_units(&[("mat".into(), "Maternity".into())]);
    let mut reached = BTreeSet::new();
    for target in questionnaire.questions() {
        // Walk back along first conditions, then forward with those answers.
        let mut answers: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut question = target;
        while let Some(condition) = question.ask_when.first() {
            answers.insert(condition.question.clone(), vec![condition.any_of[0].clone()]);
            question = questionnaire.question(&condition.question).expect("conditions are checked");
        }
        let asked = questionnaire.asked(|id| answers.get(id).map(Vec::as_slice).unwrap_or_default());
        assert!(asked.iter().any(|question| question.id == target.id), "{} is never asked", target.id);
        reached.insert(target.id.clone());
    }
    assert_eq!(reached.len(), questionnaire.questions().count());
}

#[test]
fn the_built_in_questionnaire_differs_between_its_languages() {
    let same_on_purpose = ["Roma", "Sikh"];
    for question in Questionnaire::built_in().questions() {
        assert_ne!(question.text(Language::English), question.text(Language::Welsh), "{}", question.id);
        for option in question.options() {
            let (english, welsh) = (option.label(Language::English), option.label(Language::Welsh));
            let same = same_on_purpose.contains(&english) || english.starts_with("Band ");
            assert!(same || english != welsh, "{} {}", question.id, option.code);
        }
    }
}

#[test]
fn the_built_in_questionnaire_feeds_the_indicators_and_classifications() {
    let questionnaire = Questionnaire::built_in();
    let measured =
        Indicator::SURVEYED.map(|indicator| questionnaire.measuring(indicator).map(|question| question.id.as_str()));
    let expected = ["harassed_by_public", "harassed_by_staff", "equal_opportunities", "discriminated_by_staff"];
    assert_eq!(measured, expected.map(Some));
    for classification in Classification::ALL {
        assert!(questionnaire.classifying(classification).next().is_some(), "{classification}");
    }
    for purpose in Purpose::ALL {
        assert!(questionnaire.serving(purpose).next().is_some(), "nothing serves {}", purpose.code());
    }
}

#[test]
fn a_respondent_is_asked_about_forty_questions() {
    let questionnaire = Questionnaire::built_in().with_units(&[("mat".into(), "Maternity".into())]);
    let asked = questionnaire.asked(|_| &[]).len();
    assert!((36..=46).contains(&asked), "{asked} questions without follow-ups");
}

#[test]
fn every_kind_of_question_parses_its_own_example() {
    for entry in question::ALL {
        let source = format!("{HEAD}{}", question("only", entry.example));
        let parsed = Questionnaire::parse(&source).unwrap_or_else(|errors| panic!("{}: {errors}", entry.name));
        let only = parsed.question("only").expect("the question is there");
        assert_eq!(only.kind.entry().name, entry.name);
        assert_eq!(only.has_options(), !only.options().is_empty());
    }
}

#[test]
fn units_fill_the_unit_question_or_remove_it() {
    let filled =
        Questionnaire::built_in().with_units(&[("mat".into(), "Maternity".into()), ("neo".into(), "Neonatal".into())]);
    let codes: Vec<&str> =
        filled.question("unit").expect("the unit question").options().iter().map(|unit| unit.code.as_str()).collect();
    assert_eq!(codes, ["mat", "neo"]);
    assert!(Questionnaire::built_in().with_units(&[]).question("unit").is_none());
}

#[test]
fn options_are_sensitive_until_declared_otherwise() {
    let source = format!(
        "{HEAD}{}{}",
        question("a", "kind = \"likert\""),
        question("b", "kind = \"likert\"\nsensitive = [\"disagree\"]")
    );
    let parsed = Questionnaire::parse(&source).expect("a good definition");
    let sensitive =
        |id: &str| parsed.question(id).expect("it is there").options().iter().filter(|option| option.sensitive).count();
    assert_eq!((sensitive("a"), sensitive("b")), (5, 1));
}

#[test]
fn likert_scores_run_from_the_favourable_end() {
    let source =
        format!("{HEAD}{}", question("a", "kind = \"likert\"\nfavourable_end = \"disagree\"\ndont_know = true"));
    let parsed = Questionnaire::parse(&source).expect("a good definition");
    let scores: Vec<Option<f64>> =
        parsed.question("a").expect("it is there").options().iter().map(|option| option.score).collect();
    assert_eq!(scores, [Some(0.0), Some(2.5), Some(5.0), Some(7.5), Some(10.0), None]);
}

#[test]
fn mistakes_are_named_with_their_line() {
    let likert = "kind = \"likert\"";
    let cases = [
        (
            format!("{HEAD}{}{}", question("a", likert), question("a", likert)),
            "line 16: question id “a” stands twice; give each question its own id",
        ),
        (
            format!("{HEAD}{}", question("a", likert).replace(", cy = \"Pam?\"", "")),
            "line 11: question “a” has no Welsh text; add text.cy",
        ),
        (
            format!(
                "{HEAD}{}",
                question("a", "kind = \"likert\"\nask_when = [{ question = \"gone\", any_of = [\"agree\"] }]")
            ),
            "line 14: question “a” depends on “gone”, but no question has this id; correct the id or remove the condition",
        ),
        (
            format!(
                "{HEAD}{}{}",
                question("a", "kind = \"likert\"\nask_when = [{ question = \"b\", any_of = [\"agree\"] }]"),
                question("b", likert)
            ),
            "line 14: question “a” looks ahead to “b”; a question can only depend on an earlier one",
        ),
        (
            format!(
                "{HEAD}{}{}",
                question("a", likert),
                question("b", "kind = \"likert\"\nask_when = [{ question = \"a\", any_of = [\"yes\"] }]")
            ),
            "line 20: question “b” waits for the answer “yes”, which “a” does not offer; use the code of an option",
        ),
        (
            format!(
                "{HEAD}{}{}",
                question("a", likert),
                question("b", "kind = \"likert\"\nask_when = [{ question = \"a\", any_of = [] }]")
            ),
            "line 20: question “b” could never be asked; name at least one answer in any_of",
        ),
        (
            format!("{HEAD}{}", question("a", "kind = \"slider\"")),
            "line 13: “slider” is not a kind of question; use one of single_choice, multiple_choice, likert, frequency, free_text",
        ),
        (
            format!("{HEAD}{}", question("a", "kind = \"likert\"\nscale = \"count\"")),
            "line 14: question “a” is of kind likert, which has no scale; remove it",
        ),
        (
            format!("{HEAD}{}", question("a", "kind = \"frequency\"")),
            "line 13: question “a” has no scale; add scale = \"count\" or \"habit\"",
        ),
        (
            format!("{HEAD}{}", question("a", "kind = \"likert\"\nsensitive = [\"maybe\"]")),
            "line 14: sensitive of question “a” names “maybe”, which is not one of its options; use the code of an option",
        ),
        (
            format!("{HEAD}{}", question("A!", likert)),
            "line 10: “A!” cannot be the id of a question; use lower-case letters, digits and “_”, at most 60",
        ),
        (
            format!(
                "{HEAD}{}",
                question(
                    "a",
                    "kind = \"single_choice\"\nclassifies = \"pay_band\"\noptions = [\n{ code = \"5\", en = \"5\", cy = \"5\" },\n{ code = \"10\", en = \"10\", cy = \"10\" },\n]"
                )
            ),
            "line 10: “10” is not a code of pay_band; see docs/questionnaires.md for the codes",
        ),
        (
            format!("{HEAD}{}", question("a", "kind = \"likert\"\nmeasures = \"wres5\"")),
            "line 14: wres5 needs favourable and unfavourable answers; say which answers of question “a” are",
        ),
        (
            format!("{HEAD}distressing = true\n{}", question("a", likert)),
            "line 8: a distressing section needs a support text; add support.en and support.cy at the top of the file",
        ),
        (HEAD.to_owned(), "line 5: section “one” has no questions; add [[section.question]] or remove it"),
        (
            format!("{HEAD}colour = 1\n"),
            "line 8: the definition cannot be read: unknown field `colour`, expected one of `id`, `title`, `distressing`, `question`",
        ),
    ];
    for (source, expected) in cases {
        assert!(errors(&source).contains(&expected.to_owned()), "expected {expected}, found {:#?}", errors(&source));
    }
}

#[test]
fn all_mistakes_are_reported_at_once_and_in_order() {
    let source = format!(
        "{HEAD}{}{}",
        question("a", "kind = \"slider\""),
        question("a", "kind = \"likert\"\nfavourable_end = \"up\"").replace("support_staff", "profit")
    );
    let lines: Vec<String> =
        errors(&source).into_iter().map(|error| error.split(':').next().unwrap_or_default().to_owned()).collect();
    assert_eq!(lines, ["line 13", "line 18", "line 20"]);
}

#[test]
fn a_file_that_is_no_toml_is_refused_in_one_sentence() {
    assert!(only_error("id = \n").starts_with("line 1: the definition cannot be read: "));
    assert_eq!(only_error(&"#".repeat(600 * 1024)), "the definition is longer than 512 KiB; shorten it");
}

#[test]
fn the_authors_page_explains_every_kind_key_and_purpose() {
    const PAGE: &str = include_str!("../../../docs/questionnaires.md");
    let explained = |word: &str| PAGE.contains(&format!("`{word}`")) || PAGE.contains(&format!("`{word} ="));
    for entry in question::ALL {
        assert!(explained(entry.name), "{}", entry.name);
        assert!(entry.keys.iter().all(|key| explained(key)), "{}", entry.name);
    }
    let prongs = Purpose::ALL.into_iter().filter(|purpose| matches!(purpose, Purpose::Prong(_)));
    assert!(prongs.map(Purpose::code).all(explained));
    let first_example = PAGE.split("```").nth(1).and_then(|block| block.strip_prefix("toml")).expect("an example");
    assert!(Questionnaire::parse(first_example).is_ok(), "{:?}", Questionnaire::parse(first_example));
}
