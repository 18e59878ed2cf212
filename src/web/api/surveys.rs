//! Surveys and their life.

use actix_web::{HttpResponse, get, patch, post, web};
use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::ToSchema;

use super::body::Body;
use super::page::PageQuery;
use crate::domain::account::Action;
use crate::domain::survey::{Survey, SurveyState, Title};
use crate::services::Services;
use crate::services::surveys::NewSurvey;
use crate::web::access::{Anywhere, InOrganisation, Managed, ReadSurvey, RunSurvey};
use crate::web::api::results::AuditView;
use crate::web::error::{ApiResult, Problem, ProblemBody, ProblemPart};
use crate::web::manners::IfMatch;

time::serde::format_description!(iso_date, Date, "[year]-[month]-[day]");

/// A new survey.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSurveyBody {
    /// Title, as staff read it.
    #[schema(example = "Race equality at work 2027")]
    title: String,
    /// Questionnaire definition as TOML; the built-in one when left out.
    #[serde(default)]
    questionnaire: Option<String>,
    /// Last day for answers, as told to staff.
    #[serde(default, with = "iso_date::option")]
    closes_on: Option<Date>,
}

/// What can be changed while a survey is a draft or open.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SurveyChange {
    /// New title.
    #[serde(default)]
    title: Option<String>,
    /// New closing day.
    #[serde(default, with = "iso_date::option")]
    closes_on: Option<Date>,
}

/// A survey.
#[derive(Serialize, ToSchema)]
pub struct SurveyView {
    /// Identifier.
    id: String,
    /// ODS code of the organisation whose staff are asked.
    organisation: String,
    /// Title.
    title: String,
    /// Where it stands: draft, open, closed or published.
    #[schema(value_type = String)]
    state: SurveyState,
    /// Last day for answers.
    #[serde(with = "iso_date::option")]
    closes_on: Option<Date>,
}

impl From<Survey> for SurveyView {
    fn from(survey: Survey) -> Self {
        Self {
            id: survey.id.into(),
            organisation: survey.organisation.into(),
            title: survey.title.into(),
            state: survey.state,
            closes_on: survey.closes_on,
        }
    }
}

/// Creates a draft.
#[utoipa::path(tag = "surveys", params(("ods" = String, Path, description = "ODS code")), request_body = NewSurveyBody,
    responses((status = 201, body = SurveyView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
#[post("/organisations/{ods}/surveys")]
pub async fn create_survey(
    access: InOrganisation<RunSurvey>,
    body: Body<NewSurveyBody>,
    services: web::Data<Services>,
) -> ApiResult<HttpResponse> {
    let body = body.read()?;
    let new = NewSurvey { title: title(body.title)?, questionnaire: body.questionnaire, closes_on: body.closes_on };
    let survey = services.surveys.create(access.scope, new).await?;
    let location = format!("/api/v1/surveys/{}", survey.id);
    Ok(HttpResponse::Created().insert_header(("Location", location)).json(SurveyView::from(survey)))
}

/// Lists the surveys of the caller's organisation.
#[utoipa::path(tag = "surveys", params(PageQuery), responses((status = 200, body = Vec<SurveyView>), (status = 401, body = ProblemBody)))]
#[get("/surveys")]
pub async fn list_surveys(
    access: Anywhere<ReadSurvey>,
    query: web::Query<PageQuery>,
    services: web::Data<Services>,
) -> ApiResult<HttpResponse> {
    let organisation = access.caller.organisation.clone().ok_or_else(|| Problem::not_found("organisation"))?;
    let scope =
        access.caller.authorise(Action::ReadSurvey, &organisation).map_err(|_| Problem::not_found("organisation"))?;
    let page = query.of("/api/v1/surveys", &services.sealer)?;
    let surveys = services.surveys.list(scope, page.after.clone(), page.limit).await?;
    let views: Vec<SurveyView> = surveys.into_iter().map(SurveyView::from).collect();
    Ok(page.answer(&views, |view| view.id.clone()))
}

/// The survey.
#[utoipa::path(tag = "surveys", params(("id" = String, Path, description = "Survey")),
    responses((status = 200, body = SurveyView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
#[get("/surveys/{id}")]
pub async fn read_survey(
    survey: Managed<ReadSurvey>,
    services: web::Data<Services>,
) -> ApiResult<web::Json<SurveyView>> {
    Ok(web::Json(services.surveys.read(survey.scope, survey.id).await?.into()))
}

/// Changes title or closing day.
#[utoipa::path(tag = "surveys", params(("id" = String, Path, description = "Survey")), request_body = SurveyChange,
    responses((status = 200, body = SurveyView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
#[patch("/surveys/{id}")]
pub async fn change_survey(
    survey: Managed<RunSurvey>,
    body: Body<SurveyChange>,
    if_match: IfMatch,
    services: web::Data<Services>,
) -> ApiResult<web::Json<SurveyView>> {
    let body = body.read()?;
    let title = body.title.map(title).transpose()?;
    let unchanged = if_match.on(|survey: &Survey| SurveyView::from(survey.clone()));
    Ok(web::Json(services.surveys.change(survey.scope, survey.id, title, body.closes_on, unchanged).await?.into()))
}

/// Opens the survey: invitations go out, staff can answer.
#[utoipa::path(tag = "surveys", params(("id" = String, Path, description = "Survey")),
    responses((status = 200, body = SurveyView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
#[post("/surveys/{id}/open")]
pub async fn open_survey(
    survey: Managed<RunSurvey>,
    services: web::Data<Services>,
) -> ApiResult<web::Json<SurveyView>> {
    Ok(web::Json(services.surveys.open(survey.scope, survey.id).await?.into()))
}

/// Closes the survey: no further answers; the release can now be made.
#[utoipa::path(tag = "surveys", params(("id" = String, Path, description = "Survey")),
    responses((status = 200, body = SurveyView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
#[post("/surveys/{id}/close")]
pub async fn close_survey(
    survey: Managed<RunSurvey>,
    services: web::Data<Services>,
) -> ApiResult<web::Json<SurveyView>> {
    Ok(web::Json(services.surveys.close(survey.scope, survey.id).await?.into()))
}

/// Makes the release: protected jointly, audited, final. Gives the audit.
#[utoipa::path(tag = "surveys", params(("id" = String, Path, description = "Survey")),
    responses((status = 200, body = AuditView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
#[post("/surveys/{id}/publish")]
pub async fn publish_survey(
    survey: Managed<RunSurvey>,
    services: web::Data<Services>,
) -> ApiResult<web::Json<AuditView>> {
    let table = services.surveys.publish(survey.scope, survey.id).await?;
    Ok(web::Json(AuditView::of(&table)))
}

fn title(text: String) -> ApiResult<Title> {
    Title::try_from(text).map_err(|error| {
        let part = ProblemPart { pointer: "/title".to_owned(), detail: error.to_string() };
        Problem::unprocessable(error.to_string(), vec![part])
    })
}
