//! The shape of a questionnaire file: what TOML may say, before anything is checked.
//!
//! Every value that a message may have to point at keeps its place in the file (`Spanned`). What the values mean is
//! the business of [`super::check`]; which keys belong to which kind of question that of [`super::question`].

use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

/// A text that stands in its place in the file.
pub(super) type Word = Spanned<String>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawQuestionnaire {
    pub id: Word,
    pub version: Spanned<u32>,
    pub title: Spanned<RawText>,
    /// Where to find support; one paragraph per line.
    pub support: Option<Spanned<RawText>>,
    #[serde(default)]
    pub section: Vec<Spanned<RawSection>>,
}

/// A text in both languages; either may be missing until checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawText {
    pub en: Option<String>,
    pub cy: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSection {
    pub id: Word,
    pub title: Spanned<RawText>,
    /// Whether its questions may bring back something hard, so that the support text stands beside them.
    #[serde(default)]
    pub distressing: Option<Spanned<bool>>,
    #[serde(default)]
    pub question: Vec<Spanned<RawQuestion>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawQuestion {
    pub id: Word,
    pub kind: Word,
    pub text: Spanned<RawText>,
    pub hint: Option<Spanned<RawText>>,
    pub serves: Spanned<Vec<Word>>,
    /// The indicator that is computed from this question's answers.
    pub measures: Option<Word>,
    pub classifies: Option<Word>,
    #[serde(default)]
    pub ask_when: Vec<Spanned<RawCondition>>,
    /// Codes of the options that are sensitive; without this key every option is.
    pub sensitive: Option<Vec<Word>>,
    // What follows belongs to some kinds only.
    pub options: Option<Spanned<Vec<Spanned<RawOption>>>>,
    pub favourable: Option<Spanned<Vec<Word>>>,
    pub unfavourable: Option<Spanned<Vec<Word>>>,
    pub exclusive: Option<Spanned<Vec<Word>>>,
    pub favourable_end: Option<Word>,
    pub scale: Option<Word>,
    pub dont_know: Option<Spanned<bool>>,
    pub longest: Option<Spanned<usize>>,
}

impl RawQuestion {
    /// The keys present that belong to some kinds of question only, and where each stands.
    pub(super) fn keys_of_some_kinds(&self) -> Vec<(&'static str, Range<usize>)> {
        let present = [
            ("options", self.options.as_ref().map(Spanned::span)),
            ("favourable", self.favourable.as_ref().map(Spanned::span)),
            ("unfavourable", self.unfavourable.as_ref().map(Spanned::span)),
            ("exclusive", self.exclusive.as_ref().map(Spanned::span)),
            ("favourable_end", self.favourable_end.as_ref().map(Spanned::span)),
            ("scale", self.scale.as_ref().map(Spanned::span)),
            ("dont_know", self.dont_know.as_ref().map(Spanned::span)),
            ("longest", self.longest.as_ref().map(Spanned::span)),
        ];
        present.into_iter().filter_map(|(key, span)| Some((key, span?))).collect()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawOption {
    pub code: Word,
    pub en: Option<String>,
    pub cy: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCondition {
    pub question: Word,
    pub any_of: Spanned<Vec<Word>>,
}
