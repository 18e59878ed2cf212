//! The options that a definition lists itself, shared by single and multiple choice.

use super::{Choice, Problems, RawQuestion};
use crate::domain::questionnaire::check::{is_code, translated};
use crate::domain::questionnaire::definition::Word;

/// Fewest and most options of a question.
const FEWEST: usize = 2;
const MOST: usize = 100;

/// Reads `options`; notes a missing list, a wrong or repeated code, a missing translation.
pub(super) fn read(raw: &RawQuestion, problems: &mut Problems<'_>) -> Vec<Choice> {
    let id = raw.id.get_ref();
    let Some(list) = &raw.options else {
        problems.at(raw.kind.span(), format!("question “{id}” has no options; add an options list"));
        return Vec::new();
    };
    if !(FEWEST..=MOST).contains(&list.get_ref().len()) {
        problems.at(
            list.span(),
            format!("question “{id}” has {} options; give it {FEWEST} to {MOST}", list.get_ref().len()),
        );
    }
    let mut choices: Vec<Choice> = Vec::new();
    for option in list.get_ref() {
        let code = &option.get_ref().code;
        if !is_code(code.get_ref()) {
            let rule = "use lower-case letters, digits and “_”, at most 60, and not “prefer_not_to_say”, which every question offers";
            problems.at(code.span(), format!("“{}” cannot be the code of an option; {rule}", code.get_ref()));
        }
        if choices.iter().any(|choice| choice.code == *code.get_ref()) {
            problems.at(
                code.span(),
                format!("option “{}” stands twice in question “{id}”; give each option its own code", code.get_ref()),
            );
        }
        let what = format!("option “{}” of question “{id}”", code.get_ref());
        let (en, cy) = (&option.get_ref().en, &option.get_ref().cy);
        if let Some(label) = translated(&what, "", option.span(), en.as_deref(), cy.as_deref(), problems) {
            choices.push(Choice::neutral(code.get_ref(), label));
        }
    }
    choices
}

/// Notes each code that is not one of `choices`, and gives the others.
pub(super) fn known_codes(
    raw: &RawQuestion,
    key: &str,
    codes: &[Word],
    choices: &[Choice],
    problems: &mut Problems<'_>,
) -> Vec<String> {
    let mut known = Vec::new();
    for code in codes {
        if choices.iter().any(|choice| choice.code == *code.get_ref()) {
            known.push(code.get_ref().clone());
        } else {
            let message = format!(
                "{key} of question “{}” names “{}”, which is not one of its options; use the code of an option",
                raw.id.get_ref(),
                code.get_ref()
            );
            problems.at(code.span(), message);
        }
    }
    known
}
