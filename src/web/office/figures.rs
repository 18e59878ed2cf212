//! Figures of survey results as office pages show them: charts, their tables, and numbers in words.

use crate::domain::questionnaire::{Language, Question};
use crate::domain::results::ResultLine;
use crate::web::components::{Axis, Bar, BarChart, Table};

/// A group with its name and its answers.
pub(super) struct Group {
    pub label: String,
    /// How many larger groups of the same variable it lies in.
    pub level: usize,
    pub line: ResultLine,
}

/// More bars than this are not read; the finest levels are then left to the table.
const MOST_BARS: usize = 30;

/// `2163` → `2,163`.
pub(in crate::web) fn count(number: u64) -> String {
    let digits = number.to_string();
    let separate = |(index, digit): (usize, char)| {
        let comma = index > 0 && (digits.len() - index).is_multiple_of(3);
        comma.then_some(',').into_iter().chain([digit])
    };
    digits.chars().enumerate().flat_map(separate).collect()
}

/// The same of a number that may be below zero: `-1234` → `−1,234`.
pub(super) fn signed(number: i64) -> String {
    let sign = if number < 0 { "−" } else { "" };
    format!("{sign}{}", count(number.unsigned_abs()))
}

/// Shares of favourable answers, a bar a group; `None` when there is no group to draw a bar for.
pub(super) fn favourable_chart(groups: &[Group]) -> Option<BarChart> {
    let deepest = (0..=3)
        .rev()
        .find(|depth| groups.iter().filter(|group| group.level <= *depth).count() <= MOST_BARS)
        .unwrap_or_default();
    let bar = |group: &Group| Bar {
        label: group.label.clone(),
        level: group.level,
        text: group.line.measures.favourable.text(|share| share.percent(0)),
        share: group.line.measures.favourable.value().map(|share| share.as_f64()),
        interval: group.line.measures.interval.value(),
        reference: None,
    };
    let chart = BarChart {
        language: Language::English,
        axis: Axis::Whole,
        title: "Favourable answers".to_owned(),
        note: "The black lines are 95 % intervals: the true share of all staff is likely to lie within them."
            .to_owned(),
        bars: groups.iter().filter(|group| group.level <= deepest).map(bar).collect(),
    };
    chart.bars.iter().any(|bar| bar.share.is_some()).then_some(chart)
}

/// Counts, share and interval of favourable answers, a row a group.
pub(super) fn favourable_table(variable: &str, groups: &[Group]) -> Table {
    let row = |group: &Group| {
        let measures = &group.line.measures;
        vec![
            group.label.clone(),
            group.line.respondents.text(count),
            measures.scored_base.text(count),
            measures.favourable_people().text(count),
            measures.favourable.text(|share| share.percent(1)),
            measures.interval.text(|interval| format!("{:.1} to {:.1} %", interval.low * 100.0, interval.high * 100.0)),
        ]
    };
    let columns = [variable, "Took part", "Base", "Favourable", "Share", "95 % interval"];
    Table {
        caption: "Favourable answers".to_owned(),
        columns: columns.map(str::to_owned).into(),
        rows: groups.iter().map(row).collect(),
        numbers_from: 1,
        levels: levels(groups),
    }
}

/// Share of each option, a row a group.
pub(super) fn shares_table(variable: &str, question: &Question, groups: &[Group]) -> Table {
    let options = question.options().iter().map(|choice| choice.label(Language::English).to_owned());
    let row = |group: &Group| {
        let measures = &group.line.measures;
        let shares = measures.options.iter().map(|option| option.share.text(|share| share.percent(1)));
        [group.label.clone(), measures.base.text(count)].into_iter().chain(shares).collect()
    };
    Table {
        caption: "Share of each answer".to_owned(),
        columns: [variable.to_owned(), "Answered".to_owned()].into_iter().chain(options).collect(),
        rows: groups.iter().map(row).collect(),
        numbers_from: 1,
        levels: levels(groups),
    }
}

fn levels(groups: &[Group]) -> Vec<usize> {
    groups.iter().map(|group| group.level).collect()
}

/// Labels of the answers that count as favourable, `“Agree” or “Strongly agree”`; `None` when no answer does.
pub(super) fn favourable_answers(question: &Question) -> Option<String> {
    let labels: Vec<String> = question
        .options()
        .iter()
        .filter(|choice| choice.favourable)
        .map(|choice| format!("“{}”", choice.label(Language::English)))
        .collect();
    let (last, before) = labels.split_last()?;
    Some(if before.is_empty() { last.clone() } else { format!("{} or {last}", before.join(", ")) })
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn thousands_are_separated() {
        assert_eq!([0, 999, 1_000, 59_597_578].map(count), ["0", "999", "1,000", "59,597,578"]);
    }
}
