//! Answers at one length: as an open survey keeps them, before they are sealed.
//!
//! Whatever somebody answers, it takes the same number of bytes: lengths would otherwise tell which response each became.
//! Questions and options stand as their places in the questionnaire, which never changes once it can be answered, so that
//! the length is little more than that of the longest comments. A text has two bytes for each of the characters that it
//! may have, counted as browsers count them.

use super::{Answer, Response};
use crate::domain::questionnaire::{Kind, Question, Questionnaire};

/// How the answers to a questionnaire are packed.
#[derive(Debug, Clone)]
pub struct Packing {
    questionnaire: Questionnaire,
}

// What each question begins with; larger numbers say more, each kind in its own way.
const NOT_ASKED: u16 = 0;
const SKIPPED: u16 = 1;
const PREFERS_NOT_TO_SAY: u16 = 2;
const GIVEN: u16 = 3;

impl Packing {
    /// Packs answers to `questionnaire`: as it is for the whole survey, with everything that anybody is offered.
    pub fn new(questionnaire: Questionnaire) -> Self {
        Self { questionnaire }
    }

    /// The answers; `None` when the questionnaire does not offer one of them.
    pub fn pack(&self, response: &Response) -> Option<Vec<u8>> {
        let known = self.questionnaire.questions().filter(|question| response.answers.contains_key(&question.id));
        if known.count() != response.answers.len() {
            return None;
        }
        let mut packed = Vec::new();
        for question in self.questionnaire.questions() {
            let (head, rest) = match response.answer(&question.id) {
                Answer::NotAsked => (NOT_ASKED, Vec::new()),
                Answer::Skipped => (SKIPPED, Vec::new()),
                Answer::PreferNotToSay => (PREFERS_NOT_TO_SAY, Vec::new()),
                Answer::Chosen(codes) => chosen(question, codes)?,
                Answer::Text(text) => written(text)?,
            };
            let end = packed.len() + 2 + room(question);
            packed.extend(head.to_be_bytes());
            packed.extend(rest);
            if packed.len() > end {
                return None;
            }
            packed.resize(end, 0);
        }
        Some(packed)
    }

    /// What [`Packing::pack`] packed; `None` for anything else.
    pub fn unpack(&self, mut packed: &[u8]) -> Option<Response> {
        let mut response = Response { answers: Default::default() };
        for question in self.questionnaire.questions() {
            let (head, rest) = packed.split_first_chunk::<2>()?;
            let (body, rest) = rest.split_at_checked(room(question))?;
            packed = rest;
            let answer = match u16::from_be_bytes(*head) {
                NOT_ASKED => continue,
                SKIPPED => Answer::Skipped,
                PREFERS_NOT_TO_SAY => Answer::PreferNotToSay,
                more => given(question, usize::from(more - GIVEN), body)?,
            };
            response.answers.insert(question.id.clone(), answer);
        }
        packed.is_empty().then_some(response)
    }
}

/// Bytes that an answer may take beyond its beginning.
fn room(question: &Question) -> usize {
    match &question.kind {
        Kind::FreeText(text) => 2 * text.longest,
        Kind::MultipleChoice(_) => question.options().len().div_ceil(8),
        Kind::SingleChoice | Kind::Likert | Kind::Frequency => 0,
    }
}

/// One option by its place; several by a bit each.
fn chosen(question: &Question, codes: &[String]) -> Option<(u16, Vec<u8>)> {
    let place = |code: &String| question.options().iter().position(|option| option.code == *code);
    if !matches!(question.kind, Kind::MultipleChoice(_)) {
        let [code] = codes else { return None };
        return Some((GIVEN.checked_add(u16::try_from(place(code)?).ok()?)?, Vec::new()));
    }
    let mut bits = vec![0; room(question)];
    for code in codes {
        let place = place(code)?;
        bits[place / 8] |= 1 << (place % 8);
    }
    Some((GIVEN, bits))
}

/// A text by its length, and its UTF-16.
fn written(text: &str) -> Option<(u16, Vec<u8>)> {
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    Some((GIVEN.checked_add(u16::try_from(units.len() / 2).ok()?)?, units))
}

fn given(question: &Question, number: usize, body: &[u8]) -> Option<Answer> {
    let options = question.options();
    match question.kind {
        Kind::FreeText(_) => {
            let units: Vec<u16> =
                body.get(..2 * number)?.chunks_exact(2).map(|unit| u16::from_be_bytes([unit[0], unit[1]])).collect();
            Some(Answer::Text(String::from_utf16(&units).ok()?))
        }
        Kind::MultipleChoice(_) => {
            let is_set = |place: &usize| body[place / 8] & (1 << (place % 8)) != 0;
            Some(Answer::Chosen((0..options.len()).filter(is_set).map(|place| options[place].code.clone()).collect()))
        }
        Kind::SingleChoice | Kind::Likert | Kind::Frequency => {
            Some(Answer::Chosen(vec![options.get(number)?.code.clone()]))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::questionnaire::PREFER_NOT_TO_SAY;
    use crate::domain::response::RawAnswers;

    fn questionnaire() -> Questionnaire {
        let units: Vec<(String, String)> = (0..300).map(|n| (format!("u{n}"), format!("Unit {n}"))).collect();
        Questionnaire::built_in().with_units(&units)
    }

    fn packed(given: &RawAnswers) -> Vec<u8> {
        let response = Response::parse(&questionnaire(), given).expect("good answers");
        let packing = Packing::new(questionnaire());
        let packed = packing.pack(&response).expect("it fits");
        assert!(packing.unpack(&packed) == Some(response), "it is read back as it was");
        packed
    }

    fn one(id: &str, values: &[&str]) -> RawAnswers {
        RawAnswers::from([(id.to_owned(), values.iter().map(|value| (*value).to_owned()).collect())])
    }

    #[test]
    fn every_answer_has_the_same_length() {
        let length = packed(&one("belonging", &["agree"])).len();
        // Two bytes a question, and two for each character of the one comment.
        assert!(length < 3_000 + 200, "{length}");
        for answers in [
            one("belonging", &[PREFER_NOT_TO_SAY]),
            one("unit", &["u299"]),
            one("comment", &[&"ŵ".repeat(1_500)]),
            one("comment", &[&"𝒳".repeat(750)]),
            one("comment", &["Tŷ\r\n☕"]),
        ] {
            assert_eq!(packed(&answers).len(), length, "{answers:?}");
        }
    }

    #[test]
    fn what_the_questionnaire_does_not_offer_is_not_packed() {
        let packing = Packing::new(questionnaire().with_units(&[]));
        for (id, answer) in [
            ("unit", Answer::Chosen(vec!["u1".into()])),
            ("belonging", Answer::Chosen(vec!["perhaps".into()])),
            ("belonging", Answer::Chosen(Vec::new())),
            ("comment", Answer::Text("x".repeat(1_501))),
        ] {
            let response = Response { answers: [(id.to_owned(), answer)].into() };
            assert_eq!(packing.pack(&response), None, "{id}");
        }
    }

    #[test]
    fn anything_else_is_not_unpacked() {
        let (packing, whole) = (Packing::new(questionnaire()), packed(&one("belonging", &["agree"])));
        assert!(packing.unpack(&whole[1..]).is_none() && packing.unpack(&[&whole[..], &[0]].concat()).is_none());
        assert!(packing.unpack(&vec![0xff; whole.len()]).is_none());
    }

    proptest! {
        #[test]
        fn whatever_is_answered_is_read_back_and_says_nothing_by_its_length(picks in proptest::collection::vec(0_usize..12, 100), comment in "\\PC{0,300}") {
            let questionnaire = questionnaire();
            let mut given = RawAnswers::new();
            let mut picks = picks.into_iter().cycle();
            let mut pick = || picks.next().unwrap_or(0);
            for _ in 0..3 {
                // Several rounds, because answers decide what is asked.
                for question in questionnaire.asked(|id| given.get(id).map(Vec::as_slice).unwrap_or_default()) {
                    let options = question.options();
                    let values = match (pick(), &question.kind) {
                        (0, _) => Vec::new(),
                        (_, Kind::FreeText(_)) => vec![comment.clone()],
                        (1, _) => vec![PREFER_NOT_TO_SAY.to_owned()],
                        (n, _) => vec![options[n % options.len()].code.clone()],
                    };
                    given.insert(question.id.clone(), values);
                }
                given = crate::domain::response::without_answers_not_asked(&questionnaire, given);
            }
            if let Ok(response) = Response::parse(&questionnaire, &given) {
                let packing = Packing::new(questionnaire);
                let packed = packing.pack(&response).expect("it fits");
                prop_assert_eq!(packed.len(), super::tests::packed(&one("belonging", &["agree"])).len());
                prop_assert!(packing.unpack(&packed) == Some(response));
            }
        }
    }
}
