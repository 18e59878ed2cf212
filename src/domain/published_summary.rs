//! What a trust says to everybody about a release: what it heard, and what it does. Its figures are the release's own.

use serde::{Deserialize, Serialize};

use super::questionnaire::Language;

/// Longest text, in characters.
const LONGEST: usize = 10_000;

/// The words, in both languages. A language without words of its own shows those of the other.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishedSummary {
    /// What we heard, in English.
    #[serde(default)]
    pub heard_en: String,
    /// What we heard, in Welsh.
    #[serde(default)]
    pub heard_cy: String,
    /// What we do, in English.
    #[serde(default)]
    pub doing_en: String,
    /// What we do, in Welsh.
    #[serde(default)]
    pub doing_cy: String,
    /// Whether everybody may read it.
    #[serde(default)]
    pub public: bool,
}

/// A text is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("each text has at most {LONGEST} characters")]
pub struct TooLong;

impl PublishedSummary {
    /// The same, when no text is too long.
    ///
    /// # Errors
    /// [`TooLong`].
    pub fn checked(self) -> Result<Self, TooLong> {
        let texts = [&self.heard_en, &self.heard_cy, &self.doing_en, &self.doing_cy];
        if texts.iter().any(|text| text.chars().count() > LONGEST) { Err(TooLong) } else { Ok(self) }
    }

    /// What we heard, and in which language it is written.
    pub fn heard(&self, language: Language) -> (Language, &str) {
        in_either(language, &self.heard_en, &self.heard_cy)
    }

    /// What we do, and in which language it is written.
    pub fn doing(&self, language: Language) -> (Language, &str) {
        in_either(language, &self.doing_en, &self.doing_cy)
    }
}

fn in_either<'a>(language: Language, english: &'a str, welsh: &'a str) -> (Language, &'a str) {
    let (english, welsh) = ((Language::English, english.trim()), (Language::Welsh, welsh.trim()));
    let (first, second) = if language == Language::Welsh { (welsh, english) } else { (english, welsh) };
    if first.1.is_empty() { second } else { first }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_without_words_shows_the_other() {
        let summary = PublishedSummary { heard_en: "We heard you.".to_owned(), ..PublishedSummary::default() };
        assert_eq!(summary.heard(Language::Welsh), (Language::English, "We heard you."));
        assert_eq!(summary.doing(Language::English).1, "");
        assert!(PublishedSummary { doing_cy: "x".repeat(10_001), ..summary }.checked().is_err());
    }
}
