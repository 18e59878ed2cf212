//! Results of one question: a picture and a table, by one variable, among everybody or in one group.

use actix_web::{HttpResponse, get, web};
use askama::Template;
use serde::Deserialize;

use super::figures::{Group, favourable_answers, favourable_chart, favourable_table, shares_table};
use super::frame::{Section, page, render};
use crate::domain::identifier::SurveyId;
use crate::domain::questionnaire::{Classification, Language, Question};
use crate::domain::results::{Selection, category_label, results, variable_label};
use crate::domain::tabulation::{self, Family};
use crate::services::Services;
use crate::services::results::Release;
use crate::web::Problem;
use crate::web::access::{Managed, ReadRelease};
use crate::web::components::{Axis, Bar, BarChart, Page, Table};

const ENGLISH: Language = Language::English;

#[derive(Template)]
#[template(path = "web/office/question.html")]
struct QuestionPage {
    page: Page,
    survey: String,
    title: String,
    question: String,
    text: String,
    favourable: Option<String>,
    variables: Vec<Choice>,
    within: Vec<(String, Vec<Choice>)>,
    heading: String,
    notice: Option<String>,
    withheld: bool,
    all_withheld: bool,
    chart: Option<BarChart>,
    favourable_table: Option<Table>,
    shares: Table,
    file_query: String,
}

/// An option of a select field.
struct Choice {
    code: String,
    label: String,
    chosen: bool,
}

/// What the page shows.
#[derive(Deserialize)]
pub struct QuestionQuery {
    /// Variable to break down by.
    #[serde(default = "by_ethnicity")]
    by: String,
    /// Group to look at, `unit:MED`; empty or left out for everybody.
    #[serde(default)]
    within: String,
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
    render(&question_page(&release, question, &query)?)
}

/// A group to look inside of: variable and category, as indices of the family.
type Within = (usize, usize);

fn question_page(release: &Release, question: &Question, query: &QuestionQuery) -> Result<QuestionPage, Problem> {
    let family = release.table.family();
    let by = family.variables.iter().position(|variable| variable.name == query.by);
    let by = by.ok_or_else(|| Problem::not_found("breakdown"))?;
    let within = find_within(family, &query.within)?;
    let held = within.filter(|(variable, category)| holds(family, by, *variable, *category));
    let groups = groups(release, question, by, held)?;

    let scored = groups.iter().any(|group| group.line.measures.scored_base.value().is_some());
    let names = |(variable, category): Within| name(release, variable, category);
    let variable = variable_label(&query.by, ENGLISH);
    let (survey, title) = (release.survey.id.to_string(), release.survey.title.as_str().to_owned());
    let favourable = favourable_answers(question);
    let is_withheld = |group: &Group| group.line.counts.clone().value().is_none();
    Ok(QuestionPage {
        page: page(question.text(ENGLISH), Some(Section::Surveys)).below([
            ("/office".to_owned(), "Surveys".to_owned()),
            (format!("/office/surveys/{survey}"), title.clone()),
            (format!("/office/surveys/{survey}/results"), "Results".to_owned()),
        ]),
        question: question.id.clone(),
        text: question.text(ENGLISH).to_owned(),
        variables: variables(family, by),
        within: choices_within(release, by, held),
        heading: match held {
            Some(within) => format!("By {} in {}", variable.to_lowercase(), names(within)),
            None => format!("By {}", variable.to_lowercase()),
        },
        notice: within.filter(|_| held.is_none()).map(|within| {
            format!(
                "This release holds no results by {} inside “{}”, so everybody is shown.",
                variable.to_lowercase(),
                names(within)
            )
        }),
        withheld: groups.iter().any(is_withheld),
        all_withheld: groups.iter().all(is_withheld),
        chart: if favourable.is_some() { favourable_chart(&groups) } else { options_chart(question, &groups) },
        favourable_table: (favourable.is_some() && scored).then(|| favourable_table(&variable, &groups)),
        shares: shares_table(&variable, question, &groups),
        file_query: file_query(family, question, by, held),
        favourable,
        survey,
        title,
    })
}

/// Answers by the variable; inside one group, that group stands for everybody.
fn groups(release: &Release, question: &Question, by: usize, within: Option<Within>) -> Result<Vec<Group>, Problem> {
    let variables = &release.table.family().variables;
    let name = |variable: usize| variables[variable].name.clone();
    let code = |(variable, category): Within| variables[variable].nodes[category].code.clone();
    let only = within.map(|within| (name(within.0), code(within)));
    let selection = Selection { by: vec![name(by)], only: only.clone().into_iter().collect() };
    let table = results(&release.table, &release.content.questionnaire, &question.id, &selection)?;
    let place = |wanted: &str| table.variables.iter().position(|variable| variable == wanted).unwrap_or_default();
    // What lies inside the chosen group has a page of its own, unless the page is about just that.
    let other = only.filter(|(variable, _)| *variable != name(by)).map(|(variable, code)| (place(&variable), code));
    let by_place = place(&name(by));
    let mut groups: Vec<(Vec<usize>, Group)> = table
        .lines
        .into_iter()
        .filter(|line| other.as_ref().is_none_or(|(place, code)| line.categories[*place] == *code))
        .map(|line| {
            let category = line.categories[by_place].as_str();
            let position = variables[by].position(category).unwrap_or_default();
            let group = Group {
                label: category_label(&release.content.units, &variables[by].name, category, ENGLISH),
                // Everybody and the largest groups begin at the margin.
                level: variables[by].depth(position).saturating_sub(1),
                line,
            };
            let mut path: Vec<usize> = variables[by].path(position).collect();
            path.reverse();
            (path, group)
        })
        .collect();
    // Each group is followed by the groups inside it.
    groups.sort_by(|one, other| one.0.cmp(&other.0));
    Ok(groups.into_iter().map(|(_, group)| group).collect())
}

fn name(release: &Release, variable: usize, category: usize) -> String {
    let variable = &release.table.family().variables[variable];
    category_label(&release.content.units, &variable.name, &variable.nodes[category].code, ENGLISH)
}

fn find_within(family: &Family, text: &str) -> Result<Option<Within>, Problem> {
    if text.is_empty() {
        return Ok(None);
    }
    let find = || {
        let (variable, code) = text.split_once(':')?;
        let index = family.variables.iter().position(|other| other.name == variable)?;
        Some((index, family.variables[index].position(code)?))
    };
    find().map(Some).ok_or_else(|| Problem::not_found("group"))
}

/// Whether a table of the family has the variable inside this category.
fn holds(family: &Family, by: usize, variable: usize, category: usize) -> bool {
    let depth = family.variables[variable].depth(category);
    family.breakdowns.iter().any(|table| {
        let has = |wanted: usize, depth: usize| {
            table.variables.iter().any(|(variable, down_to)| *variable == wanted && depth <= *down_to)
        };
        has(by, 1) && has(variable, depth)
    })
}

fn variables(family: &Family, chosen: usize) -> Vec<Choice> {
    let choice = |(index, variable): (usize, &tabulation::Classification)| Choice {
        code: variable.name.clone(),
        label: variable_label(&variable.name, ENGLISH),
        chosen: index == chosen,
    };
    family.variables.iter().enumerate().map(choice).collect()
}

/// The groups that the release has this variable inside of and that anybody belongs to, by their own variable.
fn choices_within(release: &Release, by: usize, chosen: Option<Within>) -> Vec<(String, Vec<Choice>)> {
    let family = release.table.family();
    let of = |(index, variable): (usize, &tabulation::Classification)| {
        let choice = |category: usize| Choice {
            code: format!("{}:{}", variable.name, variable.nodes[category].code),
            label: format!(
                "{}{}",
                "– ".repeat(variable.depth(category).saturating_sub(1)),
                name(release, index, category)
            ),
            chosen: chosen == Some((index, category)),
        };
        let choices: Vec<Choice> = (1..variable.nodes.len())
            .filter(|category| index != by && holds(family, by, index, *category))
            .filter(|category| release.table.group(&[(index, *category)]).is_some())
            .map(choice)
            .collect();
        (variable_label(&variable.name, ENGLISH), choices)
    };
    family.variables.iter().enumerate().map(of).filter(|(_, choices)| !choices.is_empty()).collect()
}

/// For questions without a scale: each option's share among everybody on the page.
fn options_chart(question: &Question, groups: &[Group]) -> Option<BarChart> {
    // The root of each variable comes first.
    let everybody = groups.first()?;
    let bars = everybody.line.measures.options.iter().map(|option| Bar {
        label: question
            .option(&option.code)
            .map_or_else(|| option.code.clone(), |choice| choice.label(ENGLISH).to_owned()),
        level: 0,
        text: option.share.text(|share| share.percent(0)),
        share: option.share.value().map(|share| share.as_f64()),
        interval: None,
        reference: None,
    });
    let chart = BarChart {
        language: Language::English,
        axis: Axis::Whole,
        title: format!("Share of each answer: {}", everybody.label.to_lowercase()),
        note: String::new(),
        bars: bars.collect(),
    };
    chart.bars.iter().any(|bar| bar.share.is_some()).then_some(chart)
}

/// The same selection for files.
fn file_query(family: &Family, question: &Question, by: usize, within: Option<Within>) -> String {
    let variables = &family.variables;
    let only = within.map_or_else(String::new, |(variable, category)| {
        format!("&{}={}", variables[variable].name, variables[variable].nodes[category].code)
    });
    format!("question={}&by={}{only}", question.id, variables[by].name)
}
