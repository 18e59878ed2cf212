//! What indicators are computed from.

use std::collections::BTreeMap;

use crate::domain::code_list::code_list;
use crate::domain::ethnicity::WresCategory;
use crate::domain::figure::{Figure, Reason};
use crate::domain::statistics::Tally;
use crate::domain::workforce::{Contract, Workforce};

code_list! {
    /// What an organisation counts besides its workforce, over a year or on the day of the snapshot.
    Measure, "a measure" {
        Shortlisted = "shortlisted", "Shortlisted", "Ar y rhestr fer";
        Appointed = "appointed", "Appointed from shortlisting", "Penodwyd o’r rhestr fer";
        Disciplinary = "disciplinary", "Entered the formal disciplinary process", "Wedi dechrau’r broses ddisgyblu ffurfiol";
        Training = "training", "Accessed non-mandatory training and CPD", "Wedi cael hyfforddiant nad yw’n orfodol a DPP";
        Board = "board", "Board members", "Aelodau’r bwrdd";
        BoardVoting = "board_voting", "Voting board members", "Aelodau’r bwrdd â phleidlais";
        BoardExecutive = "board_executive", "Executive board members", "Aelodau gweithredol y bwrdd";
    }
}

/// Counts by measure and reporting category. A combination that was not given is missing, not zero.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Events(BTreeMap<(Measure, WresCategory), u64>);

impl Events {
    /// Adds people to a count.
    pub fn add(&mut self, measure: Measure, category: WresCategory, people: u64) {
        *self.0.entry((measure, category)).or_insert(0) += people;
    }

    /// A count.
    pub fn count(&self, measure: Measure, category: WresCategory) -> Figure<u64> {
        Figure::or_reason(self.0.get(&(measure, category)).copied(), Reason::MissingInput)
    }

    /// Whether anything was given for `measure`.
    pub fn has(&self, measure: Measure) -> bool {
        self.0.keys().any(|(given, _)| *given == measure)
    }
}

/// Survey figures by indicator and group: protected, whoever computed them.
pub trait SurveyFigures {
    /// Of the people in `category` who answered the question of indicator 5 to 8, how many gave the answer that it
    /// counts (for indicator 7: yes, among yes and no).
    fn tally(&self, indicator: u8, category: WresCategory) -> Figure<Tally>;
}

/// Survey figures from a file of another survey.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SurveyCounts(pub BTreeMap<(u8, WresCategory), Figure<Tally>>);

impl SurveyFigures for SurveyCounts {
    fn tally(&self, indicator: u8, category: WresCategory) -> Figure<Tally> {
        self.0.get(&(indicator, category)).copied().unwrap_or(Figure::NotCalculable(Reason::MissingInput))
    }
}

/// Everything that indicators are computed from; what is missing makes its indicators not calculable.
#[derive(Clone, Copy)]
pub struct Inputs<'a> {
    /// Workforce on 31 March.
    pub workforce: Option<&'a Workforce>,
    /// Other counts of the year.
    pub events: Option<&'a Events>,
    /// Survey figures.
    pub survey: Option<&'a dyn SurveyFigures>,
    /// Whose indicators: substantive staff, or the bank staff that the standard counts apart.
    pub contract: Contract,
}

impl Default for Inputs<'_> {
    /// Nothing, for substantive staff.
    fn default() -> Self {
        Self { workforce: None, events: None, survey: None, contract: Contract::Substantive }
    }
}

impl Inputs<'_> {
    /// A count of the year.
    pub(super) fn events(&self, measure: Measure, category: WresCategory) -> Figure<u64> {
        self.events.map_or(Figure::NotCalculable(Reason::MissingInput), |events| events.count(measure, category))
    }

    /// The staff whose indicators these are.
    pub(super) fn workforce(&self) -> Option<Workforce> {
        self.workforce.map(|workforce| workforce.only(|cell| cell.contract == self.contract))
    }

    /// How many of them are of a category.
    pub(super) fn staff(&self, category: WresCategory) -> Figure<u64> {
        let count = |workforce: Workforce| workforce.count(|ethnicity| WresCategory::from(ethnicity) == category);
        Figure::or_reason(self.workforce().map(count), Reason::MissingInput)
    }
}
