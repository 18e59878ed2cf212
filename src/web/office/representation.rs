//! The workforce against the people it serves.

use actix_web::{HttpRequest, HttpResponse, get, web};
use askama::Template;
use serde::Deserialize;

use super::frame::{Section, page, render};
use crate::domain::account::Action;
use crate::domain::ethnicity::{Group, MINORITY_ETHNIC, Upper};
use crate::domain::figure::{Figure, Ratio};
use crate::domain::representation::{Line, Report, Slice, report};
use crate::services::populations::BUILT_IN;
use crate::services::{AppError, Services};
use crate::web::Problem;
use crate::web::access::{Anywhere, ReadPopulation};
use crate::web::components::{Bar, BarChart, Page, Table};

#[derive(Template)]
#[template(path = "web/office/representation.html")]
struct RepresentationPage {
    page: Page,
    organisation: String,
    populations: Vec<(String, bool)>,
    shown: Option<Shown>,
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
}

/// Which population.
#[derive(Deserialize)]
pub struct RepresentationQuery {
    population: Option<String>,
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
    let populations = services.populations.list(None, 1_000).await?;
    let shown = match services.workforces.compare(workforce, None, Some(chosen.clone())).await {
        Ok(compared) => Some(Shown::new(compared.date, report(&compared.workforce, &compared.population))),
        Err(AppError::NotFound("workforce snapshot")) => None,
        Err(other) => return Err(other.into()),
    };
    render(&RepresentationPage {
        page: page("Representation", Some(Section::Representation)),
        organisation: organisation.name,
        populations: populations.into_iter().map(|id| (id.clone(), id == chosen)).collect(),
        shown,
    })
}

impl Shown {
    fn new(date: String, report: Report) -> Self {
        let is_coarse =
            |line: &&Line| line.group == MINORITY_ETHNIC || Group::ALL.iter().any(|group| group.code() == line.group);
        let coarse: Vec<&Line> = report.groups.iter().filter(is_coarse).collect();
        let bar = |line: &&Line| Bar {
            label: line.label.to_owned(),
            level: usize::from(line.group != Upper::White.code() && line.group != MINORITY_ETHNIC),
            text: line.workforce_share.text(|share| share.percent(1)),
            share: line.workforce_share.value().map(|share| share.as_f64()),
            interval: line.interval.value(),
            reference: line.population_share.value().map(|share| share.as_f64()),
        };
        let chart = BarChart {
            title: "Share of the workforce by ethnic group".to_owned(),
            note: NOTE.to_owned(),
            bars: coarse.iter().map(bar).collect(),
        };
        let ladder_bar =
            |slice: &Slice| minority(slice).map(|line| Bar { label: slice.label.clone(), level: 0, ..bar(&line) });
        let ladder_chart = BarChart {
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
            disparity: disparity(&report),
            date,
            report,
        }
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
            line.gap_people.text(|people| people.to_string()),
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
