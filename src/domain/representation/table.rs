//! The report as one table: for the command line and for CSV.

use super::{Line, Report};
use crate::domain::figure::{Figure, Ratio, Share};

/// Headings of [`table_rows`].
pub const HEADINGS: [&str; 9] = [
    "part",
    "group",
    "workforce",
    "workforce_share",
    "population_share",
    "ratio",
    "gap_points",
    "gap_people",
    "adjusted_p",
];

/// Everything of the report that fits into one table: the whole workforce, then each part. `plain` numbers for
/// spreadsheets; otherwise with units and rounded, for people.
pub fn table_rows(report: &Report, plain: bool) -> Vec<Vec<String>> {
    let whole = report.groups.iter().map(|line| ("all", line));
    let parts = [
        &report.by_pay_band,
        &report.by_pay_band_cluster,
        &report.by_staff_group,
        &report.by_setting,
        &report.by_contract,
        &report.by_sex,
        &report.by_deprivation_decile,
        &report.by_unit,
    ];
    let slices =
        parts.into_iter().flatten().flat_map(|slice| slice.groups.iter().map(|line| (slice.part.as_str(), line)));
    whole.chain(slices).map(|(part, line)| row(part, line, plain)).collect()
}

fn row(part: &str, line: &Line, plain: bool) -> Vec<String> {
    let share =
        |share: Figure<Share>| share.text(|share| if plain { share.as_f64().to_string() } else { share.percent(2) });
    let number = |figure: Figure<f64>, decimals: usize| {
        figure.text(|number| if plain { number.to_string() } else { format!("{number:.decimals$}") })
    };
    let p = match line.adjusted_p {
        Figure::Value(p) if !plain && p < 0.0001 => "< 0.0001".to_owned(),
        p => number(p, 4),
    };
    vec![
        part.to_owned(),
        line.group.to_owned(),
        line.workforce.to_string(),
        share(line.workforce_share),
        share(line.population_share),
        number(line.ratio.map(Ratio::as_f64), 2),
        line.gap_points.text(|gap| if plain { gap.as_f64().to_string() } else { gap.points(2) }),
        line.gap_people.text(|people| people.to_string()),
        p,
    ]
}
