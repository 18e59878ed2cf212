//! The workforces of a system's members against one population: what members have published, and the sums of that.

use actix_web::{HttpResponse, get, web};
use askama::Template;
use serde::Deserialize;

use super::frame::{Section, page, render};
use super::published_lines::{NOTE, bar, minority, minority_of_each, percent, table};
use super::representation::{PopulationChoice, deciles_from, population_choices};
use super::system::{names, own};
use super::wres::current_year;
use crate::domain::account::Action;
use crate::domain::indicator::ReportingYear;
use crate::domain::questionnaire::Language;
use crate::domain::representation::{PublishedLine, PublishedReport};
use crate::services::Services;
use crate::services::populations::BUILT_IN;
use crate::services::systems::SystemRepresentation;
use crate::web::Problem;
use crate::web::access::{Anywhere, ReadRelease};
use crate::web::components::{Axis, BarChart, Page, Table};

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
    groups: Table,
    together: Option<Together>,
    deprivation: Option<Deprivation>,
}

/// All members, summed.
struct Together {
    groups: Table,
    bands: Table,
}

/// Deciles of deprivation, where a member has published them.
struct Deprivation {
    chart: Option<BarChart>,
    side_by_side: Table,
    together: Option<Table>,
    minority: Option<Table>,
    source: String,
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

impl Shown {
    fn new(found: &SystemRepresentation) -> Option<Self> {
        let together = found.together.as_ref();
        let members = found.members.iter();
        let members = members.filter_map(|(member, report)| Some((member.name.as_str(), report.as_ref()?)));
        let reports: Vec<(&str, &PublishedReport)> =
            together.map(|report| (TOGETHER, report)).into_iter().chain(members).collect();
        let lines: Vec<(&str, &PublishedLine)> =
            reports.iter().filter_map(|(name, report)| Some((*name, minority(&report.groups)?))).collect();
        if lines.is_empty() {
            return None;
        }
        Some(Self {
            chart: BarChart {
                language: Language::English,
                axis: Axis::Whole,
                title: "Minority ethnic share of staff".to_owned(),
                note: NOTE.to_owned(),
                bars: lines.iter().map(|(name, line)| bar(name, line)).collect(),
            },
            side_by_side: table(
                "Member",
                "Minority ethnic staff, members side by side",
                lines.iter().map(|(name, line)| ((*name).to_owned(), *line)),
            ),
            groups: shares(
                "Ethnic group",
                "Share of staff by ethnic group, members side by side",
                &reports,
                |report| &report.groups,
            ),
            together: together.map(|report| Together {
                groups: table(
                    "Ethnic group",
                    "All members together, by ethnic group",
                    report.groups.iter().map(|line| (line.label.to_owned(), line)),
                ),
                bands: table(
                    "Pay bands",
                    "All members together: minority ethnic staff by pay bands",
                    minority_of_each(&report.by_pay_band_cluster),
                ),
            }),
            deprivation: Deprivation::new(&reports, together),
        })
    }
}

impl Deprivation {
    fn new(reports: &[(&str, &PublishedReport)], together: Option<&PublishedReport>) -> Option<Self> {
        let (_, first) = reports.iter().find(|(_, report)| !report.deprivation.is_empty())?;
        let together = together.filter(|report| !report.deprivation.is_empty());
        Some(Self {
            chart: together.map(|report| BarChart {
                language: Language::English,
                axis: Axis::Fitting,
                title: "All members together: share of staff by decile of deprivation".to_owned(),
                note: NOTE.to_owned(),
                bars: report.deprivation.iter().map(|line| bar(line.label, line)).collect(),
            }),
            side_by_side: shares(
                "Decile of home area",
                "Share of staff by decile of deprivation, members side by side",
                reports,
                |report| &report.deprivation,
            ),
            together: together.map(|report| {
                table(
                    "Decile of home area",
                    "All members together, by decile of deprivation",
                    report.deprivation.iter().map(|line| (line.label.to_owned(), line)),
                )
            }),
            minority: together.map(|report| {
                table(
                    "Decile of home area",
                    "All members together: minority ethnic staff in each decile",
                    minority_of_each(&report.by_deprivation_decile),
                )
            }),
            source: deciles_from(first.population_deprivation.as_deref()),
        })
    }
}

const TOGETHER: &str = "All members together";
/// A column for each report, and the population's last; a report that has no such lines has no column.
fn shares(
    first: &str,
    caption: &str,
    reports: &[(&str, &PublishedReport)],
    lines: impl Fn(&PublishedReport) -> &[PublishedLine],
) -> Table {
    let shown: Vec<(&str, &[PublishedLine])> =
        reports.iter().map(|(name, report)| (*name, lines(report))).filter(|(_, lines)| !lines.is_empty()).collect();
    let row = |(index, line): (usize, &PublishedLine)| {
        let own = shown.iter().filter_map(|(_, lines)| Some(percent(lines.get(index)?.workforce_share)));
        std::iter::once(line.label.to_owned()).chain(own).chain([percent(line.population_share)]).collect()
    };
    let columns = std::iter::once(first).chain(shown.iter().map(|(name, _)| *name)).chain(["Population"]);
    Table {
        caption: caption.to_owned(),
        columns: columns.map(str::to_owned).collect(),
        rows: shown.first().into_iter().flat_map(|(_, lines)| lines.iter()).enumerate().map(row).collect(),
        numbers_from: 1,
        levels: Vec::new(),
    }
}
