//! Results: one question of a release by one breakdown of its family.
//!
//! Everything is read from the [`ProtectedTable`]; what it withholds is [`Figure::Withheld`] here and in all that is
//! computed from it. A breakdown that the family does not hold is refused, never made anew.

mod comparison;
mod label;
mod representativeness;

pub use comparison::{GroupGap, QuestionGaps, Wave, WaveChange, group_gaps, wave_changes};
pub use label::{category_label, variable_label};
pub use representativeness::{Representativeness, Weighting, representativeness, weighting};

use super::disclosure::{ProtectedGroup, ProtectedTable};
use super::figure::Figure;
use super::questionnaire::{Kind, Question, Questionnaire};
use super::survey_measure::{Measures, OptionCount, chosen_measures, measures};
use super::tabulation::{Family, SEPARATOR};

/// What is asked of a release.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Variables to break down by, by name; none for everybody.
    pub by: Vec<String>,
    /// Only groups in these categories: pairs of variable and code.
    pub only: Vec<(String, String)>,
}

/// The answers to one question, a line a group.
#[derive(Debug, Clone, PartialEq)]
pub struct ResultTable {
    /// Names of the variables, in the family's order; each line has a code for each.
    pub variables: Vec<String>,
    /// Codes of the options, as the lines count them.
    pub options: Vec<String>,
    /// Groups: everybody first, then larger groups before the groups inside them.
    pub lines: Vec<ResultLine>,
}

/// The answers of one group.
#[derive(Debug, Clone, PartialEq)]
pub struct ResultLine {
    /// Code per variable; `all` where the group is not divided by it.
    pub categories: Vec<String>,
    /// How many responded to the survey.
    pub respondents: Figure<u64>,
    /// How many chose each option.
    pub counts: Figure<Vec<u64>>,
    /// Shares, favourable share, score.
    pub measures: Measures,
}

/// Why a selection gives no table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SelectionError {
    /// No question of this survey is published under this identifier.
    #[error("“{0}” is not a question with published results; the release lists those that are")]
    UnknownQuestion(String),
    /// The family does not hold the breakdown.
    #[error("results by {wanted} are not published; this survey publishes {family}, and each of those variables alone")]
    NotInFamily {
        /// The breakdown in words.
        wanted: String,
        /// The family in words.
        family: String,
    },
    /// The variable has no such category.
    #[error("“{code}” is not a category of “{variable}”")]
    UnknownCategory {
        /// The variable.
        variable: String,
        /// The code.
        code: String,
    },
}

impl ResultTable {
    /// With the lines of `other` where answers are withheld here and published there: of the same groups, in the same
    /// options.
    pub fn or(mut self, other: &Self) -> Self {
        if (&self.variables, &self.options) != (&other.variables, &other.options) {
            return self;
        }
        for line in self.lines.iter_mut().filter(|line| !matches!(line.counts, Figure::Value(_))) {
            let there = other.lines.iter().find(|there| there.categories == line.categories);
            if let Some(there) = there.filter(|there| matches!(there.counts, Figure::Value(_))) {
                let respondents = if line.respondents.value().is_some() { line.respondents } else { there.respondents };
                *line = ResultLine { respondents, ..there.clone() };
            }
        }
        self
    }
}

/// Answers to `question` by what `selection` says.
///
/// # Errors
/// [`SelectionError`].
pub fn results(
    table: &ProtectedTable,
    questionnaire: &Questionnaire,
    question: &str,
    selection: &Selection,
) -> Result<ResultTable, SelectionError> {
    let unknown = || SelectionError::UnknownQuestion(question.to_owned());
    let question = questionnaire.question(question).ok_or_else(unknown)?;
    let columns = columns(table, question).filter(|columns| !columns.is_empty()).ok_or_else(unknown)?;
    let (variables, only) = resolve(table.family(), selection)?;
    let mut groups: Vec<&ProtectedGroup> =
        table.groups().iter().filter(|group| belongs(table.family(), group, &variables, &only)).collect();
    groups.sort_by_cached_key(|group| order(group, &variables));
    Ok(ResultTable {
        variables: variables.iter().map(|variable| table.family().variables[*variable].name.clone()).collect(),
        options: question.options().iter().map(|choice| choice.code.clone()).collect(),
        lines: groups.into_iter().map(|group| line(table, question, &columns, group, &variables)).collect(),
    })
}

/// Questions that a release has results of, in the order of asking.
pub fn published_questions<'a>(table: &ProtectedTable, questionnaire: &'a Questionnaire) -> Vec<&'a Question> {
    questionnaire
        .questions()
        .filter(|question| columns(table, question).is_some_and(|columns| !columns.is_empty()))
        .collect()
}

/// Columns of the table that hold the answers: one, or one an option where several can be chosen.
fn columns(table: &ProtectedTable, question: &Question) -> Option<Vec<usize>> {
    match question.kind {
        Kind::MultipleChoice(_) => question
            .options()
            .iter()
            .map(|choice| table.column(&format!("{}{SEPARATOR}{}", question.id, choice.code)))
            .collect(),
        _ => Some(vec![table.column(&question.id)?]),
    }
}

type Resolved = (Vec<usize>, Vec<(usize, usize)>);

/// Variables and categories as indices; refuses what no table of the family holds.
fn resolve(family: &Family, selection: &Selection) -> Result<Resolved, SelectionError> {
    let names = selection.by.iter().chain(selection.only.iter().map(|(variable, _)| variable));
    let refused = || SelectionError::NotInFamily {
        wanted: selection
            .by
            .iter()
            .chain(selection.only.iter().map(|(name, _)| name))
            .cloned()
            .collect::<Vec<_>>()
            .join(" × "),
        family: family.describe().join("; "),
    };
    let mut variables: Vec<usize> = names
        .map(|name| family.variables.iter().position(|variable| variable.name == *name).ok_or_else(refused))
        .collect::<Result<_, _>>()?;
    variables.sort_unstable();
    variables.dedup();
    let holds = |table: &super::tabulation::Breakdown| {
        variables.iter().all(|wanted| table.variables.iter().any(|(variable, _)| variable == wanted))
    };
    if !family.breakdowns.iter().any(holds) {
        return Err(refused());
    }
    let only = selection
        .only
        .iter()
        .map(|(name, code)| {
            let variable = family.variables.iter().position(|variable| variable.name == *name).ok_or_else(refused)?;
            let category = family.variables[variable].position(code);
            category
                .map(|category| (variable, category))
                .ok_or_else(|| SelectionError::UnknownCategory { variable: name.clone(), code: code.clone() })
        })
        .collect::<Result<_, _>>()?;
    Ok((variables, only))
}

/// Whether the group is divided by `variables` alone, and lies in each category of `only`.
fn belongs(family: &Family, group: &ProtectedGroup, variables: &[usize], only: &[(usize, usize)]) -> bool {
    let category =
        |variable: usize| group.key().iter().find(|(of, _)| *of == variable).map_or(0, |(_, category)| *category);
    group.key().iter().all(|(variable, _)| variables.contains(variable))
        && only
            .iter()
            .all(|(variable, wanted)| family.variables[*variable].path(category(*variable)).any(|node| node == *wanted))
}

/// Sorts by the categories' own order; the root of each variable is 0 and comes first.
fn order(group: &ProtectedGroup, variables: &[usize]) -> Vec<usize> {
    let category =
        |variable: &usize| group.key().iter().find(|(of, _)| of == variable).map_or(0, |(_, category)| *category);
    variables.iter().map(category).collect()
}

fn line(
    table: &ProtectedTable,
    question: &Question,
    columns: &[usize],
    group: &ProtectedGroup,
    variables: &[usize],
) -> ResultLine {
    let categories = order(group, variables)
        .into_iter()
        .zip(variables)
        .map(|(category, variable)| table.family().variables[*variable].nodes[category].code.clone())
        .collect();
    let several = matches!(question.kind, Kind::MultipleChoice(_));
    let counts: Vec<Figure<u64>> = if several {
        columns.iter().map(|column| group.counts(*column).map(first)).collect()
    } else {
        (0..question.options().len())
            .map(|option| group.counts(columns[0]).map(|counts| counts.get(option).copied().map_or(0, u64::from)))
            .collect()
    };
    let options: Vec<OptionCount> = question
        .options()
        .iter()
        .zip(&counts)
        .map(|(choice, count)| OptionCount {
            code: choice.code.clone(),
            count: *count,
            favourable: choice.favourable,
            score: choice.score,
        })
        .collect();
    let measures = if several {
        // Everybody who chose anything has an entry in every column: chosen, or not.
        let base = group.counts(columns[0]).map(|counts| counts.iter().take(2).copied().map(u64::from).sum());
        chosen_measures(&options, base)
    } else {
        measures(&options)
    };
    let all = counts.into_iter().fold(Figure::Value(Vec::new()), |sum, count| {
        sum.and_then(|mut sum: Vec<u64>| {
            count.map(|count| {
                sum.push(count);
                sum
            })
        })
    });
    ResultLine { categories, respondents: group.respondents(), counts: all, measures }
}

fn first(counts: &[u32]) -> u64 {
    counts.first().copied().map_or(0, u64::from)
}
