//! The workforces of a system's members against one population: what members have published, and the sums of that.

use actix_web::{HttpResponse, get, web};
use askama::Template;
use serde::Deserialize;

use super::figures::count;
use super::frame::{Section, page, render};
use super::representation::{PopulationChoice, population_choices};
use super::system::{names, own};
use super::wres::current_year;
use crate::domain::account::Action;
use crate::domain::ethnicity::{MINORITY_ETHNIC, Upper};
use crate::domain::indicator::ReportingYear;
use crate::domain::questionnaire::Language;
use crate::domain::representation::{PublishedLine, PublishedReport};
use crate::services::Services;
use crate::services::populations::BUILT_IN;
use crate::services::systems::SystemRepresentation;
use crate::web::Problem;
use crate::web::access::{Anywhere, ReadRelease};
use crate::web::components::{Bar, BarChart, Page, Table};

#[derive(Template)]
#[template(path = "web/office/system_representation.html")]
struct RepresentationPage {
    page: Page,
    name: String,
    years: Vec<(u16, bool)>,
    populations: Vec<(&'static str, Vec<PopulationChoice>)>,
    year: u16,
    missing: String,
    shown: Option<Shown>,
}

/// Everything that members have published.
struct Shown {
    chart: BarChart,
    side_by_side: Table,
    groups: Option<Table>,
    bands: Option<Table>,
}

/// Years that can be chosen.
const BEFORE: u16 = 3;

/// Which year and population.
#[derive(Deserialize)]
pub struct SystemRepresentationQuery {
    year: Option<u16>,
    population: Option<String>,
}

/// The page.
#[get("/system/representation")]
pub async fn show(
    access: Anywhere<ReadRelease>,
    query: web::Query<SystemRepresentationQuery>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let scope = own(&access.caller, Action::ReadRelease)?;
    let (organisation, _) = services.organisations.read(own(&access.caller, Action::ReadOrganisation)?).await?;
    let current = current_year();
    let number = query.year.unwrap_or(current);
    let year: ReportingYear = number.to_string().parse().map_err(|_| Problem::not_found("year"))?;
    let chosen = query.population.clone().unwrap_or_else(|| BUILT_IN.to_owned());
    let found = services.systems.representation(scope, year, Some(chosen.clone())).await?;
    let missing = found.members.iter().filter(|(_, report)| report.is_none()).map(|(member, _)| member);
    render(&RepresentationPage {
        page: page("Workforces against the population", Some(Section::Surveys))
            .below([("/office/system".to_owned(), organisation.name.clone())]),
        years: (0..=BEFORE).map(|back| current - back).map(|year| (year, year == number)).collect(),
        populations: population_choices(&services, &chosen).await?,
        year: number,
        missing: names(missing),
        shown: Shown::new(&found),
        name: organisation.name,
    })
}

fn minority(report: &PublishedReport) -> Option<&PublishedLine> {
    report.groups.iter().find(|line| line.group == MINORITY_ETHNIC)
}

impl Shown {
    fn new(found: &SystemRepresentation) -> Option<Self> {
        let together = found.together.as_ref().map(|report| ("All members together", report));
        let members = found.members.iter();
        let members = members.filter_map(|(member, report)| Some((member.name.as_str(), report.as_ref()?)));
        let lines: Vec<(&str, &PublishedLine)> =
            together.into_iter().chain(members).filter_map(|(name, report)| Some((name, minority(report)?))).collect();
        if lines.is_empty() {
            return None;
        }
        let bar = |(name, line): &(&str, &PublishedLine)| Bar {
            label: (*name).to_owned(),
            level: 0,
            text: line.workforce_share.text(|share| share.percent(1)),
            share: line.workforce_share.value().map(|share| share.as_f64()),
            interval: line.interval.value(),
            reference: line.population_share.value().map(|share| share.as_f64()),
        };
        Some(Self {
            chart: BarChart {
                language: Language::English,
                title: "Minority ethnic share of staff".to_owned(),
                note: "The red line is the share of the population. The black lines are 95 % intervals.".to_owned(),
                bars: lines.iter().map(bar).collect(),
            },
            side_by_side: table(
                "Member",
                "Minority ethnic staff, members side by side",
                lines.iter().map(|(name, line)| ((*name).to_owned(), *line)),
            ),
            groups: found.together.as_ref().map(|report| {
                let shown = report.groups.iter().filter(|line| line.group != Upper::NotStated.code());
                table(
                    "Ethnic group",
                    "All members together, by ethnic group",
                    shown.map(|it| (it.label.to_owned(), it)),
                )
            }),
            bands: found.together.as_ref().map(|report| {
                let slices = report.by_pay_band_cluster.iter();
                let lines = slices.filter_map(|slice| {
                    let line = slice.groups.iter().find(|line| line.group == MINORITY_ETHNIC)?;
                    Some((slice.label.to_owned(), line))
                });
                table("Pay bands", "All members together: minority ethnic staff by pay bands", lines)
            }),
        })
    }
}

fn table<'a>(first: &str, caption: &str, lines: impl Iterator<Item = (String, &'a PublishedLine)>) -> Table {
    let row = |(label, line): (String, &PublishedLine)| {
        vec![
            label,
            line.workforce.text(count),
            line.workforce_share.text(|share| share.percent(1)),
            line.population_share.text(|share| share.percent(1)),
            line.ratio.text(|ratio| format!("{:.2}", ratio.as_f64())),
            line.gap_points.text(|points| points.points(1)),
            line.gap_people.text(|people| people.to_string()),
        ]
    };
    let columns = [first, "Staff", "Share of staff", "Share of population", "Ratio", "Gap", "Staff to parity"];
    Table {
        caption: caption.to_owned(),
        columns: columns.map(str::to_owned).into(),
        rows: lines.map(row).collect(),
        numbers_from: 1,
        levels: Vec::new(),
    }
}
