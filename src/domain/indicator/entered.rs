//! Survey figures of the indicators 5 to 8 that another survey published, such as the national one: entered, not
//! computed. What that survey withheld stays withheld.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::inputs::SurveyFigures;
use crate::domain::ethnicity::WresCategory;
use crate::domain::figure::{Figure, Reason};
use crate::domain::statistics::Tally;

/// Figures, and which survey they are from. Figures of different surveys are not compared unnoticed, so each keeps its
/// instrument.
#[derive(Debug, Clone, PartialEq)]
pub struct EnteredFigures {
    /// Name of the survey and its year, as the return names it.
    pub instrument: String,
    /// The figures.
    pub counts: SurveyCounts,
}

/// By indicator and group. Serialised as a list of [`SurveyCount`].
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(try_from = "Vec<SurveyCount>", into = "Vec<SurveyCount>")]
pub struct SurveyCounts(pub BTreeMap<(u8, WresCategory), Figure<Tally>>);

/// One figure: `count` of `base` people; neither where it is withheld.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SurveyCount {
    /// 5 to 8.
    pub indicator: u8,
    /// Of whom.
    pub ethnic_category: WresCategory,
    /// Who gave the answer that the indicator counts; for indicator 7, yes.
    pub count: Option<u64>,
    /// Who answered; for indicator 7, yes or no.
    pub base: Option<u64>,
}

/// A figure that cannot be one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MalformedFigure {
    /// Not a survey's indicator.
    #[error("indicator {0} is not one of a survey; those are 5, 6, 7 and 8")]
    Indicator(u8),
    /// More than everybody.
    #[error("{0} is more than the base of {1}; check that the two are not swapped")]
    AboveBase(u64, u64),
    /// Half of it is there.
    #[error("a figure has a count and a base, or neither where it is withheld")]
    Half,
    /// Twice.
    #[error("indicator {0} stands twice for {1}; keep one")]
    Twice(u8, WresCategory),
}

impl SurveyCount {
    /// The figure, checked.
    ///
    /// # Errors
    /// [`MalformedFigure`].
    pub fn tally(&self) -> Result<Figure<Tally>, MalformedFigure> {
        if !(5..=8).contains(&self.indicator) {
            return Err(MalformedFigure::Indicator(self.indicator));
        }
        match (self.count, self.base) {
            (None, None) => Ok(Figure::Withheld),
            (Some(count), Some(base)) => {
                Tally::new(count, base).map(Figure::Value).ok_or(MalformedFigure::AboveBase(count, base))
            }
            _ => Err(MalformedFigure::Half),
        }
    }
}

impl SurveyFigures for SurveyCounts {
    fn tally(&self, indicator: u8, category: WresCategory) -> Figure<Tally> {
        self.0.get(&(indicator, category)).copied().unwrap_or(Figure::NotCalculable(Reason::MissingInput))
    }
}

impl TryFrom<Vec<SurveyCount>> for SurveyCounts {
    type Error = MalformedFigure;
    fn try_from(counts: Vec<SurveyCount>) -> Result<Self, MalformedFigure> {
        let mut figures = BTreeMap::new();
        for count in counts {
            let key = (count.indicator, count.ethnic_category);
            if figures.insert(key, count.tally()?).is_some() {
                return Err(MalformedFigure::Twice(key.0, key.1));
            }
        }
        Ok(Self(figures))
    }
}

impl From<SurveyCounts> for Vec<SurveyCount> {
    fn from(counts: SurveyCounts) -> Self {
        let figure = |((indicator, ethnic_category), figure): ((u8, WresCategory), Figure<Tally>)| {
            let tally = figure.value();
            SurveyCount { indicator, ethnic_category, count: tally.map(Tally::events), base: tally.map(Tally::people) }
        };
        counts.0.into_iter().map(figure).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_kept_and_mistakes_refused() {
        let read = |text: &str| serde_json::from_str::<SurveyCounts>(text);
        let text = r#"[{"indicator":5,"ethnic_category":"white","count":30,"base":200},{"indicator":5,"ethnic_category":"bme","count":null,"base":null}]"#;
        let counts = read(text).expect("figures");
        assert_eq!(counts.tally(5, WresCategory::White), Figure::Value(Tally::new(30, 200).expect("a tally")));
        assert_eq!(counts.tally(5, WresCategory::Bme), Figure::Withheld);
        assert_eq!(counts.tally(6, WresCategory::Bme), Figure::NotCalculable(Reason::MissingInput));
        assert_eq!(serde_json::to_string(&counts).expect("text"), text);
        let message = |text: &str| read(text).expect_err("refused").to_string();
        assert!(message(&text.replace(":5,", ":4,")).contains("5, 6, 7 and 8"));
        assert!(message(&text.replace(":30,", ":300,")).contains("more than the base of 200"));
        assert!(message(&text.replace(":30,", ":null,")).contains("a count and a base"));
        assert!(message(&text.replace("bme", "white")).contains("stands twice"));
    }
}
