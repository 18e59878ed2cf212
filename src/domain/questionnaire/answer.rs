//! The answer to one question, and what can be wrong with one.

use serde::{Deserialize, Serialize};

use super::translation::Language;

/// The code that stands for “prefer not to say”, accepted at every question that offers options.
pub const PREFER_NOT_TO_SAY: &str = "prefer_not_to_say";

/// What a respondent did at one question. The four ways of not answering are never confused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Chose these options: one, or at a multiple choice question one or more, in the order of the questionnaire.
    Chosen(Vec<String>),
    /// Wrote this text.
    Text(String),
    /// Said that they prefer not to say.
    PreferNotToSay,
    /// Was asked and left the question empty.
    Skipped,
    /// Was not asked, because of earlier answers.
    NotAsked,
}

impl Answer {
    /// The option codes chosen; none for any other answer.
    pub fn codes(&self) -> &[String] {
        match self {
            Self::Chosen(codes) => codes,
            _ => &[],
        }
    }

    /// Whether the respondent did anything at this question.
    pub fn is_given(&self) -> bool {
        matches!(self, Self::Chosen(_) | Self::Text(_) | Self::PreferNotToSay)
    }
}

/// What is wrong with the answer to one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerProblem {
    /// No question of the questionnaire has this id.
    UnknownQuestion,
    /// The question is not asked after these earlier answers.
    NotAsked,
    /// The question does not offer this option.
    UnknownOption(String),
    /// More than one option at a question that takes one.
    MoreThanOne,
    /// An option that excludes all others, together with another: “none of these”, “prefer not to say”.
    Contradiction(String),
    /// The text is longer than the question allows; both in characters.
    TooLong {
        /// The most that is allowed.
        longest: usize,
        /// What was given.
        length: usize,
    },
    /// The text holds characters that no keyboard types.
    ControlCharacters,
    /// Not one question was answered.
    NothingAnswered,
}

impl AnswerProblem {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownQuestion => "unknown_question",
            Self::NotAsked => "not_asked",
            Self::UnknownOption(_) => "unknown_option",
            Self::MoreThanOne => "more_than_one",
            Self::Contradiction(_) => "contradiction",
            Self::TooLong { .. } => "too_long",
            Self::ControlCharacters => "control_characters",
            Self::NothingAnswered => "nothing_answered",
        }
    }

    /// One sentence for the respondent.
    pub fn message(&self, language: Language) -> String {
        match language {
            Language::English => self.english(),
            Language::Welsh => self.welsh(),
        }
    }

    fn english(&self) -> String {
        match self {
            Self::UnknownQuestion => "This questionnaire has no such question.".into(),
            Self::NotAsked => "This question is not asked after your earlier answers. Leave it out.".into(),
            Self::UnknownOption(_) => "Choose one of the answers that the question offers.".into(),
            Self::MoreThanOne => "Choose one answer only.".into(),
            Self::Contradiction(_) => {
                "Your answers contradict each other. Choose either the last answer alone, or any of the others.".into()
            }
            Self::TooLong { longest, length } => {
                format!("Your comment has {length} characters. Shorten it to {longest} or fewer.")
            }
            Self::ControlCharacters => "Your comment contains characters that cannot be stored. Remove them.".into(),
            Self::NothingAnswered => "Answer at least one question before you submit.".into(),
        }
    }

    fn welsh(&self) -> String {
        match self {
            Self::UnknownQuestion => "Nid oes cwestiwn o’r fath yn yr holiadur hwn.".into(),
            Self::NotAsked => "Ni ofynnir y cwestiwn hwn ar ôl eich atebion cynharach. Gadewch ef allan.".into(),
            Self::UnknownOption(_) => "Dewiswch un o’r atebion y mae’r cwestiwn yn eu cynnig.".into(),
            Self::MoreThanOne => "Dewiswch un ateb yn unig.".into(),
            Self::Contradiction(_) => {
                "Mae eich atebion yn gwrth-ddweud ei gilydd. Dewiswch naill ai’r ateb olaf yn unig, neu unrhyw rai o’r lleill.".into()
            }
            Self::TooLong { longest, length } => {
                format!("Mae {length} o nodau yn eich sylw. Cwtogwch ef i {longest} neu lai.")
            }
            Self::ControlCharacters => "Mae eich sylw yn cynnwys nodau na ellir eu cadw. Tynnwch nhw.".into(),
            Self::NothingAnswered => "Atebwch o leiaf un cwestiwn cyn cyflwyno.".into(),
        }
    }
}
