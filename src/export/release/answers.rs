//! The count and share of each answer: a row per question, group and answer.
//!
//! Where a question has favourable answers, a last row per group has them together, with their interval.

use super::{ENGLISH, Released, as_name, group_cells, group_columns, in_words, sheet_name};
use crate::domain::figure::{Figure, Reason};
use crate::domain::questionnaire::Question;
use crate::domain::results::{ResultLine, Selection, SelectionError, results};
use crate::export::book::{Column, Entry, Sheet};

/// Code of the row that has all favourable answers of a group together; no option can have it.
const FAVOURABLE: &str = "(favourable)";
/// An interval belongs to the favourable share alone.
const NONE: Entry = Entry::Share(Figure::NotCalculable(Reason::SeveralAnswers));

/// The table of some questions.
///
/// # Errors
/// [`SelectionError`] for what the release does not hold.
pub(super) fn sheet(released: Released<'_>, questions: &[String], groups: &Selection) -> Result<Sheet, SelectionError> {
    let mut rows = Vec::new();
    for question in questions {
        for GroupAnswers { group, answers } in of_question(released, question, groups)? {
            rows.extend(answers.into_iter().map(|cells| group.iter().cloned().chain(cells).collect()));
        }
    }
    Ok(Sheet {
        name: sheet_name("Answers", groups),
        table: format!("answers_{}", as_name(groups, "_")),
        title: format!("Count and share of each answer: {}", in_words(groups).to_lowercase()),
        columns: columns(released, groups),
        rows,
    })
}

/// Headings; the variables stand in the order of the release.
pub(super) fn columns(released: Released<'_>, groups: &Selection) -> Vec<Column> {
    let names = groups.by.iter().chain(groups.only.iter().map(|(name, _)| name));
    let wanted: Vec<&String> = names.collect();
    let of_release = released.table.family().variables.iter().map(|variable| &variable.name);
    let variables: Vec<String> = of_release.filter(|name| wanted.contains(name)).cloned().collect();
    [Column::new("question", "Question code", 22), Column::new("question_text", "Question", 60)]
        .into_iter()
        .chain(group_columns(&variables))
        .chain([
            Column::new("respondents", "Took part", 12),
            Column::new("answer", "Answer code", 20),
            Column::new("answer_text", "Answer", 34),
            Column::new("count", "People", 10),
            Column::new("base", "Base", 10),
            Column::new("share", "Share", 10),
            Column::new("interval_low", "Interval from", 14),
            Column::new("interval_high", "Interval to", 14),
        ])
        .collect()
}

/// The answers of one group to one question.
pub(super) struct GroupAnswers {
    /// Cells that all its rows begin with: question, group, how many took part.
    pub group: Vec<Entry>,
    /// The other cells, a row an answer.
    pub answers: Vec<Vec<Entry>>,
}

/// Rows of one question, by group.
///
/// # Errors
/// [`SelectionError`] for what the release does not hold.
pub(super) fn of_question(
    released: Released<'_>,
    id: &str,
    groups: &Selection,
) -> Result<Vec<GroupAnswers>, SelectionError> {
    let found = results(released.table, released.questionnaire, id, groups)?;
    let Some(question) = released.questionnaire.question(id) else { return Ok(Vec::new()) };
    let of_group = |line: &ResultLine| GroupAnswers {
        group: [Entry::text(id), Entry::text(question.text(ENGLISH))]
            .into_iter()
            .chain(group_cells(released, &found.variables, &line.categories))
            .chain([Entry::Count(line.respondents)])
            .collect(),
        answers: of_line(question, line),
    };
    Ok(found.lines.iter().map(of_group).collect())
}

/// The answers of one group, without the cells that say which group.
fn of_line(question: &Question, line: &ResultLine) -> Vec<Vec<Entry>> {
    let measures = &line.measures;
    let mut rows: Vec<Vec<Entry>> = question
        .options()
        .iter()
        .zip(&measures.options)
        .map(|(choice, option)| {
            vec![
                Entry::text(&choice.code),
                Entry::text(choice.label(ENGLISH)),
                // Too few answers for a base are too few for what they were.
                Entry::Count(measures.base.and_then(|_| option.count)),
                Entry::Count(measures.base),
                Entry::Share(option.share.map(|share| share.as_f64())),
                NONE,
                NONE,
            ]
        })
        .collect();
    if question.options().iter().any(|choice| choice.favourable) {
        rows.push(vec![
            Entry::text(FAVOURABLE),
            Entry::text("All favourable answers"),
            Entry::Count(measures.favourable_people()),
            Entry::Count(measures.scored_base),
            Entry::Share(measures.favourable.map(|share| share.as_f64())),
            Entry::Share(measures.interval.map(|interval| interval.low)),
            Entry::Share(measures.interval.map(|interval| interval.high)),
        ]);
    }
    rows
}
