//! The frame of every page: `layout.html` and what it needs to know.

use std::sync::Arc;

use crate::domain::questionnaire::Language;
use crate::web::assets;
use crate::web::branding::{self, Logo};

/// What the frame needs. A page's template struct holds it as the field `page` and begins with
/// `{% extends "web/components/layout.html" %}`; it fills the blocks `main`, `before` (a back link, an error summary)
/// and, in the office, `header`.
#[derive(Debug, Clone)]
pub struct Page {
    /// Language of the page: the `lang` attribute, and the words of the frame.
    pub language: Language,
    /// What the page is called; the same as its `h1`, more or less.
    pub title: String,
    /// Whether the page shows errors: the browser's title then says so first.
    pub has_errors: bool,
    /// What stands in the header, in place of a logo.
    pub service: String,
    /// Links in the header.
    pub links: Vec<PageLink>,
    /// The pages that this one lies below, the topmost first: address and words.
    pub trail: Vec<(String, String)>,
    /// Address of this same page in the other language, where there is one.
    pub switch: Option<String>,
    /// The same where the page is the answer to a form and has no address: the form again, in the other language.
    pub switch_form: Option<SwitchForm>,
    /// The operator's logo, where one is set.
    pub logo: Option<Arc<Logo>>,
}

/// A link in the header.
#[derive(Debug, Clone)]
pub struct PageLink {
    /// Where it goes.
    pub href: String,
    /// What it says.
    pub text: String,
    /// Whether it leads to this page.
    pub current: bool,
}

/// A form that shows the same page in the other language.
#[derive(Debug, Clone)]
pub struct SwitchForm {
    /// Where it is sent.
    pub action: String,
    /// A field and its value, where the page needs one.
    pub field: Option<(&'static str, String)>,
}

impl Page {
    /// A page with nothing in its header but a name.
    pub fn new(language: Language, service: impl Into<String>, title: impl Into<String>) -> Self {
        Self {
            language,
            title: title.into(),
            has_errors: false,
            service: service.into(),
            links: Vec::new(),
            trail: Vec::new(),
            switch: None,
            switch_form: None,
            logo: branding::current(),
        }
    }

    /// The same page, offering itself in the other language at `href`.
    pub fn with_switch(mut self, href: impl Into<String>) -> Self {
        self.switch = Some(href.into());
        self
    }

    /// The same page, offering itself in the other language through a form: only for what a second time changes nothing.
    pub fn with_switch_form(mut self, action: impl Into<String>, field: Option<(&'static str, String)>) -> Self {
        self.switch_form = Some(SwitchForm { action: action.into(), field });
        self
    }

    /// The same page, saying in its title whether it shows errors.
    pub fn with_errors(mut self, has_errors: bool) -> Self {
        self.has_errors = has_errors;
        self
    }

    /// The same page with links in its header.
    pub fn with_links(mut self, links: Vec<PageLink>) -> Self {
        self.links = links;
        self
    }

    /// The same page with breadcrumbs: address and words of each page above it, the topmost first.
    pub fn below<const COUNT: usize>(mut self, trail: [(String, String); COUNT]) -> Self {
        self.trail = trail.into();
        self
    }

    /// The browser's title: “Error: Who was it? – Race equality at work”.
    pub fn full_title(&self) -> String {
        let error = match (self.has_errors, self.language) {
            (false, _) => "",
            (true, Language::English) => "Error: ",
            (true, Language::Welsh) => "Gwall: ",
        };
        format!("{error}{} – {}", self.title, self.service)
    }

    /// Address of an embedded file.
    pub fn asset(&self, name: &str) -> String {
        assets::address(name)
    }

    /// What keeps the language when a link leaves this page: `?lang=cy`, or nothing in English.
    pub fn query(&self) -> &'static str {
        match self.language {
            Language::English => "",
            Language::Welsh => "?lang=cy",
        }
    }

    fn say(&self, english: &'static str, welsh: &'static str) -> &'static str {
        match self.language {
            Language::English => english,
            Language::Welsh => welsh,
        }
    }

    pub(in crate::web) fn skip_link(&self) -> &'static str {
        self.say("Skip to main content", "Neidio i’r prif gynnwys")
    }

    pub(in crate::web) fn navigation_label(&self) -> &'static str {
        self.say("Menu", "Dewislen")
    }

    pub(in crate::web) fn trail_label(&self) -> &'static str {
        self.say("Breadcrumb", "Briwsion bara")
    }

    pub(in crate::web) fn anonymity_link(&self) -> &'static str {
        self.say("How your anonymity is kept", "Sut y cedwir eich anhysbysrwydd")
    }

    pub(in crate::web) fn accessibility_link(&self) -> &'static str {
        self.say("Accessibility statement", "Datganiad hygyrchedd")
    }
}
