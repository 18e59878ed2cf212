//! Are those who answered like the workforce?

use actix_web::{HttpResponse, get, web};
use askama::Template;

use super::draft::day_in_words;
use super::figures::count;
use super::frame::{Section, page, render};
use crate::domain::figure::Figure;
use crate::domain::questionnaire::{Classification, Language};
use crate::domain::representation::{GroupResponse, ResponseReport};
use crate::domain::results::{Representativeness, Wave, category_label, representativeness, variable_label};
use crate::services::results::Release;
use crate::services::{AppError, Services};
use crate::web::Problem;
use crate::web::access::{Managed, ReadWorkforce};
use crate::web::components::{Axis, Bar, BarChart, Page, Table};

#[derive(Template)]
#[template(path = "web/office/respondents.html")]
struct RespondentsPage {
    page: Page,
    title: String,
    /// Day of the snapshot; none when there is no snapshot.
    snapshot: Option<String>,
    parts: Vec<Part>,
}

/// One variable.
struct Part {
    heading: String,
    indicator: String,
    finding: String,
    chart: Option<BarChart>,
    table: Table,
}

/// The page.
#[get("/surveys/{id}/respondents")]
pub async fn show(access: Managed<ReadWorkforce>, services: web::Data<Services>) -> Result<HttpResponse, Problem> {
    let (release, snapshot, parts) =
        match services.results.read_with_workforce(access.scope.clone(), access.id.clone(), None).await {
            Ok((release, date, workforce)) => {
                let wave = Wave { table: &release.table, questionnaire: &release.content.questionnaire };
                let parts = parts(&release, &representativeness(wave, &workforce));
                (release, Some(day_in_words(&date)), parts)
            }
            Err(AppError::NotFound("workforce snapshot")) => {
                (services.results.read(access.scope, access.id).await?, None, Vec::new())
            }
            Err(other) => return Err(other.into()),
        };
    let (survey, title) = (release.survey.id.to_string(), release.survey.title.as_str().to_owned());
    render(&RespondentsPage {
        page: page(format!("Who answered {title}"), Some(Section::Surveys)).below([
            ("/office".to_owned(), "Surveys".to_owned()),
            (format!("/office/surveys/{survey}"), title.clone()),
            (format!("/office/surveys/{survey}/results"), "Results".to_owned()),
        ]),
        title,
        snapshot,
        parts,
    })
}

fn parts(release: &Release, found: &Representativeness) -> Vec<Part> {
    [
        (Classification::Ethnicity, &found.by_ethnicity),
        (Classification::PayBand, &found.by_pay_band_cluster),
        (Classification::StaffGroup, &found.by_staff_group),
    ]
    .into_iter()
    .map(|(variable, report)| part(release, variable.code(), report))
    .collect()
}

fn part(release: &Release, variable: &str, report: &ResponseReport) -> Part {
    let label =
        |group: &GroupResponse| category_label(&release.content.units, variable, &group.group, Language::English);
    let name = variable_label(variable, Language::English);
    let bar = |group: &GroupResponse| Bar {
        label: label(group),
        level: 0,
        text: group.response_rate.text(|share| share.percent(0)),
        share: group.response_rate.value().map(|share| share.as_f64()),
        interval: group.interval.value(),
        reference: None,
    };
    let row = |group: &GroupResponse| {
        vec![
            label(group),
            count(group.staff),
            group.respondents.text(count),
            group.response_rate.text(|share| share.percent(1)),
            group.interval.text(|interval| format!("{:.1} to {:.1} %", interval.low * 100.0, interval.high * 100.0)),
            group.representation.text(|ratio| format!("{:.2}", ratio.as_f64())),
        ]
    };
    let chart = BarChart {
        language: Language::English,
        axis: Axis::Whole,
        title: format!("Response rate by {}", name.to_lowercase()),
        note: "The black lines are 95 % intervals.".to_owned(),
        bars: report.groups.iter().map(bar).collect(),
    };
    Part {
        heading: format!("By {}", name.to_lowercase()),
        indicator: report.r_indicator.text(|it| format!("{it:.2}")),
        finding: finding(report.groups.iter().map(|group| (label(group), group.representation)).collect()),
        chart: chart.bars.iter().any(|bar| bar.share.is_some()).then_some(chart),
        table: Table {
            caption: format!("Respondents against workforce, by {}", name.to_lowercase()),
            columns: [name.as_str(), "Staff", "Took part", "Response rate", "95 % interval", "Representation"]
                .map(str::to_owned)
                .into(),
            rows: report.groups.iter().map(row).collect(),
            numbers_from: 1,
            levels: Vec::new(),
        },
    }
}

/// Who is missing among the respondents, in a sentence. Outside 0.8 to 1.25 (four fifths) is named.
fn finding(groups: Vec<(String, Figure<crate::domain::figure::Ratio>)>) -> String {
    let named = |fits: fn(f64) -> bool| -> Vec<String> {
        groups
            .iter()
            .filter(|(_, ratio)| ratio.value().is_some_and(|ratio| fits(ratio.as_f64())))
            .map(|(name, _)| name.clone())
            .collect()
    };
    let (few, many) = (named(|ratio| ratio < 0.8), named(|ratio| ratio > 1.25));
    let part = |what: &str, names: &[String]| (!names.is_empty()).then(|| format!("{what}: {}.", names.join("; ")));
    let sentences: Vec<String> = [
        part("Fewer among respondents than among staff", &few),
        part("More among respondents than among staff", &many),
    ]
    .into_iter()
    .flatten()
    .collect();
    if sentences.is_empty() {
        "No group whose figures are published is far from its share of staff.".to_owned()
    } else {
        sentences.join(" ")
    }
}
