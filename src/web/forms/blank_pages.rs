//! Question pages as everybody sees them, made once: without the personal link, and with nothing chosen.
//!
//! Making a page takes longer than all else that showing it needs. Respondents who are asked the same get the same page
//! but for their link and their choice; both are put in when it is shown. So what is kept here tells nothing of anybody: no
//! link, no answer, not even which answers have been seen. See `docs/decisions/0140-question-pages-are-made-once.md`.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use super::journey::Position;
use crate::domain::questionnaire::{Language, Questionnaire};

/// Stands where a personal link's token belongs. No page holds it otherwise: it may not stand in HTML at all.
pub(super) const TOKEN: char = '\u{0}';
/// Stands behind the value of each choice, within its quotation marks. Neither may this stand in HTML.
pub(super) const CHOICE: char = '\u{1}';

/// Pages kept at once, of some 5 kB: those of a questionnaire of 40 questions, in both languages, several times over.
const MOST: usize = 500;

/// What makes one question page differ from another, but for the link and the choice.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Shown {
    pub(super) question: String,
    /// The question before it.
    pub(super) before: Option<String>,
    pub(super) position: Position,
    pub(super) language: Language,
    pub(super) from_check: bool,
}

/// The blank pages of one worker.
#[derive(Default)]
pub(super) struct BlankPages(RefCell<HashMap<(*const Questionnaire, Shown), Kept>>);

struct Kept {
    page: Rc<BlankPage>,
    /// As long as this is held, its address is no other questionnaire's.
    _questionnaire: Arc<Questionnaire>,
}

impl BlankPages {
    /// The blank page of what is `shown`, which `make` makes when it is not here: `None` when that cannot.
    pub(super) fn find_or_make(
        &self,
        questionnaire: &Arc<Questionnaire>,
        shown: Shown,
        make: impl FnOnce() -> Option<String>,
    ) -> Option<Rc<BlankPage>> {
        let key = (Arc::as_ptr(questionnaire), shown);
        if let Some(kept) = self.0.borrow().get(&key) {
            return Some(Rc::clone(&kept.page));
        }
        let page = Rc::new(BlankPage::of(&make()?));
        let mut all = self.0.borrow_mut();
        if all.len() >= MOST {
            all.clear();
        }
        all.insert(key, Kept { page: Rc::clone(&page), _questionnaire: Arc::clone(questionnaire) });
        Some(page)
    }
}

/// A page in pieces, and what belongs behind each.
#[derive(Debug)]
pub(super) struct BlankPage {
    pieces: Vec<(String, Gap)>,
    end: String,
}

#[derive(Debug, Clone, Copy)]
enum Gap {
    Token,
    /// The end of the value of this choice, counted from 0.
    Choice(usize),
}

impl BlankPage {
    fn of(html: &str) -> Self {
        let (mut pieces, mut choices, mut end) = (Vec::new(), 0.., html);
        while let Some((piece, rest)) = end.split_once([TOKEN, CHOICE]) {
            let is_token = end[piece.len()..].starts_with(TOKEN);
            let gap = if is_token { Gap::Token } else { Gap::Choice(choices.next().unwrap_or_default()) };
            // The quotation mark goes with the gap: what follows a value depends on whether it is chosen.
            end = if is_token { rest } else { rest.strip_prefix('"').unwrap_or(rest) };
            pieces.push((piece.to_owned(), gap));
        }
        Self { pieces, end: end.to_owned() }
    }

    /// The page of the person with this token, who chose the choices for which `is_chosen` says so, by their places.
    pub(super) fn filled(&self, token: &str, is_chosen: impl Fn(usize) -> bool) -> String {
        let longest = token.len().max("\" checked".len());
        let length: usize = self.pieces.iter().map(|(piece, _)| piece.len() + longest).sum();
        let mut page = String::with_capacity(length + self.end.len());
        for (piece, gap) in &self.pieces {
            page.push_str(piece);
            page.push_str(match *gap {
                Gap::Token => token,
                Gap::Choice(place) if is_chosen(place) => "\" checked",
                Gap::Choice(_) => "\"",
            });
        }
        page.push_str(&self.end);
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(question: usize) -> Shown {
        let position = Position { number: 1, of: 40 };
        Shown { question: question.to_string(), before: None, position, language: Language::English, from_check: false }
    }

    #[test]
    fn gaps_are_filled_with_the_link_and_the_choices() {
        let blank =
            BlankPage::of("<a href=\"/s/\0/check\"><input value=\"yes\u{1}\"><input value=\"no\u{1}\"></a>/s/\0");
        let page = blank.filled("T", |place| place == 1);
        assert_eq!(page, "<a href=\"/s/T/check\"><input value=\"yes\"><input value=\"no\" checked></a>/s/T");
    }

    #[test]
    fn a_page_is_made_once_for_a_questionnaire_and_no_more_are_kept_than_memory_is_meant_for() {
        let (pages, questionnaire) = (BlankPages::default(), Arc::new(Questionnaire::built_in().clone()));
        let made = |questionnaire: &Arc<Questionnaire>, question, text: &str| {
            let page = pages.find_or_make(questionnaire, shown(question), || Some(text.to_owned()));
            page.expect("made").filled("", |_| false)
        };
        assert_eq!(made(&questionnaire, 0, "one"), "one");
        assert_eq!(made(&questionnaire, 0, "two"), "one");
        assert_eq!(made(&Arc::new(Questionnaire::built_in().clone()), 0, "three"), "three");
        for question in 0..MOST {
            made(&questionnaire, question, "some");
            assert!(pages.0.borrow().len() <= MOST);
        }
        assert!(pages.find_or_make(&questionnaire, shown(MOST), || None).is_none(), "what cannot be made is not kept");
    }
}
