//! The action plan: what a trust does about what it heard, tied to a prong of the pledge and an indicator.

use serde::{Deserialize, Serialize};
use time::Date;
use time::format_description::well_known::Iso8601;

use super::code_list::code_list;
use super::identifier::ActionId;

code_list! {
    /// Where an action stands.
    ActionStatus, "a status of an action" {
        Planned = "planned", "Planned", "Wedi’i gynllunio";
        UnderWay = "under_way", "Under way", "Ar y gweill";
        Done = "done", "Done", "Wedi’i gwblhau";
        Stopped = "stopped", "Stopped", "Wedi’i atal";
    }
}

code_list! {
    /// The prong of the first pledge that an action serves (NHS England, four pledges, 2021).
    PledgeProng, "a prong of the pledge" {
        UnderstandPopulation = "understand_population", "Understand the population and co-produce plans", "Deall y boblogaeth a chyd-gynhyrchu cynlluniau";
        MaternalOutcomes = "maternal_outcomes", "Maternal mortality, morbidity and experience", "Marwolaethau, morbidrwydd a phrofiad mamau";
        PerinatalOutcomes = "perinatal_outcomes", "Perinatal mortality and morbidity", "Marwolaethau a morbidrwydd amenedigol";
        SupportStaff = "support_staff", "Support maternity and neonatal staff", "Cefnogi staff mamolaeth a newyddenedigol";
        CreateConditions = "create_conditions", "Create the conditions", "Creu’r amodau";
    }
}

/// Longest text of an action, in characters.
const LONGEST: usize = 2_000;

/// What somebody writes about an action, as it is typed or sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionText {
    /// What is done.
    pub action: String,
    /// Code of the prong.
    pub prong: String,
    /// Code of the indicator that should move, `wres1` to `wres9`; empty for none.
    #[serde(default)]
    pub indicator: String,
    /// Whose task it is: a role rather than a name.
    #[serde(default)]
    pub owner: String,
    /// Day by which it is done, `YYYY-MM-DD`; empty for none.
    #[serde(default)]
    pub due: String,
    /// Code of the status; planned when empty.
    #[serde(default)]
    pub status: String,
    /// What shows that it was done, and what came of it.
    #[serde(default)]
    pub evidence: String,
}

/// An action of the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedAction {
    /// What is done.
    pub action: String,
    /// The prong that it serves.
    pub prong: PledgeProng,
    /// Number of the indicator that should move, 1 to 9.
    pub indicator: Option<u8>,
    /// Whose task it is.
    pub owner: String,
    /// Day by which it is done.
    pub due: Option<Date>,
    /// Where it stands.
    pub status: ActionStatus,
    /// What shows that it was done, and what came of it.
    pub evidence: String,
}

/// An action with its identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAction {
    /// Identifier.
    pub id: ActionId,
    /// The action.
    pub action: PlannedAction,
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Name of the field of [`ActionText`].
    pub field: &'static str,
    /// What is wrong and what to do.
    pub text: String,
}

impl PlannedAction {
    /// Reads what was typed or sent.
    ///
    /// # Errors
    /// Every field that cannot be used.
    pub fn parse(text: &ActionText) -> Result<Self, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut refuse = |field, text: &str| errors.push(FieldError { field, text: text.to_owned() });
        let action = text.action.trim();
        if action.is_empty() {
            refuse("action", "Say what is done");
        }
        for (field, value) in [("action", action), ("owner", &text.owner), ("evidence", &text.evidence)] {
            if value.chars().count() > LONGEST {
                refuse(field, &format!("Write at most {LONGEST} characters"));
            }
        }
        let prong = text.prong.parse::<PledgeProng>();
        if prong.is_err() {
            refuse("prong", "Choose the prong of the pledge that it serves");
        }
        let indicator = match text.indicator.as_str() {
            "" => Some(None),
            code => {
                let number = code.strip_prefix("wres").and_then(|number| number.parse::<u8>().ok());
                number.filter(|number| (1..=9).contains(number)).map(Some)
            }
        };
        if indicator.is_none() {
            refuse("indicator", "Choose an indicator, wres1 to wres9, or none");
        }
        let due = match text.due.trim() {
            "" => Some(None),
            day => Date::parse(day, &Iso8601::DATE).ok().map(Some),
        };
        if due.is_none() {
            refuse("due", "Write the day as year, month and day, such as 2027-06-30");
        }
        let status = match text.status.as_str() {
            "" => Ok(ActionStatus::Planned),
            code => code.parse(),
        };
        if status.is_err() {
            refuse("status", "Choose where it stands");
        }
        match (errors.is_empty(), prong, indicator, due, status) {
            (true, Ok(prong), Some(indicator), Some(due), Ok(status)) => Ok(Self {
                action: action.to_owned(),
                prong,
                indicator,
                owner: text.owner.trim().to_owned(),
                due,
                status,
                evidence: text.evidence.trim().to_owned(),
            }),
            _ => Err(errors),
        }
    }

    /// The same as text, as it is stored and sent.
    pub fn text(&self) -> ActionText {
        ActionText {
            action: self.action.clone(),
            prong: self.prong.code().to_owned(),
            indicator: self.indicator.map_or_else(String::new, |number| format!("wres{number}")),
            owner: self.owner.clone(),
            due: self.due.and_then(|due| due.format(&Iso8601::DATE).ok()).unwrap_or_default(),
            status: self.status.code().to_owned(),
            evidence: self.evidence.clone(),
        }
    }

    /// Whether it should be done by now and is not.
    pub fn is_overdue(&self, today: Date) -> bool {
        matches!(self.status, ActionStatus::Planned | ActionStatus::UnderWay) && self.due.is_some_and(|due| due < today)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::Month;

    fn text() -> ActionText {
        ActionText {
            action: " Train managers ".to_owned(),
            prong: "support_staff".to_owned(),
            indicator: "wres6".to_owned(),
            due: "2027-06-30".to_owned(),
            ..ActionText::default()
        }
    }

    #[test]
    fn an_action_is_read_back_as_written() {
        let action = PlannedAction::parse(&text()).expect("an action");
        assert_eq!(
            (action.action.as_str(), action.indicator, action.status),
            ("Train managers", Some(6), ActionStatus::Planned)
        );
        assert_eq!(PlannedAction::parse(&action.text()), Ok(action));
    }

    #[test]
    fn every_mistake_names_its_field() {
        let bad = ActionText {
            indicator: "wres10".to_owned(),
            due: "30 June".to_owned(),
            status: "x".to_owned(),
            ..ActionText::default()
        };
        let fields: Vec<&str> =
            PlannedAction::parse(&bad).expect_err("refused").iter().map(|error| error.field).collect();
        assert_eq!(fields, ["action", "prong", "indicator", "due", "status"]);
    }

    #[test]
    fn an_action_is_overdue_the_day_after_and_never_when_done() {
        let action = PlannedAction::parse(&text()).expect("an action");
        let day = |day| Date::from_calendar_date(2027, Month::July, day).expect("a day");
        assert!(action.is_overdue(day(1)) && !action.is_overdue(action.due.expect("a day")));
        assert!(!PlannedAction { status: ActionStatus::Done, ..action }.is_overdue(day(1)));
    }
}
