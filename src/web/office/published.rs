//! What everybody may read of a release: the trust's own words beside its headline figures.

use actix_multipart::Multipart;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;

use super::confirm::form_token;
use super::draft::below;
use super::frame::{render, render_with, see_other};
use super::upload::Upload;
use crate::domain::published_summary::PublishedSummary;
use crate::domain::questionnaire::Language;
use crate::domain::survey::Survey;
use crate::services::{AppError, Services};
use crate::web::Problem;
use crate::web::access::{Managed, RunSurvey};
use crate::web::components::{ErrorSummary, Page, TextArea};

#[derive(Template)]
#[template(path = "web/office/published.html")]
struct PublishedPage {
    page: Page,
    errors: Option<ErrorSummary>,
    survey: String,
    title: String,
    public: bool,
    texts: [TextArea; 4],
    token: String,
}

/// The page.
#[get("/surveys/{id}/published")]
pub async fn show(
    request: HttpRequest,
    access: Managed<RunSurvey>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let (release, summary) = services.results.summary(access.scope, access.id).await?;
    render(&published_page(&release.survey, &summary, None, form_token(&request, &services)?))
}

/// Saves the words; publishes them, or takes them back, as the button says.
#[post("/surveys/{id}/published")]
pub async fn save(
    request: HttpRequest,
    access: Managed<RunSurvey>,
    form: Multipart,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let form = Upload::read(form, &request, &services).await?;
    let (release, before) = services.results.summary(access.scope.clone(), access.id.clone()).await?;
    let summary = PublishedSummary {
        heard_en: form.text("heard_en"),
        heard_cy: form.text("heard_cy"),
        doing_en: form.text("doing_en"),
        doing_cy: form.text("doing_cy"),
        public: match form.text("step").as_str() {
            "publish" => true,
            "withdraw" => false,
            _ => before.public,
        },
    };
    match services.results.replace_summary(access.scope, access.id.clone(), summary.clone()).await {
        Ok(()) => Ok(see_other(&format!("/office/surveys/{}/published", access.id))),
        Err(AppError::Invalid { detail, .. }) => {
            let page = published_page(&release.survey, &summary, Some(detail), form_token(&request, &services)?);
            render_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(other) => Err(other.into()),
    }
}

fn published_page(survey: &Survey, summary: &PublishedSummary, error: Option<String>, token: String) -> PublishedPage {
    let text = |name: &str, label: &str, hint: &str, value: &str| TextArea {
        language: Language::English,
        name: name.to_owned(),
        label: label.to_owned(),
        label_is_title: false,
        caption: None,
        hint: (!hint.is_empty()).then(|| hint.to_owned()),
        error: None,
        value: value.to_owned(),
        rows: 6,
    };
    PublishedPage {
        page: below(survey, "Published page").with_errors(error.is_some()),
        errors: error.map(|text| ErrorSummary::of_one(Language::English, "heard_en", text)),
        survey: survey.id.to_string(),
        title: survey.title.as_str().to_owned(),
        public: summary.public,
        texts: [
            text(
                "heard_en",
                "What we heard, in English",
                "In plain words. Name nobody, and no group that is withheld.",
                &summary.heard_en,
            ),
            text("doing_en", "What we do, in English", "What changes, who sees to it, and by when.", &summary.doing_en),
            text(
                "heard_cy",
                "What we heard, in Welsh",
                "Left empty, the English words stand on the Welsh page.",
                &summary.heard_cy,
            ),
            text("doing_cy", "What we do, in Welsh", "", &summary.doing_cy),
        ],
        token,
    }
}
