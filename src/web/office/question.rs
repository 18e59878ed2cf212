//! Results of one question: a picture and a table, by one variable, in the organisation or one of its units.

use actix_web::{HttpResponse, get, web};
use askama::Template;
use serde::Deserialize;

use super::frame::{Section, page, render};
use crate::domain::identifier::SurveyId;
use crate::domain::questionnaire::{Classification, Kind, Language, Question};
use crate::domain::results::{ResultLine, Selection, category_label, results, variable_label};
use crate::domain::tabulation::ALL;
use crate::services::Services;
use crate::services::results::Release;
use crate::web::Problem;
use crate::web::access::{Managed, ReadRelease};
use crate::web::components::{Bar, BarChart, Page, Table};

const ENGLISH: Language = Language::English;

#[derive(Template)]
#[template(path = "web/office/question.html")]
struct QuestionPage {
    page: Page,
    survey: String,
    question: String,
    text: String,
    scored: bool,
    variables: Vec<VariableLink>,
    units: Vec<UnitOption>,
    by: String,
    chart: BarChart,
    table: Table,
    shares: Table,
    withheld: bool,
}

struct VariableLink {
    name: &'static str,
    label: String,
}

struct UnitOption {
    code: String,
    label: String,
    chosen: bool,
}

/// What the page shows.
#[derive(Deserialize)]
pub struct QuestionQuery {
    /// Variable.
    #[serde(default = "by_ethnicity")]
    by: String,
    /// Unit; empty or left out for the whole organisation.
    #[serde(default)]
    unit: String,
}

fn by_ethnicity() -> String {
    Classification::Ethnicity.code().to_owned()
}

/// The page.
#[get("/surveys/{id}/results/{question}")]
pub async fn show(
    access: Managed<ReadRelease>,
    path: web::Path<(SurveyId, String)>,
    query: web::Query<QuestionQuery>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let release = services.results.read(access.scope, access.id).await?;
    let (_, id) = path.into_inner();
    let question = release.content.questionnaire.question(&id).ok_or_else(|| Problem::not_found("question"))?;
    let lines = lines(&release, &id, &query)?;
    render(&question_page(&release, question, &query, &lines))
}

/// A group's name and its answers.
type NamedLine = (String, ResultLine);

fn lines(release: &Release, question: &str, query: &QuestionQuery) -> Result<Vec<NamedLine>, Problem> {
    let unit = Classification::Unit.code();
    let within = (!query.unit.is_empty() && query.by != unit).then(|| (unit.to_owned(), query.unit.clone()));
    let selection = Selection { by: vec![query.by.clone()], only: within.into_iter().collect() };
    let table = results(&release.table, &release.content.questionnaire, question, &selection)?;
    let position = |name: &str| table.variables.iter().position(|variable| variable == name);
    let (by, of_unit) = (position(&query.by).unwrap_or(0), position(unit).filter(|_| !selection.only.is_empty()));
    let named =
        |line: ResultLine| (category_label(&release.content.units, &query.by, &line.categories[by], ENGLISH), line);
    // Units inside the chosen one are left to their own page.
    Ok(table
        .lines
        .into_iter()
        .filter(|line| of_unit.is_none_or(|unit| line.categories[unit] == query.unit))
        .map(named)
        .collect())
}

fn question_page(release: &Release, question: &Question, query: &QuestionQuery, lines: &[NamedLine]) -> QuestionPage {
    // By the question, not by its figures: they may all be withheld.
    let scored = !matches!(question.kind, Kind::MultipleChoice(_))
        && question.options().iter().any(|choice| choice.score.is_some());
    QuestionPage {
        page: page(question.text(ENGLISH), Some(Section::Surveys)),
        survey: release.survey.id.to_string(),
        question: question.id.clone(),
        text: question.text(ENGLISH).to_owned(),
        scored,
        variables: Classification::ALL
            .iter()
            .map(|variable| VariableLink { name: variable.code(), label: variable_label(variable.code(), ENGLISH) })
            .collect(),
        units: units(release, &query.unit),
        by: query.by.clone(),
        chart: if scored { favourable_chart(lines) } else { options_chart(question, lines) },
        table: measures_table(&variable_label(&query.by, ENGLISH), lines),
        shares: shares_table(&variable_label(&query.by, ENGLISH), question, lines),
        withheld: lines.iter().any(|(_, line)| line.counts.clone().value().is_none()),
    }
}

fn units(release: &Release, chosen: &str) -> Vec<UnitOption> {
    let tree = &release.content.units;
    let option = |code: &str, label: String| UnitOption { code: code.to_owned(), label, chosen: code == chosen };
    let depth = |code: &str| tree.path(code).count() - 1;
    let whole = option("", "Whole organisation".to_owned());
    std::iter::once(whole)
        .chain(
            tree.units()
                .iter()
                .map(|unit| option(&unit.code, format!("{}{}", "– ".repeat(depth(&unit.code)), unit.name))),
        )
        .collect()
}

fn favourable_chart(lines: &[NamedLine]) -> BarChart {
    let bar = |(label, line): &NamedLine| Bar {
        label: label.clone(),
        text: line.measures.favourable.text(|share| share.percent(0)),
        share: line.measures.favourable.value().map(|share| share.as_f64()),
        interval: line.measures.interval.value(),
        reference: None,
    };
    BarChart {
        title: "Share of favourable answers by group, with 95 % intervals".to_owned(),
        bars: lines.iter().map(bar).collect(),
    }
}

/// For questions without a scale: each option's share among everybody on the page.
fn options_chart(question: &Question, lines: &[NamedLine]) -> BarChart {
    let everybody = lines.iter().find(|(_, line)| line.categories.iter().all(|code| code == ALL)).or(lines.first());
    let shares = everybody.map(|(_, line)| line.measures.options.as_slice()).unwrap_or_default();
    let bars = shares.iter().map(|option| Bar {
        label: question
            .option(&option.code)
            .map_or_else(|| option.code.clone(), |choice| choice.label(ENGLISH).to_owned()),
        text: option.share.text(|share| share.percent(0)),
        share: option.share.value().map(|share| share.as_f64()),
        interval: None,
        reference: None,
    });
    BarChart { title: "Share of each answer".to_owned(), bars: bars.collect() }
}

fn measures_table(variable: &str, lines: &[NamedLine]) -> Table {
    let row = |(label, line): &NamedLine| {
        vec![
            label.clone(),
            line.respondents.text(|people| people.to_string()),
            line.measures.base.text(|people| people.to_string()),
            line.measures.favourable.text(|share| share.percent(1)),
            line.measures
                .interval
                .text(|interval| format!("{:.1} to {:.1} %", interval.low * 100.0, interval.high * 100.0)),
            line.measures.score.text(|score| format!("{score:.1}")),
        ]
    };
    let columns = [variable, "Responded", "Base", "Favourable", "95 % interval", "Score, 0 to 10"];
    Table {
        caption: "Favourable answers and score".to_owned(),
        columns: columns.map(str::to_owned).into(),
        rows: lines.iter().map(row).collect(),
        numbers_from: 1,
    }
}

fn shares_table(variable: &str, question: &Question, lines: &[NamedLine]) -> Table {
    let options = question.options().iter().map(|choice| choice.label(ENGLISH).to_owned());
    let row = |(label, line): &NamedLine| {
        let shares = line.measures.options.iter().map(|option| option.share.text(|share| share.percent(1)));
        std::iter::once(label.clone()).chain(shares).collect()
    };
    Table {
        caption: "Share of each answer".to_owned(),
        columns: std::iter::once(variable.to_owned()).chain(options).collect(),
        rows: lines.iter().map(row).collect(),
        numbers_from: 1,
    }
}
