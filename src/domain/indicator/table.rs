//! The indicators as one table: for the command line and for CSV.

use super::{Computed, Definition, Entry, NationalFigure, Outcome, Quotient};
use crate::domain::figure::{Figure, Interval, PercentagePoints, RelativeLikelihood, Share};

/// Headings of [`table_rows`].
pub const HEADINGS: [&str; 8] = ["indicator", "of", "direction", "unit", "white", "bme", "figure", "interval"];

/// The figures of one indicator: a line for each band, ratio or difference. `plain` numbers for spreadsheets; otherwise
/// with units and rounded, for people.
pub fn table_rows(computed: &Computed, plain: bool) -> Vec<Vec<String>> {
    let write = Writer { plain };
    let direction = direction(&computed.definition);
    let row = |of: &str, unit: &str, white: Figure<Share>, bme: Figure<Share>, figure: String, interval: String| {
        let number = computed.definition.number.to_string();
        [&number, of, direction, unit, &write.share(white), &write.share(bme), &figure, &interval]
            .map(str::to_owned)
            .to_vec()
    };
    match &computed.figures {
        Outcome::Bands(bands) => bands
            .iter()
            .map(|band| {
                let of = format!("{}, {}", band.setting, band.pay_band);
                row(
                    &of,
                    "share unknown",
                    band.white.share,
                    band.bme.share,
                    write.share(band.unknown.share),
                    String::new(),
                )
            })
            .collect(),
        Outcome::Likelihood(likelihood) => {
            let (white, bme) = (likelihood.white.and_then(|white| white.rate), likelihood.bme.and_then(|bme| bme.rate));
            let ratio = likelihood.relative_likelihood;
            let interval = write.interval(ratio.and_then(|ratio| ratio.interval));
            vec![row("rates", "ratio", white, bme, write.ratio(ratio), interval)]
        }
        Outcome::Shares(shares) => {
            let (white, bme) = (shares.white.and_then(|white| white.share), shares.bme.and_then(|bme| bme.share));
            let gap = write.points(shares.experience_gap);
            vec![row("BME - White", "points", white, bme, gap, write.interval(shares.gap_interval))]
        }
        Outcome::Board(gap) => {
            [("all members", gap.all), ("voting members", gap.voting), ("executive members", gap.executive)]
                .into_iter()
                .map(|(of, points)| {
                    let number = computed.definition.number.to_string();
                    [&number, of, direction, "points", "", "", &write.points(points), ""].map(str::to_owned).to_vec()
                })
                .collect()
        }
    }
}

/// The country's figure of an indicator as such a line: `national` of whom, a share in the column of BME staff. Where it
/// stands is the caller's to add.
pub fn national_row(definition: &Definition, national: &NationalFigure, plain: bool) -> Vec<String> {
    let text = if plain { national.number().to_string() } else { national.text() };
    let (unit, bme, figure) = match national.figure() {
        Entry::Share(_) => ("share", text, String::new()),
        Entry::Points(_) => ("points", String::new(), text),
        _ => ("ratio", String::new(), text),
    };
    let number = definition.number.to_string();
    [&number, "national", direction(definition), unit, "", &bme, &figure, ""].map(str::to_owned).to_vec()
}

fn direction(definition: &Definition) -> &'static str {
    match definition.direction {
        Quotient::EachGroup => "each group",
        Quotient::WhiteOverBme => "White / BME",
        Quotient::BmeOverWhite => "BME / White",
        Quotient::BoardMinusWorkforce => "board - workforce",
    }
}

/// Writes figures: plain numbers for spreadsheets, with units and rounded for people.
struct Writer {
    plain: bool,
}

impl Writer {
    fn share(&self, share: Figure<Share>) -> String {
        share.text(|share| if self.plain { share.as_f64().to_string() } else { share.percent(2) })
    }

    fn points(&self, points: Figure<PercentagePoints>) -> String {
        points.text(|points| if self.plain { points.as_f64().to_string() } else { points.points(2) })
    }

    fn ratio(&self, likelihood: Figure<RelativeLikelihood>) -> String {
        likelihood.text(|likelihood| {
            let value = likelihood.ratio.as_f64();
            if self.plain { value.to_string() } else { format!("{value:.2} times") }
        })
    }

    fn interval(&self, interval: Figure<Interval>) -> String {
        interval.text(
            |Interval { low, high }| {
                if self.plain { format!("{low} to {high}") } else { format!("{low:.2} to {high:.2}") }
            },
        )
    }
}
