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
        let given = answers.sensitive_answers();
        policy.minimum_interval > 0 && answers.sensitive.contains(&true) && (given == 0 || given == answers.people())
    }
}

/// How far apart the bounds on a withheld group of so many people must stay.
pub(in crate::domain::disclosure) fn required_width(people: u32, policy: &Policy) -> u32 {
    policy.minimum_interval.min(people)
}
