//! `candour wres`: the nine indicators from files.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::input::read_file;
use super::{CommandError, Format, table};
use crate::domain::figure::{Figure, Interval, PercentagePoints, RelativeLikelihood, Share};
use crate::domain::indicator::{Computed, Inputs, Outcome, Quotient, compute_all};
use crate::domain::organisation::OdsCode;
use crate::domain::workforce::Contract;
use crate::import;

/// The files, and how the indicators are shown.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Workforce on 31 March: organisation,pay_band,staff_group,ethnic_category,headcount
    #[arg(long, value_name = "FILE")]
    workforce: PathBuf,
    /// Counts of the year: measure,ethnic_category,count (shortlisted, appointed, disciplinary, training, board,
    /// board_voting, board_executive)
    #[arg(long, value_name = "FILE")]
    events: Option<PathBuf>,
    /// Survey figures of indicators 5 to 8: indicator,ethnic_category,count,base; `[c]` where withheld
    #[arg(long, value_name = "FILE")]
    survey: Option<PathBuf>,
    /// Whose staff, when the workforce file has several organisations
    #[arg(long, value_name = "ODS")]
    organisation: Option<OdsCode>,
    /// Whose indicators: substantive staff, or bank staff
    #[arg(long, value_name = "substantive|bank", default_value = "substantive")]
    contract: Contract,
    /// How the indicators are shown
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

/// The indicators, and whose they are.
#[derive(Serialize)]
struct Output {
    organisation: Option<OdsCode>,
    contract: Contract,
    workforce: u64,
    indicators: Vec<Computed>,
}

/// Prints the indicators; those whose input is missing are not calculable.
///
/// # Errors
/// [`CommandError::BadInput`] for files that cannot be used.
pub fn run(arguments: Arguments) -> Result<(), CommandError> {
    let (file, bytes) = read_file(&arguments.workforce)?;
    let workforce = import::workforce::read_either(&file, &bytes).map_err(CommandError::bad_input)?;
    let workforce = super::representation::of_organisation(&file, workforce, arguments.organisation.as_ref())?;
    let events = arguments.events.as_deref().map(read_file).transpose()?;
    let events = events
        .map(|(file, bytes)| import::indicator_inputs::read_events(&file, &bytes))
        .transpose()
        .map_err(CommandError::bad_input)?;
    let survey = arguments.survey.as_deref().map(read_file).transpose()?;
    let survey = survey
        .map(|(file, bytes)| import::indicator_inputs::read_survey(&file, &bytes))
        .transpose()
        .map_err(CommandError::bad_input)?;
    let inputs = Inputs {
        workforce: Some(&workforce),
        events: events.as_ref(),
        survey: survey.as_ref().map(|survey| survey as _),
        contract: arguments.contract,
    };
    let output = Output {
        organisation: workforce.organisations().first().map(|ods| (*ods).clone()),
        contract: arguments.contract,
        workforce: workforce.only(|cell| cell.contract == arguments.contract).people(),
        indicators: compute_all(&inputs),
    };
    let rows: Vec<_> = output.indicators.iter().flat_map(|computed| rows(computed, arguments.format)).collect();
    table::print(arguments.format, &HEADINGS, &rows, &output)
}

const HEADINGS: [&str; 8] = ["indicator", "of", "direction", "unit", "white", "bme", "figure", "interval"];

fn rows(computed: &Computed, format: Format) -> Vec<Vec<String>> {
    let write = Writer { plain: format == Format::Csv };
    let direction = match computed.definition.direction {
        Quotient::EachGroup => "each group",
        Quotient::WhiteOverBme => "White / BME",
        Quotient::BmeOverWhite => "BME / White",
        Quotient::BoardMinusWorkforce => "board - workforce",
    };
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
