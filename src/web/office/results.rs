//! Results of a survey: every question at a glance, for everybody, White and minority ethnic staff.

use actix_web::{HttpResponse, get, web};
use askama::Template;

use super::frame::{Section, page, render};
use crate::domain::disclosure::AuditReport;
use crate::domain::ethnicity::{MINORITY_ETHNIC, Upper};
use crate::domain::questionnaire::{Classification, Language, Question};
use crate::domain::results::{ResultTable, Selection, published_questions, results};
use crate::domain::survey_measure::{Measures, compare};
use crate::services::Services;
use crate::services::results::Release;
use crate::web::Problem;
use crate::web::access::{Managed, ReadRelease};
use crate::web::components::Page;

#[derive(Template)]
#[template(path = "web/office/results.html")]
struct ResultsPage {
    page: Page,
    survey: String,
    title: String,
    respondents: String,
    family: String,
    audit: AuditReport,
    sections: Vec<SectionLines>,
}

struct SectionLines {
    title: String,
    questions: Vec<QuestionLine>,
}

struct QuestionLine {
    id: String,
    text: String,
    everybody: String,
    white: String,
    minority_ethnic: String,
    gap: String,
}

/// The page.
#[get("/surveys/{id}/results")]
pub async fn show(access: Managed<ReadRelease>, services: web::Data<Services>) -> Result<HttpResponse, Problem> {
    let release = services.results.read(access.scope, access.id).await?;
    render(&ResultsPage {
        page: page("Results", Some(Section::Surveys)),
        survey: release.survey.id.to_string(),
        title: release.survey.title.as_str().to_owned(),
        respondents: release
            .table
            .group(&[])
            .map_or_else(String::new, |group| group.respondents().text(|people| people.to_string())),
        family: release.table.family().describe().join("; "),
        audit: release.table.audit().clone(),
        sections: sections(&release)?,
    })
}

fn sections(release: &Release) -> Result<Vec<SectionLines>, Problem> {
    let questionnaire = &release.content.questionnaire;
    let published = published_questions(&release.table, questionnaire);
    let mut sections = Vec::new();
    for section in questionnaire.sections() {
        let of_section =
            published.iter().filter(|question| section.questions.iter().any(|other| other.id == question.id));
        let questions: Vec<QuestionLine> =
            of_section.map(|question| line(release, question)).collect::<Result<_, _>>()?;
        if !questions.is_empty() {
            sections.push(SectionLines { title: section.title.get(Language::English).to_owned(), questions });
        }
    }
    Ok(sections)
}

fn line(release: &Release, question: &Question) -> Result<QuestionLine, Problem> {
    let ethnicity = Classification::Ethnicity.code();
    let selection = Selection { by: vec![ethnicity.to_owned()], only: Vec::new() };
    let table = results(&release.table, &release.content.questionnaire, &question.id, &selection)?;
    let [everybody, white, minority] =
        [crate::domain::tabulation::ALL, Upper::White.code(), MINORITY_ETHNIC].map(|code| measures_of(&table, code));
    Ok(QuestionLine {
        id: question.id.clone(),
        text: question.text(Language::English).to_owned(),
        everybody: favourable(everybody),
        gap: match (white, minority) {
            (Some(white), Some(minority)) => compare(minority, white).difference.text(|points| points.points(0)),
            _ => NOBODY.to_owned(),
        },
        white: favourable(white),
        minority_ethnic: favourable(minority),
    })
}

/// What stands where nobody belongs to a group.
const NOBODY: &str = "–";

fn measures_of<'a>(table: &'a ResultTable, code: &str) -> Option<&'a Measures> {
    table.lines.iter().find(|line| line.categories.iter().all(|category| category == code)).map(|line| &line.measures)
}

fn favourable(measures: Option<&Measures>) -> String {
    measures.map_or_else(|| NOBODY.to_owned(), |measures| measures.favourable.text(|share| share.percent(0)))
}
