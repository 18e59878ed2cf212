//! Systems: the same reports over member organisations, side by side and rolled up.

use actix_web::{HttpResponse, get, post, put, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::body::Body;
use super::indicator_inputs::parse_year;
use super::results::{AuditView, ResultsView, results_view};
use crate::domain::organisation::{OdsCode, Organisation};
use crate::domain::representation::PublishedReport;
use crate::domain::results::{Selection, published_questions, results};
use crate::services::Services;
use crate::services::systems::{Member, RollUp};
use crate::web::access::{Anywhere, CreateOrganisation, InOrganisation, ReadRelease, RunSurvey};
use crate::web::error::{ApiResult, Problem, ProblemBody, ProblemPart};

/// Members of a system.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMembers {
    /// ODS codes of its members, all of them.
    #[schema(example = json!(["RXX", "RYY"]))]
    members: Vec<String>,
}

/// A system.
#[derive(Serialize, ToSchema)]
pub struct SystemView {
    /// ODS code.
    ods: String,
    /// Name.
    name: String,
    /// Members, by code.
    members: Vec<MemberView>,
    /// The latest roll-up; null until there is one.
    roll_up: Option<RollUpView>,
}

/// A member of a system.
#[derive(Serialize, ToSchema)]
pub struct MemberView {
    /// ODS code.
    ods: String,
    /// Name.
    name: String,
    /// Survey of its latest release; null until it has one, and in the answer to a change of members.
    survey: Option<String>,
    /// Title of that survey.
    title: Option<String>,
}

/// What was published of several members together.
#[derive(Serialize, ToSchema)]
pub struct RollUpView {
    /// Identifier; null in a preview.
    id: Option<String>,
    /// Day on which it was made.
    made_on: String,
    /// Surveys that it counts together.
    surveys: Vec<String>,
    /// Questions with results: those that every member asked in the same words with the same options.
    questions: Vec<String>,
    /// Tables that are published, as lists of variables.
    breakdowns: Vec<Vec<String>>,
    /// How it was attacked, together with the releases of its members.
    audit: AuditView,
}

/// How a roll-up is made.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct RollUpQuery {
    /// Says what would be seen, publishes nothing.
    #[serde(default)]
    dry_run: bool,
}

/// Which results of a system.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct SystemResultsQuery {
    /// Question.
    #[param(example = "belonging")]
    question: String,
    /// Variables to break down by, separated by commas; everybody when left out.
    #[serde(default)]
    #[param(example = "ethnicity")]
    by: String,
}

/// Answers to one question, members side by side.
#[derive(Serialize, ToSchema)]
pub struct SystemResultsView {
    /// Each member, from its own release.
    members: Vec<MemberResultsView>,
    /// All members together, from the roll-up; null where there is none, or where members asked differently.
    together: Option<ResultsView>,
}

/// Answers of one member.
#[derive(Serialize, ToSchema)]
pub struct MemberResultsView {
    /// ODS code.
    ods: String,
    /// Name.
    name: String,
    /// Its results; null where its latest release does not have them.
    results: Option<ResultsView>,
}

/// Which population.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct SystemRepresentationQuery {
    /// Identifier of the population; England and Wales when left out.
    population: Option<String>,
}

/// Workforces against one population, members side by side.
#[derive(Serialize)]
struct SystemRepresentationView {
    members: Vec<MemberRepresentationView>,
    together: Option<PublishedReport>,
}

#[derive(Serialize)]
struct MemberRepresentationView {
    ods: String,
    name: String,
    report: Option<PublishedReport>,
}

/// The system, its members with their latest releases, and the latest roll-up. 404 for an organisation without members.
#[utoipa::path(tag = "system", params(("ods" = String, Path, description = "ODS code of the system")),
    responses((status = 200, body = SystemView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
#[get("/systems/{ods}")]
pub async fn read_system(
    access: InOrganisation<ReadRelease>,
    services: web::Data<Services>,
) -> ApiResult<web::Json<SystemView>> {
    let system = services.systems.read(access.scope).await?;
    Ok(web::Json(SystemView {
        ods: system.organisation.ods.to_string(),
        name: system.organisation.name,
        members: system.members.into_iter().map(MemberView::from).collect(),
        roll_up: system.roll_up.as_ref().map(RollUpView::published),
    }))
}

/// Sets the members of a system, all of them. Members are organisations that have none themselves; with an empty list the
/// organisation is no system any more. What was published stays.
#[utoipa::path(tag = "system", params(("ods" = String, Path, description = "ODS code of the system")), request_body = NewMembers,
    responses((status = 200, body = Vec<MemberView>), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
#[put("/systems/{ods}/members")]
pub async fn replace_members(
    access: Anywhere<CreateOrganisation>,
    ods: web::Path<String>,
    body: Body<NewMembers>,
    services: web::Data<Services>,
) -> ApiResult<web::Json<Vec<MemberView>>> {
    let system: OdsCode = ods.parse().map_err(|_| Problem::not_found("organisation"))?;
    let named = body.read()?.members;
    let parse = |(place, code): (usize, &String)| {
        let wrong = |error: &dyn std::fmt::Display| {
            let part = ProblemPart { pointer: format!("/members/{place}"), detail: error.to_string() };
            Problem::unprocessable(error.to_string(), vec![part])
        };
        code.parse::<OdsCode>().map_err(|error| wrong(&error))
    };
    let members = named.iter().enumerate().map(parse).collect::<Result<_, _>>()?;
    let found = services.systems.replace_members(access.caller.actor(), system, members).await?;
    Ok(web::Json(found.into_iter().map(MemberView::from).collect()))
}

/// Counts the latest releases of all members together, and publishes what may be seen: protected jointly with every
/// member's release, attacked, once and for good. Refused with the reason where a member has no release, where one is
/// part of another roll-up, and where protection allows nothing.
#[utoipa::path(tag = "system", params(("ods" = String, Path, description = "ODS code of the system"), RollUpQuery),
    responses((status = 200, body = RollUpView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody)))]
#[post("/systems/{ods}/release")]
pub async fn publish_roll_up(
    access: InOrganisation<RunSurvey>,
    query: web::Query<RollUpQuery>,
    services: web::Data<Services>,
) -> ApiResult<web::Json<RollUpView>> {
    let roll_up = services.systems.publish(access.scope, query.dry_run).await?;
    let view = RollUpView::published(&roll_up);
    Ok(web::Json(if query.dry_run { RollUpView { id: None, ..view } } else { view }))
}

/// Answers to one question by a breakdown: of each member from its own release, and of all together from the roll-up.
#[utoipa::path(tag = "system", params(("ods" = String, Path, description = "ODS code of the system"), SystemResultsQuery),
    responses((status = 200, body = SystemResultsView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
#[get("/systems/{ods}/results")]
pub async fn read_system_results(
    access: InOrganisation<ReadRelease>,
    query: web::Query<SystemResultsQuery>,
    services: web::Data<Services>,
) -> ApiResult<web::Json<SystemResultsView>> {
    let system = services.systems.read(access.scope).await?;
    let by = query.by.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
    let (question, selection) = (query.question.as_str(), Selection { by, only: Vec::new() });
    let mut refused = None;
    let members: Vec<MemberResultsView> = system
        .members
        .iter()
        .map(|member| MemberResultsView {
            ods: member.organisation.ods.to_string(),
            name: member.organisation.name.clone(),
            results: member.release.as_ref().and_then(|release| {
                let found = results(&release.table, &release.content.questionnaire, question, &selection);
                found.map_err(|error| refused = Some(error)).ok().map(|it| results_view(&release.content, question, it))
            }),
        })
        .collect();
    if let Some(error) = refused.filter(|_| members.iter().all(|member| member.results.is_none())) {
        return Err(error.into());
    }
    let together = system.roll_up.and_then(|roll_up| {
        let found = roll_up.results(question, &selection).ok()?;
        Some(results_view(&roll_up.content, question, found))
    });
    Ok(web::Json(SystemResultsView { members, together }))
}

/// Members' published workforces of 31 March against one population: each member's report, and that of all together from
/// the sums of published counts, once every member has published the year.
#[utoipa::path(tag = "system",
    params(("ods" = String, Path, description = "ODS code of the system"), ("year" = String, Path, description = "Reporting year"), SystemRepresentationQuery),
    responses((status = 200, body = Object, description = "`members` with `ods`, `name` and `report`, `together`; reports as in `published-representation`"),
        (status = 401, body = ProblemBody), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
#[get("/systems/{ods}/representation/{year}")]
pub async fn read_system_representation(
    access: InOrganisation<ReadRelease>,
    path: web::Path<(String, String)>,
    query: web::Query<SystemRepresentationQuery>,
    services: web::Data<Services>,
) -> ApiResult<HttpResponse> {
    let year = parse_year(&path.1)?;
    let found = services.systems.representation(access.scope, year, query.into_inner().population).await?;
    let member = |(organisation, report): (Organisation, Option<PublishedReport>)| MemberRepresentationView {
        ods: organisation.ods.into(),
        name: organisation.name,
        report,
    };
    Ok(HttpResponse::Ok().json(SystemRepresentationView {
        members: found.members.into_iter().map(member).collect(),
        together: found.together,
    }))
}

impl From<Organisation> for MemberView {
    fn from(organisation: Organisation) -> Self {
        Self { ods: organisation.ods.into(), name: organisation.name, survey: None, title: None }
    }
}

impl From<Member> for MemberView {
    fn from(member: Member) -> Self {
        let survey = member.release.as_ref().map(|release| &release.survey);
        Self {
            survey: survey.map(|survey| survey.id.to_string()),
            title: survey.map(|survey| survey.title.as_str().to_owned()),
            ..Self::from(member.organisation)
        }
    }
}

impl RollUpView {
    fn published(roll_up: &RollUp) -> Self {
        let (release, family) = (&roll_up.release, roll_up.release.table.family());
        let name = |(variable, _): &(usize, usize)| family.variables[*variable].name.clone();
        Self {
            id: Some(release.id.to_string()),
            made_on: release.made_on.to_string(),
            surveys: release.surveys.iter().map(ToString::to_string).collect(),
            questions: published_questions(&release.table, &roll_up.content.questionnaire)
                .into_iter()
                .map(|question| question.id.clone())
                .collect(),
            breakdowns: family.breakdowns.iter().map(|table| table.variables.iter().map(name).collect()).collect(),
            audit: AuditView::of(&release.table),
        }
    }
}
