//! From a survey's responses to its raw table.

use std::collections::HashMap;
use std::ops::Range;

use super::family::{Classification, Family};
use super::raw_table::{Option_, QuestionColumn, RawTable, Respondent, TabulationError};
use crate::domain::organisation::UnitTree;
use crate::domain::questionnaire::{Classification as Asked, Kind, Question, Questionnaire};
use crate::domain::response::Response;
use crate::domain::survey::SurveyContent;
use crate::domain::{ethnicity, pay_band, staff_group};

/// Code of everybody, the root of each variable.
pub const ALL: &str = "all";
/// What separates question and option in the column of a question with several answers.
pub const SEPARATOR: char = '.';

/// Tabulates the responses of a survey over its default family. A response comes with the unit that its invitation
/// carried; a finer one that the respondent gave inside it wins.
///
/// # Errors
/// [`TabulationError`].
pub fn of_survey(content: &SurveyContent, responses: &[(Option<&str>, Response)]) -> Result<RawTable, TabulationError> {
    let family = family(&content.units)?;
    let questions: Vec<&Question> = content
        .questionnaire
        .questions()
        .filter(|question| question.classifies.is_none() && question.has_options())
        .collect();
    let columns = columns(&questions);
    let respondents: Vec<Respondent> = responses
        .iter()
        .map(|(class, response)| Respondent {
            categories: categories(&family, &content.questionnaire, *class, response),
            answers: questions.iter().flat_map(|question| answers(question, response)).collect(),
        })
        .collect();
    RawTable::tabulate(family, columns, respondents.into_iter())
}

pub(super) fn family(units: &UnitTree) -> Result<Family, TabulationError> {
    let root = std::iter::once((ALL, None));
    let below = units.units().iter().map(|unit| (unit.code.as_str(), Some(unit.parent.as_deref().unwrap_or(ALL))));
    let unit = Classification::new(Asked::Unit.code(), root.chain(below));
    let ethnicity = Classification::new(Asked::Ethnicity.code(), ethnicity::publication_nodes());
    let pay_band = Classification::new(Asked::PayBand.code(), pay_band::publication_nodes());
    let staff_group = Classification::new(Asked::StaffGroup.code(), staff_group::publication_nodes());
    match (unit, ethnicity, pay_band, staff_group) {
        (Ok(unit), Ok(ethnicity), Ok(pay_band), Ok(staff_group)) => {
            Ok(Family::of_survey(unit, ethnicity, pay_band, staff_group))
        }
        _ => Err(TabulationError::Misfit),
    }
}

/// Columns of the questions, in order.
pub(super) fn columns(questions: &[&Question]) -> Vec<QuestionColumn> {
    let mut columns: Vec<QuestionColumn> = Vec::new();
    let mut of_question: HashMap<&str, Range<usize>> = HashMap::new();
    for question in questions {
        let decides = question.ask_when.iter().filter_map(|condition| of_question.get(condition.question.as_str()));
        let asked_after: Vec<usize> = decides.cloned().flatten().collect();
        let first = columns.len();
        columns.extend(columns_of(question, &asked_after));
        of_question.insert(&question.id, first..columns.len());
    }
    columns
}

fn columns_of(question: &Question, asked_after: &[usize]) -> Vec<QuestionColumn> {
    let options =
        || question.options().iter().map(|choice| Option_ { code: choice.code.clone(), sensitive: choice.sensitive });
    if matches!(question.kind, Kind::MultipleChoice(_)) {
        let one = |option: Option_| QuestionColumn {
            id: format!("{}{SEPARATOR}{}", question.id, option.code),
            options: vec![
                Option_ { code: "chosen".to_owned(), ..option.clone() },
                Option_ { code: "not_chosen".to_owned(), sensitive: option.sensitive },
            ],
            asked_after: asked_after.to_vec(),
        };
        options().map(one).collect()
    } else {
        let asked_after = asked_after.to_vec();
        vec![QuestionColumn { id: question.id.clone(), options: options().collect(), asked_after }]
    }
}

pub(super) fn answers(question: &Question, response: &Response) -> Vec<Option<u8>> {
    let chosen = response.answer(&question.id).codes();
    if matches!(question.kind, Kind::MultipleChoice(_)) {
        let answered = !chosen.is_empty();
        question.options().iter().map(|choice| answered.then(|| u8::from(!chosen.contains(&choice.code)))).collect()
    } else {
        let position =
            chosen.first().and_then(|code| question.options().iter().position(|choice| choice.code == *code));
        vec![position.and_then(|index| u8::try_from(index).ok())]
    }
}

pub(super) fn categories(
    family: &Family,
    questionnaire: &Questionnaire,
    class: Option<&str>,
    response: &Response,
) -> Vec<usize> {
    family
        .variables
        .iter()
        .map(|variable| {
            let asked = Asked::from_code(&variable.name);
            let given = asked.and_then(|asked| response.category(questionnaire, asked));
            let fallback = if asked == Some(Asked::Unit) { class.unwrap_or(ALL) } else { "not_stated" };
            given.and_then(|code| variable.position(code)).or_else(|| variable.position(fallback)).unwrap_or(0)
        })
        .collect()
}
