//! Kinds of question: one file per kind, and the list of them.
//!
//! A kind says which keys of the definition belong to it, which options it offers, and how it reads an answer. To add
//! one: write its file with an [`Entry`], add a variant to [`Kind`] and its entry to [`ALL`], then its field in
//! `crate::web::forms`. Tests over [`ALL`] parse its example and read answers with it.

mod choice_list;
pub mod free_text;
pub mod frequency;
pub mod likert;
pub mod multiple_choice;
pub mod single_choice;

use std::mem::discriminant;

use super::answer::{Answer, AnswerProblem};
use super::classification::Classification;
use super::definition::RawQuestion;
use super::error::Problems;
use super::purpose::{Indicator, Purpose};
use super::routing::Condition;
use super::translation::{Language, Translated};

/// One question.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Unique in the questionnaire; the name of its answers in files, the API and the store.
    pub id: String,
    /// What kind of question this is.
    pub kind: Kind,
    /// Why it is asked; never empty.
    pub serves: Vec<Purpose>,
    /// The indicator that is computed from its answers, if one is.
    pub measures: Option<Indicator>,
    /// The variable that its answer places the respondent in, if it does.
    pub classifies: Option<Classification>,
    /// Asked when one of these holds; always when there are none.
    pub ask_when: Vec<Condition>,
    pub(super) text: Translated,
    pub(super) hint: Option<Translated>,
    pub(super) options: Vec<Choice>,
}

/// One option of a question. Equal scores mean equal standing: 10 is best, 0 is worst.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// Unique in the question.
    pub code: String,
    /// Whether it may never be known of a person (disclosure rule `unanimity`).
    pub sensitive: bool,
    /// Whether this answer is good news.
    pub favourable: bool,
    /// 0 to 10, or nothing when the answer says neither good nor bad (“don’t know”). Shares of favourable answers and
    /// the WRES indicators count only options with a score in their base.
    pub score: Option<f64>,
    pub(super) label: Translated,
}

impl Choice {
    /// An option that is sensitive and has no score, as options are until the definition says otherwise.
    pub(super) fn neutral(code: &str, label: Translated) -> Self {
        Self { code: code.to_owned(), sensitive: true, favourable: false, score: None, label }
    }

    /// What the respondent reads.
    pub fn label(&self, language: Language) -> &str {
        self.label.get(language)
    }
}

impl Question {
    /// The question itself. At a Likert question it is a statement to agree or disagree with.
    pub fn text(&self, language: Language) -> &str {
        self.text.get(language)
    }

    /// A line of explanation below the question.
    pub fn hint(&self, language: Language) -> Option<&str> {
        self.hint.as_ref().map(|hint| hint.get(language))
    }

    /// The options, in the order of the page; none for a free text question. “Prefer not to say” is offered at every
    /// question with options and is not listed here.
    pub fn options(&self) -> &[Choice] {
        &self.options
    }

    /// The option with this code.
    pub fn option(&self, code: &str) -> Option<&Choice> {
        self.options.iter().find(|option| option.code == code)
    }

    /// Whether answers to both may be compared and added: the same words and the same options, scored alike.
    pub fn asks_the_same_as(&self, other: &Self) -> bool {
        let options = |question: &Self| -> Vec<(String, bool, Option<u64>)> {
            let option = |choice: &Choice| (choice.code.clone(), choice.favourable, choice.score.map(f64::to_bits));
            question.options.iter().map(option).collect()
        };
        self.text(Language::English) == other.text(Language::English)
            && discriminant(&self.kind) == discriminant(&other.kind)
            && options(self) == options(other)
    }

    /// Whether the answer is chosen from options.
    pub fn has_options(&self) -> bool {
        !matches!(self.kind, Kind::FreeText(_))
    }
}

/// The kinds of question, each with what it needs beyond its options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// One of several options.
    SingleChoice,
    /// Any number of options.
    MultipleChoice(multiple_choice::MultipleChoice),
    /// Agreement with a statement, in five steps.
    Likert,
    /// How often.
    Frequency,
    /// A text of the respondent's own.
    FreeText(free_text::FreeText),
}

impl Kind {
    /// What the code of this kind's file says about it.
    pub fn entry(&self) -> &'static Entry {
        match self {
            Self::SingleChoice => &single_choice::ENTRY,
            Self::MultipleChoice(_) => &multiple_choice::ENTRY,
            Self::Likert => &likert::ENTRY,
            Self::Frequency => &frequency::ENTRY,
            Self::FreeText(_) => &free_text::ENTRY,
        }
    }
}

/// Every kind of question.
pub const ALL: &[&Entry] =
    &[&single_choice::ENTRY, &multiple_choice::ENTRY, &likert::ENTRY, &frequency::ENTRY, &free_text::ENTRY];

/// What a kind of question is: the contract that each file here fulfils.
pub struct Entry {
    /// The value of `kind` in a definition.
    pub name: &'static str,
    /// One sentence for the documentation.
    pub summary: &'static str,
    /// The keys of a definition that this kind understands beyond those that every kind does.
    pub keys: &'static [&'static str],
    /// A question of this kind as a definition has it, without `id`, `text` and `serves`.
    pub example: &'static str,
    /// Reads the kind's own keys; notes what is wrong with them.
    pub(super) define: fn(&RawQuestion, &mut Problems<'_>) -> (Kind, Vec<Choice>),
    /// Reads what a respondent gave: never empty, never blank, never “prefer not to say”.
    pub(in crate::domain) read: fn(&Question, &[String]) -> Result<Answer, AnswerProblem>,
}

/// Reads one option of `question`.
fn one_option(question: &Question, given: &[String]) -> Result<Answer, AnswerProblem> {
    match given {
        [code] if question.option(code).is_some() => Ok(Answer::Chosen(vec![code.clone()])),
        [code] => Err(AnswerProblem::UnknownOption(code.clone())),
        _ => Err(AnswerProblem::MoreThanOne),
    }
}
