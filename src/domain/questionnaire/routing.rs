//! Which questions a respondent is asked, given the answers so far.
//!
//! A question without conditions is always asked. One with conditions is asked when at least one of them holds. A
//! condition can only look back at an earlier question, so the questions asked are known from the answers before
//! them, going back is always safe, and no chain of conditions can be circular.

use super::Questionnaire;
use super::question::Question;

/// “Asked when the answer to that earlier question was one of these.”
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// Id of an earlier question.
    pub question: String,
    /// Codes of its options, at least one.
    pub any_of: Vec<String>,
}

impl Questionnaire {
    /// The questions to ask, in order. `chosen` gives the option codes chosen at a question; what it
    /// gives for a question that is not itself asked does not count.
    pub fn asked<'a, 'b>(&'a self, chosen: impl Fn(&str) -> &'b [String]) -> Vec<&'a Question> {
        let mut asked: Vec<&Question> = Vec::new();
        for question in self.questions() {
            let holds = |condition: &Condition| {
                chosen(&condition.question).iter().any(|code| condition.any_of.contains(code))
                    && asked.iter().any(|earlier| earlier.id == condition.question)
            };
            if question.ask_when.is_empty() || question.ask_when.iter().any(holds) {
                asked.push(question);
            }
        }
        asked
    }
}
