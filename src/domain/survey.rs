//! Surveys and their life: draft → open → closed → published.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::Date;

use super::identifier::SurveyId;
use super::organisation::{OdsCode, UnitTree};
use super::questionnaire::Questionnaire;

/// Where a survey stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SurveyState {
    /// Being set up; nobody can answer.
    Draft,
    /// Staff can answer; nothing is published but participation.
    Open,
    /// Nobody can answer any more; the release can be made.
    Closed,
    /// The release is made.
    Published,
}

/// A step in a survey's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Draft → open.
    Open,
    /// Open → closed.
    Close,
    /// Closed → published.
    Publish,
}

/// The survey is not where the step starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the survey is {state}; only {needed} survey can be {done}")]
pub struct IllegalStep {
    state: SurveyState,
    needed: &'static str,
    done: &'static str,
}

impl IllegalStep {
    /// Stable name for callers: which state the step would have needed.
    pub fn code(&self) -> &'static str {
        match self.needed {
            "a draft" => "survey-not-draft",
            "an open" => "survey-not-open",
            _ => "survey-not-closed",
        }
    }
}

impl SurveyState {
    /// The state after `step`.
    ///
    /// # Errors
    /// [`IllegalStep`] names the state that the survey is in and the one that it would have to be in.
    pub fn after(self, step: Step) -> Result<SurveyState, IllegalStep> {
        let illegal = |needed, done| IllegalStep { state: self, needed, done };
        match (step, self) {
            (Step::Open, SurveyState::Draft) => Ok(SurveyState::Open),
            (Step::Close, SurveyState::Open) => Ok(SurveyState::Closed),
            (Step::Publish, SurveyState::Closed) => Ok(SurveyState::Published),
            (Step::Open, _) => Err(illegal("a draft", "opened")),
            (Step::Close, _) => Err(illegal("an open", "closed")),
            (Step::Publish, _) => Err(illegal("a closed", "published")),
        }
    }

    /// Name in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Published => "published",
        }
    }
}

impl fmt::Display for SurveyState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for SurveyState {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Draft, Self::Open, Self::Closed, Self::Published]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| format!("“{text}” is not a state of a survey"))
    }
}

/// A survey's title: 1 to 200 characters, no line breaks or other control characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Title(String);

/// The text is not a title.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a title has 1 to 200 characters and no line breaks")]
pub struct MalformedTitle;

impl Title {
    /// The title as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Title {
    type Error = MalformedTitle;
    fn try_from(text: String) -> Result<Self, MalformedTitle> {
        let text = text.trim();
        if (1..=200).contains(&text.chars().count()) && !text.chars().any(char::is_control) {
            Ok(Self(text.to_owned()))
        } else {
            Err(MalformedTitle)
        }
    }
}

impl From<Title> for String {
    fn from(title: Title) -> String {
        title.0
    }
}

/// A survey of one organisation's staff, as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// Identifier.
    pub id: SurveyId,
    /// Whose staff are asked.
    pub organisation: OdsCode,
    /// Title, as staff and HR leads read it.
    pub title: Title,
    /// Where it stands.
    pub state: SurveyState,
    /// Last day for answers, as told to staff.
    pub closes_on: Option<Date>,
    /// Threshold that it was opened with; `None` for a draft, and for surveys opened before organisations had their own.
    pub minimum_count: Option<u32>,
}

impl Survey {
    /// From how many people on its groups are shown, in an installation that asks for `lowest` at least.
    pub fn minimum(&self, lowest: u32) -> u32 {
        self.minimum_count.unwrap_or(lowest).max(lowest)
    }
}

/// What a survey asks and of whom. Fixed when the survey is made: later changes do not move answers.
#[derive(Debug, Clone)]
pub struct SurveyContent {
    /// What is asked.
    pub questionnaire: Questionnaire,
    /// The organisation's units as they were.
    pub units: UnitTree,
}

impl SurveyContent {
    /// The questionnaire as somebody in `coarse_class` sees it: the unit question offers the units without further
    /// units that lie within it, and is not asked where there is nothing to choose.
    pub fn questionnaire_within(&self, coarse_class: Option<&str>) -> Questionnaire {
        let within = |code: &str| coarse_class.is_none_or(|class| class != code && self.units.is_within(code, class));
        let offered: Vec<(String, String)> = self
            .units
            .leaves()
            .filter(|unit| within(&unit.code))
            .map(|unit| (unit.code.clone(), unit.name.clone()))
            .collect();
        self.questionnaire.with_units(&offered)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_survey_goes_forward_one_step_at_a_time() {
        assert_eq!(SurveyState::Draft.after(Step::Open), Ok(SurveyState::Open));
        assert_eq!(SurveyState::Open.after(Step::Close), Ok(SurveyState::Closed));
        assert_eq!(SurveyState::Closed.after(Step::Publish), Ok(SurveyState::Published));
        let error = SurveyState::Open.after(Step::Publish).expect_err("illegal");
        assert_eq!(error.to_string(), "the survey is open; only a closed survey can be published");
    }

    #[test]
    fn titles_have_no_line_breaks() {
        assert!(Title::try_from("Staff\r\nBcc: all".to_owned()).is_err());
        assert!(Title::try_from("  ".to_owned()).is_err());
    }
}
