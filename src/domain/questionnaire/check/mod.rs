//! From what a file says to a [`Questionnaire`]: every rule that a definition must keep.

mod meaning;

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;

use super::answer::PREFER_NOT_TO_SAY;
use super::definition::{RawQuestion, RawQuestionnaire, RawSection, RawText, Word};
use super::error::{DefinitionErrors, Problems};
use super::purpose::Indicator;
use super::question::Question;
use super::translation::Translated;
use super::{Questionnaire, Section};

/// The longest file that is read, in bytes.
const LONGEST_FILE: usize = 512 * 1024;
/// The longest text, in characters.
const LONGEST_TEXT: usize = 2_000;

pub(super) fn parse(source: &str) -> Result<Questionnaire, DefinitionErrors> {
    let mut problems = Problems::new(source);
    if source.len() > LONGEST_FILE {
        problems.somewhere(format!("the definition is longer than {} KiB; shorten it", LONGEST_FILE / 1024));
        return problems.finish(None);
    }
    match toml::from_str::<RawQuestionnaire>(source) {
        Ok(raw) => {
            let questionnaire = Checker::new(&raw, &mut problems).questionnaire(&raw);
            problems.finish(Some(questionnaire))
        }
        Err(error) => {
            let message = format!("the definition cannot be read: {}", error.message().trim_end_matches('.'));
            match error.span() {
                Some(span) => problems.at(span, message),
                None => problems.somewhere(message),
            }
            problems.finish(None)
        }
    }
}

/// Whether `text` may be the code of an option.
pub(super) fn is_code(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=60).contains(&text.len()) && text.bytes().all(allowed) && text != PREFER_NOT_TO_SAY
}

/// Both languages of a text; notes what is missing, empty, too long or full of control characters. `prefix` is what
/// the keys begin with: `text.` for `text.en`.
pub(super) fn translated(
    what: &str,
    prefix: &str,
    span: Range<usize>,
    english: Option<&str>,
    welsh: Option<&str>,
    problems: &mut Problems<'_>,
) -> Option<Translated> {
    let mut both = Vec::new();
    for (text, language, key) in [(english, "English", "en"), (welsh, "Welsh", "cy")] {
        let text = text.unwrap_or_default().trim();
        if text.is_empty() {
            problems.at(span.clone(), format!("{what} has no {language} text; add {prefix}{key}"));
        } else if text.chars().count() > LONGEST_TEXT {
            problems.at(
                span.clone(),
                format!("the {language} text of {what} is longer than {LONGEST_TEXT} characters; shorten it"),
            );
        } else if text.chars().any(|character| character.is_control() && character != '\n') {
            problems
                .at(span.clone(), format!("the {language} text of {what} contains control characters; remove them"));
        } else {
            both.push(text);
        }
    }
    match both[..] {
        [english, welsh] => Some(Translated::new(english, welsh)),
        _ => None,
    }
}

struct Checker<'a, 'p> {
    problems: &'p mut Problems<'a>,
    /// All question ids of the file, so that a look ahead is told from a look at nothing.
    all_ids: Vec<String>,
    /// Questions checked so far, with the codes of their options.
    earlier: BTreeMap<String, Vec<String>>,
    /// Indicators that already have their question.
    measured: Vec<Indicator>,
}

impl<'a, 'p> Checker<'a, 'p> {
    fn new(raw: &RawQuestionnaire, problems: &'p mut Problems<'a>) -> Self {
        let questions = raw.section.iter().flat_map(|section| &section.get_ref().question);
        let all_ids = questions.map(|question| question.get_ref().id.get_ref().clone()).collect();
        Self { problems, all_ids, earlier: BTreeMap::new(), measured: Vec::new() }
    }

    fn questionnaire(&mut self, raw: &RawQuestionnaire) -> Questionnaire {
        let id = raw.id.get_ref();
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if !(1..=60).contains(&id.len()) || !id.bytes().all(allowed) {
            self.problems.at(
                raw.id.span(),
                format!("“{id}” cannot be the id of a questionnaire; use lower-case letters, digits and “-”"),
            );
        }
        if *raw.version.get_ref() == 0 {
            self.problems.at(raw.version.span(), "versions count from 1; write version = 1");
        }
        if self.all_ids.is_empty() {
            self.problems.somewhere("the questionnaire has no questions; add [[section]] and [[section.question]]");
        }
        let title = self.text("the questionnaire’s title", "title.", &raw.title);
        let support = raw.support.as_ref().map(|text| self.text("the support text", "support.", text));
        let distressing = |section: &Spanned<RawSection>| Some(section.get_ref().distressing.as_ref()?.span());
        if support.is_none()
            && let Some(span) = raw.section.iter().find_map(distressing)
        {
            self.problems.at(
                span,
                "a distressing section needs a support text; add support.en and support.cy at the top of the file",
            );
        }
        let mut seen = Vec::new();
        let sections = raw.section.iter().map(|section| self.section(section, &mut seen)).collect();
        Questionnaire { id: id.clone(), version: *raw.version.get_ref(), title, support, sections }
    }

    fn section(&mut self, raw: &Spanned<RawSection>, seen: &mut Vec<String>) -> Section {
        let section = raw.get_ref();
        let id = self.id(&section.id, "section");
        if seen.contains(&id) {
            self.problems
                .at(section.id.span(), format!("section id “{id}” stands twice; give each section its own id"));
        }
        seen.push(id.clone());
        let title = self.text(&format!("section “{id}”"), "title.", &section.title);
        let distressing = section.distressing.as_ref().is_some_and(|marked| *marked.get_ref());
        if section.question.is_empty() {
            self.problems
                .at(raw.span(), format!("section “{id}” has no questions; add [[section.question]] or remove it"));
        }
        let questions = section.question.iter().filter_map(|question| self.question(question)).collect();
        Section { id, title, distressing, questions }
    }

    fn question(&mut self, place: &Spanned<RawQuestion>) -> Option<Question> {
        let raw = place.get_ref();
        let id = self.id(&raw.id, "question");
        if self.earlier.contains_key(&id) {
            self.problems.at(raw.id.span(), format!("question id “{id}” stands twice; give each question its own id"));
        }
        let text = self.text(&format!("question “{id}”"), "text.", &raw.text);
        let hint = raw.hint.as_ref().map(|hint| self.text(&format!("the hint of question “{id}”"), "hint.", hint));
        let serves = self.purposes(raw);
        let classifies = self.classification(raw);
        let ask_when = self.conditions(raw);
        let (kind, mut options) = self.kind(raw)?;
        self.sensitivity(raw, &mut options);
        self.classified_codes(raw, classifies, &options);
        let measures = self.measured(raw, &options);
        self.earlier.insert(id.clone(), options.iter().map(|option| option.code.clone()).collect());
        Some(Question { id, kind, serves, measures, classifies, ask_when, text, hint, options })
    }

    fn id(&mut self, word: &Word, of: &str) -> String {
        if !is_code(word.get_ref()) {
            let rule = "use lower-case letters, digits and “_”, at most 60";
            self.problems.at(word.span(), format!("“{}” cannot be the id of a {of}; {rule}", word.get_ref()));
        }
        word.get_ref().clone()
    }

    fn text(&mut self, what: &str, prefix: &str, raw: &Spanned<RawText>) -> Translated {
        let RawText { en, cy } = raw.get_ref();
        translated(what, prefix, raw.span(), en.as_deref(), cy.as_deref(), self.problems)
            .unwrap_or_else(|| Translated::new("", ""))
    }
}
