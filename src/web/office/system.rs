//! A system: what its members have released, side by side, and all of them together.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

use super::confirm::{Confirmation, form_token};
use super::draft::day_in_words;
use super::figures::{Group, count, favourable_answers, favourable_chart, favourable_table};
use super::frame::{Section, page, render, render_with, see_other};
use crate::domain::account::{Action, Caller, TenantScope};
use crate::domain::disclosure::ProtectedTable;
use crate::domain::ethnicity::Upper;
use crate::domain::figure::Figure;
use crate::domain::organisation::{Organisation, UnitTree};
use crate::domain::questionnaire::{Classification, Language, Question, Questionnaire};
use crate::domain::results::{ResultLine, Selection, category_label, published_questions, results, variable_label};
use crate::domain::tabulation::ALL;
use crate::services::systems::{RollUp, System};
use crate::services::{AppError, Services};
use crate::web::Problem;
use crate::web::access::{Anywhere, ReadRelease};
use crate::web::components::{BarChart, Page, Table};

const ENGLISH: Language = Language::English;

#[derive(Template)]
#[template(path = "web/office/system.html")]
struct SystemPage {
    page: Page,
    refused: Option<String>,
    name: String,
    members: Table,
    questions: Vec<Choice>,
    variables: Vec<Choice>,
    shown: Option<Shown>,
    rolled_up: Option<RolledUp>,
    may_roll_up: bool,
    token: String,
}

struct Choice {
    code: String,
    label: String,
    chosen: bool,
}

/// The chosen question.
struct Shown {
    text: String,
    favourable: String,
    chart: Option<BarChart>,
    side_by_side: Table,
    together: Option<(String, Table)>,
}

struct RolledUp {
    day: String,
    sets_tested: usize,
    published: usize,
    withheld: usize,
}

/// What the page shows.
#[derive(Default, Deserialize)]
pub struct SystemQuery {
    /// Question.
    #[serde(default)]
    question: String,
    /// Variable that the members together are broken down by.
    #[serde(default)]
    by: String,
}

/// The page.
#[get("/system")]
pub async fn show(
    request: HttpRequest,
    access: Anywhere<ReadRelease>,
    query: web::Query<SystemQuery>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    render(&system_page(&request, &access.caller, &services, &query, None).await?)
}

/// Rolls the members' releases up.
#[post("/system/roll-up")]
pub async fn roll_up_releases(
    request: HttpRequest,
    access: Anywhere<ReadRelease>,
    form: web::Form<Confirmation>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    form.check(&request, &services)?;
    match services.systems.publish(own(&access.caller, Action::RunSurvey)?, false).await {
        Ok(_) => Ok(see_other("/office/system#together")),
        Err(AppError::Conflict { detail, .. }) => {
            let page = system_page(&request, &access.caller, &services, &SystemQuery::default(), Some(detail)).await?;
            render_with(StatusCode::CONFLICT, &page)
        }
        Err(other) => Err(other.into()),
    }
}

/// The caller's scope in their own organisation.
pub(super) fn own(caller: &Caller, action: Action) -> Result<TenantScope, Problem> {
    caller.authorise_at_home(action).map_err(|_| Problem::not_found("page"))
}

async fn system_page(
    request: &HttpRequest,
    caller: &Caller,
    services: &Services,
    query: &SystemQuery,
    refused: Option<String>,
) -> Result<SystemPage, Problem> {
    let system = services.systems.read(own(caller, Action::ReadRelease)?).await?;
    let asked = asked(&system);
    let chosen = match query.question.as_str() {
        "" => asked.first().copied(),
        wanted => Some(*asked.iter().find(|it| it.id == wanted).ok_or_else(|| Problem::not_found("question"))?),
    };
    let by = match query.by.as_str() {
        "" => Classification::Ethnicity.code(),
        wanted => BREAKDOWNS
            .into_iter()
            .map(Classification::code)
            .find(|code| *code == wanted)
            .ok_or_else(|| Problem::not_found("breakdown"))?,
    };
    Ok(SystemPage {
        page: page(&system.organisation.name, Some(Section::Surveys)).with_errors(refused.is_some()),
        refused,
        members: members(&system),
        questions: asked
            .iter()
            .map(|it| Choice {
                code: it.id.clone(),
                label: it.text(ENGLISH).to_owned(),
                chosen: chosen.is_some_and(|chosen| chosen.id == it.id),
            })
            .collect(),
        variables: BREAKDOWNS
            .into_iter()
            .map(Classification::code)
            .map(|code| Choice { code: code.to_owned(), label: variable_label(code, ENGLISH), chosen: code == by })
            .collect(),
        shown: chosen.map(|question| Shown::new(&system, question, by)),
        rolled_up: system.roll_up.as_ref().map(RolledUp::from),
        may_roll_up: own(caller, Action::RunSurvey).is_ok(),
        token: form_token(request, services)?,
        name: system.organisation.name,
    })
}

/// What a roll-up can be broken down by.
const BREAKDOWNS: [Classification; 3] =
    [Classification::Ethnicity, Classification::PayBand, Classification::StaffGroup];

/// Questions with favourable answers that any member has released; of those that stand in several, the first.
fn asked(system: &System) -> Vec<&Question> {
    let mut found: Vec<&Question> = Vec::new();
    for release in system.members.iter().filter_map(|member| member.release.as_ref()) {
        let questions = published_questions(&release.table, &release.content.questionnaire);
        let scored = questions.into_iter().filter(|it| it.options().iter().any(|option| option.favourable));
        let single = scored.filter(|it| release.table.column(&it.id).is_some());
        for question in single {
            if found.iter().all(|known| known.id != question.id) {
                found.push(question);
            }
        }
    }
    found
}

fn members(system: &System) -> Table {
    let row = |member: &crate::services::systems::Member| {
        let (title, took_part) = match &member.release {
            Some(release) => (
                release.survey.title.as_str().to_owned(),
                release.table.group(&[]).map_or(Figure::Withheld, |group| group.respondents()).text(count),
            ),
            None => ("No release yet".to_owned(), "–".to_owned()),
        };
        vec![member.organisation.name.clone(), title, took_part]
    };
    Table {
        caption: "Members and their latest releases".to_owned(),
        columns: ["Member", "Release", "Took part"].map(str::to_owned).into(),
        rows: system.members.iter().map(row).collect(),
        numbers_from: 2,
        levels: Vec::new(),
    }
}

/// Lines of a release at a question by ethnicity; none where the release does not have them, or was asked otherwise.
fn lines(table: &ProtectedTable, questionnaire: &Questionnaire, question: &Question, by: &str) -> Vec<ResultLine> {
    let alike = questionnaire.question(&question.id).is_some_and(|own| own.asks_the_same_as(question));
    let selection = Selection { by: vec![by.to_owned()], only: Vec::new() };
    let found = alike.then(|| results(table, questionnaire, &question.id, &selection).ok()).flatten();
    found.map(|found| found.lines).unwrap_or_default()
}

/// The same of all members together.
fn rolled_up(roll_up: &RollUp, question: &Question, by: &str) -> Vec<ResultLine> {
    let asked = roll_up.content.questionnaire.question(&question.id);
    let selection = Selection { by: vec![by.to_owned()], only: Vec::new() };
    let alike = asked.is_some_and(|own| own.asks_the_same_as(question));
    let found = alike.then(|| roll_up.results(&question.id, &selection).ok()).flatten();
    found.map(|found| found.lines).unwrap_or_default()
}

impl Shown {
    fn new(system: &System, question: &Question, by: &str) -> Self {
        let ethnicity = Classification::Ethnicity.code();
        let mut rows: Vec<(String, Vec<ResultLine>)> = Vec::new();
        if let Some(roll_up) = &system.roll_up {
            rows.push(("All members together".to_owned(), rolled_up(roll_up, question, ethnicity)));
        }
        for member in &system.members {
            let own = member
                .release
                .as_ref()
                .map(|release| lines(&release.table, &release.content.questionnaire, question, ethnicity));
            rows.push((member.organisation.name.clone(), own.unwrap_or_default()));
        }
        let everybody = |(label, lines): &(String, Vec<ResultLine>)| {
            let line = lines.iter().find(|line| line.categories == [ALL])?.clone();
            Some(Group { label: label.clone(), level: 0, line })
        };
        let groups: Vec<Group> = rows.iter().filter_map(everybody).collect();
        Self {
            text: question.text(ENGLISH).to_owned(),
            favourable: favourable_answers(question).unwrap_or_default(),
            chart: favourable_chart(&groups),
            side_by_side: side_by_side(&rows),
            together: system.roll_up.as_ref().and_then(|roll_up| together(roll_up, question, by)),
        }
    }
}

/// Everybody, White and minority ethnic respondents, and the gap between the two; a row a member.
fn side_by_side(rows: &[(String, Vec<ResultLine>)]) -> Table {
    let share = |lines: &[ResultLine], code: &str| {
        lines.iter().find(|line| line.categories == [code]).map(|line| line.measures.favourable)
    };
    let row = |(label, lines): &(String, Vec<ResultLine>)| {
        let shares = [ALL, Upper::White.code(), Upper::MinorityEthnic.code()].map(|code| share(lines, code));
        let base = lines.iter().find(|line| line.categories == [ALL]).map(|line| line.measures.scored_base);
        let gap = shares[1]
            .zip(shares[2])
            .map(|(white, minority)| white.and_then(|white| minority.map(|minority| minority.minus(white))));
        let none = || "–".to_owned();
        let mut cells = vec![label.clone(), base.map_or_else(none, |base| base.text(count))];
        cells.extend(shares.map(|share| share.map_or_else(none, |share| share.text(|share| share.percent(1)))));
        cells.push(gap.map_or_else(none, |gap| gap.text(|points| points.points(1))));
        cells
    };
    Table {
        caption: "Favourable answers, members side by side".to_owned(),
        columns: ["", "Base", "Everybody", "White", "Minority ethnic", "Gap"].map(str::to_owned).into(),
        rows: rows.iter().map(row).collect(),
        numbers_from: 1,
        levels: Vec::new(),
    }
}

/// All members together by a variable.
fn together(roll_up: &RollUp, question: &Question, by: &str) -> Option<(String, Table)> {
    let table = &roll_up.release.table;
    let variable = table.family().variables.iter().find(|variable| variable.name == by)?;
    let found = rolled_up(roll_up, question, by);
    let group = |line: ResultLine| {
        let code = line.categories.first().map_or(ALL, String::as_str);
        let position = variable.position(code).unwrap_or_default();
        let mut path: Vec<usize> = variable.path(position).collect();
        path.reverse();
        let label = category_label(&UnitTree::default(), by, code, ENGLISH);
        (path, Group { label, level: variable.depth(position).saturating_sub(1), line })
    };
    let mut groups: Vec<(Vec<usize>, Group)> = found.into_iter().map(group).collect();
    groups.sort_by(|one, other| one.0.cmp(&other.0));
    let groups: Vec<Group> = groups.into_iter().map(|(_, group)| group).collect();
    let label = variable_label(by, ENGLISH);
    (!groups.is_empty()).then(|| (label.to_lowercase(), favourable_table(&label, &groups)))
}

impl From<&RollUp> for RolledUp {
    fn from(roll_up: &RollUp) -> Self {
        let audit = roll_up.release.table.audit();
        Self {
            day: day_in_words(&roll_up.release.made_on.to_string()),
            sets_tested: audit.sets_tested,
            published: audit.published,
            withheld: audit.withheld,
        }
    }
}

/// Names of members that are missing from something, as a sentence has them.
pub(super) fn names<'a>(organisations: impl Iterator<Item = &'a Organisation>) -> String {
    organisations.map(|organisation| organisation.name.as_str()).collect::<Vec<_>>().join(", ")
}
