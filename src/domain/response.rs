//! A response: what one respondent answered, checked against the questionnaire.
//!
//! A [`Response`] exists only by [parsing](Response::parse) or by being read back from the store, and has no link to
//! an invitation, no time and no order. It cannot be serialised by accident: [`Response::to_stored`] is the one way
//! out, for the storage layer alone. Counting responses belongs in [`crate::domain::tabulation`].

mod packing;

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use serde::{Deserialize, Serialize};

pub use packing::Packing;

pub use super::questionnaire::{Answer, AnswerProblem};
use super::questionnaire::{Classification, Language, PREFER_NOT_TO_SAY, Question, Questionnaire};

/// Answers as they arrive: question id → chosen codes, or one text. Blank values count as nothing.
pub type RawAnswers = BTreeMap<String, Vec<String>>;

/// The checked answers of one respondent. `Debug` shows how many there are, never which.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    /// An entry for every question that was asked.
    answers: BTreeMap<String, Answer>,
}

/// A response in the form that the store keeps: a map from question id to answer, in the order of ids.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StoredAnswers(BTreeMap<String, Answer>);

impl Response {
    /// Checks `given` against `questionnaire`, with the units of the invitation already filled in.
    ///
    /// Any question may be left out; something must be answered. Everything that is wrong is reported, in the order
    /// of the questionnaire.
    pub fn parse(questionnaire: &Questionnaire, given: &RawAnswers) -> Result<Self, AnswerErrors> {
        let mut errors = Vec::new();
        let mut answers = BTreeMap::new();
        let asked = questionnaire.asked(|id| given.get(id).map(Vec::as_slice).unwrap_or_default());
        for question in &asked {
            let values = given.get(&question.id).map(Vec::as_slice).unwrap_or_default();
            match read(question, values) {
                Ok(answer) => {
                    answers.insert(question.id.clone(), answer);
                }
                Err(problem) => errors.push(AnswerError { question: question.id.clone(), problem }),
            }
        }
        let asked: HashSet<&str> = asked.iter().map(|question| question.id.as_str()).collect();
        for id in given.iter().filter(|(_, values)| !is_blank(values)).map(|(id, _)| id) {
            if !asked.contains(id.as_str()) {
                let known = questionnaire.question(id).is_some();
                let problem = if known { AnswerProblem::NotAsked } else { AnswerProblem::UnknownQuestion };
                errors.push(AnswerError { question: id.clone(), problem });
            }
        }
        if errors.is_empty() && !answers.values().any(Answer::is_given) {
            errors.push(AnswerError { question: String::new(), problem: AnswerProblem::NothingAnswered });
        }
        if errors.is_empty() { Ok(Self { answers }) } else { Err(AnswerErrors(errors)) }
    }

    /// What the respondent did at the question with this id.
    pub fn answer(&self, question: &str) -> &Answer {
        self.answers.get(question).unwrap_or(&Answer::NotAsked)
    }

    /// The finest category of `classification` that the respondent gave: the detailed ethnicity, or else the group.
    /// `None` when not asked, skipped or not said: all three are “not stated”.
    pub fn category(&self, questionnaire: &Questionnaire, classification: Classification) -> Option<&str> {
        let given =
            questionnaire.classifying(classification).filter_map(|question| self.answer(&question.id).codes().first());
        given.last().map(String::as_str)
    }

    /// The form that the store keeps.
    pub fn to_stored(&self) -> StoredAnswers {
        StoredAnswers(self.answers.clone())
    }

    /// Reads back what [`Response::to_stored`] gave. Nothing is checked again: a stored response was checked when it
    /// was accepted, and its survey's questionnaire never changes after opening.
    pub fn from_stored(stored: StoredAnswers) -> Self {
        Self { answers: stored.0 }
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Response({} questions asked)", self.answers.len())
    }
}

/// Reads the answer to one question that was asked.
fn read(question: &Question, values: &[String]) -> Result<Answer, AnswerProblem> {
    let given: Vec<String> = values.iter().filter(|value| !value.trim().is_empty()).cloned().collect();
    let prefers_not_to_say = question.has_options() && given.iter().any(|value| value == PREFER_NOT_TO_SAY);
    match given.len() {
        0 => Ok(Answer::Skipped),
        1 if prefers_not_to_say => Ok(Answer::PreferNotToSay),
        _ if prefers_not_to_say => Err(AnswerProblem::Contradiction(PREFER_NOT_TO_SAY.to_owned())),
        _ => (question.kind.entry().read)(question, &given),
    }
}

fn is_blank(values: &[String]) -> bool {
    values.iter().all(|value| value.trim().is_empty())
}

/// Checks one answer by itself, as a page of the form does before it goes on to the next question.
pub fn check_answer(question: &Question, values: &[String]) -> Result<Answer, AnswerProblem> {
    read(question, values)
}

/// Leaves out answers to questions that are not asked any more, after a respondent went back and changed an earlier
/// answer, and answers to questions that the questionnaire does not have.
pub fn without_answers_not_asked(questionnaire: &Questionnaire, mut given: RawAnswers) -> RawAnswers {
    let asked = questionnaire.asked(|id| given.get(id).map(Vec::as_slice).unwrap_or_default());
    let asked: Vec<String> = asked.into_iter().map(|question| question.id.clone()).collect();
    given.retain(|id, _| asked.contains(id));
    given
}

/// One answer that cannot be accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerError {
    /// Id of the question; empty when the response as a whole is meant.
    pub question: String,
    /// What is wrong.
    pub problem: AnswerProblem,
}

/// Everything that is wrong with a set of answers. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerErrors(Vec<AnswerError>);

impl AnswerErrors {
    /// The errors, in the order of the questionnaire.
    pub fn all(&self) -> &[AnswerError] {
        &self.0
    }
}

impl fmt::Display for AnswerErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            let message = error.problem.message(Language::English);
            if error.question.is_empty() {
                write!(f, "{separator}{message}")?;
            } else {
                write!(f, "{separator}question “{}”: {message}", error.question)?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for AnswerErrors {}

#[cfg(test)]
mod tests {
    use super::*;

    fn questionnaire() -> Questionnaire {
        Questionnaire::built_in().with_units(&[("mat".into(), "Maternity".into())])
    }

    fn given(answers: &[(&str, &[&str])]) -> RawAnswers {
        answers
            .iter()
            .map(|(id, values)| ((*id).to_owned(), values.iter().map(|value| (*value).to_owned()).collect()))
            .collect()
    }

    fn problems(answers: &[(&str, &[&str])]) -> Vec<(String, AnswerProblem)> {
        let errors = Response::parse(&questionnaire(), &given(answers)).expect_err("the answers are malformed");
        errors.all().iter().map(|error| (error.question.clone(), error.problem.clone())).collect()
    }

    #[test]
    fn the_ways_of_not_answering_are_kept_apart() {
        let answers = given(&[("belonging", &["agree"]), ("voice", &["prefer_not_to_say"]), ("comment", &["  "])]);
        let response = Response::parse(&questionnaire(), &answers).expect("good answers");
        assert_eq!(response.answer("belonging"), &Answer::Chosen(vec!["agree".into()]));
        assert_eq!(response.answer("voice"), &Answer::PreferNotToSay);
        assert_eq!(response.answer("comment"), &Answer::Skipped);
        assert_eq!(response.answer("harassed_by_whom"), &Answer::NotAsked);
    }

    #[test]
    fn ethnicity_is_as_fine_as_the_respondent_gave_it() {
        let category = |answers: &[(&str, &[&str])]| {
            let response = Response::parse(&questionnaire(), &given(answers)).expect("good answers");
            response.category(&questionnaire(), Classification::Ethnicity).map(str::to_owned)
        };
        let detailed = category(&[("ethnicity_group", &["asian"]), ("ethnicity_asian", &["asian_indian"])]);
        assert_eq!(detailed.as_deref(), Some("asian_indian"));
        assert_eq!(
            category(&[("ethnicity_group", &["asian"]), ("ethnicity_asian", &["prefer_not_to_say"])]).as_deref(),
            Some("asian")
        );
        assert_eq!(category(&[("ethnicity_group", &["prefer_not_to_say"])]), None);
    }

    #[test]
    fn malformed_answers_are_each_named() {
        let long = "x".repeat(1_501);
        assert_eq!(
            problems(&[("belonging", &["perhaps"])]),
            [("belonging".into(), AnswerProblem::UnknownOption("perhaps".into()))]
        );
        assert_eq!(
            problems(&[("belonging", &["agree", "disagree"])]),
            [("belonging".into(), AnswerProblem::MoreThanOne)]
        );
        assert_eq!(
            problems(&[("belonging", &["agree", "prefer_not_to_say"])]),
            [("belonging".into(), AnswerProblem::Contradiction("prefer_not_to_say".into()))]
        );
        assert_eq!(problems(&[("height", &["180"])])[0], ("height".into(), AnswerProblem::UnknownQuestion));
        assert_eq!(
            problems(&[("ethnicity_asian", &["asian_indian"])])[0],
            ("ethnicity_asian".into(), AnswerProblem::NotAsked)
        );
        assert_eq!(
            problems(&[("comment", &[&long])]),
            [("comment".into(), AnswerProblem::TooLong { longest: 1_500, length: 1_501 })]
        );
        assert_eq!(problems(&[("comment", &["bell\u{7}"])]), [("comment".into(), AnswerProblem::ControlCharacters)]);
    }

    #[test]
    fn nothing_answered_is_no_response() {
        assert_eq!(problems(&[]), [(String::new(), AnswerProblem::NothingAnswered)]);
        assert_eq!(
            problems(&[("comment", &["\r\n"]), ("belonging", &[""])]),
            [(String::new(), AnswerProblem::NothingAnswered)]
        );
    }

    #[test]
    fn every_problem_is_one_sentence_or_two_in_both_languages() {
        let errors = Response::parse(&questionnaire(), &given(&[("belonging", &["perhaps"])])).expect_err("malformed");
        assert_eq!(errors.to_string(), "question “belonging”: Choose one of the answers that the question offers.");
        assert_ne!(
            errors.all()[0].problem.message(Language::Welsh),
            errors.all()[0].problem.message(Language::English)
        );
    }

    #[test]
    fn answers_that_routing_took_back_are_left_out() {
        let changed =
            given(&[("ethnicity_group", &["white"]), ("ethnicity_asian", &["asian_indian"]), ("height", &["180"])]);
        assert_eq!(without_answers_not_asked(&questionnaire(), changed), given(&[("ethnicity_group", &["white"])]));
    }

    #[test]
    fn a_response_survives_the_store() {
        let answers = given(&[
            ("discriminated_by_staff", &["yes"]),
            ("discrimination_grounds", &["age", "ethnicity"]),
            ("comment", &["Café\r\nlater"]),
        ]);
        let response = Response::parse(&questionnaire(), &answers).expect("good answers");
        assert_eq!(response.answer("comment"), &Answer::Text("Café\nlater".into()));
        assert_eq!(response.answer("discrimination_grounds").codes(), ["ethnicity", "age"]);
        let stored = serde_json::to_string(&response.to_stored()).expect("answers are plain data");
        let back = Response::from_stored(serde_json::from_str(&stored).expect("what was written can be read"));
        assert!(back == response);
    }
}
