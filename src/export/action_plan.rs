//! The action plan as CSV, for the Equity and Equality Action Plan.

use super::book::{BookError, Entry, write_csv_line};
use crate::domain::action_plan::PlannedAction;
use crate::domain::questionnaire::Language;

/// An action with what its indicator does.
pub struct PlanLine<'a> {
    /// The action.
    pub action: &'a PlannedAction,
    /// Figures of its indicator, in words, the latest year first; empty when it has none.
    pub movement: String,
}

const HEADINGS: [&str; 8] =
    ["action", "pledge_prong", "indicator", "owner", "due", "status", "evidence", "indicator_movement"];

/// Writes the plan.
///
/// # Errors
/// [`BookError`] when memory does not take it.
pub fn csv(lines: &[PlanLine<'_>]) -> Result<Vec<u8>, BookError> {
    let mut file = Vec::new();
    write_csv_line(&mut file, &HEADINGS.map(Entry::text))?;
    for PlanLine { action, movement } in lines {
        let text = action.text();
        let cells = [
            text.action.as_str(),
            action.prong.label(Language::English),
            &text.indicator,
            &text.owner,
            &text.due,
            action.status.label(Language::English),
            &text.evidence,
            movement,
        ];
        write_csv_line(&mut file, &cells.map(Entry::text))?;
    }
    Ok(file)
}
