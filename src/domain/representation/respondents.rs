//! Are those who answered like the workforce? Response rates by group, and the R-indicator.
//!
//! The counts of respondents come from a protected release: a withheld one stays withheld, and so does what needs it.

use serde::Serialize;

use crate::domain::figure::{Direction, Figure, Interval, Ratio, Reason, Share};
use crate::domain::statistics::{Level, Tally, partial_r_indicator, r_indicator, wilson};

/// One group's part in a survey.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupResponse {
    /// Code of the group.
    pub group: String,
    /// Staff in it.
    pub staff: u64,
    /// How many of them answered.
    pub respondents: Figure<u64>,
    /// Respondents ÷ staff.
    pub response_rate: Figure<Share>,
    /// Wilson interval of the response rate.
    pub interval: Figure<Interval>,
    /// Unconditional partial R-indicator: below 0, the group answers less than everybody together; the further from 0, the
    /// more it takes from the R-indicator.
    pub partial_r_indicator: Figure<f64>,
    /// The group's share of respondents over its share of the workforce.
    pub representation: Figure<Ratio>,
}

/// Respondents against workforce.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ResponseReport {
    /// By group.
    pub groups: Vec<GroupResponse>,
    /// 1 when every group answers alike; below 1, the less alike the lower.
    pub r_indicator: Figure<f64>,
}

/// Compares respondents with the workforce, over groups that together are everybody: code, staff, respondents.
pub fn respondents(groups: &[(&str, u64, Figure<u64>)]) -> ResponseReport {
    let staff: u64 = groups.iter().map(|(_, staff, _)| staff).sum();
    let tallies: Vec<Figure<Tally>> = groups.iter().map(|(_, staff, answered)| tally(*staff, *answered)).collect();
    let known: Figure<Vec<Tally>> = tallies.iter().fold(Figure::Value(Vec::new()), |known, tally| {
        known.and_then(|mut known| {
            tally.map(|tally| {
                known.push(tally);
                known
            })
        })
    });
    let answered = known.clone().map(|known| known.iter().map(|tally| tally.events()).sum::<u64>());
    let partial = |tally: Tally| {
        answered.and_then(|answered| {
            let everybody = Tally::new(answered, staff);
            Figure::or_reason(everybody.and_then(|all| partial_r_indicator(tally, all)), Reason::EmptyGroup)
        })
    };
    let groups = groups.iter().zip(&tallies).map(|((code, people, respondents), tally)| GroupResponse {
        group: (*code).to_owned(),
        staff: *people,
        respondents: *respondents,
        response_rate: tally.and_then(|tally| Share::of(tally.events(), tally.people())),
        interval: tally.and_then(|tally| Figure::or_reason(wilson(tally, Level::NINETY_FIVE), Reason::EmptyGroup)),
        partial_r_indicator: tally.and_then(partial),
        representation: respondents.and_then(|count| {
            let share = answered.and_then(|answered| Share::of(count, answered));
            share.and_then(|share| {
                Share::of(*people, staff).and_then(|base| share.over(base, Direction::RespondentsOverWorkforce))
            })
        }),
    });
    ResponseReport {
        groups: groups.collect(),
        r_indicator: known.and_then(|known| Figure::or_reason(r_indicator(&known), Reason::EmptyGroup)),
    }
}

fn tally(staff: u64, respondents: Figure<u64>) -> Figure<Tally> {
    respondents.and_then(|answered| Figure::or_reason(Tally::new(answered, staff), Reason::Contradiction))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_and_indicator_follow_the_groups() {
        let report = respondents(&[
            ("white", 500, Figure::Value(300)),
            ("asian", 300, Figure::Value(120)),
            ("black", 200, Figure::Value(60)),
        ]);
        assert!((report.r_indicator.value().expect("defined") - 0.7500750863509953).abs() < 1e-12);
        assert_eq!(report.groups[1].response_rate, Share::of(120, 300));
        let ratio = report.groups[0].representation.value().expect("defined");
        assert!((ratio.as_f64() - 1.25).abs() < 1e-12);
        // √(500 ÷ 1000) × (0.6 − 0.48), and the squares sum to the variance of the propensities.
        let partials: Vec<f64> =
            report.groups.iter().map(|group| group.partial_r_indicator.value().expect("defined")).collect();
        assert!((partials[0] - 0.5_f64.sqrt() * 0.12).abs() < 1e-12 && partials[1] < 0.0);
        let variance: f64 = partials.iter().map(|partial| partial * partial).sum();
        let r = report.r_indicator.value().expect("defined");
        assert!((variance - ((1.0 - r) / 2.0).powi(2) * 999.0 / 1000.0).abs() < 1e-12);
    }

    #[test]
    fn one_withheld_group_withholds_what_needs_it() {
        let report = respondents(&[("white", 500, Figure::Value(300)), ("asian", 30, Figure::Withheld)]);
        assert_eq!(report.r_indicator, Figure::Withheld);
        assert_eq!(
            (report.groups[0].representation, report.groups[1].response_rate),
            (Figure::Withheld, Figure::Withheld)
        );
        assert_eq!(report.groups[0].response_rate, Share::of(300, 500));
    }

    #[test]
    fn more_answers_than_staff_are_a_contradiction() {
        let report = respondents(&[("white", 5, Figure::Value(6))]);
        assert_eq!(report.groups[0].response_rate, Figure::NotCalculable(Reason::Contradiction));
    }
}
