//! Are those who answered a survey like the workforce?

use actix_web::{get, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::domain::results::{Representativeness, Wave, Weighting, representativeness, weighting};
use crate::services::Services;
use crate::web::access::{Managed, ReadWorkforce};
use crate::web::error::{ApiResult, Problem, ProblemBody, ProblemPart};

/// What is compared.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct RepresentativenessQuery {
    /// Day of the workforce snapshot, YYYY-MM-DD; the latest when left out.
    workforce: Option<String>,
    /// Question whose favourable share is weighted to the workforce; no weighting when left out.
    #[param(example = "belonging")]
    question: Option<String>,
}

/// Respondents against workforce.
#[derive(Serialize, ToSchema)]
pub struct RepresentativenessView {
    /// Survey.
    survey: String,
    /// Day of the snapshot.
    workforce: String,
    /// `by_ethnicity`, `by_pay_band_cluster`, `by_staff_group`: staff, respondents, response rate with Wilson interval
    /// and representation by group, and the R-indicator.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    representativeness: Representativeness,
    /// Unweighted and weighted favourable share with effective base and design effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    weighting: Option<Weighting>,
}

/// Response rates by group, the R-indicator, and a weighted share where one is asked for. From protected counts, for
/// those who may see the snapshot.
#[utoipa::path(tag = "results", params(("id" = String, Path, description = "Survey"), RepresentativenessQuery),
    responses((status = 200, body = RepresentativenessView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
#[get("/surveys/{id}/representativeness")]
pub async fn read_representativeness(
    survey: Managed<ReadWorkforce>,
    query: web::Query<RepresentativenessQuery>,
    services: web::Data<Services>,
) -> ApiResult<web::Json<RepresentativenessView>> {
    let query = query.into_inner();
    let (release, date, workforce) =
        services.results.read_with_workforce(survey.scope, survey.id, query.workforce).await?;
    let wave = Wave { table: &release.table, questionnaire: &release.content.questionnaire };
    let weighted = match &query.question {
        Some(question) => Some(weighting(wave, &workforce, question).ok_or_else(|| unknown(question))?),
        None => None,
    };
    Ok(web::Json(RepresentativenessView {
        survey: release.survey.id.to_string(),
        workforce: date,
        representativeness: representativeness(wave, &workforce),
        weighting: weighted,
    }))
}

fn unknown(question: &str) -> Problem {
    let detail = format!("“{question}” is not a question with published results; the release lists those that are");
    Problem::unprocessable(detail.clone(), vec![ProblemPart { pointer: "/question".to_owned(), detail }])
}
