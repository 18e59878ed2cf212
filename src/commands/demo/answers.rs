//! Fictional answers. Synthetic: a made-up person's answers differ by ethnic group and team, so that there is
//! something to see; the sizes of the differences are invented.

use std::collections::HashMap;

use fastrand::Rng;

use super::staff::{Person, choose};
use crate::domain::questionnaire::{Choice, Classification, Kind, PREFER_NOT_TO_SAY, Question, Questionnaire};
use crate::domain::response::RawAnswers;

const COMMENTS: [&str; 4] = [
    "My manager listens, and things have changed since last year.",
    "Acting-up posts are given without being advertised.",
    "The staff network is good; more time for it would help.",
    "I would like to see who is shortlisted and who is appointed, by group.",
];

/// Answers of `person` to `questionnaire` (as their link shows it), following its routing.
pub(super) fn answers(person: &Person, questionnaire: &Questionnaire, rng: &mut Rng) -> RawAnswers {
    let mut given = RawAnswers::new();
    for question in questionnaire.questions() {
        let asked = questionnaire.asked(|id| given.get(id).map(Vec::as_slice).unwrap_or_default());
        if asked.iter().any(|other| other.id == question.id) {
            let answer = answer(person, question, rng);
            if !answer.is_empty() {
                given.insert(question.id.clone(), answer);
            }
        }
    }
    given
}

fn answer(person: &Person, question: &Question, rng: &mut Rng) -> Vec<String> {
    if rng.u32(0..100) < 3 {
        return Vec::new();
    }
    if let Some(classification) = question.classifies {
        return place(person, classification, question);
    }
    match question.kind {
        Kind::FreeText(_) if rng.u32(0..100) < 8 => vec![COMMENTS[rng.usize(0..COMMENTS.len())].to_owned()],
        Kind::FreeText(_) => Vec::new(),
        _ if rng.u32(0..100) < 1 => vec![PREFER_NOT_TO_SAY.to_owned()],
        _ => pick(person, question, rng).map(|choice| vec![choice.code.clone()]).unwrap_or_default(),
    }
}

/// Where the person belongs; nothing when the question does not offer it.
fn place(person: &Person, classification: Classification, question: &Question) -> Vec<String> {
    let own = match classification {
        Classification::Unit => person.unit.as_str(),
        Classification::PayBand => person.pay_band,
        Classification::StaffGroup => person.staff_group,
        Classification::Ethnicity => person.ethnicity,
    };
    let group = own.split('_').next().unwrap_or_default();
    let offered = |code: &str| question.option(code).map(|choice| vec![choice.code.clone()]);
    offered(own).or_else(|| offered(group).filter(|_| classification == Classification::Ethnicity)).unwrap_or_default()
}

/// Favourable or not by chance, then one option of that kind.
fn pick<'a>(person: &Person, question: &'a Question, rng: &mut Rng) -> Option<&'a Choice> {
    let (favourable, other): (Vec<&Choice>, Vec<&Choice>) =
        question.options().iter().filter(|choice| choice.score.is_some()).partition(|choice| choice.favourable);
    if favourable.is_empty() || other.is_empty() {
        return any(question.options().iter().collect(), rng);
    }
    if rng.u32(0..100) < favourable_percent(person, question) { any(favourable, rng) } else { any(other, rng) }
}

fn any<'a>(choices: Vec<&'a Choice>, rng: &mut Rng) -> Option<&'a Choice> {
    if choices.is_empty() { None } else { Some(choices[rng.usize(0..choices.len())]) }
}

/// Chance of a favourable answer, in percent: by group, question and team.
fn favourable_percent(person: &Person, question: &Question) -> u32 {
    let by_group = HashMap::from([("white", 68), ("asian", 57), ("black", 48), ("mixed", 55), ("other", 56)]);
    let group = person.ethnicity.split('_').next().unwrap_or_default();
    let base = by_group.get(group).copied().unwrap_or(60);
    // Questions and teams differ by up to ten points either way, the same in every run.
    let spread =
        |text: &str| text.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte))) % 21;
    let rare = if question.measures.is_some() { 10 } else { 0 };
    (base + rare + spread(&question.id) + spread(&person.unit)).saturating_sub(20).min(97)
}

/// A number that is the same for the same text: so that nobody's answers depend on the order of the mailbox.
pub(super) fn seed_of(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

/// Whether the person takes part: a little more than half do, fewer in the lowest bands and on wards.
pub(super) fn takes_part(person: &Person, rng: &mut Rng) -> bool {
    let percent = match person.pay_band {
        "1" | "2" | "3" => 46,
        "medical_trainee" => 42,
        "7" | "8a" | "8b" | "8c" | "vsm" => 72,
        _ => 58,
    };
    choose(&[("yes", percent), ("no", 100 - percent)], rng) == "yes"
}
