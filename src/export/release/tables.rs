//! Tables that are read rather than computed with: who took part, favourable answers, differences.

use super::{ENGLISH, Released, as_name, group_cells, group_columns, in_words, sheet_name};
use crate::domain::questionnaire::Classification;
use crate::domain::results::{
    ResultLine, Selection, SelectionError, Wave, category_label, group_gaps, results, variable_label,
};
use crate::domain::survey_measure::Measures;
use crate::export::book::{Column, Entry, Sheet};

/// Everybody, and each category of each variable: how many took part.
pub(super) fn took_part(released: Released<'_>) -> Sheet {
    let family = released.table.family();
    let everybody = released.table.group(&[]).map(|group| {
        vec![Entry::text("Everybody"), Entry::text("all"), Entry::text("Everybody"), Entry::Count(group.respondents())]
    });
    let of_variable = family.variables.iter().enumerate().flat_map(|(index, variable)| {
        (1..variable.nodes.len()).filter_map(move |category| {
            let group = released.table.group(&[(index, category)])?;
            let code = &variable.nodes[category].code;
            Some(vec![
                Entry::text(&variable_label(&variable.name, ENGLISH)),
                Entry::text(code),
                Entry::text(&category_label(released.units, &variable.name, code, ENGLISH)),
                Entry::Count(group.respondents()),
            ])
        })
    });
    Sheet {
        name: "Took part".to_owned(),
        table: "took_part".to_owned(),
        title: "How many people answered the survey".to_owned(),
        columns: vec![
            Column::new("variable", "Breakdown", 20),
            Column::new("code", "Group code", 20),
            Column::new("name", "Group", 50),
            Column::new("respondents", "Took part", 12),
        ],
        rows: everybody.into_iter().chain(of_variable).collect(),
    }
}

/// What people wrote, after review: a row per comment, in the order that was drawn.
pub(super) fn comments(released: Released<'_>) -> Sheet {
    let text = |id: &str| released.questionnaire.question(id).map_or("", |question| question.text(ENGLISH));
    let rows = released.comments.iter().map(|comment| {
        vec![Entry::text(&comment.question), Entry::text(text(&comment.question)), Entry::text(&comment.text)]
    });
    Sheet {
        name: "Comments".to_owned(),
        table: "comments".to_owned(),
        title: "Comments that were read before and published, in an order drawn by lot".to_owned(),
        columns: vec![
            Column::new("question", "Question code", 22),
            Column::new("question_text", "Question", 60),
            Column::new("comment", "Comment", 100),
        ],
        rows: rows.collect(),
    }
}

/// Favourable answers and score: a row per question and group.
///
/// # Errors
/// [`SelectionError`] for what the release does not hold.
pub(super) fn measures(
    released: Released<'_>,
    questions: &[String],
    groups: &Selection,
) -> Result<Sheet, SelectionError> {
    let mut rows = Vec::new();
    let mut variables = groups.by.clone();
    for id in questions {
        let found = results(released.table, released.questionnaire, id, groups)?;
        let scored = released.questionnaire.question(id).filter(|it| it.options().iter().any(|one| one.favourable));
        if let Some(question) = scored {
            let row = |line: &ResultLine| {
                [Entry::text(id), Entry::text(question.text(ENGLISH))]
                    .into_iter()
                    .chain(group_cells(released, &found.variables, &line.categories))
                    .chain([Entry::Count(line.respondents)])
                    .chain(favourable(&line.measures))
                    .chain([Entry::Number(line.measures.score)])
                    .collect::<Vec<Entry>>()
            };
            rows.extend(found.lines.iter().map(row));
        }
        variables = found.variables;
    }
    let columns = [Column::new("question", "Question code", 22), Column::new("question_text", "Question", 60)]
        .into_iter()
        .chain(group_columns(&variables))
        .chain([Column::new("respondents", "Took part", 12)])
        .chain(FAVOURABLE.map(|(code, heading)| Column::new(code, heading, 14)))
        .chain([Column::new("score", "Score, 0 to 10", 12)])
        .collect();
    Ok(Sheet {
        name: sheet_name("Summary", groups),
        table: format!("summary_{}", as_name(groups, "_")),
        title: format!("Favourable answers and score: {}", in_words(groups).to_lowercase()),
        columns,
        rows,
    })
}

const FAVOURABLE: [(&str, &str); 5] = [
    ("base", "Base"),
    ("favourable", "Favourable"),
    ("share", "Favourable share"),
    ("interval_low", "Interval from"),
    ("interval_high", "Interval to"),
];

fn favourable(measures: &Measures) -> [Entry; 5] {
    [
        Entry::Count(measures.scored_base),
        Entry::Count(measures.favourable_people()),
        Entry::Share(measures.favourable.map(|share| share.as_f64())),
        Entry::Share(measures.interval.map(|interval| interval.low)),
        Entry::Share(measures.interval.map(|interval| interval.high)),
    ]
}

/// Each ethnic group against White respondents at every question with favourable answers.
pub(super) fn differences(released: Released<'_>) -> Sheet {
    let gaps = group_gaps(Wave { table: released.table, questionnaire: released.questionnaire });
    let rows = gaps.iter().flat_map(|question| {
        let text = released.questionnaire.question(&question.question).map_or("", |found| found.text(ENGLISH));
        question.groups.iter().map(move |gap| {
            let name = category_label(released.units, Classification::Ethnicity.code(), gap.group, ENGLISH);
            vec![
                Entry::text(&question.question),
                Entry::text(text),
                Entry::text(gap.group),
                Entry::text(&name),
                Entry::Share(gap.measures.favourable.map(|share| share.as_f64())),
                Entry::Share(question.white.favourable.map(|share| share.as_f64())),
                Entry::Number(gap.gap.difference.map(|points| points.as_f64())),
                Entry::Number(gap.gap.interval.map(|interval| interval.low)),
                Entry::Number(gap.gap.interval.map(|interval| interval.high)),
                Entry::Number(gap.gap.p),
            ]
        })
    });
    Sheet {
        name: "Differences".to_owned(),
        table: "differences".to_owned(),
        title: "Favourable answers of each ethnic group against White staff".to_owned(),
        rows: rows.collect(),
        columns: [
            ("question", "Question code", 22),
            ("question_text", "Question", 60),
            ("group", "Group code", 18),
            ("group_name", "Group", 30),
            ("share", "Favourable share", 14),
            ("white_share", "Favourable share of White staff", 18),
            ("points", "Difference in points", 14),
            ("interval_low", "Interval from", 14),
            ("interval_high", "Interval to", 14),
            ("adjusted_p", "p, adjusted", 12),
        ]
        .map(|(code, heading, width)| Column::new(code, heading, width))
        .into(),
    }
}
