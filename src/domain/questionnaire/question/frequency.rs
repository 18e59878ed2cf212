//! Frequency: how often something happens.
//!
//! `scale = "count"` counts bad experiences (never, 1 to 2 times, …): never scores 10, any other answer 0, so that
//! the share of unfavourable answers is the share of people to whom it happened. `scale = "habit"` runs from never to
//! always; `favourable_end` says which end is good news and scores run as on a Likert scale.

use super::likert::{dont_know, score_from_the_top};
use super::{Choice, Entry, Kind, Problems, RawQuestion, Translated, one_option};

/// What frequency is.
pub const ENTRY: Entry = Entry {
    name: "frequency",
    summary: "How often something happens.",
    keys: &["scale", "favourable_end", "dont_know"],
    example: r#"
kind = "frequency"
scale = "count"
"#,
    define,
    read: one_option,
};

const COUNT: [(&str, &str, &str); 5] = [
    ("never", "Never", "Dim o gwbl"),
    ("1_to_2", "1 to 2 times", "1 i 2 waith"),
    ("3_to_5", "3 to 5 times", "3 i 5 gwaith"),
    ("6_to_10", "6 to 10 times", "6 i 10 gwaith"),
    ("more_than_10", "More than 10 times", "Mwy na 10 gwaith"),
];

const HABIT: [(&str, &str, &str); 5] = [
    ("never", "Never", "Byth"),
    ("rarely", "Rarely", "Yn anaml"),
    ("sometimes", "Sometimes", "Weithiau"),
    ("often", "Often", "Yn aml"),
    ("always", "Always", "Bob amser"),
];

fn define(raw: &RawQuestion, problems: &mut Problems<'_>) -> (Kind, Vec<Choice>) {
    let id = raw.id.get_ref();
    let mut choices = match raw.scale.as_ref().map(|scale| scale.get_ref().as_str()) {
        Some("count") => counted(raw, problems),
        Some("habit") => habitual(raw, problems),
        Some(other) => {
            let span = raw.scale.as_ref().map(toml::Spanned::span).unwrap_or_default();
            problems.at(span, format!("“{other}” is not a frequency scale; write “count” or “habit”"));
            Vec::new()
        }
        None => {
            problems.at(raw.kind.span(), format!("question “{id}” has no scale; add scale = \"count\" or \"habit\""));
            Vec::new()
        }
    };
    choices.extend(dont_know(raw));
    (Kind::Frequency, choices)
}

fn counted(raw: &RawQuestion, problems: &mut Problems<'_>) -> Vec<Choice> {
    if let Some(end) = &raw.favourable_end {
        problems.at(
            end.span(),
            "a count scale counts bad experiences, so “never” is its favourable end; leave favourable_end out",
        );
    }
    let mut choices = steps(&COUNT);
    for choice in &mut choices {
        choice.favourable = choice.code == "never";
        choice.score = Some(if choice.favourable { 10.0 } else { 0.0 });
    }
    choices
}

fn habitual(raw: &RawQuestion, problems: &mut Problems<'_>) -> Vec<Choice> {
    let mut choices = steps(&HABIT);
    match raw.favourable_end.as_ref().map(|end| end.get_ref().as_str()) {
        None => {}
        Some("never") => score_from_the_top(choices.iter_mut()),
        Some("always") => score_from_the_top(choices.iter_mut().rev()),
        Some(other) => {
            let span = raw.favourable_end.as_ref().map(toml::Spanned::span).unwrap_or_default();
            problems.at(span, format!("“{other}” is not an end of this scale; write “never” or “always”"));
        }
    }
    choices
}

fn steps(scale: &[(&str, &str, &str)]) -> Vec<Choice> {
    scale.iter().map(|(code, en, cy)| Choice::neutral(code, Translated::new(*en, *cy))).collect()
}
