//! One group of the workforce against the same group of the population.

use serde::{Serialize, Serializer};

use crate::domain::deprivation::DeprivationDecile;
use crate::domain::ethnicity::{Ethnicity, Group, Upper, label};
use crate::domain::figure::{Direction, Figure, Interval, PercentagePoints, Ratio, Reason, Share};
use crate::domain::population::Population;
use crate::domain::questionnaire::Language;
use crate::domain::statistics::{Level, Tally, benjamini_hochberg, exact_binomial, wilson};
use crate::domain::workforce::Workforce;

/// One line of a report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// Code of the group or category.
    pub group: &'static str,
    /// Its English label.
    pub label: &'static str,
    /// Staff in it.
    pub workforce: u64,
    /// Their share of staff whose ethnicity (or decile of deprivation) is known.
    pub workforce_share: Figure<Share>,
    /// The group's share of the population.
    pub population_share: Figure<Share>,
    /// Workforce share over population share; serialised as the number, its direction stands in the report's base.
    #[serde(serialize_with = "number_of_ratio")]
    pub ratio: Figure<Ratio>,
    /// Workforce share minus population share.
    pub gap_points: Figure<PercentagePoints>,
    /// How many more staff would give parity at the present size of the workforce, rounded up.
    pub gap_people: Figure<i64>,
    /// Wilson interval of the workforce share.
    pub interval: Figure<Interval>,
    /// Standardised residual.
    pub residual: Figure<f64>,
    /// Exact binomial p-value, adjusted over the lines of the same list.
    pub adjusted_p: Figure<f64>,
}

fn number_of_ratio<S: Serializer>(ratio: &Figure<Ratio>, serializer: S) -> Result<S::Ok, S::Error> {
    ratio.map(Ratio::as_f64).serialize(serializer)
}

/// White and minority ethnic, then the other four groups.
pub(super) fn coarse_lines(workforce: &Workforce, population: &Population) -> Vec<Line> {
    let uppers = [Upper::White, Upper::MinorityEthnic]
        .into_iter()
        .map(|upper| line(workforce, population, upper.code(), |ethnicity| ethnicity.upper() == upper));
    let groups = Group::ALL
        .iter()
        .filter(|group| **group != Group::White)
        .map(|group| line(workforce, population, group.code(), |ethnicity| ethnicity.group() == Some(*group)));
    uppers.chain(groups).collect()
}

/// One category of 2021 or 2001.
pub(super) fn category_line(workforce: &Workforce, population: &Population, category: Ethnicity) -> Line {
    line(workforce, population, category.code(), |ethnicity| match category {
        Ethnicity::Nhs2001(wanted) => ethnicity.to_nhs_2001() == Some(wanted),
        _ => ethnicity == category,
    })
}

fn line(
    workforce: &Workforce,
    population: &Population,
    code: &'static str,
    belongs: impl Fn(Ethnicity) -> bool,
) -> Line {
    let staff = workforce.count(&belongs);
    let stated = workforce.count(|ethnicity| ethnicity.upper() != Upper::NotStated);
    let label = label(code, Language::English).unwrap_or(code);
    compared((code, label), staff, stated, population.share(belongs))
}

/// Staff by decile of deprivation beside the population by decile, lowest first; nothing where the snapshot has no
/// deciles. P-values are adjusted over the deciles.
pub(super) fn decile_lines(workforce: &Workforce, population: &Population) -> Vec<Line> {
    let people = |wanted: &dyn Fn(Option<DeprivationDecile>) -> bool| -> u64 {
        let cells = workforce.cells.iter().filter(|cell| wanted(cell.deprivation_decile));
        cells.map(|cell| cell.headcount).sum()
    };
    let recorded = people(&|decile| decile.is_some());
    if recorded == 0 {
        return Vec::new();
    }
    let line = |decile: &DeprivationDecile| {
        let name = (decile.code(), decile.label(Language::English));
        let staff = people(&|own| own == Some(*decile));
        compared(name, staff, recorded, population.decile_share(*decile))
    };
    adjusted(DeprivationDecile::ALL.iter().map(line).collect())
}

/// `staff` of `stated`, beside the same group's share of the population.
fn compared(
    (code, label): (&'static str, &'static str),
    staff: u64,
    stated: u64,
    population_share: Figure<Share>,
) -> Line {
    let workforce_share = Share::of(staff, stated);
    let both = |measure: &dyn Fn(f64) -> f64| match stated {
        0 => Figure::NotCalculable(Reason::EmptyGroup),
        _ => population_share.map(|share| measure(share.as_f64())),
    };
    let missing = |share: f64| missing_people(staff, stated, share);
    // A share of 1 leaves nothing to vary.
    let spread = |share: f64| (stated as f64 * share * (1.0 - share)).sqrt();
    Line {
        group: code,
        label,
        workforce: staff,
        workforce_share,
        population_share,
        ratio: workforce_share
            .and_then(|share| population_share.and_then(|base| share.over(base, Direction::WorkforceOverPopulation))),
        gap_points: workforce_share.and_then(|share| population_share.map(|base| share.minus(base))),
        gap_people: match stated {
            0 => Figure::NotCalculable(Reason::EmptyGroup),
            _ => population_share.map(|share| people_to_parity(staff, stated, share)),
        },
        interval: Figure::or_reason(
            Tally::new(staff, stated).and_then(|tally| wilson(tally, Level::NINETY_FIVE)),
            Reason::EmptyGroup,
        ),
        residual: both(&|share| -missing(share) / spread(share)).and_then(finite),
        adjusted_p: population_share.and_then(|share| match stated {
            0 => Figure::NotCalculable(Reason::EmptyGroup),
            _ => Figure::or_reason(exact_binomial(staff, stated, share.as_f64()), Reason::EmptyGroup),
        }),
    }
}

fn missing_people(staff: u64, stated: u64, share: f64) -> f64 {
    share * stated as f64 - staff as f64
}

/// How many more of `stated` staff would have to belong to the group for its `share`, rounded up.
pub(super) fn people_to_parity(staff: u64, stated: u64, share: Share) -> i64 {
    // Less than a millionth of a person is rounding of the shares, not a person.
    (missing_people(staff, stated, share.as_f64()) - 1e-6).ceil() as i64
}

fn finite(number: f64) -> Figure<f64> {
    Figure::or_reason(number.is_finite().then_some(number), Reason::TooFewGroups)
}

/// Adjusts the p-values of `lines` for each other.
pub(super) fn adjusted(mut lines: Vec<Line>) -> Vec<Line> {
    adjust(lines.iter_mut());
    lines
}

/// Adjusts the p-values of all of `lines` for each other.
pub(super) fn adjust<'a>(lines: impl Iterator<Item = &'a mut Line>) {
    let mut tested: Vec<&mut Line> = lines.filter(|line| line.adjusted_p.value().is_some()).collect();
    let p_values: Vec<f64> = tested.iter().filter_map(|line| line.adjusted_p.value()).collect();
    for (line, p) in tested.iter_mut().zip(benjamini_hochberg(&p_values)) {
        line.adjusted_p = Figure::Value(p);
    }
}

/// Index of dissimilarity over `lines`, which together are everybody: ½ Σ abs(workforce share − population share).
/// A group that the population does not have counts with its whole workforce share.
pub fn dissimilarity<'a>(lines: impl IntoIterator<Item = &'a Line>) -> Figure<f64> {
    let mut sum = 0.0;
    for line in lines {
        match line.workforce_share {
            Figure::Value(share) => {
                sum += (share.as_f64() - line.population_share.value().map_or(0.0, Share::as_f64)).abs()
            }
            Figure::NotCalculable(reason) => return Figure::NotCalculable(reason),
            Figure::Withheld => return Figure::Withheld,
        }
    }
    Figure::Value(sum / 2.0)
}
