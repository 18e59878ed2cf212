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
        let forces = |guarded: &Guarded| {
            let given = answers.of_options(&guarded.options);
            given == answers.people() || (guarded.both_ways && given == 0)
        };
        policy.minimum_interval > 0 && guarded(answers.question).iter().any(forces)
    }
}

/// How far apart the bounds on a withheld group of so many people must stay.
pub(in crate::domain::disclosure) fn required_width(people: u32, policy: &Policy) -> u32 {
    policy.minimum_interval.min(people)
}

/// Options whose answers are bounded together.
pub(in crate::domain::disclosure) struct Guarded {
    /// Which.
    pub options: Vec<usize>,
    /// Whether it matters too that somebody gave none of these answers.
    pub both_ways: bool,
}

/// What must stay open in a question: whether somebody gave one of its sensitive answers. Where every answer is
/// sensitive, as all are until the questionnaire says otherwise, that would only say who answered at all; so there each
/// answer is looked at by itself, and must not be certain of anybody. That nobody gave a rare one may be seen.
pub(in crate::domain::disclosure) fn guarded(question: &QuestionColumn) -> Vec<Guarded> {
    let sensitive: Vec<usize> =
        (0..question.options.len()).filter(|option| question.options[*option].sensitive).collect();
    match sensitive.len() {
        0 => Vec::new(),
        all if all == question.options.len() => {
            sensitive.into_iter().map(|option| Guarded { options: vec![option], both_ways: false }).collect()
        }
        _ => vec![Guarded { options: sensitive, both_ways: true }],
    }
}
