//! Every unit at every question of a section: favourable shares, and how far each is from everybody.

use actix_web::{HttpResponse, get, web};
use askama::Template;
use serde::Deserialize;

use super::frame::{Section, page, render};
use crate::domain::figure::{Figure, Share};
use crate::domain::questionnaire::{Classification, Language, Question, Section as QuestionnaireSection};
use crate::domain::results::{ResultLine, Selection, category_label, published_questions, results};
use crate::domain::tabulation::ALL;
use crate::services::Services;
use crate::services::results::Release;
use crate::web::Problem;
use crate::web::access::{Managed, ReadRelease};
use crate::web::components::Page;

const ENGLISH: Language = Language::English;
/// Points away from everybody from which a cell is marked, and from which it is marked strongly.
const APART: [f64; 2] = [5.0, 10.0];

#[derive(Template)]
#[template(path = "web/office/heat_map.html")]
struct HeatMapPage {
    page: Page,
    survey: String,
    title: String,
    /// Sections to choose from: identifier, title, whether chosen.
    sections: Vec<(String, String, bool)>,
    heading: String,
    questions: Vec<(String, String)>,
    rows: Vec<Row>,
    withheld: usize,
    cells: usize,
}

/// A unit.
struct Row {
    label: String,
    level: usize,
    took_part: String,
    cells: Vec<HeatCell>,
}

/// A unit's share at one question.
struct HeatCell {
    text: String,
    /// Part of the style's name.
    shade: &'static str,
    /// What the shade says, in words and as a sign; empty where there is nothing to say.
    words: &'static str,
    sign: &'static str,
}

/// Which section.
#[derive(Deserialize)]
pub struct HeatMapQuery {
    /// Identifier of the section; the first one when left out.
    section: Option<String>,
}

/// The page.
#[get("/surveys/{id}/heat-map")]
pub async fn show(
    access: Managed<ReadRelease>,
    query: web::Query<HeatMapQuery>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let release = services.results.read(access.scope, access.id).await?;
    let (survey, title) = (release.survey.id.to_string(), release.survey.title.as_str().to_owned());
    let scored = scored_questions(&release);
    let sections: Vec<&QuestionnaireSection> = release
        .content
        .questionnaire
        .sections()
        .iter()
        .filter(|section| scored.iter().any(|question| is_in(section, question)))
        .collect();
    let position = match &query.section {
        Some(wanted) => wanted.parse::<usize>().ok().filter(|wanted| (1..=sections.len()).contains(wanted)),
        None => Some(1),
    };
    let position = position.ok_or_else(|| Problem::not_found("section"))?;
    let section = sections.get(position - 1).ok_or_else(|| Problem::not_found("section"))?;
    let questions: Vec<&Question> = scored.iter().filter(|question| is_in(section, question)).copied().collect();
    let rows = rows(&release, &questions)?;
    let cells = || rows.iter().flat_map(|row| &row.cells);
    render(&HeatMapPage {
        page: page(format!("Units at a glance: {title}"), Some(Section::Surveys)).below([
            ("/office".to_owned(), "Surveys".to_owned()),
            (format!("/office/surveys/{survey}"), title.clone()),
            (format!("/office/surveys/{survey}/results"), "Results".to_owned()),
        ]),
        sections: (1..)
            .zip(&sections)
            .map(|(number, it)| (number.to_string(), it.title.get(ENGLISH).to_owned(), number == position))
            .collect(),
        heading: section.title.get(ENGLISH).to_owned(),
        questions: questions.iter().map(|it| (it.id.clone(), it.text(ENGLISH).to_owned())).collect(),
        withheld: cells().filter(|cell| cell.text == "[c]").count(),
        cells: cells().count(),
        rows,
        survey,
        title,
    })
}

fn is_in(section: &QuestionnaireSection, question: &Question) -> bool {
    section.questions.iter().any(|other| other.id == question.id)
}

/// Published questions that have favourable answers and one answer a person.
fn scored_questions(release: &Release) -> Vec<&Question> {
    published_questions(&release.table, &release.content.questionnaire)
        .into_iter()
        .filter(|question| release.table.column(&question.id).is_some())
        .filter(|question| question.options().iter().any(|option| option.favourable))
        .collect()
}

fn rows(release: &Release, questions: &[&Question]) -> Result<Vec<Row>, Problem> {
    let unit = Classification::Unit.code();
    let family = release.table.family();
    let Some(variable) = family.variables.iter().find(|variable| variable.name == unit) else { return Ok(Vec::new()) };
    let selection = Selection { by: vec![unit.to_owned()], only: Vec::new() };
    let mut by_question: Vec<Vec<ResultLine>> = Vec::new();
    for question in questions {
        by_question.push(results(&release.table, &release.content.questionnaire, &question.id, &selection)?.lines);
    }
    let Some(first) = by_question.first() else { return Ok(Vec::new()) };
    let line = |lines: &[ResultLine], code: &str| lines.iter().find(|line| line.categories == [code]).cloned();
    let everybody: Vec<Figure<Share>> = by_question
        .iter()
        .map(|lines| line(lines, ALL).map_or(Figure::Withheld, |line| line.measures.favourable))
        .collect();
    let mut rows: Vec<(Vec<usize>, Row)> = first
        .iter()
        .map(|group| {
            let code = group.categories.first().map_or(ALL, String::as_str);
            let position = variable.position(code).unwrap_or_default();
            let cells = by_question.iter().zip(&everybody).map(|(lines, all)| match line(lines, code) {
                Some(found) => HeatCell::of(found.measures.favourable, *all),
                None => HeatCell::plain("–".to_owned()),
            });
            let mut path: Vec<usize> = variable.path(position).collect();
            path.reverse();
            let row = Row {
                label: category_label(&release.content.units, unit, code, ENGLISH),
                level: variable.depth(position).saturating_sub(1).min(3),
                took_part: group.respondents.text(super::figures::count),
                cells: cells.collect(),
            };
            (path, row)
        })
        .collect();
    // Each unit is followed by the units inside it.
    rows.sort_by(|one, other| one.0.cmp(&other.0));
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

impl HeatCell {
    fn plain(text: String) -> Self {
        Self { text, shade: "none", words: "", sign: "" }
    }

    /// Shaded by the distance from everybody; a withheld share has none.
    fn of(share: Figure<Share>, everybody: Figure<Share>) -> Self {
        let text = match share {
            Figure::NotCalculable(_) => "–".to_owned(),
            other => other.text(|share| share.percent(0)),
        };
        let Some((share, everybody)) = share.value().zip(everybody.value()) else { return Self::plain(text) };
        // Rounded, so that a distance of just five points is five points.
        let points = (share.minus(everybody).as_f64() * 1e6).round() / 1e6;
        let (shade, words, sign) = match points {
            it if it <= -APART[1] => ("far-below", "far below everybody", "▼▼"),
            it if it <= -APART[0] => ("below", "below everybody", "▼"),
            it if it >= APART[1] => ("far-above", "far above everybody", "▲▲"),
            it if it >= APART[0] => ("above", "above everybody", "▲"),
            _ => ("near", "", ""),
        };
        Self { text, shade, words, sign }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_marked_by_their_distance_and_withheld_ones_are_not() {
        let everybody = Share::of(60, 100);
        let shade = |part| HeatCell::of(Share::of(part, 100), everybody).shade;
        assert_eq!([50, 55, 58, 65, 70].map(shade), ["far-below", "below", "near", "above", "far-above"]);
        let withheld = HeatCell::of(Figure::Withheld, everybody);
        assert_eq!((withheld.text.as_str(), withheld.shade, withheld.words), ("[c]", "none", ""));
        assert_eq!(HeatCell::of(Share::of(1, 2), Figure::Withheld).shade, "none");
    }
}
