//! The release of a survey and its results.

use actix_web::{HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::figure::FigureView;
use crate::domain::disclosure::{self, AuditReport, ProtectedTable, RuleDescription};
use crate::domain::figure::Figure;
use crate::domain::questionnaire::Language;
use crate::domain::results::{ResultLine, ResultTable, category_label, published_questions, results};
use crate::domain::survey::SurveyContent;
use crate::services::Services;
use crate::services::results::Release;
use crate::web::access::{Managed, ReadRelease};
use crate::web::error::{ApiResult, ProblemBody};
use crate::web::results_files::{FileKind, download};
use crate::web::results_query::ResultsQuery;

/// How a release was attacked before it was made, and what came of it.
#[derive(Serialize, ToSchema)]
pub struct AuditView {
    /// Cells (a group and a question) that are published.
    published: usize,
    /// Cells that are withheld.
    withheld: usize,
    /// Sets of people whose answers the attacker tried to derive.
    sets_tested: usize,
    /// Sets whose answers are determined: 0 in every release.
    exact_disclosures: usize,
    /// Counts that were shown to stay open for an attacker who bounds them with every size known.
    intervals_tested: usize,
    /// Narrowest interval, in people, left on a count that must stay open, or more; counts of fewer people than the
    /// policy's interval are open altogether.
    narrowest_interval: Option<u64>,
    /// Seconds that protecting took.
    engine_seconds: f64,
    /// Seconds that the attack took.
    audit_seconds: f64,
}

impl AuditView {
    /// The audit of a release.
    pub fn of(table: &ProtectedTable) -> Self {
        let AuditReport {
            published,
            withheld,
            sets_tested,
            exact_disclosures,
            intervals_tested,
            narrowest_interval,
            engine_seconds,
            audit_seconds,
        } = *table.audit();
        Self {
            published,
            withheld,
            sets_tested,
            exact_disclosures,
            intervals_tested,
            narrowest_interval,
            engine_seconds,
            audit_seconds,
        }
    }
}

/// A release: what can be asked of it.
#[derive(Serialize, ToSchema)]
pub struct ReleaseView {
    /// Identifier.
    id: String,
    /// Survey.
    survey: String,
    /// How many answered.
    respondents: FigureView,
    /// Variables that results can be broken down by.
    variables: Vec<VariableView>,
    /// Tables that are published, as lists of variables.
    breakdowns: Vec<Vec<String>>,
    /// Questions with results.
    questions: Vec<String>,
    /// The rules that it keeps.
    rules: Vec<RuleView>,
    /// The audit.
    audit: AuditView,
}

/// A rule of disclosure control.
#[derive(Serialize, ToSchema)]
pub struct RuleView {
    /// Name.
    name: &'static str,
    /// What it prevents.
    reason: &'static str,
    /// Where it comes from.
    source: &'static str,
}

impl From<RuleDescription> for RuleView {
    fn from(rule: RuleDescription) -> Self {
        Self { name: rule.name, reason: rule.reason, source: rule.source }
    }
}

/// A variable of the family.
#[derive(Serialize, ToSchema)]
pub struct VariableView {
    /// Name, for `by`.
    name: String,
    /// Categories, parents before children; the first is everybody.
    categories: Vec<CategoryView>,
}

/// A category of a variable.
#[derive(Serialize, ToSchema)]
pub struct CategoryView {
    /// Code.
    code: String,
    /// English label.
    label: String,
    /// Code of the category that it lies in.
    parent: Option<String>,
}

/// Answers to one question, a line a group.
#[derive(Serialize, ToSchema)]
pub struct ResultsView {
    /// Question.
    question: String,
    /// What was asked, in English.
    text: String,
    /// Names of the variables.
    by: Vec<String>,
    /// Codes of the options.
    options: Vec<String>,
    /// Groups: everybody first, then larger groups before the groups inside them. A group that nobody belongs to has no line.
    lines: Vec<ResultLineView>,
}

/// Answers of one group.
#[derive(Serialize, ToSchema)]
pub struct ResultLineView {
    /// Code per variable of `by`; `all` where the group is not divided by it.
    categories: Vec<String>,
    /// English label per variable.
    labels: Vec<String>,
    /// How many responded to the survey.
    respondents: FigureView,
    /// How many chose each option; `withheld` instead of numbers as soon as one of them is.
    counts: CountsView,
    /// The same one by one: of a question with several answers, one can be published and another withheld.
    answers: Vec<FigureView>,
    /// How many chose any option: the base of the shares.
    base: FigureView,
    /// Share of favourable answers among those with a score, 0 to 1.
    favourable: FigureView,
    /// Wilson interval of that share at 95 %.
    interval: Option<[f64; 2]>,
    /// Mean score, 0 to 10.
    score: FigureView,
}

/// Counts by option, or that they are withheld.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum CountsView {
    /// In the order of `options`.
    Published(Vec<u64>),
    /// They are protected.
    Withheld {
        /// Always true.
        withheld: bool,
    },
}

/// What is published of a survey, and how it was audited.
#[utoipa::path(tag = "results", params(("id" = String, Path, description = "Survey")),
    responses((status = 200, body = ReleaseView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
#[get("/surveys/{id}/release")]
pub async fn read_release(
    survey: Managed<ReadRelease>,
    services: web::Data<Services>,
) -> ApiResult<web::Json<ReleaseView>> {
    Ok(web::Json(release_view(&services.results.read(survey.scope, survey.id).await?)))
}

/// Answers to one question by a breakdown of the release. Another breakdown is refused with the list of those there are.
#[utoipa::path(tag = "results", params(("id" = String, Path, description = "Survey"), ResultsQuery),
    responses((status = 200, body = ResultsView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
#[get("/surveys/{id}/results")]
pub async fn read_results(
    survey: Managed<ReadRelease>,
    query: web::Query<ResultsQuery>,
    services: web::Data<Services>,
) -> ApiResult<web::Json<ResultsView>> {
    let release = services.results.read(survey.scope, survey.id).await?;
    let question = query.question.as_deref().unwrap_or_default();
    let found = results(&release.table, &release.content.questionnaire, question, &query.selection())?;
    Ok(web::Json(results_view(&release.content, question, found)))
}

/// The same as CSV: a line per question, group and answer; `[c]` where a figure is withheld.
#[utoipa::path(tag = "results", params(("id" = String, Path, description = "Survey"), ResultsQuery),
    responses((status = 200, body = String, content_type = "text/csv"), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
#[get("/surveys/{id}/results.csv")]
pub async fn download_results(
    survey: Managed<ReadRelease>,
    query: web::Query<ResultsQuery>,
    services: web::Data<Services>,
) -> ApiResult<HttpResponse> {
    download(&services, (survey.scope, survey.id), &query, FileKind::Csv).await
}

/// The same as an accessible workbook of Excel: cover, contents, notes, and one table a sheet.
#[utoipa::path(tag = "results", params(("id" = String, Path, description = "Survey"), ResultsQuery),
    responses((status = 200, body = String, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
#[get("/surveys/{id}/results.xlsx")]
pub async fn download_xlsx(
    survey: Managed<ReadRelease>,
    query: web::Query<ResultsQuery>,
    services: web::Data<Services>,
) -> ApiResult<HttpResponse> {
    download(&services, (survey.scope, survey.id), &query, FileKind::Xlsx).await
}

/// The same workbook as an OpenDocument spreadsheet.
#[utoipa::path(tag = "results", params(("id" = String, Path, description = "Survey"), ResultsQuery),
    responses((status = 200, body = String, content_type = "application/vnd.oasis.opendocument.spreadsheet"), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
#[get("/surveys/{id}/results.ods")]
pub async fn download_ods(
    survey: Managed<ReadRelease>,
    query: web::Query<ResultsQuery>,
    services: web::Data<Services>,
) -> ApiResult<HttpResponse> {
    download(&services, (survey.scope, survey.id), &query, FileKind::Ods).await
}

/// Everything of the release in one archive: both workbooks, every table as CSV, and the audit.
#[utoipa::path(tag = "results", params(("id" = String, Path, description = "Survey")),
    responses((status = 200, body = String, content_type = "application/zip"), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
#[get("/surveys/{id}/release.zip")]
pub async fn download_release(survey: Managed<ReadRelease>, services: web::Data<Services>) -> ApiResult<HttpResponse> {
    download(&services, (survey.scope, survey.id), &ResultsQuery::default(), FileKind::Archive).await
}

fn release_view(release: &Release) -> ReleaseView {
    let (table, units) = (&release.table, &release.content.units);
    let family = table.family();
    let variables = family.variables.iter().map(|variable| VariableView {
        name: variable.name.clone(),
        categories: variable
            .nodes
            .iter()
            .map(|node| CategoryView {
                code: node.code.clone(),
                label: category_label(units, &variable.name, &node.code, Language::English),
                parent: node.parent.map(|parent| variable.nodes[parent].code.clone()),
            })
            .collect(),
    });
    let name = |(variable, _): &(usize, usize)| family.variables[*variable].name.clone();
    let questions = published_questions(table, &release.content.questionnaire);
    ReleaseView {
        id: release.id.to_string(),
        survey: release.survey.id.to_string(),
        respondents: table.group(&[]).map_or(Figure::Withheld, |group| group.respondents()).into(),
        variables: variables.collect(),
        breakdowns: family.breakdowns.iter().map(|table| table.variables.iter().map(name).collect()).collect(),
        questions: questions.into_iter().map(|question| question.id.clone()).collect(),
        rules: disclosure::rules().map(RuleView::from).collect(),
        audit: AuditView::of(table),
    }
}

/// Results as the API writes them.
pub(super) fn results_view(content: &SurveyContent, question: &str, table: ResultTable) -> ResultsView {
    let labels = |line: &ResultLine| {
        let named = table.variables.iter().zip(&line.categories);
        named.map(|(variable, code)| category_label(&content.units, variable, code, Language::English)).collect()
    };
    let lines = table.lines.iter().map(|line| ResultLineView {
        categories: line.categories.clone(),
        labels: labels(line),
        respondents: line.respondents.into(),
        counts: line.counts.clone().value().map_or(CountsView::Withheld { withheld: true }, CountsView::Published),
        // Too few answers for a base are too few for what they were.
        answers: line.measures.options.iter().map(|it| line.measures.base.and_then(|_| it.count).into()).collect(),
        base: line.measures.base.into(),
        favourable: line.measures.favourable.map(|share| share.as_f64()).into(),
        interval: line.measures.interval.value().map(|interval| [interval.low, interval.high]),
        score: line.measures.score.into(),
    });
    ResultsView {
        question: question.to_owned(),
        text: content
            .questionnaire
            .question(question)
            .map(|question| question.text(Language::English).to_owned())
            .unwrap_or_default(),
        lines: lines.collect(),
        by: table.variables,
        options: table.options,
    }
}
