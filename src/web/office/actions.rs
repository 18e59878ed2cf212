//! The action plan: actions tied to a prong of the pledge and an indicator, with how the indicator moves.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

use super::confirm::{check_form_token, form_token};
use super::draft::in_words;
use super::frame::{Section, page, render, render_with, see_other};
use super::wres::sentence;
use crate::domain::account::{Action, TenantScope};
use crate::domain::action_plan::{ActionStatus, ActionText, PledgeProng, StoredAction};
use crate::domain::identifier::ActionId;
use crate::domain::indicator::{ALL, ReportingYear, Variant, table_rows};
use crate::domain::questionnaire::Language;
use crate::export::action_plan::{PlanLine, csv};
use crate::services::indicators::SurveySource;
use crate::services::{AppError, Services, today};
use crate::web::Problem;
use crate::web::access::{Anywhere, ReadPopulation};
use crate::web::components::{ErrorLink, ErrorSummary, Page, TextArea, TextField};

const ENGLISH: Language = Language::English;
/// Years of an indicator that stand beside an action.
const WAVES: u16 = 3;

#[derive(Template)]
#[template(path = "web/office/actions.html")]
struct ActionsPage {
    page: Page,
    organisation: String,
    may_change: bool,
    actions: Vec<ActionView>,
}

struct ActionView {
    id: String,
    action: String,
    prong: &'static str,
    indicator: Option<String>,
    movement: String,
    owner: String,
    due: String,
    overdue: bool,
    status: &'static str,
    evidence: String,
}

#[derive(Template)]
#[template(path = "web/office/action.html")]
struct ActionPage {
    page: Page,
    errors: Option<ErrorSummary>,
    /// Identifier of the action that is changed; none for a new one.
    id: Option<String>,
    action: TextArea,
    owner: TextField,
    due: TextField,
    evidence: TextArea,
    prongs: Vec<Choice>,
    indicators: Vec<Choice>,
    statuses: Vec<Choice>,
    removing: bool,
    token: String,
}

/// An option of a select field.
struct Choice {
    code: String,
    label: String,
    chosen: bool,
}

/// What is typed about an action.
#[derive(Deserialize)]
pub struct ActionForm {
    token: String,
    action: String,
    prong: String,
    indicator: String,
    owner: String,
    due: String,
    status: String,
    evidence: String,
}

/// A step that takes away.
#[derive(Deserialize)]
pub struct RemoveForm {
    token: String,
}

/// Whether removing was asked for.
#[derive(Deserialize)]
pub struct ActionQuery {
    #[serde(default)]
    remove: bool,
}

/// The plan.
#[get("/actions")]
pub async fn show(access: Anywhere<ReadPopulation>, services: web::Data<Services>) -> Result<HttpResponse, Problem> {
    let scope = scope(&access, Action::ReadRelease)?;
    let plan = services.action_plans.list(scope.clone()).await?;
    let movements = movements(&access, &services).await?;
    let (organisation, _) = services.organisations.read(scope).await?;
    render(&ActionsPage {
        page: page("Action plan", Some(Section::Actions)),
        organisation: organisation.name,
        may_change: scope_of(&access, Action::RunSurvey).is_some(),
        actions: plan.iter().map(|stored| view(stored, &movements)).collect(),
    })
}

/// The plan as CSV.
#[get("/actions.csv")]
pub async fn download(
    access: Anywhere<ReadPopulation>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let plan = services.action_plans.list(scope(&access, Action::ReadRelease)?).await?;
    let movements = movements(&access, &services).await?;
    let lines: Vec<PlanLine<'_>> = plan
        .iter()
        .map(|StoredAction { action, .. }| {
            let movement = action.indicator.and_then(|number| movements.get(&number)).cloned().unwrap_or_default();
            PlanLine { action, movement }
        })
        .collect();
    let file = csv(&lines);
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"action-plan.csv\""))
        .body(file.map_err(|error| AppError::Internal(error.to_string()))?))
}

/// A new action's page.
#[get("/actions/new")]
pub async fn show_new(
    request: HttpRequest,
    access: Anywhere<ReadPopulation>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    scope(&access, Action::RunSurvey)?;
    render(&action_page(&ActionText::default(), Vec::new(), None, form_token(&request, &services)?))
}

/// Adds an action.
#[post("/actions")]
pub async fn add(
    request: HttpRequest,
    access: Anywhere<ReadPopulation>,
    form: web::Form<ActionForm>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    check_form_token(&request, &services, &form.token)?;
    let text = form.text();
    let outcome = services.action_plans.add(scope(&access, Action::RunSurvey)?, &text).await;
    answer(outcome.map(drop), &text, None, form_token(&request, &services)?)
}

/// An action's page.
#[get("/actions/{action}")]
pub async fn show_one(
    request: HttpRequest,
    access: Anywhere<ReadPopulation>,
    path: web::Path<String>,
    query: web::Query<ActionQuery>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let stored = services.action_plans.read(scope(&access, Action::RunSurvey)?, identifier(&path)?).await?;
    let token = form_token(&request, &services)?;
    let page = action_page(&stored.action.text(), Vec::new(), Some(stored.id.to_string()), token);
    render(&ActionPage { removing: query.remove, ..page })
}

/// Saves an action.
#[post("/actions/{action}")]
pub async fn save(
    request: HttpRequest,
    access: Anywhere<ReadPopulation>,
    path: web::Path<String>,
    form: web::Form<ActionForm>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    check_form_token(&request, &services, &form.token)?;
    let (text, id) = (form.text(), identifier(&path)?);
    let outcome = services.action_plans.replace(scope(&access, Action::RunSurvey)?, id.clone(), &text).await;
    answer(outcome.map(drop), &text, Some(id.to_string()), form_token(&request, &services)?)
}

/// Takes an action out of the plan.
#[post("/actions/{action}/remove")]
pub async fn remove(
    request: HttpRequest,
    access: Anywhere<ReadPopulation>,
    path: web::Path<String>,
    form: web::Form<RemoveForm>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    check_form_token(&request, &services, &form.token)?;
    services.action_plans.remove(scope(&access, Action::RunSurvey)?, identifier(&path)?).await?;
    Ok(see_other("/office/actions"))
}

fn answer(
    outcome: Result<(), AppError>,
    text: &ActionText,
    id: Option<String>,
    token: String,
) -> Result<HttpResponse, Problem> {
    match outcome {
        Ok(()) => Ok(see_other("/office/actions")),
        Err(AppError::Invalid { problems, .. }) => {
            let errors = problems.into_iter().map(|problem| ErrorLink {
                field: problem.pointer.trim_start_matches('/').to_owned(),
                text: problem.detail,
            });
            render_with(StatusCode::UNPROCESSABLE_ENTITY, &action_page(text, errors.collect(), id, token))
        }
        Err(other) => Err(other.into()),
    }
}

fn scope_of(access: &Anywhere<ReadPopulation>, action: Action) -> Option<TenantScope> {
    access.caller.authorise(action, access.caller.organisation.as_ref()?).ok()
}

fn scope(access: &Anywhere<ReadPopulation>, action: Action) -> Result<TenantScope, Problem> {
    scope_of(access, action).ok_or_else(|| Problem::not_found("page"))
}

fn identifier(path: &str) -> Result<ActionId, Problem> {
    path.parse().map_err(|_| Problem::not_found("action"))
}

/// What each indicator did over the last years, for those who may see the workforce; nothing for others.
async fn movements(access: &Anywhere<ReadPopulation>, services: &Services) -> Result<BTreeMap<u8, String>, Problem> {
    let Some(scope) = scope_of(access, Action::ReadWorkforce) else { return Ok(BTreeMap::new()) };
    let day = today();
    let ends = u16::try_from(day.year() + i32::from(day.month() > time::Month::March)).unwrap_or(2100);
    for year in (0..WAVES).filter_map(|back| ReportingYear::try_from(ends.checked_sub(back)?).ok()) {
        let found =
            services.indicators.report(scope.clone(), year, Variant::Substantive, WAVES, SurveySource::Release).await;
        let report = match found {
            Ok(report) => report,
            Err(AppError::NotFound(_)) => continue,
            Err(other) => return Err(other.into()),
        };
        let mut movements: BTreeMap<u8, String> = BTreeMap::new();
        for of_year in &report.years {
            for computed in of_year.indicators.iter().filter(|computed| computed.definition.number != 1) {
                let figure = table_rows(computed, false).first().and_then(|row| row.get(6).cloned());
                let Some(figure) = figure.filter(|figure| figure != "not calculable") else { continue };
                let movement = movements.entry(computed.definition.number).or_default();
                let separator = if movement.is_empty() { "" } else { "; " };
                movement.push_str(&format!("{separator}{}: {figure}", of_year.year));
            }
        }
        return Ok(movements);
    }
    Ok(BTreeMap::new())
}

fn view(stored: &StoredAction, movements: &BTreeMap<u8, String>) -> ActionView {
    let action = &stored.action;
    ActionView {
        id: stored.id.to_string(),
        action: action.action.clone(),
        prong: action.prong.label(ENGLISH),
        indicator: action.indicator.map(indicator_label),
        movement: action.indicator.and_then(|number| movements.get(&number)).cloned().unwrap_or_default(),
        owner: action.owner.clone(),
        due: action.due.map(in_words).unwrap_or_default(),
        overdue: action.is_overdue(today()),
        status: action.status.label(ENGLISH),
        evidence: action.evidence.clone(),
    }
}

fn indicator_label(number: u8) -> String {
    let name = ALL.iter().map(|indicator| indicator.definition()).find(|definition| definition.number == number);
    format!("{number}. {}", sentence(name.map_or("", |definition| definition.name)))
}

fn action_page(text: &ActionText, errors: Vec<ErrorLink>, id: Option<String>, token: String) -> ActionPage {
    let error = |name: &str| errors.iter().find(|error| error.field == name).map(|error| error.text.clone());
    let area = |name: &str, label: &str, hint: &str, value: &str, rows| TextArea {
        language: ENGLISH,
        name: name.to_owned(),
        label: label.to_owned(),
        label_is_title: false,
        caption: None,
        hint: Some(hint.to_owned()),
        error: error(name),
        value: value.to_owned(),
        rows,
    };
    let field = |name: &str, label: &str, hint: &str, value: &str, input_type| TextField {
        hint: Some(hint.to_owned()),
        error: error(name),
        value: value.to_owned(),
        input_type,
        ..TextField::new(name, label)
    };
    let choice = |code: &str, label: &str, chosen: &str| Choice {
        code: code.to_owned(),
        label: label.to_owned(),
        chosen: code == chosen,
    };
    let none = choice("", "None", &text.indicator);
    let numbered = (1..=9_u8).map(|number| choice(&format!("wres{number}"), &indicator_label(number), &text.indicator));
    let title = if id.is_some() { "Change an action" } else { "New action" };
    ActionPage {
        page: page(title, Some(Section::Actions))
            .below([("/office/actions".to_owned(), "Action plan".to_owned())])
            .with_errors(!errors.is_empty()),
        action: area("action", "What is done", "One action that can be finished and shown.", &text.action, 3),
        owner: field(
            "owner",
            "Owner",
            "A role rather than a name, such as Director of Midwifery.",
            &text.owner,
            "text",
        ),
        due: field("due", "Due date", "The day by which it is done.", &text.due, "date"),
        evidence: area("evidence", "Evidence", "What shows that it was done, and what came of it.", &text.evidence, 4),
        prongs: PledgeProng::ALL.iter().map(|prong| choice(prong.code(), prong.label(ENGLISH), &text.prong)).collect(),
        indicators: std::iter::once(none).chain(numbered).collect(),
        statuses: ActionStatus::ALL
            .iter()
            .map(|status| choice(status.code(), status.label(ENGLISH), &text.status))
            .collect(),
        errors: (!errors.is_empty()).then_some(ErrorSummary { language: ENGLISH, errors }),
        id,
        removing: false,
        token,
    }
}

impl ActionForm {
    fn text(&self) -> ActionText {
        ActionText {
            action: self.action.clone(),
            prong: self.prong.clone(),
            indicator: self.indicator.clone(),
            owner: self.owner.clone(),
            due: self.due.clone(),
            status: self.status.clone(),
            evidence: self.evidence.clone(),
        }
    }
}
