//! Public pages: what a trust publishes of a release, in both languages, without signing in.

mod pages;
mod words;

use std::time::Instant;

use actix_web::http::header::ContentType;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use askama::Template;

use crate::domain::ethnicity::{MINORITY_ETHNIC, Upper};
use crate::domain::figure::{Figure, Interval, Share};
use crate::domain::identifier::SurveyId;
use crate::domain::questionnaire::{Classification, Language, Question};
use crate::domain::results::{ResultLine, Selection, category_label, published_questions, results};
use crate::domain::tabulation::ALL;
use crate::services::published_summaries::PublicRelease;
use crate::services::results::Release;
use crate::services::{AppError, Services};
use crate::web::Problem;
use crate::web::components::{Axis, Bar, BarChart, Page, Table};
use crate::web::forms::language;
use crate::web::middleware::Route;
use crate::web::office::figures::count;
use pages::PublicPage;
pub use pages::PublicPages;
use words::Words;

#[derive(Template)]
#[template(path = "web/published/summary.html")]
struct SummaryPage {
    page: Page,
    words: &'static Words,
    organisation: String,
    title: String,
    respondents: String,
    response_rate: Option<String>,
    heard: (Language, Vec<String>),
    doing: (Language, Vec<String>),
    headlines: Vec<Headline>,
    receipts: String,
}

#[derive(Template)]
#[template(path = "web/published/missing.html")]
struct MissingPage {
    page: Page,
    words: &'static Words,
}

/// A question that an indicator of the race equality standard rests on.
struct Headline {
    text: String,
    chart: Option<BarChart>,
    table: Table,
}

const PATH: &str = "/published/{survey}";

/// The routes of this room.
pub fn configure(config: &mut ServiceConfig) {
    config.service(web::resource(PATH).route(web::get().to(show)).route(web::head().to(show)));
}

/// The page.
async fn show(
    request: HttpRequest,
    path: web::Path<String>,
    services: web::Data<Services>,
    pages: web::Data<PublicPages>,
) -> Result<HttpResponse, Problem> {
    request.extensions_mut().insert(Route(PATH));
    let (language, now) = (language(&request), Instant::now());
    let Ok(survey) = path.parse::<SurveyId>() else { return missing(language) };
    let key = (survey.clone(), language, services.results.summary_changes());
    if let Some(page) = pages.find(&key, now) {
        return Ok(page.answer(&request));
    }
    match services.results.public(survey).await {
        Ok(public) => {
            let page = PublicPage::new(html(&summary_page(&public, language)?)?);
            pages.remember(key, &page, now);
            Ok(page.answer(&request))
        }
        Err(AppError::NotFound(_)) => missing(language),
        Err(other) => Err(other.into()),
    }
}

/// The same answer whether there is no such survey or its trust has published nothing.
fn missing(language: Language) -> Result<HttpResponse, Problem> {
    let words = words::of(language);
    let html = html(&MissingPage { page: Page::new(language, words.service, words.missing), words })?;
    Ok(HttpResponse::NotFound().content_type(ContentType::html()).body(html))
}

fn html(template: &impl Template) -> Result<String, Problem> {
    Ok(template.render().map_err(|error| AppError::Internal(error.to_string()))?)
}

fn summary_page(public: &PublicRelease, language: Language) -> Result<SummaryPage, Problem> {
    let words = words::of(language);
    let release = &public.release;
    let survey = release.survey.id.to_string();
    let path = format!("/published/{survey}");
    let switch = if language == Language::English { format!("{path}?lang=cy") } else { path.clone() };
    let everybody = release.table.group(&[]).map_or(Figure::Withheld, |group| group.respondents());
    let rate = everybody.value().and_then(|people| Share::of(people, public.invited).value());
    let paragraphs = |(language, text): (Language, &str)| {
        (language, text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect())
    };
    let mut headlines = Vec::new();
    let questions = published_questions(&release.table, &release.content.questionnaire);
    for question in questions.into_iter().filter(|question| question.measures.is_some()) {
        headlines.push(headline(release, question, language)?);
    }
    Ok(SummaryPage {
        page: Page::new(language, words.service, release.survey.title.as_str()).with_switch(switch),
        words,
        organisation: public.organisation.name.clone(),
        title: release.survey.title.as_str().to_owned(),
        respondents: everybody.text(count),
        response_rate: rate.map(|rate| rate.percent(0)),
        heard: paragraphs(public.summary.heard(language)),
        doing: paragraphs(public.summary.doing(language)),
        headlines,
        receipts: format!("{path}/receipts{}", if language == Language::Welsh { "?lang=cy" } else { "" }),
    })
}

/// Favourable answers of everybody, White and minority ethnic staff.
fn headline(release: &Release, question: &Question, language: Language) -> Result<Headline, Problem> {
    let words = words::of(language);
    let by = Classification::Ethnicity.code();
    let selection = Selection { by: vec![by.to_owned()], only: Vec::new() };
    let found = results(&release.table, &release.content.questionnaire, &question.id, &selection)?;
    let lines: Vec<(String, &ResultLine)> = [ALL, Upper::White.code(), MINORITY_ETHNIC]
        .into_iter()
        .filter_map(|code| {
            let line = found.lines.iter().find(|line| line.categories == [code])?;
            Some((category_label(&release.content.units, by, code, language), line))
        })
        .collect();
    let bar = |(label, line): &(String, &ResultLine)| Bar {
        label: label.clone(),
        level: 0,
        text: text(line.measures.favourable, words, |share| share.percent(0)),
        share: line.measures.favourable.value().map(|share| share.as_f64()),
        interval: line.measures.interval.value(),
        reference: None,
    };
    let row = |(label, line): &(String, &ResultLine)| {
        let between = |it: Interval| format!("{:.1} – {:.1} %", it.low * 100.0, it.high * 100.0);
        vec![
            label.clone(),
            text(line.measures.scored_base, words, count),
            text(line.measures.favourable, words, |share| share.percent(1)),
            text(line.measures.interval, words, between),
        ]
    };
    let chart = BarChart {
        language,
        axis: Axis::Whole,
        title: words.favourable.to_owned(),
        note: words.intervals.to_owned(),
        bars: lines.iter().map(bar).collect(),
    };
    let good: Vec<String> = question
        .options()
        .iter()
        .filter(|choice| choice.favourable)
        .map(|choice| format!("“{}”", choice.label(language)))
        .collect();
    Ok(Headline {
        text: question.text(language).to_owned(),
        chart: chart.bars.iter().any(|bar| bar.share.is_some()).then_some(chart),
        table: Table {
            caption: format!("{}: {}", words.favourable, good.join(", ")),
            columns: words.columns.map(str::to_owned).into(),
            rows: lines.iter().map(row).collect(),
            numbers_from: 1,
            levels: Vec::new(),
        },
    })
}

fn text<T>(figure: Figure<T>, words: &Words, write: impl FnOnce(T) -> String) -> String {
    match figure {
        Figure::NotCalculable(_) => words.none.to_owned(),
        other => other.text(write),
    }
}
