//! Multiple choice: any number of options, shown as checkboxes.
//!
//! `exclusive` names options that stand alone, such as “none of these”. In results, each option is a column of its
//! own: chosen, not chosen, or no answer.

use std::collections::BTreeSet;

use super::{Answer, AnswerProblem, Choice, Entry, Kind, Problems, Question, RawQuestion, choice_list};

/// What a multiple choice question needs beyond its options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MultipleChoice {
    /// Codes of options that cannot be combined with any other.
    pub exclusive: Vec<String>,
}

/// What multiple choice is.
pub const ENTRY: Entry = Entry {
    name: "multiple_choice",
    summary: "Any number of options.",
    keys: &["options", "exclusive"],
    example: r#"
kind = "multiple_choice"
options = [
  { code = "manager", en = "A manager", cy = "Rheolwr" },
  { code = "colleague", en = "A colleague", cy = "Cydweithiwr" },
  { code = "nobody", en = "Nobody", cy = "Neb" },
]
exclusive = ["nobody"]
"#,
    define,
    read,
};

fn define(raw: &RawQuestion, problems: &mut Problems<'_>) -> (Kind, Vec<Choice>) {
    let choices = choice_list::read(raw, problems);
    let named = raw.exclusive.as_ref().map(|list| list.get_ref().as_slice()).unwrap_or_default();
    let exclusive = choice_list::known_codes(raw, "exclusive", named, &choices, problems);
    (Kind::MultipleChoice(MultipleChoice { exclusive }), choices)
}

fn read(question: &Question, given: &[String]) -> Result<Answer, AnswerProblem> {
    if let Some(unknown) = given.iter().find(|code| question.option(code).is_none()) {
        return Err(AnswerProblem::UnknownOption(unknown.clone()));
    }
    let chosen: BTreeSet<&String> = given.iter().collect();
    if let Kind::MultipleChoice(MultipleChoice { exclusive }) = &question.kind
        && chosen.len() > 1
        && let Some(alone) = exclusive.iter().find(|code| chosen.contains(code))
    {
        return Err(AnswerProblem::Contradiction(alone.clone()));
    }
    let in_order = question.options.iter().map(|option| &option.code).filter(|code| chosen.contains(code));
    Ok(Answer::Chosen(in_order.cloned().collect()))
}
