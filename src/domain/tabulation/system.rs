//! From the responses of a system's members to one raw table: what a roll-up is protected from.
//!
//! The unit tree gains a level: each member lies below everybody, with its own units below it. Members' units are in the
//! table for their protection alone: what a member withholds must not follow from the roll-up. They are never published
//! here; each member's own release says what may be seen of them.

use super::family::{Classification, Family};
use super::raw_table::{RawTable, Respondent, TabulationError};
use super::survey::{self, ALL, answers, categories, family};
use crate::domain::organisation::OdsCode;
use crate::domain::questionnaire::{Classification as Asked, Question};
use crate::domain::response::Response;
use crate::domain::survey::SurveyContent;

/// One member's survey.
pub struct Member<'a> {
    /// Whose staff.
    pub organisation: &'a OdsCode,
    /// What they were asked.
    pub content: &'a SurveyContent,
    /// What they answered, each with the unit that the invitation carried.
    pub responses: &'a [(Option<&'a str>, Response)],
}

/// What the roll-up calls a unit of a member; the member itself for everybody.
pub fn system_code(organisation: &OdsCode, unit: &str) -> String {
    if unit == ALL { organisation.to_string() } else { format!("{organisation}/{unit}") }
}

/// Tabulates the responses of all members over the questions that all of them asked in the same words and with the same
/// options. Members, and what lies inside them, are protected and not published.
///
/// # Errors
/// [`TabulationError`].
pub fn of_system(members: &[Member<'_>]) -> Result<RawTable, TabulationError> {
    let families: Vec<Family> = members.iter().map(|member| family(&member.content.units)).collect::<Result<_, _>>()?;
    let mut shared = families.first().ok_or(TabulationError::Empty)?.clone();
    let unit = shared.variables.iter().position(|variable| variable.name == Asked::Unit.code());
    let unit = unit.ok_or(TabulationError::Misfit)?;
    shared.variables[unit] = units(members, &families, unit)?;

    let asked: Vec<Vec<&Question>> = questions(members);
    let mut columns = survey::columns(&asked[0]);
    for others in &asked[1..] {
        for (column, other) in columns.iter_mut().zip(survey::columns(others)) {
            for (option, other) in column.options.iter_mut().zip(other.options) {
                option.sensitive |= other.sensitive;
            }
        }
    }
    let mut respondents = Vec::new();
    for ((member, own), questions) in members.iter().zip(&families).zip(&asked) {
        for (class, response) in member.responses {
            let mut categories = categories(own, &member.content.questionnaire, *class, response);
            let code = system_code(member.organisation, &own.variables[unit].nodes[categories[unit]].code);
            categories[unit] = shared.variables[unit].position(&code).ok_or(TabulationError::Misfit)?;
            let answers = questions.iter().flat_map(|question| answers(question, response)).collect();
            respondents.push(Respondent { categories, answers });
        }
    }
    Ok(RawTable::tabulate(shared, columns, respondents.into_iter())?.hiding(unit))
}

fn units(members: &[Member<'_>], families: &[Family], unit: usize) -> Result<Classification, TabulationError> {
    let mut nodes: Vec<(String, Option<String>)> = vec![(ALL.to_owned(), None)];
    for (member, family) in members.iter().zip(families) {
        let tree = &family.variables[unit].nodes;
        nodes.extend(tree.iter().map(|node| {
            let parent = node
                .parent
                .map_or_else(|| ALL.to_owned(), |parent| system_code(member.organisation, &tree[parent].code));
            (system_code(member.organisation, &node.code), Some(parent))
        }));
    }
    let pairs = nodes.iter().map(|(code, parent)| (code.as_str(), parent.as_deref()));
    Classification::new(Asked::Unit.code(), pairs).map_err(|_| TabulationError::Misfit)
}

/// Per member, the questions that all members asked alike, in the order of the first.
fn questions<'a>(members: &[Member<'a>]) -> Vec<Vec<&'a Question>> {
    let mut all: Vec<Vec<&Question>> = members.iter().map(|_| Vec::new()).collect();
    let Some(first) = members.first() else { return all };
    let counted = |question: &&Question| question.classifies.is_none() && question.has_options();
    for question in first.content.questionnaire.questions().filter(counted) {
        let alike: Option<Vec<&Question>> = members
            .iter()
            .map(|member| {
                let own = member.content.questionnaire.question(&question.id);
                own.filter(|own| counted(own) && own.asks_the_same_as(question))
            })
            .collect();
        for (questions, question) in all.iter_mut().zip(alike.into_iter().flatten()) {
            questions.push(question);
        }
    }
    all
}
