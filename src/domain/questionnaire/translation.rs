//! The two languages of every text that staff read.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::{Date, Month};

/// A language that Candour speaks to staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub enum Language {
    /// English.
    #[default]
    #[serde(rename = "en")]
    English,
    /// Welsh.
    #[serde(rename = "cy")]
    Welsh,
}

/// The text is neither `en` nor `cy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a language is en or cy")]
pub struct UnknownLanguage;

impl Language {
    /// Both languages, English first.
    pub const ALL: [Self; 2] = [Self::English, Self::Welsh];

    /// The tag of BCP 47, as in the `lang` attribute: `en` or `cy`.
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Welsh => "cy",
        }
    }

    /// The language's own name for itself.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Welsh => "Cymraeg",
        }
    }

    /// A day as people write it: 8 December 2026, 8 Rhagfyr 2026.
    pub fn date(self, date: Date) -> String {
        let month = match self {
            Self::English => date.month().to_string(),
            Self::Welsh => welsh_month(date.month()).to_owned(),
        };
        format!("{} {month} {}", date.day(), date.year())
    }

    /// The language that a language switch offers.
    pub fn other(self) -> Self {
        match self {
            Self::English => Self::Welsh,
            Self::Welsh => Self::English,
        }
    }
}

fn welsh_month(month: Month) -> &'static str {
    match month {
        Month::January => "Ionawr",
        Month::February => "Chwefror",
        Month::March => "Mawrth",
        Month::April => "Ebrill",
        Month::May => "Mai",
        Month::June => "Mehefin",
        Month::July => "Gorffennaf",
        Month::August => "Awst",
        Month::September => "Medi",
        Month::October => "Hydref",
        Month::November => "Tachwedd",
        Month::December => "Rhagfyr",
    }
}

impl FromStr for Language {
    type Err = UnknownLanguage;
    fn from_str(text: &str) -> Result<Self, UnknownLanguage> {
        Self::ALL.into_iter().find(|language| language.code() == text).ok_or(UnknownLanguage)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// One text in both languages. Neither is ever empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Translated {
    english: String,
    welsh: String,
}

impl Translated {
    /// Pairs two texts. Definitions check that neither is empty before they get here.
    pub fn new(english: impl Into<String>, welsh: impl Into<String>) -> Self {
        Self { english: english.into(), welsh: welsh.into() }
    }

    /// The same text in both languages: the name of a unit.
    pub fn same(text: &str) -> Self {
        Self::new(text, text)
    }

    /// The text in `language`.
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::English => &self.english,
            Language::Welsh => &self.welsh,
        }
    }
}
