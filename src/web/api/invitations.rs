//! Inviting, reminding, participation.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::{IntoParams, ToSchema};

use super::body::{CsvOrJson, MessageOrJson, WholeBody, aside, csv_or_json, message_or_json};
use crate::domain::invitation::{EmailAddress, Invitee};
use crate::domain::questionnaire::Language;
use crate::import;
use crate::services::invitations::InvitationSummary;
use crate::services::participation::{Participation, UnitParticipation};
use crate::services::{AppError, Services};
use crate::web::access::{InOrganisation, Managed, ReadSurvey, RunSurvey};
use crate::web::error::{ApiResult, Problem, ProblemBody, ProblemPart};

/// Most people in one call.
const MOST: usize = 100_000;

/// One person to invite.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InviteeBody {
    /// Where the link goes.
    #[schema(example = "a.khan@example.org")]
    email: String,
    /// Code of the unit that the person works in.
    #[schema(example = "MAT-1")]
    unit: String,
    /// Language of the e-mail: `en` or `cy`.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "en")]
    language: Language,
}

/// How to invite.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct InviteQuery {
    /// Say what would be done, and do nothing.
    #[serde(default)]
    dry_run: bool,
}

/// What inviting did.
#[derive(Serialize, ToSchema)]
pub struct InvitationSummaryView {
    /// People who were not invited before.
    added: usize,
    /// People who were.
    already_invited: usize,
    /// People whose invitation carries a wider unit than their own, because too few are invited in it.
    widened: usize,
}

impl From<InvitationSummary> for InvitationSummaryView {
    fn from(summary: InvitationSummary) -> Self {
        Self { added: summary.added, already_invited: summary.already_invited, widened: summary.widened }
    }
}

/// How many take part.
#[derive(Serialize, ToSchema)]
pub struct ParticipationView {
    /// People invited.
    invited: u64,
    /// People who have answered; while the survey is open, rounded down to a multiple of `step`.
    answered: u64,
    /// Step in which `answered` moves while the survey is open.
    step: u64,
    /// The same by unit, for units in which enough people are invited.
    units: Vec<UnitParticipationView>,
    /// Days on which `answered` had become another number, and which: always in steps.
    days: Vec<DayParticipationView>,
    /// Day of the latest reminder.
    #[schema(format = Date)]
    reminded_on: Option<String>,
}

/// How many had answered on a day.
#[derive(Serialize, ToSchema)]
pub struct DayParticipationView {
    /// Day, UTC.
    #[schema(format = Date)]
    day: String,
    /// People who had answered, always rounded down to a multiple of `step`.
    answered: u64,
}

/// How many of a unit take part.
#[derive(Serialize, ToSchema)]
pub struct UnitParticipationView {
    /// Code of the unit.
    unit: String,
    /// People invited in it.
    invited: u64,
    /// People who have answered, always rounded down to a multiple of `step`.
    answered: u64,
}

impl From<Participation> for ParticipationView {
    fn from(counts: Participation) -> Self {
        let view = |unit: UnitParticipation| UnitParticipationView {
            unit: unit.unit,
            invited: unit.invited,
            answered: unit.answered,
        };
        let of_day = |(day, answered): (Date, u64)| DayParticipationView { day: day.to_string(), answered };
        Self {
            invited: counts.invited,
            answered: counts.answered,
            step: counts.step,
            units: counts.units.into_iter().map(view).collect(),
            days: counts.days.into_iter().map(of_day).collect(),
            reminded_on: counts.reminded_on.map(|day| day.to_string()),
        }
    }
}

/// How many reminders are on their way.
#[derive(Serialize, ToSchema)]
pub struct RemindersView {
    /// E-mails queued, at most: the exact number would be how many have answered.
    at_most: u64,
}

/// Invites people, all or none: JSON, or CSV with the columns `email,unit` and optionally `name,language`.
#[utoipa::path(tag = "invitations", params(("id" = String, Path, description = "Survey"), InviteQuery),
    request_body(content((Vec<InviteeBody> = "application/json"), (String = "text/csv"))),
    responses((status = 200, body = InvitationSummaryView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 415, body = ProblemBody), (status = 422, body = ProblemBody)))]
#[post("/surveys/{id}/invitations")]
pub async fn invite(
    request: HttpRequest,
    survey: Managed<RunSurvey>,
    query: web::Query<InviteQuery>,
    body: WholeBody,
    services: web::Data<Services>,
) -> ApiResult<web::Json<InvitationSummaryView>> {
    let people = match csv_or_json::<InviteeBody>(&request, body).await? {
        CsvOrJson::Csv(bytes) => aside(move || import::staff::read("body", &bytes).map_err(AppError::from)).await?,
        CsvOrJson::Json(people) => aside(move || parse(people)).await?,
    };
    if people.len() > MOST {
        return Err(Problem::unprocessable(
            format!("at most {MOST} people in one call; send the rest in another"),
            Vec::new(),
        ));
    }
    Ok(web::Json(services.invitations.invite(survey.scope, survey.id, people, query.dry_run).await?.into()))
}

/// Reminds everybody who has not answered. Nobody learns who that is.
#[utoipa::path(tag = "invitations", params(("id" = String, Path, description = "Survey")),
    responses((status = 202, body = RemindersView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
#[post("/surveys/{id}/reminders")]
pub async fn remind(survey: Managed<RunSurvey>, services: web::Data<Services>) -> ApiResult<HttpResponse> {
    let at_most = services.invitations.remind(survey.scope, survey.id).await?;
    Ok(HttpResponse::Accepted().json(RemindersView { at_most }))
}

/// How many take part.
#[utoipa::path(tag = "invitations", params(("id" = String, Path, description = "Survey")),
    responses((status = 200, body = ParticipationView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
#[get("/surveys/{id}/participation")]
pub async fn participation(
    survey: Managed<ReadSurvey>,
    services: web::Data<Services>,
) -> ApiResult<web::Json<ParticipationView>> {
    Ok(web::Json(services.participation.read(survey.scope, survey.id).await?.into()))
}

/// Addresses that no e-mail may go to any more.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SuppressionBody {
    /// Addresses that complained, or that do not exist.
    #[schema(example = json!(["a.khan@example.org"]))]
    emails: Vec<String>,
}

/// Takes addresses off every later e-mail of the organisation: what its mail system reports as bounced or complained.
/// Either a list as JSON, or the report itself as the mail server got it (`message/rfc822`), which counts when it returns
/// an e-mail of ours. Nobody can read the list; only keyed hashes are kept.
#[utoipa::path(tag = "invitations", params(("ods" = String, Path, description = "ODS code")),
    request_body(content((SuppressionBody = "application/json"), (String = "message/rfc822"))),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody), (status = 415, body = ProblemBody), (status = 422, body = ProblemBody)))]
#[post("/organisations/{ods}/suppressions")]
pub async fn suppress(
    request: HttpRequest,
    access: InOrganisation<RunSurvey>,
    body: WholeBody,
    services: web::Data<Services>,
) -> ApiResult<HttpResponse> {
    match message_or_json::<SuppressionBody>(&request, body)? {
        MessageOrJson::Message(message) => {
            if !services.suppressions.note_report(Some(access.scope), &message).await? {
                let detail = "this is no report about an e-mail that was sent from here; nothing was noted";
                return Err(Problem::unprocessable(detail, Vec::new()));
            }
        }
        MessageOrJson::Json(body) => services.suppressions.add(access.scope, addresses(&body)?).await?,
    }
    Ok(HttpResponse::NoContent().finish())
}

fn addresses(body: &SuppressionBody) -> ApiResult<Vec<EmailAddress>> {
    let parse = |(index, text): (usize, &String)| {
        EmailAddress::parse(text).map_err(|error| {
            let part = ProblemPart { pointer: format!("/emails/{index}"), detail: error.to_string() };
            Problem::unprocessable("some addresses cannot be used; nothing was noted", vec![part])
        })
    };
    body.emails.iter().enumerate().map(parse).collect()
}

fn parse(people: Vec<InviteeBody>) -> ApiResult<Vec<Invitee>> {
    let mut parsed = Vec::with_capacity(people.len());
    let mut problems = Vec::new();
    for (index, person) in people.into_iter().enumerate() {
        match EmailAddress::parse(&person.email) {
            Ok(email) => parsed.push(Invitee { email, unit: person.unit, language: person.language }),
            Err(error) => problems.push(ProblemPart { pointer: format!("/{index}/email"), detail: error.to_string() }),
        }
    }
    if problems.is_empty() {
        Ok(parsed)
    } else {
        Err(Problem::unprocessable("some addresses cannot be used; nobody was invited", problems))
    }
}
