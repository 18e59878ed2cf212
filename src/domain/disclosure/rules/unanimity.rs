//! Unanimity: when everybody in a group gave the same sensitive answer, size protects nobody.
//!
//! A group in which every answer is the same sensitive option is withheld for that question; so is one in which all but
//! one are, because the one who differs then knows all the others.

use super::{Answers, Rule};
use crate::domain::disclosure::Policy;

pub(super) struct Unanimity;

impl Rule for Unanimity {
    fn name(&self) -> &'static str {
        "unanimity"
    }

    fn reason(&self) -> &'static str {
        "If all of a group say the same, the answer of each is known; if all but one do, that one knows."
    }

    fn source(&self) -> &'static str {
        "Hundepool et al. (2012), Statistical Disclosure Control, §5.2 (group disclosure)"
    }

    fn withholds_answers(&self, answers: &Answers<'_>, _policy: &Policy) -> bool {
        let base = answers.base();
        answers.sensitive().any(|count| count > 0 && count + 1 >= base)
    }
}
