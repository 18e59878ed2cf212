//! `candour wres`: the nine indicators from files.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::input::read_file;
use super::{CommandError, Format, table};
use crate::domain::column_mapping::ColumnMapping;
use crate::domain::indicator::{
    self, Computed, Inputs, NationalFigures, ReportingYear, Variant, compute_all, statutory_return,
};
use crate::domain::organisation::OdsCode;
use crate::domain::questionnaire::Language;
use crate::domain::workforce::Workforce;
use crate::export::wres_workbook::{self, Heading};
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
    /// Figures of the whole country to stand beside: indicator,figure,source; a share in percent
    #[arg(long, value_name = "FILE")]
    national: Option<PathBuf>,
    /// Whose staff, when the workforce file has several organisations
    #[arg(long, value_name = "ODS")]
    organisation: Option<OdsCode>,
    /// Whose indicators: substantive staff, bank staff, or medical and dental staff
    #[arg(long, visible_alias = "contract", value_name = "substantive|bank|medical", default_value = "substantive")]
    variant: Variant,
    /// Writes the statutory return as a workbook beside what is shown; needs --year
    #[arg(long, value_name = "FILE.xlsx", requires = "year")]
    workbook: Option<PathBuf>,
    /// Year, ending on 31 March, that the workbook is about
    #[arg(long, value_name = "YEAR", requires = "workbook")]
    year: Option<ReportingYear>,
    /// How the indicators are shown
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

/// The indicators, and whose they are.
#[derive(Serialize)]
struct Output {
    organisation: Option<OdsCode>,
    variant: Variant,
    workforce: u64,
    indicators: Vec<Computed>,
    /// Figures of the whole country, in each indicator's own unit.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    national: Vec<National>,
}

#[derive(Serialize)]
struct National {
    indicator: u8,
    figure: f64,
    source: String,
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
        .map(|(file, bytes)| import::indicator_inputs::read_events(&file, &bytes, &ColumnMapping::default()))
        .transpose()
        .map_err(CommandError::bad_input)?;
    let survey = arguments.survey.as_deref().map(read_file).transpose()?;
    let survey = survey
        .map(|(file, bytes)| import::indicator_inputs::read_survey(&file, &bytes))
        .transpose()
        .map_err(CommandError::bad_input)?;
    let national = arguments.national.as_deref().map(read_file).transpose()?;
    let national = national
        .map(|(file, bytes)| import::national_figures::read(&file, &bytes))
        .transpose()
        .map_err(CommandError::bad_input)?
        .unwrap_or_default();
    let inputs = Inputs {
        workforce: Some(&workforce),
        events: events.as_ref(),
        survey: survey.as_ref().map(|survey| survey as _),
        variant: arguments.variant,
    };
    if let Some((path, year)) = arguments.workbook.as_deref().zip(arguments.year) {
        write_workbook(path, year, &workforce, &inputs, &national)?;
    }
    let output = Output {
        organisation: workforce.organisations().first().map(|ods| (*ods).clone()),
        variant: arguments.variant,
        workforce: workforce.only(|cell| arguments.variant.counts(cell)).people(),
        indicators: compute_all(&inputs),
        national: national
            .iter()
            .map(|(indicator, it)| National {
                indicator: *indicator,
                figure: it.number(),
                source: it.source().to_owned(),
            })
            .collect(),
    };
    let plain = arguments.format == Format::Csv;
    let lines = |computed: &Computed| {
        let country = national.get(&computed.definition.number);
        let country =
            country.map(|it| (indicator::national_row(&computed.definition, it, plain), it.source().to_owned()));
        let own = indicator::table_rows(computed, plain).into_iter().map(|row| (row, String::new()));
        own.chain(country).collect::<Vec<_>>()
    };
    let (mut rows, sources): (Vec<Vec<String>>, Vec<String>) = output.indicators.iter().flat_map(lines).unzip();
    let mut headings = indicator::HEADINGS.to_vec();
    if !national.is_empty() {
        headings.push("source");
        rows.iter_mut().zip(sources).for_each(|(row, source)| row.push(source));
    }
    table::print(arguments.format, &headings, &rows, &output)
}

fn write_workbook(
    path: &Path,
    year: ReportingYear,
    workforce: &Workforce,
    inputs: &Inputs<'_>,
    national: &NationalFigures,
) -> Result<(), CommandError> {
    let organisation = workforce.organisations().first().map(ToString::to_string).unwrap_or_default();
    let heading = Heading { organisation, variant: inputs.variant.label(Language::English).to_owned() };
    let bytes = wres_workbook::write(&heading, &[(year.number(), statutory_return(inputs), national.clone())])
        .map_err(CommandError::failed)?;
    std::fs::write(path, bytes)
        .map_err(|error| CommandError::failed(format!("{}: cannot be written ({error})", path.display())))
}
