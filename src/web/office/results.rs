//! Results of a survey: who answered, the headline questions, every question at a glance, and how it was protected.

use actix_web::{HttpResponse, get, web};
use askama::Template;

use super::differences::{Difference, Found};
use super::figures::{Group, count, favourable_answers, favourable_chart, favourable_table};
use super::frame::{Section, page, render};
use crate::domain::disclosure::AuditReport;
use crate::domain::ethnicity::{MINORITY_ETHNIC, NOT_STATED, Upper};
use crate::domain::figure::{Figure, Interval, PercentagePoints, Share};
use crate::domain::questionnaire::{Classification, Language, Question, Section as QuestionnaireSection};
use crate::domain::results::{ResultLine, ResultTable, Selection, category_label, published_questions, results};
use crate::domain::survey_measure::{Comparison, Measures, compare};
use crate::domain::tabulation::ALL;
use crate::services::Services;
use crate::services::participation::Participation;
use crate::services::results::Release;
use crate::web::Problem;
use crate::web::access::{Managed, ReadRelease};
use crate::web::components::{BarChart, Page, Table};

#[derive(Template)]
#[template(path = "web/office/results.html")]
struct ResultsPage {
    page: Page,
    survey: String,
    title: String,
    invited: String,
    answered: String,
    response_rate: String,
    groups: Vec<(String, String)>,
    standing_out: Vec<Difference>,
    headlines: Vec<Headline>,
    sections: Vec<SectionLines>,
    family: Vec<String>,
    published: String,
    withheld: String,
    share_published: String,
    audit: AuditReport,
}

/// A question that an indicator of the race equality standard rests on, in full.
struct Headline {
    id: String,
    text: String,
    favourable: String,
    finding: String,
    chart: Option<BarChart>,
    table: Table,
}

struct SectionLines {
    title: String,
    questions: Vec<QuestionLine>,
}

struct QuestionLine {
    id: String,
    text: String,
    shares: [String; 3],
    gap: String,
    interval: String,
}

/// More differences than this have a page of their own.
const MOST_STANDING_OUT: usize = 3;

/// Everybody and the two groups that the page compares.
fn compared() -> [&'static str; 3] {
    [ALL, Upper::White.code(), MINORITY_ETHNIC]
}

/// The page.
#[get("/surveys/{id}/results")]
pub async fn show(access: Managed<ReadRelease>, services: web::Data<Services>) -> Result<HttpResponse, Problem> {
    let participation = services.participation.read(access.scope.clone(), access.id.clone()).await?;
    let release = services.results.read(access.scope, access.id).await?;
    render(&results_page(&release, &participation)?)
}

fn results_page(release: &Release, participation: &Participation) -> Result<ResultsPage, Problem> {
    let audit = release.table.audit().clone();
    let survey = release.survey.id.to_string();
    let title = release.survey.title.as_str().to_owned();
    let of_ethnicity = published_questions(&release.table, &release.content.questionnaire)
        .into_iter()
        .map(|question| Ok((question, by_ethnicity(release, question)?)))
        .collect::<Result<Vec<_>, Problem>>()?;
    let (published, withheld) = (audit.published as u64, audit.withheld as u64);
    let percent = |part, whole| Share::of(part, whole).text(|share| share.percent(1));
    Ok(ResultsPage {
        page: page(format!("Results of {title}"), Some(Section::Surveys)).below([
            ("/office".to_owned(), "Surveys".to_owned()),
            (format!("/office/surveys/{survey}"), title.clone()),
        ]),
        survey,
        title,
        invited: count(participation.invited),
        answered: count(participation.answered),
        response_rate: percent(participation.answered, participation.invited),
        groups: of_ethnicity.first().map(|(_, table)| who_answered(release, table)).unwrap_or_default(),
        standing_out: Found::of(release).headlines(MOST_STANDING_OUT),
        headlines: of_ethnicity
            .iter()
            .filter(|(question, _)| question.measures.is_some())
            .map(|(question, table)| headline(release, question, table))
            .collect(),
        sections: sections(release, &of_ethnicity),
        family: breakdowns(release),
        published: count(published),
        withheld: count(withheld),
        share_published: percent(published, published + withheld),
        audit,
    })
}

fn by_ethnicity(release: &Release, question: &Question) -> Result<ResultTable, Problem> {
    let selection = Selection { by: vec![Classification::Ethnicity.code().to_owned()], only: Vec::new() };
    Ok(results(&release.table, &release.content.questionnaire, &question.id, &selection)?)
}

/// The tables of the release in words: `Unit by ethnicity`.
fn breakdowns(release: &Release) -> Vec<String> {
    let in_words = |table: String| table.replace(" × ", " by ").replace('_', " ");
    release.table.family().describe().into_iter().map(in_words).collect()
}

fn label(release: &Release, code: &str) -> String {
    category_label(&release.content.units, Classification::Ethnicity.code(), code, Language::English)
}

fn who_answered(release: &Release, table: &ResultTable) -> Vec<(String, String)> {
    [Upper::White.code(), MINORITY_ETHNIC, NOT_STATED]
        .into_iter()
        .filter_map(|code| Some((label(release, code), line(table, code)?.respondents.text(count))))
        .collect()
}

fn line<'a>(table: &'a ResultTable, code: &str) -> Option<&'a ResultLine> {
    table.lines.iter().find(|line| line.categories.iter().all(|category| category == code))
}

fn measures<'a>(table: &'a ResultTable, code: &str) -> Option<&'a Measures> {
    line(table, code).map(|line| &line.measures)
}

fn gap(table: &ResultTable) -> Option<Comparison> {
    Some(compare(measures(table, MINORITY_ETHNIC)?, measures(table, Upper::White.code())?))
}

fn headline(release: &Release, question: &Question, table: &ResultTable) -> Headline {
    let groups: Vec<Group> = compared()
        .into_iter()
        .filter_map(|code| Some(Group { label: label(release, code), level: 0, line: line(table, code)?.clone() }))
        .collect();
    Headline {
        id: question.id.clone(),
        text: question.text(Language::English).to_owned(),
        favourable: favourable_answers(question).unwrap_or_default(),
        finding: finding(gap(table)),
        chart: favourable_chart(&groups),
        table: favourable_table("Group", &groups),
    }
}

/// The gap as a sentence.
fn finding(gap: Option<Comparison>) -> String {
    let nothing = "There is no difference to calculate between minority ethnic and White staff.".to_owned();
    let Some(gap) = gap else { return nothing };
    match gap.difference {
        Figure::Withheld => "The difference between minority ethnic and White staff is withheld [c].".to_owned(),
        Figure::NotCalculable(_) => nothing,
        Figure::Value(points) => {
            let interval = gap.interval.value().map(between).map(|words| format!(" (95 % interval {words})"));
            let interval = interval.unwrap_or_default();
            let points = points.as_f64();
            let direction = if points < 0.0 { "less" } else { "more" };
            let size = points.abs();
            format!(
                "Minority ethnic staff gave favourable answers {direction} often than White staff, by {size:.1} \
                 percentage points{interval}."
            )
        }
    }
}

/// Bounds of a difference, in percentage points.
pub(super) fn between(interval: Interval) -> String {
    let signed = |bound: f64| format!("{}{:.1}", if bound < 0.0 { "−" } else { "+" }, bound.abs());
    format!("{} to {}", signed(interval.low), signed(interval.high))
}

fn sections(release: &Release, published: &[(&Question, ResultTable)]) -> Vec<SectionLines> {
    let of_section = |section: &QuestionnaireSection| SectionLines {
        title: section.title.get(Language::English).to_owned(),
        questions: published
            .iter()
            .filter(|(question, _)| section.questions.iter().any(|other| other.id == question.id))
            .map(|(question, table)| question_line(question, table))
            .collect(),
    };
    let sections = release.content.questionnaire.sections().iter().map(of_section);
    sections.filter(|section| !section.questions.is_empty()).collect()
}

/// What stands where nobody belongs to a group, or where no answer is favourable.
const NOTHING: &str = "–";

fn question_line(question: &Question, table: &ResultTable) -> QuestionLine {
    let gap = gap(table);
    QuestionLine {
        id: question.id.clone(),
        text: question.text(Language::English).to_owned(),
        shares: compared().map(|code| {
            measures(table, code).map_or_else(|| NOTHING.to_owned(), |found| text(found.favourable, |it| it.percent(0)))
        }),
        gap: gap.map_or_else(|| NOTHING.to_owned(), |gap| text(gap.difference, points)),
        interval: gap.map_or_else(|| NOTHING.to_owned(), |gap| text(gap.interval, between)),
    }
}

fn points(difference: PercentagePoints) -> String {
    let points = difference.as_f64();
    format!("{}{:.1}", if points < 0.0 { "−" } else { "+" }, points.abs())
}

fn text<T>(figure: Figure<T>, write: impl FnOnce(T) -> String) -> String {
    match figure {
        Figure::NotCalculable(_) => NOTHING.to_owned(),
        other => other.text(write),
    }
}
