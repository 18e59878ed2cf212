//! Words of the workbooks: the cover, and what terms mean.

use super::Released;
use crate::domain::disclosure;

/// Lines of the cover below its title.
pub(super) fn cover(released: Released<'_>) -> Vec<String> {
    let (organisation, audit) = (released.organisation, released.table.audit());
    vec![
        format!("{} ({})", organisation.name, organisation.ods),
        format!(
            "Survey {}, release {}. A release is made once and cannot be changed.",
            released.survey.id, released.release
        ),
        "These are the published figures of an anonymous survey of staff. They are protected: where a figure is \
         withheld, so that nobody’s answer can be worked out, [c] stands in its place. [c] is not zero."
            .to_owned(),
        format!(
            "{} figures (the answers of one group to one question) are published and {} withheld.",
            audit.published, audit.withheld
        ),
        "The next sheets are the contents and the notes; after them, each sheet has one table.".to_owned(),
    ]
}

/// Terms and what they mean.
pub(super) fn notes(released: Released<'_>) -> Vec<(String, String)> {
    const TERMS: &[(&str, &str)] = &[
        (
            "[c]",
            "Confidential: the figure is withheld, because it or a figure derived from it would tell about few people. It is not zero. Why a single figure is withheld is not said: that alone would tell something.",
        ),
        ("[z]", "Not applicable: there is no figure to give, such as an interval of a share that has none."),
        ("Group", "A group that nobody belongs to has no row."),
        ("Took part", "People of the group who answered the survey."),
        (
            "Base",
            "In the answers: people who chose any answer. For favourable answers: people who gave an answer with a score, which leaves out answers such as “don’t know”.",
        ),
        ("Share", "People over base. Where one person can choose several answers, shares do not add up to 100 %."),
        (
            "Favourable",
            "Answers that are good for staff: agreeing that one belongs, or never having been harassed. Question by question, the sheet of answers shows them together as “All favourable answers”.",
        ),
        (
            "Interval",
            "Wilson’s interval of the favourable share at 95 %; for differences, Newcombe’s, in percentage points.",
        ),
        ("Score, 0 to 10", "Mean of the answers, each with its score; 10 is best."),
        (
            "Difference in points",
            "Favourable share of the group minus that of White staff, in percentage points. Below zero, the group fares worse.",
        ),
        (
            "p, adjusted",
            "Two-sided p-value of the test of two proportions, adjusted over all differences of the table (Benjamini and Hochberg). Below 0.05, chance alone is an unlikely cause.",
        ),
    ];
    let terms = TERMS.iter().map(|(term, meaning)| ((*term).to_owned(), (*meaning).to_owned()));
    let rules = disclosure::rules()
        .map(|rule| (format!("Rule: {}", rule.name.replace('_', " ")), format!("{} {}", rule.reason, rule.source)));
    terms.chain(rules).chain([("Audit".to_owned(), audit(released))]).collect()
}

fn audit(released: Released<'_>) -> String {
    let audit = released.table.audit();
    format!(
        "Before the release, an attacker of our own tried to work out withheld figures from everything that is published. \
         Sets of people tested: {}. Sets whose answers could be worked out: {}.",
        audit.sets_tested, audit.exact_disclosures
    )
}
