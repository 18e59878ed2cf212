//! Figures that know what they are: a share, a difference in percentage points, a ratio with its direction.
//!
//! Each can be written in one way only. A ratio has no `percent`, and cannot be made without saying what stands above
//! and what below the line:
//!
//! ```compile_fail
//! use candour::domain::figure::{Direction, Ratio};
//! let likelihood = Ratio::new(1.4, Direction::WhiteOverMinorityEthnic);
//! println!("{}", likelihood.percent(1)); // a ratio is not a percentage
//! ```
//! ```compile_fail
//! use candour::domain::figure::Ratio;
//! let likelihood = Ratio::new(1.4); // of what to what?
//! ```

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// A part of a whole, from 0 to 1. Serialised as that number.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize)]
pub struct Share(f64);

/// A difference between two shares, in percentage points. Serialised as points: 0.30 against 0.25 is `5.0`.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize)]
pub struct PercentagePoints(f64);

/// What a ratio divides by what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// The rate of White staff ÷ the rate of minority ethnic staff.
    WhiteOverMinorityEthnic,
    /// The rate of minority ethnic staff ÷ the rate of White staff.
    MinorityEthnicOverWhite,
    /// The share of the workforce ÷ the share of the population.
    WorkforceOverPopulation,
    /// The share of respondents ÷ the share of the workforce.
    RespondentsOverWorkforce,
}

/// A ratio with its direction.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ratio {
    value: f64,
    direction: Direction,
}

/// A ratio of two rates with its interval; serialised with value, direction, unit and interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RelativeLikelihood {
    /// The ratio.
    pub ratio: Ratio,
    /// Katz log interval; not calculable without events on both sides.
    pub interval: Figure<Interval>,
}

/// A confidence interval. Serialised as `[low, high]`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
}

/// Why there is no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Nobody is counted in the group.
    EmptyGroup,
    /// The rate to divide by is zero.
    ZeroRate,
    /// There are no events on one side, so that the logarithm of the ratio has no interval.
    NoEvents,
    /// The population has nobody in the group.
    NotInPopulation,
    /// A figure that this one needs is not there.
    MissingInput,
    /// A figure that this one needs is withheld.
    InputWithheld,
    /// More events than people: the counts contradict each other.
    Contradiction,
    /// Two groups are needed, and there is one.
    TooFewGroups,
    /// One person may have given several answers.
    SeveralAnswers,
    /// The standard does not define the figure for this part of the workforce.
    NotOfVariant,
    /// No weights bring the respondents to the make-up of the workforce.
    NoWeights,
}

impl Reason {
    /// For people to read: “not calculable: …”.
    pub fn words(self) -> &'static str {
        match self {
            Self::EmptyGroup => "nobody is in the group",
            Self::ZeroRate => "the rate to divide by is zero",
            Self::NoEvents => "there are no events on one side",
            Self::NotInPopulation => "the population has nobody in the group",
            Self::MissingInput => "a count that it needs has not been given",
            Self::InputWithheld => "a figure that it needs is withheld",
            Self::Contradiction => "there are more events than people",
            Self::TooFewGroups => "two groups are needed",
            Self::SeveralAnswers => "one person may have given several answers",
            Self::NoWeights => "no weights bring the respondents to the make-up of the workforce",
            Self::NotOfVariant => "the standard does not define it for this part of the workforce",
        }
    }
}

/// A figure: a value, or why there is none. Neither ending can be mistaken for zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Figure<T> {
    /// The value.
    Value(T),
    /// There is none, for this reason. Serialised as `{"not_calculable": "zero_rate"}`.
    NotCalculable(Reason),
    /// There is one, and it is protected. Serialised as `{"withheld": true}`.
    Withheld,
}

impl Share {
    /// `part` of `whole`.
    pub fn of(part: u64, whole: u64) -> Figure<Self> {
        if whole == 0 || part > whole {
            return Figure::NotCalculable(Reason::EmptyGroup);
        }
        Figure::Value(Self(part as f64 / whole as f64))
    }

    /// A share that is not one of counts; `None` outside 0 to 1.
    pub fn new(share: f64) -> Option<Self> {
        (0.0..=1.0).contains(&share).then_some(Self(share))
    }

    /// From 0 to 1.
    pub fn as_f64(self) -> f64 {
        self.0
    }

    /// As a percentage, `13.34 %`.
    pub fn percent(self, decimals: usize) -> String {
        format!("{:.decimals$} %", self.0 * 100.0)
    }

    /// `self` − `other`.
    pub fn minus(self, other: Self) -> PercentagePoints {
        PercentagePoints((self.0 - other.0) * 100.0)
    }

    /// `self` ÷ `other`; the caller says what the two are.
    pub fn over(self, other: Self, direction: Direction) -> Figure<Ratio> {
        if other.0 == 0.0 {
            return Figure::NotCalculable(Reason::ZeroRate);
        }
        Figure::Value(Ratio::new(self.0 / other.0, direction))
    }
}

impl PercentagePoints {
    /// A difference that is not one of shares at hand; `None` beyond 100 points.
    pub fn new(points: f64) -> Option<Self> {
        (-100.0..=100.0).contains(&points).then_some(Self(points))
    }

    /// The number of points.
    pub fn as_f64(self) -> f64 {
        self.0
    }

    /// With its sign, `−4.0 points`.
    pub fn points(self, decimals: usize) -> String {
        let sign = if self.0 < 0.0 { "−" } else { "+" };
        format!("{sign}{:.decimals$} points", self.0.abs())
    }
}

impl Ratio {
    /// A ratio of what `direction` says.
    pub fn new(value: f64, direction: Direction) -> Self {
        Self { value, direction }
    }

    /// The number.
    pub fn as_f64(self) -> f64 {
        self.value
    }

    /// What it divides by what.
    pub fn direction(self) -> Direction {
        self.direction
    }

    /// With its direction, `1.40 times (white over minority ethnic)`.
    pub fn times(self, decimals: usize) -> String {
        format!("{:.decimals$} times ({})", self.value, self.direction.words())
    }
}

impl Direction {
    /// For people to read.
    pub fn words(self) -> &'static str {
        match self {
            Self::WhiteOverMinorityEthnic => "White over minority ethnic",
            Self::MinorityEthnicOverWhite => "minority ethnic over White",
            Self::WorkforceOverPopulation => "workforce over population",
            Self::RespondentsOverWorkforce => "respondents over workforce",
        }
    }
}

impl<T> Figure<T> {
    /// Applies `change` to the value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Figure<U> {
        self.and_then(|value| Figure::Value(change(value)))
    }

    /// Goes on with the value.
    pub fn and_then<U>(self, next: impl FnOnce(T) -> Figure<U>) -> Figure<U> {
        match self {
            Self::Value(value) => next(value),
            Self::NotCalculable(reason) => Figure::NotCalculable(reason),
            Self::Withheld => Figure::Withheld,
        }
    }

    /// The value, if there is one.
    pub fn value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::NotCalculable(_) | Self::Withheld => None,
        }
    }

    /// `value`, or not calculable for `reason`.
    pub fn or_reason(value: Option<T>, reason: Reason) -> Self {
        value.map_or(Self::NotCalculable(reason), Self::Value)
    }
}

impl<T> Figure<T> {
    /// As text: the value by `write`, `not calculable`, or `[c]`.
    pub fn text(self, write: impl FnOnce(T) -> String) -> String {
        match self {
            Self::Value(value) => write(value),
            Self::NotCalculable(_) => "not calculable".to_owned(),
            Self::Withheld => "[c]".to_owned(),
        }
    }
}

impl<T: Serialize> Serialize for Figure<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(value) => value.serialize(serializer),
            Self::NotCalculable(reason) => one_entry(serializer, "not_calculable", reason),
            Self::Withheld => one_entry(serializer, "withheld", &true),
        }
    }
}

fn one_entry<S: Serializer>(serializer: S, key: &str, value: &impl Serialize) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(1))?;
    map.serialize_entry(key, value)?;
    map.end()
}

impl Serialize for Ratio {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("value", &self.value)?;
        map.serialize_entry("direction", &self.direction)?;
        map.serialize_entry("unit", "ratio")?;
        map.end()
    }
}

impl Serialize for RelativeLikelihood {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(4))?;
        map.serialize_entry("value", &self.ratio.value)?;
        map.serialize_entry("direction", &self.ratio.direction)?;
        map.serialize_entry("unit", "ratio")?;
        map.serialize_entry("interval", &self.interval)?;
        map.end()
    }
}

impl Serialize for Interval {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        [self.low, self.high].serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_figure_is_written_in_its_own_way() {
        let workforce = Share::of(990, 7422).value().expect("a share");
        assert_eq!(workforce.percent(2), "13.34 %");
        let board = Share::new(0.17).expect("a share").minus(Share::new(0.21).expect("a share"));
        assert_eq!(board.points(1), "−4.0 points");
        assert_eq!(
            Ratio::new(1.4, Direction::WhiteOverMinorityEthnic).times(2),
            "1.40 times (White over minority ethnic)"
        );
    }

    #[test]
    fn a_zero_to_divide_by_is_not_calculable_and_never_infinite() {
        let (none, half) = (Share::new(0.0).expect("0"), Share::new(0.5).expect("0.5"));
        assert_eq!(half.over(none, Direction::WhiteOverMinorityEthnic), Figure::NotCalculable(Reason::ZeroRate));
        assert_eq!(Share::of(0, 0), Figure::NotCalculable(Reason::EmptyGroup));
    }

    #[test]
    fn json_keeps_endings_and_directions_apart() {
        let json = |figure: Figure<Ratio>| serde_json::to_string(&figure).expect("json");
        assert_eq!(json(Figure::Withheld), r#"{"withheld":true}"#);
        assert_eq!(json(Figure::NotCalculable(Reason::ZeroRate)), r#"{"not_calculable":"zero_rate"}"#);
        assert_eq!(
            json(Figure::Value(Ratio::new(1.5, Direction::MinorityEthnicOverWhite))),
            r#"{"value":1.5,"direction":"minority_ethnic_over_white","unit":"ratio"}"#
        );
    }
}
