//! Differences between ethnic groups of one release, and between two waves: from protected cells only.
//!
//! P-values are adjusted over everything that is compared at once (Benjamini and Hochberg), so that a page of
//! comparisons does not find a difference by chance in every twentieth.

use super::{ResultLine, Selection, published_questions, results};
use crate::domain::disclosure::ProtectedTable;
use crate::domain::ethnicity::{Group, Upper};
use crate::domain::figure::{Direction, Figure, RelativeLikelihood};
use crate::domain::indicator::relative;
use crate::domain::questionnaire::{Classification, Question, Questionnaire};
use crate::domain::statistics::Tally;
use crate::domain::survey_measure::{Comparison, Measures, compare_all};

/// A release with the questionnaire that it is about.
#[derive(Clone, Copy)]
pub struct Wave<'a> {
    /// What may be seen.
    pub table: &'a ProtectedTable,
    /// What was asked.
    pub questionnaire: &'a Questionnaire,
}

/// One question: White respondents, and each other group against them.
#[derive(Debug, Clone, PartialEq)]
pub struct QuestionGaps {
    /// Question.
    pub question: String,
    /// White respondents.
    pub white: Measures,
    /// Minority ethnic respondents together, then the four groups.
    pub groups: Vec<GroupGap>,
}

/// One group against White respondents.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupGap {
    /// Code of the group.
    pub group: &'static str,
    /// The group.
    pub measures: Measures,
    /// The group minus White: for minority ethnic respondents together, the experience gap.
    pub gap: Comparison,
    /// Favourable rate of the group over that of White respondents.
    pub relative_likelihood: Figure<RelativeLikelihood>,
}

/// One question and group in two waves.
#[derive(Debug, Clone, PartialEq)]
pub struct WaveChange {
    /// Question.
    pub question: String,
    /// Code of the group; `all` for everybody.
    pub group: &'static str,
    /// In the earlier wave.
    pub before: Measures,
    /// In the later one.
    pub now: Measures,
    /// Later minus earlier.
    pub change: Comparison,
}

/// Measures of groups, each with its code.
type ByGroup = Vec<(&'static str, Measures)>;

/// Code of everybody.
const ALL: &str = "all";

/// Every question with favourable answers, in the order of asking. A group that nobody belongs to has no line.
pub fn group_gaps(wave: Wave<'_>) -> Vec<QuestionGaps> {
    let groups = Group::ALL.iter().filter(|group| **group != Group::White).map(|group| group.code());
    let compared: Vec<&'static str> = std::iter::once(Upper::MinorityEthnic.code()).chain(groups).collect();
    let mut found: Vec<(String, Measures, ByGroup)> = Vec::new();
    for question in wave.compared_questions() {
        let lines = wave.by_ethnicity(question);
        let Some(white) = measures_of(&lines, Upper::White.code()) else { continue };
        let others = compared.iter().filter_map(|group| Some((*group, measures_of(&lines, group)?))).collect();
        found.push((question.id.clone(), white, others));
    }
    let pairs: Vec<(&Measures, &Measures)> =
        found.iter().flat_map(|(_, white, others)| others.iter().map(move |(_, group)| (group, white))).collect();
    let mut comparisons = compare_all(&pairs).into_iter();
    found
        .iter()
        .map(|(question, white, others)| QuestionGaps {
            question: question.clone(),
            white: white.clone(),
            groups: others
                .iter()
                .zip(comparisons.by_ref())
                .map(|((group, measures), gap)| GroupGap {
                    group,
                    measures: measures.clone(),
                    gap,
                    relative_likelihood: over_white(measures.tally(), white.tally()),
                })
                .collect(),
        })
        .collect()
}

/// Every question that both waves asked in the same words and with the same options, for everybody, White and minority
/// ethnic respondents.
pub fn wave_changes(now: Wave<'_>, before: Wave<'_>) -> Vec<WaveChange> {
    let mut found: Vec<(String, &'static str, Measures, Measures)> = Vec::new();
    for question in now.compared_questions() {
        let earlier = before.questionnaire.question(&question.id).filter(|earlier| question.asks_the_same_as(earlier));
        let Some(earlier) = earlier else { continue };
        let (late, early) = (now.by_ethnicity(question), before.by_ethnicity(earlier));
        for group in [ALL, Upper::White.code(), Upper::MinorityEthnic.code()] {
            if let Some((now, before)) = measures_of(&late, group).zip(measures_of(&early, group)) {
                found.push((question.id.clone(), group, before, now));
            }
        }
    }
    let pairs: Vec<(&Measures, &Measures)> = found.iter().map(|(_, _, before, now)| (now, before)).collect();
    let changes = compare_all(&pairs);
    let change = |((question, group, before, now), change)| WaveChange { question, group, before, now, change };
    found.into_iter().zip(changes).map(change).collect()
}

impl Wave<'_> {
    /// Published questions that have favourable answers and one answer a person.
    fn compared_questions(&self) -> impl Iterator<Item = &Question> {
        let single = |question: &&Question| self.table.column(&question.id).is_some();
        let favourable = |question: &&Question| question.options().iter().any(|option| option.favourable);
        published_questions(self.table, self.questionnaire).into_iter().filter(single).filter(favourable)
    }

    /// Lines by ethnicity; none when the survey does not publish them.
    fn by_ethnicity(&self, question: &Question) -> Vec<ResultLine> {
        let selection = Selection { by: vec![Classification::Ethnicity.code().to_owned()], only: Vec::new() };
        results(self.table, self.questionnaire, &question.id, &selection).map(|found| found.lines).unwrap_or_default()
    }
}

fn measures_of(lines: &[ResultLine], group: &str) -> Option<Measures> {
    lines.iter().find(|line| line.categories == [group]).map(|line| line.measures.clone())
}

fn over_white(group: Figure<Tally>, white: Figure<Tally>) -> Figure<RelativeLikelihood> {
    group.and_then(|group| white.and_then(|white| relative(white, group, Direction::MinorityEthnicOverWhite)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::questionnaire::BUILT_IN;

    #[test]
    fn a_question_in_other_words_or_with_other_options_is_another_question() {
        let question = |text: &str| {
            let questionnaire = Questionnaire::parse(text).expect("a questionnaire");
            questionnaire.question("equal_opportunities").expect("a question").clone()
        };
        let now = question(BUILT_IN);
        assert!(now.asks_the_same_as(&question(BUILT_IN)));
        let reworded = BUILT_IN.replace("give everyone the same chance of getting on", "let everyone get on");
        assert!(!now.asks_the_same_as(&question(&reworded)));
        let scored = BUILT_IN.replacen("unfavourable = [\"no\"]", "unfavourable = [\"no\", \"dont_know\"]", 1);
        assert_ne!(scored, BUILT_IN);
        let other = Questionnaire::parse(&scored).expect("a questionnaire");
        let changed = |questionnaire: &Questionnaire| {
            let built_in = Questionnaire::parse(BUILT_IN).expect("a questionnaire");
            questionnaire
                .questions()
                .filter(|question| !built_in.question(&question.id).expect("the same").asks_the_same_as(question))
                .count()
        };
        assert_eq!(changed(&other), 1);
    }
}
