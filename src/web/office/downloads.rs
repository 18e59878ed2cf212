//! What can be downloaded of a release: workbooks, CSV, and everything as one archive.

use actix_web::{HttpResponse, get, web};
use askama::Template;

use super::frame::{Section, page, render};
use crate::domain::questionnaire::Language;
use crate::domain::results::variable_label;
use crate::services::Services;
use crate::web::Problem;
use crate::web::access::{Managed, ReadRelease};
use crate::web::components::Page;
use crate::web::results_files::{FileKind, download};
use crate::web::results_query::ResultsQuery;

#[derive(Template)]
#[template(path = "web/office/downloads.html")]
struct DownloadsPage {
    page: Page,
    survey: String,
    title: String,
    /// Variables of the release: name and label.
    variables: Vec<(String, String)>,
}

/// The page.
#[get("/surveys/{id}/downloads")]
pub async fn show(access: Managed<ReadRelease>, services: web::Data<Services>) -> Result<HttpResponse, Problem> {
    let release = services.results.read(access.scope, access.id).await?;
    let (survey, title) = (release.survey.id.to_string(), release.survey.title.as_str().to_owned());
    let label = |name: &String| (name.clone(), variable_label(name, Language::English).to_lowercase());
    render(&DownloadsPage {
        page: page(format!("Download the results of {title}"), Some(Section::Surveys)).below([
            ("/office".to_owned(), "Surveys".to_owned()),
            (format!("/office/surveys/{survey}"), title.clone()),
            (format!("/office/surveys/{survey}/results"), "Results".to_owned()),
        ]),
        survey,
        title,
        variables: release.table.family().variables.iter().map(|variable| label(&variable.name)).collect(),
    })
}

/// Figures as CSV.
#[get("/surveys/{id}/results.csv")]
pub async fn csv(
    access: Managed<ReadRelease>,
    query: web::Query<ResultsQuery>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    download(&services, (access.scope, access.id), &query, FileKind::Csv).await
}

/// Figures as a workbook of Excel.
#[get("/surveys/{id}/results.xlsx")]
pub async fn xlsx(
    access: Managed<ReadRelease>,
    query: web::Query<ResultsQuery>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    download(&services, (access.scope, access.id), &query, FileKind::Xlsx).await
}

/// Figures as an OpenDocument spreadsheet.
#[get("/surveys/{id}/results.ods")]
pub async fn ods(
    access: Managed<ReadRelease>,
    query: web::Query<ResultsQuery>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    download(&services, (access.scope, access.id), &query, FileKind::Ods).await
}

/// Everything of the release.
#[get("/surveys/{id}/release.zip")]
pub async fn archive(access: Managed<ReadRelease>, services: web::Data<Services>) -> Result<HttpResponse, Problem> {
    download(&services, (access.scope, access.id), &ResultsQuery::default(), FileKind::Archive).await
}
