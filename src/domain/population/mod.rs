//! Populations to compare a workforce with: named, dated, and explicit about whom they count.
//!
//! The base changes the answer: a city and its hospital's catchment differ by tens of points. So a [`Population`]
//! always says what it is. It is made from a table of areas ([`Areas`]), from the built-in totals, or from a user's own
//! counts.

mod areas;
mod deprivation;
mod england_and_wales;

pub use areas::{Area, Areas, UnknownArea};
pub use deprivation::{DeprivationProfile, NotAProfile};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::deprivation::DeprivationDecile;
use super::ethnicity::{Ethnicity, Group, Scheme, Upper};
use super::figure::{Figure, Reason, Share};

/// Whom a population counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Base {
    /// Everybody who lives in the areas with these codes.
    Residents {
        /// Codes of the areas; empty for England and Wales as a whole.
        areas: Vec<String>,
    },
    /// The people of each area, weighted by its share of the organisation's admissions.
    Catchment {
        /// ODS code of the organisation.
        organisation: String,
        /// How many areas it draws on.
        areas: usize,
        /// Share of the admissions that come from areas with figures; the shares are scaled to sum to 1 over these.
        coverage: f64,
    },
    /// A table of the user's own.
    Own,
}

/// A population by ethnic category. Counts are fractional where a catchment weights them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Population {
    /// Name, as reports show it.
    pub name: String,
    /// Version of the figures, such as `Census 2021, TS021`.
    pub version: String,
    /// Day that they are about, `YYYY-MM-DD`.
    pub date: String,
    /// Whom it counts.
    pub base: Base,
    /// People by category. Private, so that a population always has people.
    people: BTreeMap<Ethnicity, f64>,
    /// The same people by decile of deprivation, where somebody has imported that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deprivation: Option<DeprivationProfile>,
}

/// The counts are not a population.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a population needs people: counts of 0 or more, not all 0, each in a known ethnic category of one scheme")]
pub struct NotAPopulation;

impl Population {
    /// A population of `people` by category: all categories of one scheme.
    ///
    /// # Errors
    /// [`NotAPopulation`] for negative counts, nobody at all, unknown ethnicity, or several schemes at once.
    pub fn new(
        name: &str,
        version: &str,
        date: &str,
        base: Base,
        people: BTreeMap<Ethnicity, f64>,
    ) -> Result<Self, NotAPopulation> {
        let fine =
            people.values().all(|count| count.is_finite() && *count >= 0.0) && people.values().sum::<f64>() > 0.0;
        let schemes: std::collections::HashSet<Option<Scheme>> =
            people.keys().map(|ethnicity| ethnicity.scheme()).collect();
        if !fine || schemes.len() != 1 || schemes.contains(&None) {
            return Err(NotAPopulation);
        }
        Ok(Self {
            name: name.to_owned(),
            version: version.to_owned(),
            date: date.to_owned(),
            base,
            people,
            deprivation: None,
        })
    }

    /// The catchment of `organisation`: the composition of each of `parts`, weighted by its share of the admissions.
    /// Parts without figures (Scotland, abroad) are left out by the caller, and the coverage says how much that leaves.
    ///
    /// # Errors
    /// [`UnknownArea::NoCatchment`] when there is no part with a share.
    pub fn catchment(organisation: &str, parts: &[(Population, f64)]) -> Result<Self, UnknownArea> {
        let coverage: f64 = parts.iter().map(|(_, share)| share).sum();
        let Some((first, _)) = parts.first().filter(|_| coverage > 0.0) else {
            return Err(UnknownArea::NoCatchment(organisation.to_owned()));
        };
        let mut people = BTreeMap::new();
        for (part, share) in parts {
            for (ethnicity, count) in &part.people {
                *people.entry(*ethnicity).or_insert(0.0) += share / coverage * count / part.total();
            }
        }
        let base = Base::Catchment { organisation: organisation.to_owned(), areas: parts.len(), coverage };
        let deprivation =
            DeprivationProfile::weighted(parts.iter().map(|(part, share)| (part.deprivation.as_ref(), *share)));
        let catchment = Self::new(&format!("Catchment of {organisation}"), &first.version, &first.date, base, people)?;
        Ok(Self { deprivation, ..catchment })
    }

    /// Gives it another name, version or day, where there is one.
    pub fn rename(&mut self, name: Option<String>, version: Option<String>, date: Option<String>) {
        for (field, new) in [(&mut self.name, name), (&mut self.version, version), (&mut self.date, date)] {
            if let Some(new) = new {
                *field = new;
            }
        }
    }

    /// All people.
    pub fn total(&self) -> f64 {
        self.people.values().sum()
    }

    /// The scheme of the categories.
    pub fn scheme(&self) -> Scheme {
        self.people.keys().find_map(|ethnicity| ethnicity.scheme()).unwrap_or(Scheme::FiveGroups)
    }

    /// Share of people whose category fulfils `belongs`; not calculable when the population has none of them.
    pub fn share(&self, belongs: impl Fn(Ethnicity) -> bool) -> Figure<Share> {
        let people: f64 =
            self.people.iter().filter(|(ethnicity, _)| belongs(**ethnicity)).map(|(_, people)| people).sum();
        let share = (people > 0.0).then(|| Share::new((people / self.total()).min(1.0))).flatten();
        Figure::or_reason(share, Reason::NotInPopulation)
    }

    /// Share of one of the five groups of 2021.
    pub fn group_share(&self, group: Group) -> Figure<Share> {
        self.share(|ethnicity| ethnicity.group() == Some(group))
    }

    /// Share of people who live in areas of `decile`; not calculable while nobody has imported deciles.
    pub fn decile_share(&self, decile: DeprivationDecile) -> Figure<Share> {
        match &self.deprivation {
            Some(profile) => profile.share(decile),
            None => Figure::NotCalculable(Reason::MissingInput),
        }
    }

    /// Share of White or minority ethnic people.
    pub fn upper_share(&self, upper: Upper) -> Figure<Share> {
        self.share(|ethnicity| ethnicity.upper() == upper)
    }
}
