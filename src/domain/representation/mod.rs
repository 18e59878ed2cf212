//! Workforce against population: is the workforce like the people it serves?
//!
//! [`report`] is the way in; every measure of it is one small file. Staff whose ethnicity is not stated are left out of
//! every share and shown on their own. Five groups are always those of 2021, with Chinese in Asian.

mod breakdown;
mod disparity;
mod line;
mod published;
mod respondents;
mod table;
mod trajectory;
mod weighting;

pub use breakdown::{Breakdown, Slice};
pub use disparity::{DisparityRatio, disparity_ratio};
pub use line::{Line, dissimilarity};
pub use published::{PublishedLine, PublishedReport, PublishedSlice, published_report};
pub use respondents::{GroupResponse, ResponseReport, respondents};
pub use table::{HEADINGS, table_rows};
pub use trajectory::{Trajectory, TrajectoryError, trajectory};
pub use weighting::{WeightedShare, WeightingCell, weighted_share};

use serde::Serialize;

use super::ethnicity::{Category, Ethnicity, Group, MINORITY_ETHNIC, NhsCategory, Scheme, Upper};
use super::figure::{Figure, Reason};
use super::population::{self, Population};
use super::statistics::goodness_of_fit;
use super::workforce::Workforce;

/// A representation report. Shares are from 0 to 1, gaps in percentage points.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// What was compared.
    pub base: ReportBase,
    /// White and minority ethnic, the four other groups, then the categories of the finest common scheme.
    pub groups: Vec<Line>,
    /// Index of dissimilarity over the five groups: the share of staff who would have to change group.
    pub dissimilarity: Figure<f64>,
    /// The same over the categories of the finest common scheme.
    pub dissimilarity_by_category: Figure<f64>,
    /// χ² goodness of fit over the five groups.
    pub goodness_of_fit: Figure<Fit>,
    /// The profile over the ladder.
    pub by_pay_band: Vec<Slice>,
    /// The same in clusters of bands.
    pub by_pay_band_cluster: Vec<Slice>,
    /// By staff group.
    pub by_staff_group: Vec<Slice>,
    /// Clinical, non-clinical, medical.
    pub by_setting: Vec<Slice>,
    /// Substantive and bank.
    pub by_contract: Vec<Slice>,
    /// By sex, where the snapshot has it.
    pub by_sex: Vec<Slice>,
    /// Staff by decile of deprivation of the home area beside the population by decile; empty where the snapshot has no
    /// deciles.
    pub deprivation: Vec<Line>,
    /// By ethnic group in each of these deciles, where the snapshot has them.
    pub by_deprivation_decile: Vec<Slice>,
    /// By unit, where the snapshot has units.
    pub by_unit: Vec<Slice>,
    /// How much more likely White staff are to stand on a higher step of the ladder.
    pub disparity_ratio: DisparityRatio,
}

/// What a report compares.
#[derive(Debug, Clone, Serialize)]
pub struct ReportBase {
    /// Name of the population.
    pub population: String,
    /// Its version.
    pub version: String,
    /// Its day.
    pub date: String,
    /// Whom it counts.
    pub counts: population::Base,
    /// People in it; 1 for a weighted catchment, which has shares and no count.
    pub people: f64,
    /// Scheme of its categories.
    pub population_scheme: Scheme,
    /// The finest scheme that workforce and population have in common: the one of the categories.
    pub scheme: Scheme,
    /// Version of the population's deciles of deprivation, where it has them.
    pub deprivation: Option<String>,
    /// All staff of the snapshot.
    pub workforce: u64,
    /// Staff whose ethnicity is known: the base of every share.
    pub workforce_stated: u64,
    /// Staff whose ethnicity is not.
    pub workforce_not_stated: u64,
    /// Confidence level of the intervals.
    pub level: f64,
    /// What each number of a line is.
    pub units: Units,
}

/// The unit and direction of each number of a [`Line`].
#[derive(Debug, Clone, Serialize)]
pub struct Units {
    ratio: &'static str,
    gap_points: &'static str,
    gap_people: &'static str,
    interval: &'static str,
    residual: &'static str,
    adjusted_p: &'static str,
}

const UNITS: Units = Units {
    ratio: "workforce share over population share",
    gap_points: "workforce share minus population share, percentage points",
    gap_people: "staff to add for parity at the present size of the workforce, rounded up; negative where there are more than parity",
    interval: "Wilson, 95 %, on the workforce share",
    residual: "standardised residual of the goodness of fit",
    adjusted_p: "exact binomial, two-sided, Benjamini-Hochberg over the lines of the same list",
};

/// A goodness-of-fit test.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Fit {
    /// χ².
    pub statistic: f64,
    /// Groups − 1.
    pub degrees_of_freedom: usize,
    /// p-value.
    pub p: f64,
    /// Smallest expected count; below 5 the p-value is only rough, and the lines' exact tests are to be preferred.
    pub smallest_expected: f64,
}

/// Compares `workforce` with `population`, by every measure.
pub fn report(workforce: &Workforce, population: &Population) -> Report {
    let scheme = finest_common_scheme(workforce, population);
    let categories = categories(scheme);
    let coarse = line::coarse_lines(workforce, population);
    let fine: Vec<Line> =
        categories.iter().map(|category| line::category_line(workforce, population, *category)).collect();
    let five: Vec<&Line> = coarse.iter().filter(|line| line.group.parse::<Group>().is_ok()).collect();
    let stated = workforce.count(|ethnicity| ethnicity.upper() != Upper::NotStated);
    let breakdown = |by: Breakdown| breakdown::slices(workforce, population, by);
    Report {
        base: base(workforce, population, scheme, stated),
        dissimilarity: dissimilarity(five.iter().copied()),
        dissimilarity_by_category: if fine.is_empty() {
            Figure::NotCalculable(Reason::MissingInput)
        } else {
            dissimilarity(&fine)
        },
        goodness_of_fit: fit(&five),
        groups: line::adjusted(coarse.into_iter().chain(fine).collect()),
        by_pay_band: breakdown(Breakdown::PayBand),
        by_pay_band_cluster: breakdown(Breakdown::PayBandCluster),
        by_staff_group: breakdown(Breakdown::StaffGroup),
        by_setting: breakdown(Breakdown::Setting),
        by_contract: breakdown(Breakdown::Contract),
        by_sex: breakdown(Breakdown::Sex),
        deprivation: line::decile_lines(workforce, population),
        by_deprivation_decile: breakdown(Breakdown::DeprivationDecile),
        by_unit: breakdown(Breakdown::Unit),
        disparity_ratio: disparity_ratio(workforce),
    }
}

impl Report {
    /// What leads minority ethnic staff to parity in `years`, when a share `turnover` of everybody leaves each year.
    ///
    /// # Errors
    /// [`TrajectoryError`]; [`TrajectoryError::Population`] when the population has no minority ethnic people.
    pub fn trajectory(&self, turnover: f64, years: u32) -> Result<Trajectory, TrajectoryError> {
        let line = self.groups.iter().find(|line| line.group == MINORITY_ETHNIC);
        let target = line.and_then(|line| Some((line.workforce, line.population_share.value()?)));
        let (members, share) = target.ok_or(TrajectoryError::Population)?;
        trajectory(members, self.base.workforce_stated, share, turnover, years)
    }
}

fn base(workforce: &Workforce, population: &Population, scheme: Scheme, stated: u64) -> ReportBase {
    ReportBase {
        population: population.name.clone(),
        version: population.version.clone(),
        date: population.date.clone(),
        counts: population.base.clone(),
        people: population.total(),
        population_scheme: population.scheme(),
        deprivation: population.deprivation.as_ref().map(|profile| profile.version.clone()),
        scheme,
        workforce: workforce.people(),
        workforce_stated: stated,
        workforce_not_stated: workforce.people() - stated,
        level: 0.95,
        units: UNITS,
    }
}

fn fit(lines: &[&Line]) -> Figure<Fit> {
    let observed: Vec<u64> = lines.iter().map(|line| line.workforce).collect();
    let shares: Option<Vec<f64>> = lines.iter().map(|line| Some(line.population_share.value()?.as_f64())).collect();
    let Some(shares) = shares else { return Figure::NotCalculable(Reason::NotInPopulation) };
    let test = goodness_of_fit(&observed, &shares).map(|test| Fit {
        statistic: test.statistic,
        degrees_of_freedom: test.degrees_of_freedom,
        p: test.p,
        smallest_expected: test.smallest_expected,
    });
    Figure::or_reason(test, Reason::EmptyGroup)
}

/// 19 categories when both sides have them, 16 when the workforce is in the codes of 2001, otherwise five groups.
fn finest_common_scheme(workforce: &Workforce, population: &Population) -> Scheme {
    let recorded = || workforce.cells.iter().filter_map(|cell| cell.ethnicity.scheme());
    match population.scheme() {
        Scheme::Gss2021 if recorded().all(|scheme| scheme == Scheme::Gss2021) => Scheme::Gss2021,
        Scheme::Gss2021 | Scheme::Nhs2001 if recorded().all(|scheme| scheme != Scheme::FiveGroups) => Scheme::Nhs2001,
        _ => Scheme::FiveGroups,
    }
}

fn categories(scheme: Scheme) -> Vec<Ethnicity> {
    match scheme {
        Scheme::Gss2021 => Category::ALL.iter().map(|category| Ethnicity::Gss2021(*category)).collect(),
        Scheme::Nhs2001 => NhsCategory::ALL.iter().map(|category| Ethnicity::Nhs2001(*category)).collect(),
        Scheme::FiveGroups | Scheme::Wres => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
