//! Likert: agreement with a statement, in five steps, strongest agreement first.
//!
//! `favourable_end` says which end is good news, `agree` or `disagree`; without it the question has no score. Scores
//! run 10, 7.5, 5, 2.5, 0 from the favourable end; the two answers nearest to it are favourable.

use super::{Choice, Entry, Kind, Problems, RawQuestion, Translated, one_option};

/// What Likert is.
pub const ENTRY: Entry = Entry {
    name: "likert",
    summary: "Agreement with a statement, in five steps.",
    keys: &["favourable_end", "dont_know"],
    example: r#"
kind = "likert"
favourable_end = "agree"
dont_know = true
"#,
    define,
    read: one_option,
};

const STEPS: [(&str, &str, &str); 5] = [
    ("strongly_agree", "Strongly agree", "Cytuno’n gryf"),
    ("agree", "Agree", "Cytuno"),
    ("neither", "Neither agree nor disagree", "Ddim yn cytuno nac yn anghytuno"),
    ("disagree", "Disagree", "Anghytuno"),
    ("strongly_disagree", "Strongly disagree", "Anghytuno’n gryf"),
];

fn define(raw: &RawQuestion, problems: &mut Problems<'_>) -> (Kind, Vec<Choice>) {
    let mut choices: Vec<Choice> =
        STEPS.iter().map(|(code, en, cy)| Choice::neutral(code, Translated::new(*en, *cy))).collect();
    match raw.favourable_end.as_ref().map(|end| end.get_ref().as_str()) {
        None => {}
        Some("agree") => score_from_the_top(choices.iter_mut()),
        Some("disagree") => score_from_the_top(choices.iter_mut().rev()),
        Some(other) => {
            let span = raw.favourable_end.as_ref().map(toml::Spanned::span).unwrap_or_default();
            problems.at(span, format!("“{other}” is not an end of a Likert scale; write “agree” or “disagree”"));
        }
    }
    choices.extend(dont_know(raw));
    (Kind::Likert, choices)
}

/// Gives 10, 7.5, 5, 2.5, 0 in the order of `choices`.
pub(super) fn score_from_the_top<'a>(choices: impl Iterator<Item = &'a mut Choice>) {
    for (choice, score) in choices.zip([10.0, 7.5, 5.0, 2.5, 0.0]) {
        choice.score = Some(score);
        choice.favourable = score > 5.0;
    }
}

/// The option “don’t know”, where the definition asks for it. It has no score.
pub(super) fn dont_know(raw: &RawQuestion) -> Option<Choice> {
    let wanted = raw.dont_know.as_ref().is_some_and(|wanted| *wanted.get_ref());
    wanted.then(|| Choice::neutral("dont_know", Translated::new("Don’t know", "Ddim yn gwybod")))
}
