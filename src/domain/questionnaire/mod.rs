//! Questionnaires: sections of questions in two languages, with routing, read from a TOML file.
//!
//! A [`Questionnaire`] exists only by [parsing](Questionnaire::parse), which refuses anything that could go wrong in
//! front of a respondent: a missing translation, an id that stands twice, a question that nobody could ever reach.
//! What a file may say is described in `docs/questionnaires.md`; one file per kind of question is in [`question`].
//! Answers belong in [`crate::domain::response`], pages in `crate::web::forms`.

mod answer;
mod check;
mod classification;
mod definition;
mod error;
mod purpose;
pub mod question;
mod routing;
#[cfg(test)]
mod tests;
mod translation;

use std::sync::LazyLock;

pub use answer::{Answer, AnswerProblem, PREFER_NOT_TO_SAY};
pub use classification::Classification;
pub use error::{DefinitionError, DefinitionErrors};
pub use purpose::{Indicator, Prong, Purpose};
pub use question::{Choice, Kind, Question};
pub use routing::Condition;
pub use translation::{Language, Translated, UnknownLanguage};

/// The built-in questionnaire, as its authors wrote it.
pub const BUILT_IN: &str = include_str!("built_in.toml");

/// A checked questionnaire.
#[derive(Debug, Clone, PartialEq)]
pub struct Questionnaire {
    id: String,
    version: u32,
    title: Translated,
    support: Option<Translated>,
    sections: Vec<Section>,
}

/// Some questions that belong together.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// Unique in the questionnaire.
    pub id: String,
    /// Shown above each of its questions.
    pub title: Translated,
    /// Whether its questions may bring back something hard: the form then shows where to find support.
    pub distressing: bool,
    /// Its questions, in the order of asking.
    pub questions: Vec<Question>,
}

impl Questionnaire {
    /// Reads a definition. All errors are found in one go, unless the file is not TOML at all.
    pub fn parse(source: &str) -> Result<Self, DefinitionErrors> {
        check::parse(source)
    }

    /// The questionnaire that comes with Candour.
    ///
    /// # Panics
    /// Never: the definition is part of the binary, and a test parses it.
    pub fn built_in() -> &'static Self {
        static PARSED: LazyLock<Questionnaire> = LazyLock::new(|| {
            Questionnaire::parse(BUILT_IN).unwrap_or_else(|errors| panic!("the built-in questionnaire: {errors}"))
        });
        &PARSED
    }

    /// Short name, unique among questionnaires: `candour-core`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Version of the wording; figures of different versions are compared question by question only.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// Title in `language`.
    pub fn title(&self, language: Language) -> &str {
        self.title.get(language)
    }

    /// Where to find support, a paragraph each, when the question with this id may bring back something hard.
    pub fn support_beside(&self, id: &str, language: Language) -> Option<Vec<&str>> {
        let section = self.section_of(id)?;
        let support = self.support.as_ref().filter(|_| section.distressing)?;
        Some(support.get(language).lines().collect())
    }

    /// All sections.
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    /// All questions, in the order of asking, whether or not a respondent would be asked.
    pub fn questions(&self) -> impl Iterator<Item = &Question> {
        self.sections.iter().flat_map(|section| &section.questions)
    }

    /// The question with this id.
    pub fn question(&self, id: &str) -> Option<&Question> {
        self.questions().find(|question| question.id == id)
    }

    /// The section that the question with this id stands in.
    pub fn section_of(&self, id: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.questions.iter().any(|question| question.id == id))
    }

    /// The questions that place a respondent in `classification`, coarsest first.
    pub fn classifying(&self, classification: Classification) -> impl Iterator<Item = &Question> {
        self.questions().filter(move |question| question.classifies == Some(classification))
    }

    /// The questions that serve `purpose`.
    pub fn serving(&self, purpose: Purpose) -> impl Iterator<Item = &Question> {
        self.questions().filter(move |question| question.serves.contains(&purpose))
    }

    /// The question whose answers an indicator is computed from: its base are the answers to options with a score.
    pub fn measuring(&self, indicator: Indicator) -> Option<&Question> {
        self.questions().find(|question| question.measures == Some(indicator))
    }

    /// The same questionnaire with the unit question offering `units` (code and name), for one invitation; without
    /// the unit question when there are none.
    pub fn with_units(&self, units: &[(String, String)]) -> Self {
        let mut filled = self.clone();
        for section in &mut filled.sections {
            if units.is_empty() {
                section.questions.retain(|question| question.classifies != Some(Classification::Unit));
            }
            for question in &mut section.questions {
                if question.classifies == Some(Classification::Unit) {
                    question.options =
                        units.iter().map(|(code, name)| Choice::neutral(code, Translated::same(name))).collect();
                }
            }
        }
        filled.sections.retain(|section| !section.questions.is_empty());
        filled
    }
}
