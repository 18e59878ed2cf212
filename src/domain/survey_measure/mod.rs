//! Survey measures: option shares, favourable share, score from 0 to 10, and what lies between groups or waves.
//!
//! They are computed from protected counts only: each option's count is a [`Figure`], and one that is withheld
//! withholds every measure that could give it away.

mod comparison;

pub use comparison::{Comparison, compare, compare_all};

use serde::Serialize;

use super::figure::{Figure, Interval, Reason, Share};
use super::statistics::{Level, Tally, wilson};

/// One option of a question in one group.
#[derive(Debug, Clone, PartialEq)]
pub struct OptionCount {
    /// Code of the option.
    pub code: String,
    /// People who chose it.
    pub count: Figure<u64>,
    /// Whether it is a favourable answer.
    pub favourable: bool,
    /// Its score, 0 to 10; `None` for answers such as “don't know”, which no score and no favourable share counts.
    pub score: Option<f64>,
}

/// The measures of one question in one group.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measures {
    /// People who chose any option.
    pub base: Figure<u64>,
    /// Share of each option, of the base.
    pub options: Vec<OptionShare>,
    /// People who chose an option with a score.
    pub scored_base: Figure<u64>,
    /// Share of favourable answers among those with a score.
    pub favourable: Figure<Share>,
    /// Wilson interval of the favourable share.
    pub interval: Figure<Interval>,
    /// Mean score, 0 to 10.
    pub score: Figure<f64>,
    #[serde(skip)]
    tally: Figure<Tally>,
}

impl Measures {
    /// Favourable answers among those with a score.
    pub fn tally(&self) -> Figure<Tally> {
        self.tally
    }
}

/// The share of one option.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OptionShare {
    /// Code of the option.
    pub code: String,
    /// Its share of the base.
    pub share: Figure<Share>,
    /// People who chose it. Of several answers, one may be withheld and another not.
    #[serde(skip)]
    pub count: Figure<u64>,
}

impl Measures {
    /// People with a favourable answer.
    pub fn favourable_people(&self) -> Figure<u64> {
        self.tally.map(|tally| tally.events())
    }
}

/// The measures of one question from its options.
pub fn measures(options: &[OptionCount]) -> Measures {
    let base = sum(options.iter());
    let scored = || options.iter().filter(|option| option.score.is_some());
    let scored_base = sum(scored());
    let favourable = sum(scored().filter(|option| option.favourable));
    let tally = favourable.and_then(|events| {
        scored_base
            .and_then(|people| Figure::or_reason(Tally::new(events, people).filter(|_| people > 0), Reason::EmptyGroup))
    });
    Measures {
        base,
        options: option_shares(options, base),
        scored_base,
        favourable: tally.and_then(|tally| Share::of(tally.events(), tally.people())),
        interval: tally.and_then(|tally| Figure::or_reason(wilson(tally, Level::NINETY_FIVE), Reason::EmptyGroup)),
        score: scored_base.and_then(|people| mean_score(scored(), people)),
        tally,
    }
}

/// The measures of a question at which several options can be chosen: shares of `base`, the people who chose any. Such a
/// question has no score and no favourable share, because one person may count in several options.
pub fn chosen_measures(options: &[OptionCount], base: Figure<u64>) -> Measures {
    let none = Reason::SeveralAnswers;
    Measures {
        base,
        options: option_shares(options, base),
        scored_base: Figure::NotCalculable(none),
        favourable: Figure::NotCalculable(none),
        interval: Figure::NotCalculable(none),
        score: Figure::NotCalculable(none),
        tally: Figure::NotCalculable(none),
    }
}

fn option_shares(options: &[OptionCount], base: Figure<u64>) -> Vec<OptionShare> {
    options
        .iter()
        .map(|option| OptionShare {
            code: option.code.clone(),
            count: option.count,
            share: option.count.and_then(|count| base.and_then(|base| Share::of(count, base))),
        })
        .collect()
}

/// The score of a theme: the mean of the scores of its questions.
pub fn theme_score(questions: &[Figure<f64>]) -> Figure<f64> {
    let sum = questions
        .iter()
        .fold(Figure::Value(0.0), |sum: Figure<f64>, score| sum.and_then(|sum| score.map(|score| sum + score)));
    match questions.len() {
        0 => Figure::NotCalculable(Reason::MissingInput),
        count => sum.map(|sum| sum / count as f64),
    }
}

fn mean_score<'a>(options: impl Iterator<Item = &'a OptionCount>, people: u64) -> Figure<f64> {
    if people == 0 {
        return Figure::NotCalculable(Reason::EmptyGroup);
    }
    let add = |sum: f64, option: &OptionCount| {
        option.count.map(|count| sum + count as f64 * option.score.unwrap_or_default())
    };
    options.fold(Figure::Value(0.0), |sum, option| sum.and_then(|sum| add(sum, option))).map(|sum| sum / people as f64)
}

fn sum<'a>(options: impl Iterator<Item = &'a OptionCount>) -> Figure<u64> {
    options.fold(Figure::Value(0), |sum: Figure<u64>, option| sum.and_then(|sum| option.count.map(|count| sum + count)))
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn likert(counts: [u64; 5], dont_know: u64) -> Vec<OptionCount> {
        let scored = counts.into_iter().enumerate().map(|(step, count)| OptionCount {
            code: format!("step_{step}"),
            count: Figure::Value(count),
            favourable: step >= 3,
            score: Some(step as f64 * 2.5),
        });
        let other = OptionCount {
            code: "dont_know".to_owned(),
            count: Figure::Value(dont_know),
            favourable: false,
            score: None,
        };
        scored.chain([other]).collect()
    }

    #[test]
    fn measures_leave_out_those_who_do_not_know() {
        let found = measures(&likert([10, 10, 20, 40, 20], 25));
        assert_eq!((found.base, found.scored_base), (Figure::Value(125), Figure::Value(100)));
        assert_eq!(found.favourable, Share::of(60, 100));
        assert_eq!(found.score, Figure::Value(6.25));
        assert_eq!(found.options[5].share, Share::of(25, 125));
    }

    #[test]
    fn a_withheld_option_withholds_the_measures_that_would_give_it_away() {
        let mut options = likert([10, 10, 20, 40, 20], 25);
        options[0].count = Figure::Withheld;
        let found = measures(&options);
        assert_eq!((found.base, found.favourable, found.score), (Figure::Withheld, Figure::Withheld, Figure::Withheld));
        assert!(found.options.iter().all(|option| option.share == Figure::Withheld));
    }

    #[test]
    fn nobody_has_no_score() {
        let found = measures(&likert([0; 5], 0));
        assert_eq!(
            (found.score, found.favourable),
            (Figure::NotCalculable(Reason::EmptyGroup), Figure::NotCalculable(Reason::EmptyGroup))
        );
        assert_eq!(theme_score(&[]), Figure::NotCalculable(Reason::MissingInput));
        assert_eq!(theme_score(&[Figure::Value(4.0), Figure::Value(6.0)]), Figure::Value(5.0));
    }
}
