//! Free text: a comment in the respondent's own words.
//!
//! Never a category, never tabulated; shown verbatim only under the rules for comments in `docs/anonymity.md`.

use super::{Answer, AnswerProblem, Choice, Entry, Kind, Problems, Question, RawQuestion};

/// What a free text question needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreeText {
    /// The most characters that an answer may have, counted as browsers do: one beyond the 65,536 commonest counts twice.
    pub longest: usize,
}

/// What free text is.
pub const ENTRY: Entry = Entry {
    name: "free_text",
    summary: "A comment in the respondent’s own words.",
    keys: &["longest"],
    example: r#"
kind = "free_text"
longest = 1000
"#,
    define,
    read,
};

const USUAL: usize = 2_000;
const MOST: usize = 10_000;

fn define(raw: &RawQuestion, problems: &mut Problems<'_>) -> (Kind, Vec<Choice>) {
    let longest = match &raw.longest {
        Some(longest) if !(1..=MOST).contains(longest.get_ref()) => {
            problems.at(longest.span(), format!("longest is {}; write 1 to {MOST} characters", longest.get_ref()));
            USUAL
        }
        Some(longest) => *longest.get_ref(),
        None => USUAL,
    };
    (Kind::FreeText(FreeText { longest }), Vec::new())
}

fn read(question: &Question, given: &[String]) -> Result<Answer, AnswerProblem> {
    let [text] = given else {
        return Err(AnswerProblem::MoreThanOne);
    };
    let text = text.replace("\r\n", "\n").trim().to_owned();
    let longest = if let Kind::FreeText(FreeText { longest }) = question.kind { longest } else { USUAL };
    let length = text.encode_utf16().count();
    if length > longest {
        return Err(AnswerProblem::TooLong { longest, length });
    }
    if text.chars().any(|character| character.is_control() && !matches!(character, '\n' | '\t')) {
        return Err(AnswerProblem::ControlCharacters);
    }
    Ok(Answer::Text(text))
}
