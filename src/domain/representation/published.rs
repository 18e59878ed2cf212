//! The report that leaves the organisation's own HR role: from protected counts, so that a small group stays small.
//!
//! The same shares, ratios and gaps as in [`super::report`], by the five groups, by clusters of pay bands and staff
//! groups, and by decile of deprivation. What is withheld withholds everything computed from it. A group that nobody belongs to counts 0.

use serde::Serialize;

use crate::domain::deprivation::{self, DeprivationDecile};
use crate::domain::disclosure::ProtectedTable;
use crate::domain::ethnicity::{Group, Upper, label};
use crate::domain::figure::{Direction, Figure, Interval, PercentagePoints, Ratio, Reason, Share};
use crate::domain::pay_band::Cluster;
use crate::domain::population::{self, Population};
use crate::domain::questionnaire::{Classification, Language};
use crate::domain::staff_group::StaffGroup;
use crate::domain::statistics::{Level, Tally, benjamini_hochberg, exact_binomial, wilson};

use super::line::people_to_parity;

/// A representation report for everybody who may see releases.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PublishedReport {
    /// Name of the population.
    pub population: String,
    /// Its version.
    pub version: String,
    /// Its day.
    pub date: String,
    /// Whom it counts.
    pub counts: population::Base,
    /// The whole workforce.
    pub groups: Vec<PublishedLine>,
    /// Index of dissimilarity over the five groups, where all of them are published.
    pub dissimilarity: Figure<f64>,
    /// In clusters of pay bands.
    pub by_pay_band_cluster: Vec<PublishedSlice>,
    /// By staff group.
    pub by_staff_group: Vec<PublishedSlice>,
    /// Version of the population's deciles of deprivation, where it has them.
    pub population_deprivation: Option<String>,
    /// Staff by decile of deprivation beside the population by decile; empty where no snapshot has deciles.
    pub deprivation: Vec<PublishedLine>,
    /// White and minority ethnic staff in each of these deciles.
    pub by_deprivation_decile: Vec<PublishedSlice>,
}

/// One part of the workforce.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PublishedSlice {
    /// Code of the part.
    pub part: &'static str,
    /// Its English label.
    pub label: &'static str,
    /// White and minority ethnic, then the other four groups.
    pub groups: Vec<PublishedLine>,
}

/// One group against the same group of the population.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PublishedLine {
    /// Code of the group.
    pub group: &'static str,
    /// Its English label.
    pub label: &'static str,
    /// Staff in it.
    pub workforce: Figure<u64>,
    /// Their share of staff whose ethnicity (or decile of deprivation) is known.
    pub workforce_share: Figure<Share>,
    /// Wilson interval of that share at 95 %.
    pub interval: Figure<Interval>,
    /// The group's share of the population.
    pub population_share: Figure<Share>,
    /// Workforce share over population share, with its direction.
    pub ratio: Figure<Ratio>,
    /// Workforce share minus population share, percentage points.
    pub gap_points: Figure<PercentagePoints>,
    /// How many more staff would give parity at the present size of the workforce, rounded up.
    pub gap_people: Figure<i64>,
    /// Exact binomial p-value, adjusted over the published lines of the same list (Benjamini–Hochberg).
    pub adjusted_p: Figure<f64>,
}

/// Compares the protected counts of a snapshot with `population`.
pub fn published_report(table: &ProtectedTable, population: &Population) -> PublishedReport {
    let english = Language::English;
    let slices = |variable: &'static str, parts: Vec<(&'static str, &'static str)>| {
        let slice = |(part, label)| {
            let mut groups = lines(table, population, Some((variable, part)));
            // Only White and minority ethnic are published by decile.
            groups.retain(|line| variable != deprivation::VARIABLE || line.group.parse::<Upper>().is_ok());
            let is_empty = groups.iter().all(|line| line.workforce == Figure::Value(0));
            (!is_empty).then_some(PublishedSlice { part, label, groups })
        };
        let mut slices: Vec<PublishedSlice> = parts.into_iter().filter_map(slice).collect();
        adjust(slices.iter_mut().flat_map(|slice| slice.groups.iter_mut()));
        slices
    };
    let mut groups = lines(table, population, None);
    adjust(groups.iter_mut());
    let deprivation = decile_lines(table, population);
    let deciles = DeprivationDecile::ALL.iter().map(|decile| (decile.code(), decile.label(english))).collect();
    PublishedReport {
        population: population.name.clone(),
        version: population.version.clone(),
        date: population.date.clone(),
        counts: population.base.clone(),
        dissimilarity: dissimilarity(&groups),
        groups,
        by_pay_band_cluster: slices(
            Classification::PayBand.code(),
            Cluster::ALL.iter().map(|cluster| (cluster.code(), cluster.label(english))).collect(),
        ),
        by_staff_group: slices(
            Classification::StaffGroup.code(),
            StaffGroup::ALL.iter().map(|group| (group.code(), group.label(english))).collect(),
        ),
        population_deprivation: population.deprivation.as_ref().map(|profile| profile.version.clone()),
        by_deprivation_decile: if deprivation.is_empty() { Vec::new() } else { slices(deprivation::VARIABLE, deciles) },
        deprivation,
    }
}

/// Everybody by decile. What was published before deciles were, and what has none, has no lines.
fn decile_lines(table: &ProtectedTable, population: &Population) -> Vec<PublishedLine> {
    let in_decile = |code| staff(table, &[(deprivation::VARIABLE, code)]);
    let recorded = in_decile(deprivation::RECORDED);
    if matches!(recorded, Figure::NotCalculable(_) | Figure::Value(0)) {
        return Vec::new();
    }
    let line = |decile: &DeprivationDecile| {
        let name = (decile.code(), decile.label(Language::English));
        compared(name, in_decile(decile.code()), recorded, population.decile_share(*decile))
    };
    let mut lines: Vec<PublishedLine> = DeprivationDecile::ALL.iter().map(line).collect();
    adjust(lines.iter_mut());
    lines
}

/// Name of a variable, and the code of a part of it.
type Part = Option<(&'static str, &'static str)>;

fn lines(table: &ProtectedTable, population: &Population, part: Part) -> Vec<PublishedLine> {
    let uppers = [Upper::White, Upper::MinorityEthnic].map(|upper| {
        let share = population.upper_share(upper);
        line(table, part, upper.code(), share)
    });
    let groups = Group::ALL.iter().filter(|group| **group != Group::White);
    let groups = groups.map(|group| line(table, part, group.code(), population.group_share(*group)));
    uppers.into_iter().chain(groups).collect()
}

fn line(table: &ProtectedTable, part: Part, group: &'static str, population_share: Figure<Share>) -> PublishedLine {
    let of = |code| {
        let wanted: Vec<_> = std::iter::once((Classification::Ethnicity.code(), code)).chain(part).collect();
        staff(table, &wanted)
    };
    let white = of(Upper::White.code());
    let stated = white.and_then(|white| of(Upper::MinorityEthnic.code()).map(|rest| white + rest));
    let label = label(group, Language::English).unwrap_or(group);
    compared((group, label), of(group), stated, population_share)
}

/// `workforce` of `stated`, beside the same group's share of the population.
fn compared(
    (group, label): (&'static str, &'static str),
    workforce: Figure<u64>,
    stated: Figure<u64>,
    population_share: Figure<Share>,
) -> PublishedLine {
    let both = workforce.and_then(|staff| stated.map(|stated| (staff, stated)));
    let workforce_share = both.and_then(|(staff, stated)| Share::of(staff, stated));
    PublishedLine {
        group,
        label,
        workforce,
        workforce_share,
        interval: both.and_then(|(staff, stated)| {
            let interval = Tally::new(staff, stated).and_then(|tally| wilson(tally, Level::NINETY_FIVE));
            Figure::or_reason(interval, Reason::EmptyGroup)
        }),
        population_share,
        ratio: workforce_share
            .and_then(|share| population_share.and_then(|base| share.over(base, Direction::WorkforceOverPopulation))),
        gap_points: workforce_share.and_then(|share| population_share.map(|base| share.minus(base))),
        gap_people: both.and_then(|(staff, stated)| {
            Figure::or_reason((stated > 0).then_some(()), Reason::EmptyGroup)
                .and_then(|()| population_share.map(|base| people_to_parity(staff, stated, base)))
        }),
        adjusted_p: both.and_then(|(staff, stated)| {
            population_share.and_then(|base| {
                let p = (stated > 0).then(|| exact_binomial(staff, stated, base.as_f64())).flatten();
                Figure::or_reason(p, Reason::EmptyGroup)
            })
        }),
    }
}

/// Adjusts the p-values of all of `lines` for each other; withheld ones have none and do not count.
fn adjust<'a>(lines: impl Iterator<Item = &'a mut PublishedLine>) {
    let mut tested: Vec<&mut PublishedLine> = lines.filter(|line| line.adjusted_p.value().is_some()).collect();
    let p_values: Vec<f64> = tested.iter().filter_map(|line| line.adjusted_p.value()).collect();
    for (line, p) in tested.iter_mut().zip(benjamini_hochberg(&p_values)) {
        line.adjusted_p = Figure::Value(p);
    }
}

/// ½ Σ abs(workforce share − population share) over the five groups; withheld with the first of them that is.
fn dissimilarity(lines: &[PublishedLine]) -> Figure<f64> {
    let five = lines.iter().filter(|line| line.group.parse::<Group>().is_ok());
    let gap = |line: &PublishedLine| {
        let base = line.population_share.value().map_or(0.0, Share::as_f64);
        line.workforce_share.map(|share| (share.as_f64() - base).abs())
    };
    let sum =
        five.fold(Figure::Value(0.0), |sum: Figure<f64>, line| sum.and_then(|sum| gap(line).map(|gap| sum + gap)));
    sum.map(|sum| sum / 2.0)
}

/// The protected count of a group: the staff who belong to all of `wanted`.
fn staff(table: &ProtectedTable, wanted: &[(&str, &str)]) -> Figure<u64> {
    let position = |(variable, code): (&str, &str)| {
        let index = table.family().variables.iter().position(|known| known.name == variable)?;
        Some((index, table.family().variables[index].position(code)?))
    };
    let key: Option<Vec<(usize, usize)>> = wanted.iter().copied().map(position).collect();
    match key {
        None => Figure::NotCalculable(Reason::MissingInput),
        Some(key) => table.group(&key).map_or(Figure::Value(0), |group| group.respondents()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::disclosure::{Ledger, Policy, protect};
    use crate::domain::ethnicity::{Category, Ethnicity};
    use crate::domain::pay_band::PayBand;
    use crate::domain::tabulation::of_workforce;
    use crate::domain::workforce::{Cell, Contract, Workforce};

    fn cell(category: Category, pay_band: PayBand, headcount: u64) -> Cell {
        Cell {
            organisation: "ZZ9".parse().expect("a code"),
            unit: None,
            pay_band: Some(pay_band),
            staff_group: Some(StaffGroup::NursingAndMidwifery),
            recorded_setting: None,
            sex: None,
            contract: Contract::Substantive,
            deprivation_decile: None,
            ethnicity: Ethnicity::Gss2021(category),
            headcount,
        }
    }

    fn line_of<'a>(lines: &'a [PublishedLine], group: &str) -> &'a PublishedLine {
        lines.iter().find(|line| line.group == group).expect("a line")
    }

    #[test]
    fn small_groups_are_withheld_and_nothing_computed_from_them_is_shown() {
        let cells = vec![
            cell(Category::WhiteBritish, PayBand::Band5, 300),
            cell(Category::AsianIndian, PayBand::Band5, 100),
            cell(Category::BlackAfrican, PayBand::Band5, 80),
            cell(Category::WhiteBritish, PayBand::Band8c, 60),
            cell(Category::BlackAfrican, PayBand::Band8c, 3),
        ];
        let raw = of_workforce(&Workforce { cells }).expect("a table");
        let table = protect(raw, &Policy::for_survey(11, 3), &Ledger::default(), &|| std::time::Duration::ZERO)
            .expect("protected");
        let report = published_report(&table, &Population::england_and_wales());
        let senior = report.by_pay_band_cluster.iter().find(|slice| slice.part == "8c-vsm").expect("a slice");
        let black = line_of(&senior.groups, "black");
        assert_eq!((black.workforce, black.workforce_share), (Figure::Withheld, Figure::Withheld));
        assert_eq!(
            (black.ratio, black.gap_points, black.interval),
            (Figure::Withheld, Figure::Withheld, Figure::Withheld)
        );
        assert_eq!((black.gap_people, black.adjusted_p), (Figure::Withheld, Figure::Withheld));
        assert!(report.groups.iter().all(|line| line.adjusted_p.value().is_some()));
        assert!(black.population_share.value().is_some());
        let json = serde_json::to_string(&report).expect("json");
        assert!(!json.contains(":3,") && json.contains(r#""workforce":{"withheld":true}"#), "{json}");
    }

    #[test]
    fn large_groups_have_the_figures_of_the_full_report() {
        let cells =
            vec![cell(Category::WhiteBritish, PayBand::Band5, 300), cell(Category::AsianIndian, PayBand::Band5, 100)];
        let workforce = Workforce { cells };
        let raw = of_workforce(&workforce).expect("a table");
        let table = protect(raw, &Policy::for_survey(11, 3), &Ledger::default(), &|| std::time::Duration::ZERO)
            .expect("protected");
        let population = Population::england_and_wales();
        let published = published_report(&table, &population);
        let full = super::super::report(&workforce, &population);
        for line in &published.groups {
            let own = full.groups.iter().find(|own| own.group == line.group).expect("the same line");
            assert_eq!((line.workforce, line.workforce_share), (Figure::Value(own.workforce), own.workforce_share));
            assert_eq!((line.ratio, line.gap_points, line.interval), (own.ratio, own.gap_points, own.interval));
            assert_eq!(line.gap_people, own.gap_people);
        }
        assert_eq!(published.dissimilarity, full.dissimilarity);
    }
}
