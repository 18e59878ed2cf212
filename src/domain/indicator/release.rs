//! Survey figures of the indicators 5 to 8 from a survey's release: protected counts, or none.

use super::Variant;
use super::inputs::SurveyFigures;
use crate::domain::disclosure::ProtectedTable;
use crate::domain::ethnicity::{Upper, WresCategory};
use crate::domain::figure::{Figure, Reason};
use crate::domain::questionnaire::{Classification, Indicator, Questionnaire};
use crate::domain::results::{Selection, results};
use crate::domain::staff_group::StaffGroup;
use crate::domain::statistics::Tally;

/// A release and the questionnaire that says which question measures which indicator.
#[derive(Clone, Copy)]
pub struct ReleaseFigures<'a> {
    /// What may be seen.
    pub table: &'a ProtectedTable,
    /// What was asked.
    pub questionnaire: &'a Questionnaire,
    /// Whose indicators. A survey does not ask for the contract: bank staff have no figures of their own here.
    pub variant: Variant,
}

impl SurveyFigures for ReleaseFigures<'_> {
    fn tally(&self, indicator: u8, category: WresCategory) -> Figure<Tally> {
        self.find(indicator, category).unwrap_or(Figure::NotCalculable(Reason::MissingInput))
    }
}

impl ReleaseFigures<'_> {
    fn find(&self, number: u8, category: WresCategory) -> Option<Figure<Tally>> {
        let indicator = *Indicator::SURVEYED.get(usize::from(number.checked_sub(5)?))?;
        let question = self.questionnaire.measuring(indicator)?;
        let upper = match category {
            WresCategory::White => Upper::White,
            WresCategory::Bme => Upper::MinorityEthnic,
            WresCategory::Unknown => Upper::NotStated,
        };
        let mut only = vec![(Classification::Ethnicity.code().to_owned(), upper.code().to_owned())];
        match self.variant {
            Variant::Substantive => {}
            Variant::Medical => {
                let medical = StaffGroup::MedicalAndDental.code().to_owned();
                only.push((Classification::StaffGroup.code().to_owned(), medical));
            }
            Variant::Bank => return None,
        }
        let wanted: Vec<String> = only.iter().map(|(_, code)| code.clone()).collect();
        let found = results(self.table, self.questionnaire, &question.id, &Selection { by: Vec::new(), only }).ok()?;
        let line = found.lines.into_iter().find(|line| line.categories == wanted)?;
        let favourable = line.measures.tally();
        // Progression counts who says yes; the others count those to whom it happened.
        Some(match indicator {
            Indicator::EqualOpportunities => favourable,
            _ => favourable.and_then(|tally| {
                let rest = tally.people() - tally.events();
                Figure::or_reason(Tally::new(rest, tally.people()), Reason::Contradiction)
            }),
        })
    }
}
