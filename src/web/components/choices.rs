//! Radio buttons and checkboxes, with legend, hint and error.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::domain::questionnaire::Language;

/// A group of radio buttons, or of checkboxes.
#[derive(Debug, Clone, Template)]
#[template(path = "web/components/choices.html")]
pub struct ChoiceField {
    /// Language of its own few words.
    pub language: Language,
    /// Name of the field in the form; also the `id` of its first item.
    pub name: String,
    /// Whether several items may be chosen.
    pub several: bool,
    /// What is asked.
    pub legend: String,
    /// Whether the legend is the page's `h1`.
    pub legend_is_title: bool,
    /// A line above the legend, as part of the title.
    pub caption: Option<String>,
    /// A line below the legend.
    pub hint: Option<String>,
    /// What is wrong with the answer.
    pub error: Option<String>,
    /// What can be chosen.
    pub items: Vec<ChoiceItem>,
    /// A last item, set apart by “or”: “prefer not to say”.
    pub apart: Option<ChoiceItem>,
}

/// One radio button or checkbox.
#[derive(Debug, Clone)]
pub struct ChoiceItem {
    /// Value that is sent.
    pub value: String,
    /// What it says.
    pub text: String,
    /// Whether it is chosen already.
    pub chosen: bool,
}

impl HtmlSafe for ChoiceField {}

impl ChoiceField {
    fn component(&self) -> &'static str {
        if self.several { "checkboxes" } else { "radios" }
    }

    fn input_type(&self) -> &'static str {
        if self.several { "checkbox" } else { "radio" }
    }

    fn or(&self) -> &'static str {
        match self.language {
            Language::English => "or",
            Language::Welsh => "neu",
        }
    }

    fn error_prefix(&self) -> &'static str {
        error_prefix(self.language)
    }

    fn described_by(&self) -> String {
        described_by(&self.name, self.hint.is_some(), self.error.is_some())
    }

    /// The error summary links to the bare name, so the first item carries it.
    fn id(&self, index: &usize) -> String {
        if *index == 0 { self.name.clone() } else { format!("{}-{}", self.name, index + 1) }
    }
}

/// What screen readers hear before an error.
pub(super) fn error_prefix(language: Language) -> &'static str {
    match language {
        Language::English => "Error:",
        Language::Welsh => "Gwall:",
    }
}

/// Value of `aria-describedby`; empty when nothing describes the field.
pub(super) fn described_by(name: &str, has_hint: bool, has_error: bool) -> String {
    let hint = has_hint.then(|| format!("{name}-hint"));
    let error = has_error.then(|| format!("{name}-error"));
    hint.into_iter().chain(error).collect::<Vec<_>>().join(" ")
}
