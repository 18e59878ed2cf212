//! Areas with their people, as ONS publishes table TS021, and populations made of them.

use std::collections::BTreeMap;

use super::{Base, NotAPopulation, Population};
use crate::domain::ethnicity::Ethnicity;

/// One area.
#[derive(Debug, Clone, PartialEq)]
pub struct Area {
    /// Name.
    pub name: String,
    /// People by category.
    pub people: BTreeMap<Ethnicity, u64>,
}

/// Areas by code, all of one version and day.
#[derive(Debug, Clone, PartialEq)]
pub struct Areas {
    /// Version of the figures.
    pub version: String,
    /// Day that they are about, `YYYY-MM-DD`.
    pub date: String,
    /// The areas.
    pub by_code: BTreeMap<String, Area>,
}

/// The areas asked for cannot make a population.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnknownArea {
    /// No area has this code.
    #[error("no area has the code “{0}”; use a code of the population file")]
    Code(String),
    /// The code stands twice.
    #[error("the area “{0}” is named twice; name each area once")]
    Twice(String),
    /// The catchment has no share in any of the areas.
    #[error(
        "the catchment of {0} has no share in any area of the population file; check that both use the same area codes"
    )]
    NoCatchment(String),
    /// Nobody lives there.
    #[error(transparent)]
    Empty(#[from] NotAPopulation),
}

impl Areas {
    /// Everybody who lives in the areas with these codes; in all areas when none are named.
    ///
    /// # Errors
    /// [`UnknownArea`] for a code that no area has, or that stands twice.
    pub fn residents(&self, codes: &[String]) -> Result<Population, UnknownArea> {
        if let Some((_, code)) = codes.iter().enumerate().find(|(index, code)| codes[..*index].contains(code)) {
            return Err(UnknownArea::Twice(code.clone()));
        }
        let chosen: Vec<&Area> = match codes {
            [] => self.by_code.values().collect(),
            codes => codes.iter().map(|code| self.find(code)).collect::<Result<_, _>>()?,
        };
        let mut people = BTreeMap::new();
        for (ethnicity, count) in chosen.iter().flat_map(|area| &area.people) {
            *people.entry(*ethnicity).or_insert(0.0) += *count as f64;
        }
        let name = match (codes, chosen.as_slice()) {
            ([], _) => format!("All {} areas", chosen.len()),
            (_, [one]) => one.name.clone(),
            (_, several) => several.iter().map(|area| area.name.as_str()).collect::<Vec<_>>().join(", "),
        };
        Ok(Population::new(&name, &self.version, &self.date, Base::Residents { areas: codes.to_vec() }, people)?)
    }

    /// The catchment of `organisation`: each area's composition, weighted by its share of the admissions. Areas without
    /// figures (Scotland, abroad) are left out, and the coverage says how much that leaves.
    ///
    /// # Errors
    /// [`UnknownArea::NoCatchment`] when none of the areas has figures.
    pub fn catchment(&self, organisation: &str, shares: &[(String, f64)]) -> Result<Population, UnknownArea> {
        let covered: Vec<(Population, f64)> = shares
            .iter()
            .filter(|(_, share)| *share > 0.0)
            .filter_map(|(code, share)| Some((self.residents(std::slice::from_ref(code)).ok()?, *share)))
            .collect();
        Population::catchment(organisation, &covered)
    }

    fn find(&self, code: &str) -> Result<&Area, UnknownArea> {
        self.by_code.get(code).ok_or_else(|| UnknownArea::Code(code.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ethnicity::{Category, Upper};

    fn areas() -> Areas {
        let area = |name: &str, british, indian| Area {
            name: name.to_owned(),
            people: [(Category::WhiteBritish.into(), british), (Category::AsianIndian.into(), indian)].into(),
        };
        let by_code = [("E1".to_owned(), area("North", 900, 100)), ("E2".to_owned(), area("South", 50, 50))].into();
        Areas { version: "test".to_owned(), date: "2021-03-21".to_owned(), by_code }
    }

    fn minority(population: &Population) -> f64 {
        population.upper_share(Upper::MinorityEthnic).value().expect("a share").as_f64()
    }

    #[test]
    fn residents_are_summed_and_catchments_weighted() {
        let residents = areas().residents(&["E1".to_owned(), "E2".to_owned()]).expect("a population");
        assert!((minority(&residents) - 150.0 / 1100.0).abs() < 1e-12);
        let shares = [("E1".to_owned(), 0.25), ("E2".to_owned(), 0.25), ("S1".to_owned(), 0.5)];
        let catchment = areas().catchment("ZZ9", &shares).expect("a population");
        assert!((minority(&catchment) - 0.3).abs() < 1e-12);
        assert_eq!(catchment.base, Base::Catchment { organisation: "ZZ9".to_owned(), areas: 2, coverage: 0.5 });
    }

    #[test]
    fn unknown_and_double_codes_are_refused() {
        assert_eq!(areas().residents(&["E9".to_owned()]), Err(UnknownArea::Code("E9".to_owned())));
        assert_eq!(areas().residents(&["E1".to_owned(), "E1".to_owned()]), Err(UnknownArea::Twice("E1".to_owned())));
        assert_eq!(areas().catchment("ZZ9", &[]), Err(UnknownArea::NoCatchment("ZZ9".to_owned())));
    }
}
