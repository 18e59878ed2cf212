//! Before a survey: what the threshold will let be seen of each unit, and which units merged would show more.
//!
//! A forecast from counts of staff and an assumed response rate. It follows the rules in outline: a unit shows results
//! when enough people are expected to answer, and results by ethnicity when enough White and enough minority ethnic
//! people are; what is withheld beside it in the same larger unit must not be a handful, or a neighbour is withheld too.
//! The release itself is decided by the engine, from the answers.

use std::collections::BTreeMap;

use super::Policy;
use crate::domain::figure::Share;

/// Staff of one unit that has no units below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitStaff {
    /// Code of the unit.
    pub unit: String,
    /// Code of the unit that it lies in; units are only ever merged inside it.
    pub parent: Option<String>,
    /// White staff.
    pub white: u64,
    /// Minority ethnic staff.
    pub minority_ethnic: u64,
    /// Staff whose ethnicity is not known.
    pub not_stated: u64,
}

/// What a unit is expected to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shows {
    /// Nothing of its own; its answers count in the larger unit.
    Nothing,
    /// Results, not by ethnicity.
    Results,
    /// Results for White and for minority ethnic staff.
    ByEthnicity,
}

/// The forecast of one unit, or of several that are merged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitForecast {
    /// Codes of the unit, or of the units merged.
    pub units: Vec<String>,
    /// Unit that it lies in.
    pub parent: Option<String>,
    /// Expected respondents: White, minority ethnic, not stated.
    pub expected: [u64; 3],
    /// What it is expected to show.
    pub shows: Shows,
}

/// The forecast of a survey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forecast {
    /// Units as they are, in the order given; those without staff are left out.
    pub units: Vec<UnitForecast>,
    /// Units when those that show too little are merged with neighbours; the same as `units` when that gains nothing.
    pub merged: Vec<UnitForecast>,
}

impl Forecast {
    /// How many units are expected to show results by ethnicity.
    pub fn by_ethnicity(&self) -> usize {
        showing(&self.units)
    }

    /// The same after merging.
    pub fn by_ethnicity_merged(&self) -> usize {
        showing(&self.merged)
    }

    /// Merges that are worth it.
    pub fn merges(&self) -> impl Iterator<Item = &UnitForecast> {
        self.merged.iter().filter(|unit| unit.units.len() > 1)
    }
}

impl UnitForecast {
    /// Everybody expected to answer.
    pub fn respondents(&self) -> u64 {
        self.expected.iter().sum()
    }
}

/// Forecasts what units show when the share `response` of each group answers.
pub fn forecast(staff: &[UnitStaff], response: Share, policy: &Policy) -> Forecast {
    let expected = |people: u64| (people as f64 * response.as_f64()) as u64;
    let units: Vec<UnitForecast> = staff
        .iter()
        .filter(|unit| unit.white + unit.minority_ethnic + unit.not_stated > 0)
        .map(|unit| UnitForecast {
            units: vec![unit.unit.clone()],
            parent: unit.parent.clone(),
            expected: [unit.white, unit.minority_ethnic, unit.not_stated].map(expected),
            shows: Shows::Nothing,
        })
        .collect();
    let units = decided(units, policy);
    let merged = decided(merge(&units, policy), policy);
    // Merging costs units their own results: it is worth only more results by ethnicity.
    let merged = if showing(&merged) > showing(&units) { merged } else { units.clone() };
    Forecast { units, merged }
}

fn showing(units: &[UnitForecast]) -> usize {
    units.iter().filter(|unit| unit.shows == Shows::ByEthnicity).count()
}

/// Whether the unit has enough people for `shows`.
fn is_enough(expected: [u64; 3], shows: Shows, policy: &Policy) -> bool {
    let threshold = u64::from(policy.minimum_count);
    match shows {
        Shows::Nothing => true,
        Shows::Results => expected.iter().sum::<u64>() >= threshold,
        Shows::ByEthnicity => expected[0] >= threshold && expected[1] >= threshold,
    }
}

/// Says of each unit what it shows.
fn decided(mut units: Vec<UnitForecast>, policy: &Policy) -> Vec<UnitForecast> {
    for unit in &mut units {
        let wanted = [Shows::ByEthnicity, Shows::Results].into_iter();
        unit.shows =
            wanted.into_iter().find(|shows| is_enough(unit.expected, *shows, policy)).unwrap_or(Shows::Nothing);
    }
    for siblings in siblings(&units).into_values() {
        for (level, below) in [(Shows::Results, Shows::Nothing), (Shows::ByEthnicity, Shows::Results)] {
            withhold_neighbours(&mut units, &siblings, level, below, policy);
        }
    }
    units
}

/// Positions of the units of each larger unit.
fn siblings(units: &[UnitForecast]) -> BTreeMap<Option<String>, Vec<usize>> {
    let mut found: BTreeMap<Option<String>, Vec<usize>> = BTreeMap::new();
    for (position, unit) in units.iter().enumerate() {
        found.entry(unit.parent.clone()).or_default().push(position);
    }
    found
}

/// While those withheld beside the units shown are a handful, the smallest unit shown joins them.
fn withhold_neighbours(units: &mut [UnitForecast], siblings: &[usize], level: Shows, below: Shows, policy: &Policy) {
    loop {
        let mut rest = [0_u64; 3];
        for position in siblings.iter().filter(|position| units[**position].shows < level) {
            rest.iter_mut().zip(units[*position].expected).for_each(|(sum, people)| *sum += people);
        }
        let handful = |people: u64| (1..u64::from(policy.minimum_count)).contains(&people);
        let tells = match level {
            Shows::ByEthnicity => handful(rest[0]) || handful(rest[1]),
            Shows::Results | Shows::Nothing => handful(rest.iter().sum()),
        };
        let shown = siblings.iter().copied().filter(|position| units[*position].shows >= level);
        match shown.min_by_key(|position| units[*position].respondents()).filter(|_| tells) {
            Some(smallest) => units[smallest].shows = below,
            None => return,
        }
    }
}

/// Joins units that do not show ethnicity with neighbours that do not either, until they are enough together; those left
/// over join the smallest of what came of it.
fn merge(units: &[UnitForecast], policy: &Policy) -> Vec<UnitForecast> {
    let mut joined: Vec<UnitForecast> = units.iter().filter(|unit| unit.shows == Shows::ByEthnicity).cloned().collect();
    let failing: Vec<UnitForecast> = units.iter().filter(|unit| unit.shows != Shows::ByEthnicity).cloned().collect();
    for positions in siblings(&failing).into_values() {
        let mut made: Vec<UnitForecast> = Vec::new();
        let mut open: Option<UnitForecast> = None;
        for unit in positions.into_iter().map(|position| failing[position].clone()) {
            let together = match open.take() {
                Some(open) => join(open, unit),
                None => unit,
            };
            if is_enough(together.expected, Shows::ByEthnicity, policy) {
                made.push(together);
            } else {
                open = Some(together);
            }
        }
        match (open, made.iter().enumerate().min_by_key(|(_, unit)| unit.respondents()).map(|(position, _)| position)) {
            (Some(open), Some(smallest)) => {
                let other = made.swap_remove(smallest);
                made.push(join(other, open));
            }
            // Nothing comes of merging these: they stay as they are.
            (Some(open), None) => {
                made.extend(failing.iter().filter(|unit| open.units.contains(&unit.units[0])).cloned());
            }
            (None, _) => {}
        }
        joined.append(&mut made);
    }
    joined
}

fn join(mut one: UnitForecast, other: UnitForecast) -> UnitForecast {
    one.units.extend(other.units);
    one.expected.iter_mut().zip(other.expected).for_each(|(sum, people)| *sum += people);
    one
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn policy() -> Policy {
        Policy::for_survey(11, 0)
    }

    fn unit(code: &str, parent: &str, white: u64, minority_ethnic: u64) -> UnitStaff {
        let (unit, parent) = (code.to_owned(), Some(parent.to_owned()));
        UnitStaff { unit, parent, white, minority_ethnic, not_stated: 0 }
    }

    fn at(percent: u64) -> Share {
        Share::of(percent, 100).value().expect("a share")
    }

    fn shows(units: &[UnitForecast]) -> Vec<Shows> {
        units.iter().map(|unit| unit.shows).collect()
    }

    #[test]
    fn units_show_what_the_threshold_allows() {
        let staff = [unit("A", "D", 40, 40), unit("B", "D", 40, 4), unit("C", "D", 40, 30), unit("E", "F", 5, 5)];
        // Half of them: 20 + 20; 20 + 2; 20 + 15; 2 + 2.
        let found = forecast(&staff, at(50), &policy());
        // Two minority ethnic people of B would follow from C and A: the smaller of them is withheld with B.
        assert_eq!(shows(&found.units), [Shows::ByEthnicity, Shows::Results, Shows::Results, Shows::Nothing]);
        assert_eq!(found.by_ethnicity(), 1);
        assert_eq!(found.merges().map(|merge| merge.units.clone()).collect::<Vec<_>>(), [["B", "C"]]);
        assert_eq!(found.by_ethnicity_merged(), 2);
    }

    #[test]
    fn a_merge_that_gains_nothing_is_not_proposed() {
        let found = forecast(&[unit("A", "D", 90, 90), unit("B", "E", 3, 0)], at(100), &policy());
        assert_eq!(found.merges().count(), 0);
        assert_eq!(found.units, found.merged);
        assert!(forecast(&[], at(50), &policy()).units.is_empty());
    }

    #[test]
    fn nobody_is_merged_across_larger_units() {
        let found = forecast(&[unit("A", "D", 20, 20), unit("B", "E", 20, 20)], at(40), &policy());
        assert_eq!((found.by_ethnicity_merged(), found.merges().count()), (0, 0));
        let inside = forecast(&[unit("A", "D", 20, 20), unit("B", "D", 20, 20)], at(40), &policy());
        assert_eq!((inside.by_ethnicity_merged(), inside.merges().count()), (1, 1));
    }

    fn staff() -> impl Strategy<Value = Vec<UnitStaff>> {
        let one = (0_u64..80, 0_u64..50, 0_u64..6, 0_usize..4);
        prop::collection::vec(one, 0..24).prop_map(|units| {
            let unit =
                |(index, (white, minority_ethnic, not_stated, parent)): (usize, (u64, u64, u64, usize))| UnitStaff {
                    unit: format!("U{index}"),
                    parent: (parent > 0).then(|| format!("D{parent}")),
                    white,
                    minority_ethnic,
                    not_stated,
                };
            units.into_iter().enumerate().map(unit).collect()
        })
    }

    proptest! {
        #[test]
        fn what_is_shown_is_large_and_what_is_withheld_is_no_handful(staff in staff(), percent in 1_u64..=100) {
            let found = forecast(&staff, at(percent), &policy());
            for units in [&found.units, &found.merged] {
                for unit in units.iter().filter(|unit| unit.shows == Shows::ByEthnicity) {
                    prop_assert!(unit.expected[0] >= 11 && unit.expected[1] >= 11);
                }
                for unit in units.iter().filter(|unit| unit.shows >= Shows::Results) {
                    prop_assert!(unit.respondents() >= 11);
                }
                for siblings in siblings(units).values() {
                    let any_shown = siblings.iter().any(|position| units[*position].shows == Shows::ByEthnicity);
                    let withheld = siblings.iter().filter(|position| units[**position].shows < Shows::ByEthnicity);
                    let rest = withheld.fold([0, 0], |sum, at| [sum[0] + units[*at].expected[0], sum[1] + units[*at].expected[1]]);
                    prop_assert!(!any_shown || rest.iter().all(|rest| *rest == 0 || *rest >= 11), "{rest:?}");
                }
            }
        }

        #[test]
        fn merging_keeps_everybody_and_never_shows_less(staff in staff(), percent in 1_u64..=100) {
            let found = forecast(&staff, at(percent), &policy());
            prop_assert!(found.by_ethnicity_merged() >= found.by_ethnicity());
            let codes = |units: &[UnitForecast]| {
                let mut codes: Vec<String> = units.iter().flat_map(|unit| unit.units.clone()).collect();
                codes.sort();
                codes
            };
            prop_assert_eq!(codes(&found.units), codes(&found.merged));
            let people = |units: &[UnitForecast]| units.iter().map(UnitForecast::respondents).sum::<u64>();
            prop_assert_eq!(people(&found.units), people(&found.merged));
            for merge in found.merges() {
                let parent = |code: &String| staff.iter().find(|unit| unit.unit == *code).map(|unit| unit.parent.clone());
                prop_assert!(merge.units.iter().all(|code| parent(code) == Some(merge.parent.clone())));
            }
        }

        #[test]
        fn nothing_is_shown_when_nobody_answers(staff in staff()) {
            let found = forecast(&staff, at(0), &policy());
            prop_assert!(found.units.iter().all(|unit| unit.shows == Shows::Nothing));
        }
    }
}
