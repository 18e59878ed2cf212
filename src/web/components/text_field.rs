//! Text fields: one line, or several.

use askama::Template;
use askama::filters::HtmlSafe;

use super::choices::{described_by, error_prefix};
use crate::domain::questionnaire::Language;

/// A field of several lines.
#[derive(Debug, Clone, Template)]
#[template(path = "web/components/text_area.html")]
pub struct TextArea {
    /// Language of its own few words.
    pub language: Language,
    /// Name of the field in the form, and its `id`.
    pub name: String,
    /// What is asked.
    pub label: String,
    /// Whether the label is the page's `h1`.
    pub label_is_title: bool,
    /// A line above the label, as part of the title.
    pub caption: Option<String>,
    /// A line below the label.
    pub hint: Option<String>,
    /// What is wrong with the text.
    pub error: Option<String>,
    /// The text so far.
    pub value: String,
    /// Height in lines.
    pub rows: u8,
}

/// A field of one line.
#[derive(Debug, Clone, Template)]
#[template(path = "web/components/text_field.html")]
pub struct TextField {
    /// Language of its own few words.
    pub language: Language,
    /// Name of the field in the form, and its `id`.
    pub name: String,
    /// What is asked.
    pub label: String,
    /// A line below the label.
    pub hint: Option<String>,
    /// What is wrong with the text.
    pub error: Option<String>,
    /// The text so far; never given back for a password.
    pub value: String,
    /// Value of `type`: `text`, `email`, `password`, `date`.
    pub input_type: &'static str,
    /// Value of `autocomplete`, such as `username`; `off` for anything that is not about the person typing.
    pub autocomplete: &'static str,
    /// Width in characters where what is typed has a known length: 2, 3, 4, 5, 10 or 20; as wide as there is room for otherwise.
    pub width: Option<u8>,
}

impl HtmlSafe for TextArea {}
impl HtmlSafe for TextField {}

impl TextArea {
    fn error_prefix(&self) -> &'static str {
        error_prefix(self.language)
    }

    fn described_by(&self) -> String {
        described_by(&self.name, self.hint.is_some(), self.error.is_some())
    }
}

impl TextField {
    /// An empty English field for a line of text that is not about the person typing.
    pub fn new(name: &str, label: &str) -> Self {
        Self {
            language: Language::English,
            name: name.to_owned(),
            label: label.to_owned(),
            hint: None,
            error: None,
            value: String::new(),
            input_type: "text",
            autocomplete: "off",
            width: None,
        }
    }

    fn error_prefix(&self) -> &'static str {
        error_prefix(self.language)
    }

    fn described_by(&self) -> String {
        described_by(&self.name, self.hint.is_some(), self.error.is_some())
    }
}
