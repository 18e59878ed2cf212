//! Figures of the whole country to read one's own against: entered, each with where it stands, and never computed with.

use std::collections::BTreeMap;

use super::{ALL, Definition, Entry, Quotient, Unit};
use crate::domain::figure::{Figure, PercentagePoints, Ratio, Share};

/// Letters of a source, at most.
const LONGEST_SOURCE: usize = 200;

/// The country's figure of one indicator: the share among BME staff, the ratio, or the difference.
#[derive(Debug, Clone, PartialEq)]
pub struct NationalFigure {
    figure: Entry,
    source: String,
}

/// By indicator; what is not there is not known.
pub type NationalFigures = BTreeMap<u8, NationalFigure>;

/// What cannot be used of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MalformedNationalFigure {
    /// No such indicator.
    #[error("{0} is not an indicator; those are 1 to 9")]
    Indicator(u8),
    /// Not a share.
    #[error("the figure of indicator {0} is a share: from 0 to 100 %")]
    Share(u8),
    /// Not a relative likelihood.
    #[error("the figure of indicator {0} is a ratio: from 0 to 100, and 1 where both groups fare alike")]
    Ratio(u8),
    /// Not a difference.
    #[error("the figure of indicator {0} is a difference: from −100 to 100 percentage points")]
    Points(u8),
    /// Nobody could look it up.
    #[error("say where the figure of indicator {0} stands, in 1 to {LONGEST_SOURCE} characters on one line")]
    Source(u8),
}

impl MalformedNationalFigure {
    /// Which field it is about.
    pub fn field(self) -> &'static str {
        match self {
            Self::Indicator(_) => "indicator",
            Self::Share(_) | Self::Ratio(_) | Self::Points(_) => "figure",
            Self::Source(_) => "source",
        }
    }
}

impl NationalFigure {
    /// `number` in the indicator's own unit (a share is from 0 to 1), found at `source`.
    ///
    /// # Errors
    /// Everything that cannot be used.
    pub fn new(indicator: u8, number: f64, source: &str) -> Result<Self, Vec<MalformedNationalFigure>> {
        let Some(definition) = definition(indicator) else {
            return Err(vec![MalformedNationalFigure::Indicator(indicator)]);
        };
        let figure = match (definition.unit, definition.direction.ratio()) {
            (Unit::Ratio, Some(direction)) if (0.0..=100.0).contains(&number) => {
                Ok(Entry::Ratio(Figure::Value(Ratio::new(number, direction))))
            }
            (Unit::Ratio, _) => Err(MalformedNationalFigure::Ratio(indicator)),
            (Unit::Share, _) => Share::new(number)
                .map(|share| Entry::Share(Figure::Value(share)))
                .ok_or(MalformedNationalFigure::Share(indicator)),
            (Unit::PercentagePoints, _) => PercentagePoints::new(number)
                .map(|points| Entry::Points(Figure::Value(points)))
                .ok_or(MalformedNationalFigure::Points(indicator)),
        };
        let source = source.trim();
        let fits = (1..=LONGEST_SOURCE).contains(&source.chars().count()) && !source.chars().any(char::is_control);
        let said = fits.then_some(source).ok_or(MalformedNationalFigure::Source(indicator));
        match (figure, said) {
            (Ok(figure), Ok(source)) => Ok(Self { figure, source: source.to_owned() }),
            (figure, source) => Err(figure.err().into_iter().chain(source.err()).collect()),
        }
    }

    /// The figure, which knows its unit and direction.
    pub fn figure(&self) -> Entry {
        self.figure
    }

    /// Where it stands.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The figure as people type it: a share as a percentage, without its sign.
    pub fn typed(&self) -> String {
        let number = if matches!(self.figure, Entry::Share(_)) { self.number() * 100.0 } else { self.number() };
        // What was typed, not what is left of it in binary.
        ((number * 1e6).round() / 1e6).to_string()
    }

    /// A figure as people type it, in the indicator's own unit; `None` when it is no number.
    pub fn parse_typed(indicator: u8, text: &str) -> Option<f64> {
        let number: f64 = text.trim().trim_end_matches('%').trim_end().replace('−', "-").parse().ok()?;
        let is_share = definition(indicator).is_some_and(|definition| definition.unit == Unit::Share);
        // What was typed, not what is left of it in binary.
        Some(if is_share { (number * 1e10).round() / 1e12 } else { number })
    }

    /// For people to read: `28.6 %`, `1.56 times`, `−11.5 points`.
    pub fn text(&self) -> String {
        let typed = self.typed();
        match self.figure {
            Entry::Share(_) => format!("{typed} %"),
            Entry::Points(_) if self.number() < 0.0 => format!("{} points", typed.replace('-', "−")),
            Entry::Points(_) => format!("+{typed} points"),
            _ => format!("{typed} times"),
        }
    }

    /// The number in the indicator's own unit.
    pub fn number(&self) -> f64 {
        let number = match self.figure {
            Entry::Share(share) => share.value().map(Share::as_f64),
            Entry::Ratio(ratio) => ratio.value().map(Ratio::as_f64),
            Entry::Points(points) => points.value().map(PercentagePoints::as_f64),
            Entry::Blank | Entry::Count(_) => None,
        };
        number.unwrap_or_default()
    }
}

/// What the country's figure of an indicator is, in words: its unit, and of whom or in which direction.
pub fn national_measure(definition: &Definition) -> &'static str {
    match definition.direction {
        Quotient::EachGroup => "% of BME staff",
        Quotient::WhiteOverBme => "White ÷ BME",
        Quotient::BmeOverWhite => "BME ÷ White",
        Quotient::BoardMinusWorkforce => "percentage points, board − workforce",
    }
}

fn definition(indicator: u8) -> Option<Definition> {
    ALL.iter().map(|each| each.definition()).find(|definition| definition.number == indicator)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::figure::Direction;

    const SOURCE: &str = "NHS England, WRES 2025 data analysis report, figure 3";

    #[test]
    fn a_figure_has_the_unit_and_direction_of_its_indicator() {
        let figure = |indicator, number| NationalFigure::new(indicator, number, SOURCE).expect("a figure").figure();
        assert_eq!(figure(1, 0.286), Entry::Share(Figure::Value(Share::new(0.286).expect("a share"))));
        assert_eq!(figure(3, 1.09), Entry::Ratio(Figure::Value(Ratio::new(1.09, Direction::MinorityEthnicOverWhite))));
        assert_eq!(figure(9, -11.5), Entry::Points(Figure::Value(PercentagePoints::new(-11.5).expect("points"))));
        for indicator in 1..=9 {
            assert_eq!(NationalFigure::new(indicator, 0.5, SOURCE).expect("a figure").number(), 0.5);
        }
    }

    #[test]
    fn a_figure_is_read_as_it_is_typed_and_shown_as_it_was() {
        for (indicator, typed, kept, shown) in [
            (5, "28.6", "28.6", "28.6 %"),
            (7, " 43.25 % ", "43.25", "43.25 %"),
            (2, "1.56", "1.56", "1.56 times"),
            (9, "−11.5", "-11.5", "−11.5 points"),
            (9, "0", "0", "+0 points"),
        ] {
            let number = NationalFigure::parse_typed(indicator, typed).expect("a number");
            let figure = NationalFigure::new(indicator, number, SOURCE).expect("a figure");
            assert_eq!((figure.typed().as_str(), figure.text().as_str()), (kept, shown));
        }
        assert_eq!(NationalFigure::parse_typed(5, "about a third"), None);
    }

    #[test]
    fn each_mistake_names_its_field() {
        let fields = |indicator, number, source: &str| -> Vec<&str> {
            let mistakes = NationalFigure::new(indicator, number, source).expect_err("refused");
            mistakes.into_iter().map(MalformedNationalFigure::field).collect()
        };
        assert_eq!(fields(0, 0.5, SOURCE), ["indicator"]);
        assert_eq!(fields(10, 0.5, SOURCE), ["indicator"]);
        assert_eq!(fields(5, 28.6, " "), ["figure", "source"]);
        assert_eq!(fields(2, -1.0, "Two\nlines"), ["figure", "source"]);
        assert_eq!(fields(9, f64::NAN, SOURCE), ["figure"]);
        assert_eq!(fields(4, 1.0, &"x".repeat(201)), ["source"]);
    }
}
