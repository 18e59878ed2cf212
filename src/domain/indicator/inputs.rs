//! What indicators are computed from.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{ReportingYear, Variant};
use crate::domain::code_list::code_list;
use crate::domain::ethnicity::WresCategory;
use crate::domain::figure::{Figure, Reason};
use crate::domain::statistics::Tally;
use crate::domain::workforce::Workforce;

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

code_list! {
    /// A set of counts that an organisation hands in together, for one year.
    InputKind, "a kind of indicator input" {
        Recruitment = "recruitment", "Recruitment", "Recriwtio";
        Disciplinary = "disciplinary", "Disciplinary process", "Y broses ddisgyblu";
        Training = "training", "Training and development", "Hyfforddiant a datblygiad";
        Board = "board", "Board", "Bwrdd";
    }
}

impl InputKind {
    /// What is counted in it.
    pub fn measures(self) -> &'static [Measure] {
        match self {
            Self::Recruitment => &[Measure::Shortlisted, Measure::Appointed],
            Self::Disciplinary => &[Measure::Disciplinary],
            Self::Training => &[Measure::Training],
            Self::Board => &[Measure::Board, Measure::BoardVoting, Measure::BoardExecutive],
        }
    }
}

/// Which input: what is counted of whom, in which year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InputKey {
    /// The year.
    pub year: ReportingYear,
    /// Whose indicators it is for.
    pub variant: Variant,
    /// What is counted.
    pub kind: InputKind,
}

/// Counts by measure and reporting category. A combination that was not given is missing, not zero. Serialised as a list
/// of [`EventCount`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "Vec<EventCount>", into = "Vec<EventCount>")]
pub struct Events(BTreeMap<(Measure, WresCategory), u64>);

/// One count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventCount {
    /// Of what.
    pub measure: Measure,
    /// Of whom.
    pub ethnic_category: WresCategory,
    /// How many.
    pub count: u64,
}

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

    /// Every count that was given, by measure.
    pub fn counts(&self) -> impl Iterator<Item = EventCount> {
        self.0.iter().map(|((measure, category), count)| EventCount {
            measure: *measure,
            ethnic_category: *category,
            count: *count,
        })
    }

    /// What contradicts itself: more appointed than shortlisted, a part of the board larger than the board. One
    /// sentence each, with what to do.
    pub fn contradictions(&self) -> Vec<String> {
        const PARTS: [(Measure, Measure); 3] = [
            (Measure::Appointed, Measure::Shortlisted),
            (Measure::BoardVoting, Measure::Board),
            (Measure::BoardExecutive, Measure::Board),
        ];
        let larger = |(part, whole): &(Measure, Measure), category: WresCategory| {
            let count = |measure| self.0.get(&(measure, category)).copied();
            let (few, many) = (count(*part)?, count(*whole)?);
            (few > many)
                .then(|| format!("{category}: {few} {part} of {many} {whole}; check that the two are not swapped"))
        };
        PARTS
            .iter()
            .flat_map(|pair| WresCategory::ALL.iter().filter_map(move |category| larger(pair, *category)))
            .collect()
    }
}

impl FromIterator<EventCount> for Events {
    fn from_iter<I: IntoIterator<Item = EventCount>>(counts: I) -> Self {
        let mut events = Self::default();
        counts.into_iter().for_each(|count| events.add(count.measure, count.ethnic_category, count.count));
        events
    }
}

impl From<Vec<EventCount>> for Events {
    fn from(counts: Vec<EventCount>) -> Self {
        counts.into_iter().collect()
    }
}

impl From<Events> for Vec<EventCount> {
    fn from(events: Events) -> Self {
        events.counts().collect()
    }
}

/// Survey figures by indicator and group: protected, whoever computed them.
pub trait SurveyFigures {
    /// Of the people in `category` who answered the question of indicator 5 to 8, how many gave the answer that it
    /// counts (for indicator 7: yes, among yes and no).
    fn tally(&self, indicator: u8, category: WresCategory) -> Figure<Tally>;
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
    /// Whose indicators.
    pub variant: Variant,
}

impl Default for Inputs<'_> {
    /// Nothing, for substantive staff.
    fn default() -> Self {
        Self { workforce: None, events: None, survey: None, variant: Variant::Substantive }
    }
}

impl Inputs<'_> {
    /// A count of the year.
    pub(super) fn events(&self, measure: Measure, category: WresCategory) -> Figure<u64> {
        self.events.map_or(Figure::NotCalculable(Reason::MissingInput), |events| events.count(measure, category))
    }

    /// The staff whose indicators these are.
    pub(super) fn workforce(&self) -> Option<Workforce> {
        self.workforce.map(|workforce| workforce.only(|cell| self.variant.counts(cell)))
    }

    /// How many of them are of a category.
    pub(super) fn staff(&self, category: WresCategory) -> Figure<u64> {
        let count = |workforce: Workforce| workforce.count(|ethnicity| WresCategory::from(ethnicity) == category);
        Figure::or_reason(self.workforce().map(count), Reason::MissingInput)
    }
}
