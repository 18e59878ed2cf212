//! Waves of the organisation's surveys at one question, and what changed since the wave before.

use actix_web::{HttpResponse, get, web};
use askama::Template;
use serde::Deserialize;

use super::figures::{Group, count, favourable_answers, favourable_chart};
use super::frame::{Section, page, render};
use super::results::between;
use crate::domain::ethnicity::Upper;
use crate::domain::questionnaire::{Classification, Language, Question};
use crate::domain::results::{
    ResultLine, Selection, Wave, WaveChange, category_label, published_questions, results, wave_changes,
};
use crate::domain::tabulation::ALL;
use crate::services::Services;
use crate::services::results::Release;
use crate::web::Problem;
use crate::web::access::{Managed, ReadRelease};
use crate::web::components::{BarChart, Page, Table};

const ENGLISH: Language = Language::English;
/// Below this adjusted p-value a change is named.
const SIGNIFICANT: f64 = 0.05;
/// Waves on the page, the latest first.
const MOST_WAVES: usize = 6;

#[derive(Template)]
#[template(path = "web/office/trend.html")]
struct TrendPage {
    page: Page,
    survey: String,
    title: String,
    questions: Vec<(String, String, bool)>,
    text: String,
    favourable: String,
    chart: Option<BarChart>,
    table: Table,
    waves: usize,
    before: Option<String>,
    compared: usize,
    changes: Vec<(String, String, String)>,
}

/// Which question.
#[derive(Deserialize)]
pub struct TrendQuery {
    #[serde(default)]
    question: String,
}

/// The page.
#[get("/surveys/{id}/trend")]
pub async fn show(
    access: Managed<ReadRelease>,
    query: web::Query<TrendQuery>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let waves = services.results.waves(access.scope, access.id, MOST_WAVES).await?;
    let now = waves.first().ok_or_else(|| Problem::not_found("release"))?;
    let asked = scored(now);
    let question = match query.question.as_str() {
        "" => asked.first(),
        wanted => asked.iter().find(|question| question.id == wanted),
    };
    let question = *question.ok_or_else(|| Problem::not_found("question"))?;
    let (survey, title) = (now.survey.id.to_string(), now.survey.title.as_str().to_owned());
    let rows: Vec<(String, Vec<ResultLine>)> =
        waves.iter().map(|wave| (wave.survey.title.as_str().to_owned(), lines(wave, question))).collect();
    let bars: Vec<Group> = rows.iter().filter_map(|(label, lines)| bar(label, lines)).collect();
    let changes = waves.get(1).map(|before| wave_changes(wave(now), wave(before))).unwrap_or_default();
    render(&TrendPage {
        page: page(format!("Trend: {title}"), Some(Section::Surveys)).below([
            ("/office".to_owned(), "Surveys".to_owned()),
            (format!("/office/surveys/{survey}"), title.clone()),
            (format!("/office/surveys/{survey}/results"), "Results".to_owned()),
        ]),
        questions: asked.iter().map(|it| (it.id.clone(), it.text(ENGLISH).to_owned(), it.id == question.id)).collect(),
        text: question.text(ENGLISH).to_owned(),
        favourable: favourable_answers(question).unwrap_or_default(),
        chart: favourable_chart(&bars).filter(|_| bars.len() > 1),
        table: table(&rows),
        waves: waves.len(),
        before: waves.get(1).map(|before| before.survey.title.as_str().to_owned()),
        compared: changes.iter().filter(|change| change.change.p.value().is_some()).count(),
        changes: changes.iter().filter_map(|change| in_words(now, change)).collect(),
        survey,
        title,
    })
}

fn wave(release: &Release) -> Wave<'_> {
    Wave { table: &release.table, questionnaire: &release.content.questionnaire }
}

/// Published questions with favourable answers and one answer a person.
fn scored(release: &Release) -> Vec<&Question> {
    let questions = published_questions(&release.table, &release.content.questionnaire).into_iter();
    questions
        .filter(|question| release.table.column(&question.id).is_some())
        .filter(|question| question.options().iter().any(|option| option.favourable))
        .collect()
}

/// Lines by ethnicity; none where the wave asked otherwise.
fn lines(wave: &Release, question: &Question) -> Vec<ResultLine> {
    let questionnaire = &wave.content.questionnaire;
    let alike = questionnaire.question(&question.id).is_some_and(|own| own.asks_the_same_as(question));
    let selection = Selection { by: vec![Classification::Ethnicity.code().to_owned()], only: Vec::new() };
    let found = alike.then(|| results(&wave.table, questionnaire, &question.id, &selection).ok()).flatten();
    found.map(|found| found.lines).unwrap_or_default()
}

fn line<'a>(lines: &'a [ResultLine], code: &str) -> Option<&'a ResultLine> {
    lines.iter().find(|line| line.categories == [code])
}

fn bar(label: &str, lines: &[ResultLine]) -> Option<Group> {
    Some(Group { label: label.to_owned(), level: 0, line: line(lines, ALL)?.clone() })
}

fn table(rows: &[(String, Vec<ResultLine>)]) -> Table {
    let row = |(label, lines): &(String, Vec<ResultLine>)| {
        let none = || "–".to_owned();
        let of = |code: &str| line(lines, code).map(|line| &line.measures);
        let share = |code: &str| of(code).map_or_else(none, |it| it.favourable.text(|share| share.percent(1)));
        let interval = of(ALL).map_or_else(none, |it| {
            it.interval.text(|interval| format!("{:.1} to {:.1} %", interval.low * 100.0, interval.high * 100.0))
        });
        let (white, minority) = (Upper::White.code(), Upper::MinorityEthnic.code());
        let gap = of(white).zip(of(minority)).map(|(white, minority)| {
            white.favourable.and_then(|white| minority.favourable.map(|minority| minority.minus(white)))
        });
        vec![
            label.clone(),
            of(ALL).map_or_else(none, |it| it.scored_base.text(count)),
            share(ALL),
            interval,
            share(white),
            share(minority),
            gap.map_or_else(none, |gap| gap.text(|points| points.points(1))),
        ]
    };
    let columns = ["Wave", "Base", "Everybody", "95 % interval", "White", "Minority ethnic", "Gap"];
    Table {
        caption: "Favourable answers, wave by wave".to_owned(),
        columns: columns.map(str::to_owned).into(),
        rows: rows.iter().map(row).collect(),
        numbers_from: 1,
        levels: Vec::new(),
    }
}

/// A change that is significant after adjustment: question, what was asked, and the change as a sentence.
fn in_words(now: &Release, change: &WaveChange) -> Option<(String, String, String)> {
    change.change.p.value().filter(|p| *p < SIGNIFICANT)?;
    let points = change.change.difference.value()?.as_f64();
    let (share, before) = (change.now.favourable.value()?, change.before.favourable.value()?);
    let group = category_label(&now.content.units, Classification::Ethnicity.code(), change.group, ENGLISH);
    let staff = if change.group == ALL { group } else { format!("{group} staff") };
    let direction = if points < 0.0 { "less" } else { "more" };
    let interval =
        change.change.interval.value().map_or_else(String::new, |it| format!(" (95 % interval {})", between(it)));
    let text = now.content.questionnaire.question(&change.question)?.text(ENGLISH).to_owned();
    let sentence = format!(
        "{staff} gave favourable answers {direction} often than before: {} against {}, a change of {:.1} percentage \
         points{interval}.",
        share.percent(0),
        before.percent(0),
        points.abs()
    );
    Some((change.question.clone(), text, sentence))
}
