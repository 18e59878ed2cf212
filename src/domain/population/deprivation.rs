//! A population by decile of deprivation of the home area.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::deprivation::DeprivationDecile;
use crate::domain::figure::{Figure, Reason, Share};

/// The people of a population by decile. It has a version and a day of its own: the index is published apart from the
/// Census.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeprivationProfile {
    /// Version of the figures, such as `Index of Multiple Deprivation 2019`.
    pub version: String,
    /// Day that they are about, `YYYY-MM-DD`.
    pub date: String,
    /// People by decile. Private, so that a profile always has people.
    people: BTreeMap<DeprivationDecile, f64>,
}

/// The counts are not a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("deciles of deprivation need people: counts of 0 or more, not all 0")]
pub struct NotAProfile;

impl DeprivationProfile {
    /// A profile of `people` by decile; a decile that is left out has nobody.
    ///
    /// # Errors
    /// [`NotAProfile`] for negative counts, or nobody at all.
    pub fn new(version: &str, date: &str, people: BTreeMap<DeprivationDecile, f64>) -> Result<Self, NotAProfile> {
        let fine = people.values().all(|count| count.is_finite() && *count >= 0.0);
        if !fine || people.values().sum::<f64>() <= 0.0 {
            return Err(NotAProfile);
        }
        Ok(Self { version: version.to_owned(), date: date.to_owned(), people })
    }

    /// The profile of a catchment: each part weighted by its share. `None` unless every part has one, of one version:
    /// what is left out would be no random part of the people.
    pub fn weighted<'a>(parts: impl IntoIterator<Item = (Option<&'a Self>, f64)>) -> Option<Self> {
        let mut parts = parts.into_iter();
        let (first, share) = parts.next()?;
        let first = first?;
        let mut people = BTreeMap::new();
        let mut add = |profile: &Self, share: f64| {
            for (decile, count) in &profile.people {
                *people.entry(*decile).or_insert(0.0) += share * count / profile.total();
            }
        };
        add(first, share);
        for (profile, share) in parts {
            add(profile.filter(|profile| profile.version == first.version)?, share);
        }
        Self::new(&first.version, &first.date, people).ok()
    }

    /// All people.
    pub fn total(&self) -> f64 {
        self.people.values().sum()
    }

    /// Share of people who live in areas of `decile`; not calculable when nobody does.
    pub fn share(&self, decile: DeprivationDecile) -> Figure<Share> {
        let people = self.people.get(&decile).copied().unwrap_or(0.0);
        Figure::or_reason((people > 0.0).then(|| Share::new(people / self.total())).flatten(), Reason::NotInPopulation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(version: &str, first: f64, tenth: f64) -> DeprivationProfile {
        let people = [(DeprivationDecile::First, first), (DeprivationDecile::Tenth, tenth)].into();
        DeprivationProfile::new(version, "2019-09-26", people).expect("a profile")
    }

    #[test]
    fn catchments_weigh_areas_and_need_all_of_them() {
        let (poor, rich) = (profile("IMD 2019", 900.0, 100.0), profile("IMD 2019", 0.0, 10.0));
        let weighted = DeprivationProfile::weighted([(Some(&poor), 0.25), (Some(&rich), 0.75)]).expect("a profile");
        let share = weighted.share(DeprivationDecile::First).value().expect("a share").as_f64();
        assert!((share - 0.225).abs() < 1e-12);
        assert_eq!(DeprivationProfile::weighted([(Some(&poor), 0.5), (None, 0.5)]), None);
        let older = profile("IMD 2015", 1.0, 1.0);
        assert_eq!(DeprivationProfile::weighted([(Some(&poor), 0.5), (Some(&older), 0.5)]), None, "two indices");
    }

    #[test]
    fn nobody_is_no_profile_and_an_empty_decile_no_share() {
        assert_eq!(DeprivationProfile::new("", "", BTreeMap::new()), Err(NotAProfile));
        assert_eq!(profile("IMD 2019", 1.0, 1.0).share(DeprivationDecile::Fifth).value(), None);
    }
}
