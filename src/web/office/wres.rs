//! The nine indicators of the Workforce Race Equality Standard on one page, with the years before.

use actix_web::{HttpResponse, get, web};
use askama::Template;
use serde::Deserialize;

use super::draft::day_in_words;
use super::frame::{Section, page, render};
use crate::domain::account::{Action, TenantScope};
use crate::domain::indicator::{Adverse, Computed, ReportingYear, Variant, table_rows};
use crate::domain::pay_band::PayBand;
use crate::domain::questionnaire::Language;
use crate::domain::staff_group::Setting;
use crate::services::indicators::{SurveySource, WresReport, WresYear};
use crate::services::{AppError, Services, today};
use crate::web::Problem;
use crate::web::access::{Anywhere, ReadPopulation};
use crate::web::api::wres::workbook;
use crate::web::components::{Page, Table};

/// Years that stand beside the chosen one.
const BEFORE: u16 = 3;

#[derive(Template)]
#[template(path = "web/office/wres.html")]
struct WresPage {
    page: Page,
    organisation: String,
    years: Vec<(u16, bool)>,
    variants: Vec<(&'static str, &'static str, bool)>,
    chosen: u16,
    variant: &'static str,
    /// Whether the caller enters figures of the whole country.
    may_enter: bool,
    shown: Option<Shown>,
}

struct Shown {
    /// Where the figures of the chosen year come from.
    sources: Vec<String>,
    indicators: Vec<IndicatorView>,
}

struct IndicatorView {
    number: u8,
    name: String,
    note: &'static str,
    of_whom: String,
    adverse: &'static str,
    table: Table,
    /// Where the country's figures stand.
    national: Vec<String>,
}

/// Which year, and of which staff.
#[derive(Deserialize)]
pub struct WresQuery {
    year: Option<u16>,
    variant: Option<String>,
}

/// The page.
#[get("/wres")]
pub async fn show(
    access: Anywhere<ReadPopulation>,
    query: web::Query<WresQuery>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let (scope, name) = own(&access, &services).await?;
    let variant = variant(&query)?;
    let current = current_year();
    let report = find(&services, &scope, query.year, variant).await?;
    let chosen = report.as_ref().and_then(|report| report.years.first()).map_or(current, |year| year.year.number());
    let years = (0..=BEFORE).map(|back| current - back).map(|year| (year, year == chosen));
    render(&WresPage {
        page: page("Workforce Race Equality Standard", Some(Section::Representation)),
        organisation: name,
        years: years.collect(),
        variants: Variant::ALL
            .iter()
            .map(|each| (each.code(), each.label(Language::English), *each == variant))
            .collect(),
        chosen,
        variant: variant.code(),
        may_enter: access.caller.authorise_at_home(Action::ChangeWorkforce).is_ok(),
        shown: report.map(|report| shown(&report)),
    })
}

/// The statutory return as a workbook.
#[get("/wres.xlsx")]
pub async fn download(
    access: Anywhere<ReadPopulation>,
    query: web::Query<WresQuery>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let (scope, _) = own(&access, &services).await?;
    let report = find(&services, &scope, query.year, variant(&query)?).await?;
    workbook(&report.ok_or_else(|| Problem::not_found("year with figures"))?)
}

/// The caller's own organisation, if they may see its workforce.
async fn own(access: &Anywhere<ReadPopulation>, services: &Services) -> Result<(TenantScope, String), Problem> {
    let own = access.caller.organisation.clone().ok_or_else(|| Problem::not_found("organisation"))?;
    let authorise = |action| access.caller.authorise(action, &own).map_err(|_| Problem::not_found("page"));
    let (organisation, _) = services.organisations.read(authorise(Action::ReadOrganisation)?).await?;
    Ok((authorise(Action::ReadWorkforce)?, organisation.name))
}

fn variant(query: &WresQuery) -> Result<Variant, Problem> {
    let code = query.variant.as_deref().unwrap_or(Variant::Substantive.code());
    code.parse().map_err(|_| Problem::not_found("variant"))
}

/// The year in which today lies.
pub(super) fn current_year() -> u16 {
    let today = today();
    let ends = today.year() + i32::from(today.month() > time::Month::March);
    u16::try_from(ends).unwrap_or(2100).clamp(2000 + BEFORE, 2100)
}

/// The chosen year with those before it; when none is chosen, the latest one that has figures.
async fn find(
    services: &Services,
    scope: &TenantScope,
    chosen: Option<u16>,
    variant: Variant,
) -> Result<Option<WresReport>, Problem> {
    let tried: Vec<u16> = match chosen {
        Some(year) => vec![year],
        None => (0..=BEFORE).map(|back| current_year() - back).collect(),
    };
    for year in tried {
        let year = ReportingYear::try_from(year).map_err(|_| Problem::not_found("year"))?;
        match services.indicators.report(scope.clone(), year, variant, BEFORE, SurveySource::Release).await {
            Ok(report) => return Ok(Some(report)),
            Err(AppError::NotFound(_)) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Ok(None)
}

fn shown(report: &WresReport) -> Shown {
    let count = report.years.first().map_or(0, |year| year.indicators.len());
    let indicator = |index: usize| {
        let of_years: Vec<(&WresYear, &Computed)> =
            report.years.iter().filter_map(|year| Some((year, year.indicators.get(index)?))).collect();
        let definition = of_years.first()?.1.definition;
        Some(IndicatorView {
            number: definition.number,
            name: sentence(definition.name),
            note: definition.note,
            of_whom: sentence(definition.denominator),
            adverse: match definition.adverse {
                Adverse::Neither => "",
                Adverse::AboveOne => "Above 1 is adverse to BME staff.",
                Adverse::HigherForBme => "Higher for BME staff is adverse.",
                Adverse::LowerForBme => "Lower for BME staff is adverse.",
                Adverse::BelowZero => "Below 0 is adverse to BME staff.",
            },
            table: table(&of_years),
            national: sources(&of_years),
        })
    };
    let first = report.years.first();
    let sources = [
        first.and_then(|year| year.snapshot.as_ref()).map(|day| format!("Workforce of {}.", day_in_words(day))),
        first
            .and_then(|year| year.survey.as_ref())
            .map(|_| "Indicators 5 to 8 from the release of your survey.".to_owned()),
        first
            .and_then(|year| year.instrument.as_ref())
            .map(|name| format!("Indicators 5 to 8 as entered from {name}.")),
    ];
    Shown { sources: sources.into_iter().flatten().collect(), indicators: (0..count).filter_map(indicator).collect() }
}

/// With a capital at its beginning.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// `non_clinical, 8a` → `Non-clinical, Band 8a`.
fn band_label(codes: &str) -> String {
    let (setting, band) = codes.split_once(", ").unwrap_or((codes, ""));
    let setting_label =
        setting.parse::<Setting>().map_or_else(|_| "All staff".to_owned(), |it| it.label(Language::English).to_owned());
    match (band, band.parse::<PayBand>()) {
        (_, Ok(known)) => format!("{setting_label}, {}", known.label(Language::English)),
        ("all" | "", Err(_)) => setting_label,
        (other, Err(_)) => format!("{setting_label}, {}", other.replace('_', " ")),
    }
}

/// Where the country's figures of one indicator stand, as far as its table has them.
fn sources(of_years: &[(&WresYear, &Computed)]) -> Vec<String> {
    let source = |(year, computed): &(&WresYear, &Computed)| {
        let national = year.national.get(&computed.definition.number)?;
        Some(format!("National figure of {}: {}", year.year, national.source()))
    };
    in_table(of_years).iter().filter_map(source).collect()
}

/// Years that the table of an indicator has. Shares by pay band are many lines: the latest year has them there, all
/// years in the workbook.
fn in_table<'a>(of_years: &'a [(&'a WresYear, &'a Computed)]) -> &'a [(&'a WresYear, &'a Computed)] {
    let is_first = of_years.first().is_some_and(|(_, computed)| computed.definition.number == 1);
    if is_first { &of_years[..1] } else { of_years }
}

/// The country's figure as a line of the table; what it does not say is a dash.
fn national_line(year: &WresYear, number: u8) -> Option<Vec<String>> {
    let (figure, nothing) = (year.national.get(&number)?.text(), "–".to_owned());
    let heading = format!("{}, nationally", year.year);
    Some(match number {
        1 => vec!["All staff, nationally".to_owned(), nothing.clone(), figure, nothing],
        9 => vec![heading, "all members".to_owned(), figure],
        2..=4 => vec![heading, nothing.clone(), nothing.clone(), figure, nothing],
        _ => vec![heading, nothing.clone(), figure, nothing.clone(), nothing],
    })
}

/// The figures of one indicator: each year's lines below each other, the latest first.
fn table(of_years: &[(&WresYear, &Computed)]) -> Table {
    let definition = of_years.first().map(|(_, computed)| computed.definition);
    let number = definition.map_or(0, |definition| definition.number);
    let rows = in_table(of_years).iter().flat_map(|(year, computed)| {
        let own = table_rows(computed, false).into_iter().map(move |row| {
            let cell = |index: usize| row.get(index).cloned().unwrap_or_default();
            match number {
                1 => vec![band_label(&cell(1)), cell(4), cell(5), cell(6)],
                9 => vec![year.year.to_string(), cell(1), cell(6)],
                _ => vec![year.year.to_string(), cell(4), cell(5), cell(6), cell(7)],
            }
        });
        own.chain(national_line(year, number))
    });
    let columns: &[&str] = match number {
        1 => &["Staff and pay band", "White", "BME", "Unknown"],
        9 => &["Year to 31 March", "Of the board", "Board minus workforce"],
        2..=4 => &["Year to 31 March", "White rate", "BME rate", "Relative likelihood", "95 % interval"],
        _ => &["Year to 31 March", "White", "BME", "BME minus White", "95 % interval"],
    };
    Table {
        caption: format!("Indicator {number}"),
        columns: columns.iter().map(|column| (*column).to_owned()).collect(),
        rows: rows.collect(),
        numbers_from: if number == 9 { 2 } else { 1 },
        levels: Vec::new(),
    }
}
