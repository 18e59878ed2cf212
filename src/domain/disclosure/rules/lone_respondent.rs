//! Lone respondent: somebody alone in a group knows its answers, and must not learn another small group's by
//! subtracting her own.

use super::Rule;

pub(super) struct LoneRespondent;

impl Rule for LoneRespondent {
    fn name(&self) -> &'static str {
        "lone_respondent"
    }

    fn reason(&self) -> &'static str {
        "The only person in a group sees more than the public does: her own answer."
    }

    fn source(&self) -> &'static str {
        "Hundepool et al. (2012), Statistical Disclosure Control, §4.4.5 (singletons)"
    }

    fn protects_lone(&self) -> bool {
        true
    }
}
