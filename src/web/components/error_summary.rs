//! What is wrong on this page, at its top, each line a link to the field.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::domain::questionnaire::Language;

/// The error summary. It takes the focus when the page opens, without a script.
#[derive(Debug, Clone, Template)]
#[template(path = "web/components/error_summary.html")]
pub struct ErrorSummary {
    /// Language of its heading.
    pub language: Language,
    /// At least one error.
    pub errors: Vec<ErrorLink>,
}

/// One error.
#[derive(Debug, Clone)]
pub struct ErrorLink {
    /// `id` of the field that it is about.
    pub field: String,
    /// What is wrong and what to do.
    pub text: String,
}

impl HtmlSafe for ErrorSummary {}

impl ErrorSummary {
    /// The summary of one error.
    pub fn of_one(language: Language, field: impl Into<String>, text: impl Into<String>) -> Self {
        Self { language, errors: vec![ErrorLink { field: field.into(), text: text.into() }] }
    }

    fn heading(&self) -> &'static str {
        match self.language {
            Language::English => "There is a problem",
            Language::Welsh => "Mae problem",
        }
    }
}
