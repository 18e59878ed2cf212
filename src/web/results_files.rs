//! Results as files for spreadsheets, the same for the API and the office.

use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::{HttpResponse, web};

use super::Problem;
use super::results_query::ResultsQuery;
use crate::domain::account::TenantScope;
use crate::domain::comment::PublishedComment;
use crate::domain::identifier::SurveyId;
use crate::domain::organisation::Organisation;
use crate::export::book::{ODS_MEDIA_TYPE, XLSX_MEDIA_TYPE};
use crate::export::release::{ARCHIVE_MEDIA_TYPE, ReleaseFileError, Released, Wanted};
use crate::services::results::Release;
use crate::services::{AppError, Services};

/// What kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A line per question, group and answer.
    Csv,
    /// A workbook of Excel.
    Xlsx,
    /// An OpenDocument spreadsheet.
    Ods,
    /// Everything of the release, with its audit.
    Archive,
}

impl FileKind {
    fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => XLSX_MEDIA_TYPE,
            Self::Ods => ODS_MEDIA_TYPE,
            Self::Archive => ARCHIVE_MEDIA_TYPE,
        }
    }

    fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Ods => "ods",
            Self::Archive => "zip",
        }
    }
}

/// What the query selects of the survey's release, as a download.
///
/// # Errors
/// 404 when there is no release; 422 for a question, breakdown or category that it does not hold.
pub async fn download(
    services: &Services,
    (scope, survey): (TenantScope, SurveyId),
    query: &ResultsQuery,
    kind: FileKind,
) -> Result<HttpResponse, Problem> {
    let release = services.results.read(scope.clone(), survey.clone()).await?;
    let comments = services.comments.published(scope.clone(), survey).await?.comments;
    let (organisation, _) = services.organisations.read(scope).await?;
    let wanted = query.wanted();
    let name = wanted.question.as_deref().filter(|question| is_plain(question)).unwrap_or("results");
    let disposition = format!("attachment; filename=\"{name}-{}.{}\"", organisation.ods, kind.ending());
    // A large release takes a second: that is no work for a thread that answers requests.
    let made = web::block(move || file(&release, &comments, &organisation, &wanted, kind)).await;
    let bytes = made.map_err(|error| AppError::Internal(error.to_string()))??;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, kind.media_type()))
        .insert_header((CONTENT_DISPOSITION, disposition))
        .body(bytes))
}

fn file(
    release: &Release,
    comments: &[PublishedComment],
    organisation: &Organisation,
    wanted: &Wanted,
    kind: FileKind,
) -> Result<Vec<u8>, ReleaseFileError> {
    let id = release.id.to_string();
    let released = Released {
        organisation,
        survey: &release.survey,
        release: &id,
        questionnaire: &release.content.questionnaire,
        units: &release.content.units,
        table: &release.table,
        comments,
    };
    match kind {
        FileKind::Csv => released.csv(wanted),
        FileKind::Xlsx => Ok(released.book(wanted)?.xlsx()?),
        FileKind::Ods => Ok(released.book(wanted)?.ods()?),
        FileKind::Archive => released.archive(),
    }
}

fn is_plain(name: &str) -> bool {
    name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

impl From<ReleaseFileError> for Problem {
    fn from(error: ReleaseFileError) -> Self {
        match error {
            ReleaseFileError::Selection(error) => error.into(),
            ReleaseFileError::Book(error) => AppError::Internal(error.to_string()).into(),
        }
    }
}
