//! Minimum interval: a withheld count must stay uncertain, not merely undetermined.
//!
//! An attacker who knows every size can bound how many people of a withheld group gave a sensitive answer. The bounds,
//! rounded inwards to integers, must stay `minimum_interval` people apart (or as far as the group has people), and no
//! atom may be forced to 0 % or 100 %. A published group in which nobody or everybody gave a sensitive answer forces
//! all of its parts, and is withheld for that question.
//!
//! A question's sensitive options are bounded together: what must stay open is whether somebody gave *such* an answer.

use super::{Answers, Rule};
use crate::domain::disclosure::Policy;
use crate::domain::tabulation::QuestionColumn;

pub(super) struct MinimumInterval;

impl Rule for MinimumInterval {
    fn name(&self) -> &'static str {
        "minimum_interval"
    }

    fn reason(&self) -> &'static str {
        "Knowing that between 4 and 5 of 6 people complained is as good as knowing who did."
    }

    fn source(&self) -> &'static str {
        "Hundepool et al. (2012), Statistical Disclosure Control, §4.4 (feasibility intervals, sliding protection)"
    }

    fn withholds_answers(&self, answers: &Answers<'_>, policy: &Policy) -> bool {
        let forces = |options: &Vec<usize>| {
            let given = answers.of_options(options);
            given == 0 || given == answers.people()
        };
        policy.minimum_interval > 0 && guarded(answers.question).iter().any(forces)
    }
}

/// How far apart the bounds on a withheld group of so many people must stay.
pub(in crate::domain::disclosure) fn required_width(people: u32, policy: &Policy) -> u32 {
    policy.minimum_interval.min(people)
}

/// Options of a question whose counts are bounded together: the sensitive ones. When all are sensitive, as they are
/// until the questionnaire says otherwise, "together" would mean "has answered", so each is bounded by itself.
pub(in crate::domain::disclosure) fn guarded(question: &QuestionColumn) -> Vec<Vec<usize>> {
    let sensitive: Vec<usize> =
        (0..question.options.len()).filter(|option| question.options[*option].sensitive).collect();
    match sensitive.len() {
        0 => Vec::new(),
        all if all == question.options.len() => sensitive.into_iter().map(|option| vec![option]).collect(),
        _ => vec![sensitive],
    }
}
