//! Every address of the form. The language and the way back travel in the address, so that each page is complete.

use super::blank_pages::TOKEN;
use crate::domain::questionnaire::Language;
use crate::security::PlaintextToken;

/// Addresses below one personal link, in one language.
pub(super) struct Links {
    /// The personal link's path.
    base: String,
    language: Language,
}

impl Links {
    pub(super) fn new(token: &PlaintextToken, language: Language) -> Self {
        Self { base: format!("/s/{}", token.reveal()), language }
    }

    /// Those of a page that is not yet anybody's.
    pub(super) fn blank(language: Language) -> Self {
        Self { base: format!("/s/{TOKEN}"), language }
    }

    /// The start page.
    pub(super) fn start(&self) -> String {
        self.to(&[], false)
    }

    /// A question; `from_check` when the respondent came from “check your answers” and wants to go back there.
    pub(super) fn question(&self, id: &str, from_check: bool) -> String {
        self.to(&["/question/", id], from_check)
    }

    /// “Check your answers”.
    pub(super) fn check(&self) -> String {
        self.to(&["/check"], false)
    }

    /// Where answers are submitted.
    pub(super) fn submit(&self) -> String {
        self.to(&["/submit"], false)
    }

    /// Where the answers in this browser are cleared.
    pub(super) fn clear(&self) -> String {
        self.to(&["/clear"], false)
    }

    /// Where the answers in this browser are cleared and something else is shown.
    pub(super) fn leave(&self) -> String {
        self.to(&["/leave"], false)
    }

    /// The confirmation in another language. It lies below no personal link: that has been used, and what shows a receipt
    /// again must not say whose it is.
    pub(super) fn confirmation(language: Language) -> String {
        match language {
            Language::English => "/receipt/given".to_owned(),
            Language::Welsh => "/receipt/given?lang=cy".to_owned(),
        }
    }

    /// The same addresses in the other language.
    pub(super) fn switched(&self) -> Self {
        Self { base: self.base.clone(), language: self.language.other() }
    }

    /// The path that the draft's cookies belong to.
    pub(super) fn cookie_path(&self) -> &str {
        &self.base
    }

    fn to(&self, below: &[&str], from_check: bool) -> String {
        let query = match (self.language, from_check) {
            (Language::English, false) => "",
            (Language::English, true) => "?from=check",
            (Language::Welsh, false) => "?lang=cy",
            (Language::Welsh, true) => "?lang=cy&from=check",
        };
        [self.base.as_str()].iter().chain(below).chain([&query]).copied().collect()
    }
}
