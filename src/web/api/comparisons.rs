//! What lies between groups of a survey, and between its waves.

use actix_web::{get, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::figure::FigureView;
use crate::domain::figure::{Figure, RelativeLikelihood};
use crate::domain::identifier::SurveyId;
use crate::domain::indicator::{ALL, Computed, Inputs, ReleaseFigures, Variant};
use crate::domain::results::{GroupGap, QuestionGaps, Wave, WaveChange, group_gaps, wave_changes};
use crate::domain::survey_measure::{Comparison, Measures};
use crate::services::Services;
use crate::services::results::Release;
use crate::web::access::{Managed, ReadRelease};
use crate::web::error::{ApiResult, Problem, ProblemBody};

/// One group's answers to one question.
#[derive(Serialize, ToSchema)]
pub struct MeasuresView {
    /// Who chose an option with a score.
    base: FigureView,
    /// Share of favourable answers among them, 0 to 1.
    favourable: FigureView,
    /// Wilson interval of that share at 95 %.
    interval: Option<[f64; 2]>,
    /// Mean score, 0 to 10.
    score: FigureView,
}

/// First minus second.
#[derive(Serialize, ToSchema)]
pub struct ComparisonView {
    /// Difference of favourable shares, percentage points.
    points: FigureView,
    /// Newcombe interval of the difference at 95 %, percentage points.
    interval: Option<[f64; 2]>,
    /// Difference of mean scores, 0 to 10.
    score: FigureView,
    /// p-value of the two-proportion test, two-sided, adjusted over everything in this answer (Benjamini and Hochberg).
    adjusted_p: FigureView,
}

/// Indicators of a survey.
#[derive(Serialize, ToSchema)]
pub struct SurveyIndicatorsView {
    /// WRES indicators 5 to 8, with unit, direction, denominator, note, source and figures.
    #[schema(value_type = Vec<Object>)]
    indicators: Vec<Computed>,
    /// Every question with favourable answers: White respondents, and each other group against them.
    questions: Vec<QuestionGapsView>,
}

/// One question by ethnicity.
#[derive(Serialize, ToSchema)]
pub struct QuestionGapsView {
    /// Question.
    question: String,
    /// White respondents.
    white: MeasuresView,
    /// Minority ethnic respondents together, then the four groups.
    groups: Vec<GroupGapView>,
}

/// One group against White respondents.
#[derive(Serialize, ToSchema)]
pub struct GroupGapView {
    /// Code of the group.
    group: &'static str,
    /// The group.
    measures: MeasuresView,
    /// The group minus White respondents; for `minority_ethnic`, the experience gap.
    gap: ComparisonView,
    /// Favourable rate of the group over that of White respondents, with direction, unit and Katz log interval.
    #[schema(value_type = Object)]
    relative_likelihood: Figure<RelativeLikelihood>,
}

/// Which wave to compare with.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct TrendQuery {
    /// Survey of the earlier wave; the published one that was closed last before this one, when left out.
    with: Option<String>,
}

/// Two waves.
#[derive(Serialize, ToSchema)]
pub struct TrendView {
    /// Survey of the earlier wave.
    before: String,
    /// Survey of the later one.
    now: String,
    /// Every question that both asked in the same words with the same options.
    changes: Vec<ChangeView>,
}

/// One question and group in two waves.
#[derive(Serialize, ToSchema)]
pub struct ChangeView {
    /// Question.
    question: String,
    /// `all`, `white` or `minority_ethnic`.
    group: &'static str,
    /// In the earlier wave.
    before: MeasuresView,
    /// In the later one.
    now: MeasuresView,
    /// Later minus earlier.
    change: ComparisonView,
}

/// The WRES indicators of the survey, and differences between ethnic groups at every question; from protected counts.
#[utoipa::path(tag = "results", params(("id" = String, Path, description = "Survey")),
    responses((status = 200, body = SurveyIndicatorsView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
#[get("/surveys/{id}/indicators")]
pub async fn read_survey_indicators(
    survey: Managed<ReadRelease>,
    services: web::Data<Services>,
) -> ApiResult<web::Json<SurveyIndicatorsView>> {
    let release = services.results.read(survey.scope, survey.id).await?;
    let (table, questionnaire) = (&release.table, &release.content.questionnaire);
    let figures = ReleaseFigures { table, questionnaire, variant: Variant::Substantive };
    let inputs = Inputs { survey: Some(&figures), ..Inputs::default() };
    let surveyed = ALL.iter().filter(|indicator| (5..=8).contains(&indicator.definition().number));
    Ok(web::Json(SurveyIndicatorsView {
        indicators: surveyed
            .map(|indicator| Computed { definition: indicator.definition(), figures: indicator.compute(&inputs) })
            .collect(),
        questions: group_gaps(Wave { table, questionnaire }).into_iter().map(QuestionGapsView::from).collect(),
    }))
}

/// What changed since an earlier wave of the same organisation; from the protected counts of both releases.
#[utoipa::path(tag = "results", params(("id" = String, Path, description = "Survey"), TrendQuery),
    responses((status = 200, body = TrendView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
#[get("/surveys/{id}/trend")]
pub async fn read_trend(
    survey: Managed<ReadRelease>,
    query: web::Query<TrendQuery>,
    services: web::Data<Services>,
) -> ApiResult<web::Json<TrendView>> {
    let with: Option<SurveyId> =
        query.into_inner().with.map(|text| text.parse()).transpose().map_err(|_| Problem::not_found("survey"))?;
    let (now, before) = services.results.read_two_waves(survey.scope, survey.id, with).await?;
    Ok(web::Json(TrendView {
        changes: wave_changes(wave(&now), wave(&before)).into_iter().map(ChangeView::from).collect(),
        before: before.survey.id.to_string(),
        now: now.survey.id.to_string(),
    }))
}

fn wave(release: &Release) -> Wave<'_> {
    Wave { table: &release.table, questionnaire: &release.content.questionnaire }
}

impl From<&Measures> for MeasuresView {
    fn from(measures: &Measures) -> Self {
        Self {
            base: measures.scored_base.into(),
            favourable: measures.favourable.map(|share| share.as_f64()).into(),
            interval: measures.interval.value().map(|interval| [interval.low, interval.high]),
            score: measures.score.into(),
        }
    }
}

impl From<Comparison> for ComparisonView {
    fn from(comparison: Comparison) -> Self {
        Self {
            points: comparison.difference.map(|points| points.as_f64()).into(),
            interval: comparison.interval.value().map(|interval| [interval.low, interval.high]),
            score: comparison.score_difference.into(),
            adjusted_p: comparison.p.into(),
        }
    }
}

impl From<QuestionGaps> for QuestionGapsView {
    fn from(gaps: QuestionGaps) -> Self {
        let group = |gap: GroupGap| GroupGapView {
            group: gap.group,
            measures: (&gap.measures).into(),
            gap: gap.gap.into(),
            relative_likelihood: gap.relative_likelihood,
        };
        Self {
            question: gaps.question,
            white: (&gaps.white).into(),
            groups: gaps.groups.into_iter().map(group).collect(),
        }
    }
}

impl From<WaveChange> for ChangeView {
    fn from(change: WaveChange) -> Self {
        Self {
            question: change.question,
            group: change.group,
            before: (&change.before).into(),
            now: (&change.now).into(),
            change: change.change.into(),
        }
    }
}
