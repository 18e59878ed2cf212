//! The year of a return: it is about 31 March, and counts events of the twelve months before.

use std::fmt;
use std::str::FromStr;

use time::{Date, Month};

/// A reporting year, 2000 to 2100: 2027 ends on 31 March 2027.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReportingYear(u16);

/// The text is not a reporting year.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a reporting year; write the year in which it ends on 31 March, such as 2027")]
pub struct MalformedYear(String);

impl ReportingYear {
    /// The year in which it ends.
    pub fn number(self) -> u16 {
        self.0
    }

    /// 1 April of the year before.
    pub fn first_day(self) -> Date {
        Date::from_calendar_date(i32::from(self.0) - 1, Month::April, 1).unwrap_or(Date::MIN)
    }

    /// 31 March.
    pub fn last_day(self) -> Date {
        Date::from_calendar_date(i32::from(self.0), Month::March, 31).unwrap_or(Date::MAX)
    }

    /// This year and those before it, latest first.
    pub fn backwards(self, years: u16) -> impl Iterator<Item = Self> {
        (0..years).filter_map(move |back| Self::try_from(self.0.checked_sub(back)?).ok())
    }
}

impl TryFrom<u16> for ReportingYear {
    type Error = MalformedYear;
    fn try_from(year: u16) -> Result<Self, MalformedYear> {
        if (2000..=2100).contains(&year) { Ok(Self(year)) } else { Err(MalformedYear(year.to_string())) }
    }
}

impl FromStr for ReportingYear {
    type Err = MalformedYear;
    fn from_str(text: &str) -> Result<Self, MalformedYear> {
        let malformed = |_| MalformedYear(text.to_owned());
        let year: u16 = text.parse().map_err(malformed)?;
        Self::try_from(year).map_err(|_| MalformedYear(text.to_owned()))
    }
}

impl fmt::Display for ReportingYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_ends_on_31_march() {
        let year: ReportingYear = "2027".parse().expect("a year");
        assert_eq!(
            (year.first_day().to_string(), year.last_day().to_string()),
            ("2026-04-01".into(), "2027-03-31".into())
        );
        assert_eq!(year.backwards(2).map(ReportingYear::number).collect::<Vec<_>>(), [2027, 2026]);
        assert!("1999".parse::<ReportingYear>().is_err() && "year".parse::<ReportingYear>().is_err());
    }
}
