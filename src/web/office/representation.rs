//! The workforce against the people it serves.

use actix_web::{HttpRequest, HttpResponse, get, web};
use askama::Template;
use serde::Deserialize;

use super::draft::day_in_words;
use super::figures::{count, signed};
use super::frame::{Section, page, render};
use crate::domain::account::Action;
use crate::domain::ethnicity::{Group, MINORITY_ETHNIC, Upper};
use crate::domain::figure::{Figure, Ratio};
use crate::domain::population::{Base, Population};
use crate::domain::questionnaire::Language;
use crate::domain::representation::{Line, Report, Slice, report};
use crate::services::populations::BUILT_IN;
use crate::services::{AppError, Services};
use crate::web::Problem;
use crate::web::access::{Anywhere, ReadPopulation};
use crate::web::components::{Axis, Bar, BarChart, Page, Table};

#[derive(Template)]
#[template(path = "web/office/representation.html")]
struct RepresentationPage {
    page: Page,
    organisation: String,
    /// Populations to choose from, by what they count.
    populations: Vec<(&'static str, Vec<PopulationChoice>)>,
    parity_in: String,
    turnover: String,
    shown: Option<Shown>,
}

/// A population to choose.
pub(super) struct PopulationChoice {
    pub id: String,
    pub name: String,
    pub chosen: bool,
}

/// A report, ready to be shown.
struct Shown {
    date: String,
    report: Report,
    chart: BarChart,
    groups: Table,
    ladder_chart: BarChart,
    ladder: Table,
    disparity: Table,
    deprivation: Option<Deprivation>,
    finding: String,
    trajectory: Option<String>,
    staff: String,
    not_stated: String,
}

/// Deciles of deprivation, where the snapshot has them.
struct Deprivation {
    chart: BarChart,
    table: Table,
    /// What the population's share is from; what to do where it has none.
    source: String,
}

/// Which population, and when parity is to be reached.
#[derive(Deserialize)]
pub struct RepresentationQuery {
    population: Option<String>,
    /// Years.
    #[serde(default)]
    parity_in: String,
    /// Percent of staff who leave in a year.
    #[serde(default)]
    turnover: String,
}

/// The page.
#[get("/representation")]
pub async fn show(
    _request: HttpRequest,
    access: Anywhere<ReadPopulation>,
    query: web::Query<RepresentationQuery>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let own = access.caller.organisation.clone().ok_or_else(|| Problem::not_found("organisation"))?;
    let authorise = |action| access.caller.authorise(action, &own).map_err(|_| Problem::not_found("page"));
    let workforce = authorise(Action::ReadWorkforce)?;
    let (organisation, _) = services.organisations.read(authorise(Action::ReadOrganisation)?).await?;
    let chosen = query.population.clone().unwrap_or_else(|| BUILT_IN.to_owned());
    let shown = match services.workforces.compare(workforce, None, Some(chosen.clone())).await {
        Ok(compared) => {
            let report = report(&compared.workforce, &compared.population);
            let trajectory = trajectory(&report, &query);
            Some(Shown { trajectory, ..Shown::new(compared.date, report) })
        }
        Err(AppError::NotFound("workforce snapshot")) => None,
        Err(other) => return Err(other.into()),
    };
    render(&RepresentationPage {
        page: page("Representation", Some(Section::Representation)),
        organisation: organisation.name,
        populations: population_choices(&services, &chosen).await?,
        parity_in: query.parity_in.clone(),
        turnover: query.turnover.clone(),
        shown,
    })
}

/// More populations than this are no list to choose from.
const MOST_CHOICES: u16 = 1_000;

/// Populations to choose from.
///
/// # Errors
/// [`Problem`] when they cannot be read.
pub(super) async fn population_choices(
    services: &Services,
    chosen: &str,
) -> Result<Vec<(&'static str, Vec<PopulationChoice>)>, Problem> {
    Ok(choices(services.populations.choices(MOST_CHOICES).await?, chosen))
}

/// Populations by what they count: the whole country, catchments, areas, own tables.
fn choices(populations: Vec<(String, Population)>, chosen: &str) -> Vec<(&'static str, Vec<PopulationChoice>)> {
    let kind = |population: &Population| match &population.base {
        Base::Residents { areas } if areas.is_empty() => "Countries",
        Base::Residents { .. } => "Residents of an area",
        Base::Catchment { .. } => "Catchments",
        Base::Own => "Your own",
    };
    ["Countries", "Catchments", "Residents of an area", "Your own"]
        .into_iter()
        .map(|wanted| {
            let of_kind = populations.iter().filter(|(_, population)| kind(population) == wanted);
            let choice = |(id, population): &(String, Population)| PopulationChoice {
                id: id.clone(),
                name: population.name.clone(),
                chosen: id == chosen,
            };
            (wanted, of_kind.map(choice).collect::<Vec<_>>())
        })
        .filter(|(_, choices)| !choices.is_empty())
        .collect()
}

/// The gap in a sentence.
fn finding(report: &Report) -> String {
    let line = report.groups.iter().find(|line| line.group == MINORITY_ETHNIC);
    let values = line.and_then(|line| {
        Some((line.workforce_share.value()?, line.population_share.value()?, line.gap_people.value()?))
    });
    let Some((staff, population, people)) = values else { return String::new() };
    let gap = match people {
        0 => "That is parity.".to_owned(),
        missing if missing > 0 => format!("{} more staff would give parity.", count(missing.unsigned_abs())),
        more => {
            format!("That is {} more than parity; look at the ladder, where they work.", count(more.unsigned_abs()))
        }
    };
    format!(
        "{} of staff are from minority ethnic groups, and {} of the population. {gap}",
        staff.percent(1),
        population.percent(1)
    )
}

/// What the chosen years and turnover take; what is wrong with them, when they cannot be used.
fn trajectory(report: &Report, query: &RepresentationQuery) -> Option<String> {
    if query.parity_in.is_empty() && query.turnover.is_empty() {
        return None;
    }
    let numbers = query.parity_in.parse::<u32>().ok().zip(query.turnover.parse::<f64>().ok());
    let Some((years, turnover)) = numbers else {
        return Some("Write both numbers: years until parity, and percent of staff who leave in a year.".to_owned());
    };
    Some(match report.trajectory(turnover / 100.0, years) {
        Ok(found) => {
            let reachable = if found.share_of_appointments > 1.0 {
                " That is more than all: parity cannot be reached in time."
            } else {
                ""
            };
            format!(
                "Parity in {years} years takes {:.0} minority ethnic appointments a year of {:.0} in all: {:.0} % of \
                 appointments.{reachable}",
                found.appointments_per_year.ceil(),
                found.all_appointments_per_year,
                found.share_of_appointments * 100.0
            )
        }
        Err(error) => format!("This cannot be calculated: {error}."),
    })
}

impl Shown {
    fn new(date: String, report: Report) -> Self {
        let is_coarse =
            |line: &&Line| line.group == MINORITY_ETHNIC || Group::ALL.iter().any(|group| group.code() == line.group);
        let coarse: Vec<&Line> = report.groups.iter().filter(is_coarse).collect();
        let chart = BarChart {
            language: Language::English,
            axis: Axis::Whole,
            title: "Share of the workforce by ethnic group".to_owned(),
            note: NOTE.to_owned(),
            bars: coarse.iter().map(|line| bar(line)).collect(),
        };
        let ladder_bar =
            |slice: &Slice| minority(slice).map(|line| Bar { label: slice.label.clone(), level: 0, ..bar(line) });
        let ladder_chart = BarChart {
            language: Language::English,
            axis: Axis::Whole,
            title: "Minority ethnic share of staff at each pay band".to_owned(),
            note: NOTE.to_owned(),
            bars: report.by_pay_band.iter().filter_map(ladder_bar).collect(),
        };
        Self {
            chart,
            groups: table(
                "Ethnic group",
                "Workforce against population",
                report.groups.iter().map(|line| (line.label.to_owned(), line)),
            ),
            ladder: table(
                "Pay band",
                "Minority ethnic staff at each pay band",
                report.by_pay_band.iter().filter_map(|slice| Some((slice.label.clone(), minority(slice)?))),
            ),
            ladder_chart,
            deprivation: deprivation(&report),
            disparity: disparity(&report),
            finding: finding(&report),
            trajectory: None,
            staff: count(report.base.workforce),
            not_stated: count(report.base.workforce_not_stated),
            date: day_in_words(&date),
            report,
        }
    }
}

fn deprivation(report: &Report) -> Option<Deprivation> {
    let lines = &report.deprivation;
    (!lines.is_empty()).then(|| Deprivation {
        chart: BarChart {
            language: Language::English,
            axis: Axis::Fitting,
            title: "Share of staff by decile of deprivation".to_owned(),
            note: NOTE.to_owned(),
            bars: lines.iter().map(|line| Bar { level: 0, ..bar(line) }).collect(),
        },
        table: table(
            "Decile of home area",
            "Staff and population by decile of deprivation",
            lines.iter().map(|line| (line.label.to_owned(), line)),
        ),
        source: deciles_from(report.base.deprivation.as_deref()),
    })
}

/// Where the population's deciles come from, or how to bring some.
pub(super) fn deciles_from(version: Option<&str>) -> String {
    match version {
        Some(version) => format!("The population by decile: {version}."),
        None => {
            "This population has no deciles yet. Whoever runs Candour imports them, or a program does through the API."
                .to_owned()
        }
    }
}

fn bar(line: &Line) -> Bar {
    Bar {
        label: line.label.to_owned(),
        level: usize::from(line.group != Upper::White.code() && line.group != MINORITY_ETHNIC),
        text: line.workforce_share.text(|share| share.percent(1)),
        share: line.workforce_share.value().map(|share| share.as_f64()),
        interval: line.interval.value(),
        reference: line.population_share.value().map(|share| share.as_f64()),
    }
}

/// What the lines on the bars mean.
const NOTE: &str = "The red line is the share of the population. The black lines are 95 % intervals.";

fn minority(slice: &Slice) -> Option<&Line> {
    slice.groups.iter().find(|line| line.group == MINORITY_ETHNIC)
}

fn table<'a>(first: &str, caption: &str, lines: impl Iterator<Item = (String, &'a Line)>) -> Table {
    let row = |(label, line): (String, &Line)| {
        vec![
            label,
            line.workforce.to_string(),
            line.workforce_share.text(|share| share.percent(1)),
            line.interval.text(|interval| format!("{:.1} to {:.1} %", interval.low * 100.0, interval.high * 100.0)),
            line.population_share.text(|share| share.percent(1)),
            line.ratio.text(|ratio| format!("{:.2}", ratio.as_f64())),
            line.gap_points.text(|points| points.points(1)),
            line.gap_people.text(signed),
        ]
    };
    let columns =
        [first, "Staff", "Share of staff", "95 % interval", "Share of population", "Ratio", "Gap", "Staff to parity"];
    Table {
        caption: caption.to_owned(),
        columns: columns.map(str::to_owned).into(),
        rows: lines.map(row).collect(),
        numbers_from: 1,
        levels: Vec::new(),
    }
}

fn disparity(report: &Report) -> Table {
    let row =
        |step: &str, ratio: Figure<Ratio>| vec![step.to_owned(), ratio.text(|ratio| format!("{:.2}", ratio.as_f64()))];
    let ratios = &report.disparity_ratio;
    Table {
        caption: "Race disparity ratio".to_owned(),
        columns: vec!["Step".to_owned(), "White over minority ethnic".to_owned()],
        rows: vec![
            row("Band 5 and below to bands 6 and 7", ratios.lower_to_middle),
            row("Bands 6 and 7 to band 8a and above", ratios.middle_to_upper),
            row("Band 5 and below to band 8a and above", ratios.lower_to_upper),
        ],
        numbers_from: 1,
        levels: Vec::new(),
    }
}
