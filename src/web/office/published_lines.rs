//! Published counts of a workforce as tables and charts.

use super::figures::{count, signed};
use crate::domain::ethnicity::MINORITY_ETHNIC;
use crate::domain::figure::{Figure, Share};
use crate::domain::representation::{PublishedLine, PublishedSlice};
use crate::web::components::{Bar, Table};

/// What the lines on the bars mean.
pub(super) const NOTE: &str = "The red line is the share of the population. The black lines are 95 % intervals.";

/// A bar as long as the share of staff, with the share of the population across it.
pub(super) fn bar(label: &str, line: &PublishedLine) -> Bar {
    Bar {
        label: label.to_owned(),
        level: 0,
        text: percent(line.workforce_share),
        share: line.workforce_share.value().map(|share| share.as_f64()),
        interval: line.interval.value(),
        reference: line.population_share.value().map(|share| share.as_f64()),
    }
}

/// One decimal; `[c]` where it is withheld.
pub(super) fn percent(share: Figure<Share>) -> String {
    share.text(|share| share.percent(1))
}

/// The line of minority ethnic staff.
pub(super) fn minority(lines: &[PublishedLine]) -> Option<&PublishedLine> {
    lines.iter().find(|line| line.group == MINORITY_ETHNIC)
}

/// The same of each part that has it.
pub(super) fn minority_of_each(slices: &[PublishedSlice]) -> impl Iterator<Item = (String, &PublishedLine)> {
    slices.iter().filter_map(|slice| Some((slice.label.to_owned(), minority(&slice.groups)?)))
}

/// A row for each line, with everything computed from it.
pub(super) fn table<'a>(first: &str, caption: &str, lines: impl Iterator<Item = (String, &'a PublishedLine)>) -> Table {
    let row = |(label, line): (String, &PublishedLine)| {
        vec![
            label,
            line.workforce.text(count),
            percent(line.workforce_share),
            percent(line.population_share),
            line.ratio.text(|ratio| format!("{:.2}", ratio.as_f64())),
            line.gap_points.text(|points| points.points(1)),
            line.gap_people.text(signed),
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
