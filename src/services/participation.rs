//! How many take part in a survey: in all, by unit, and day by day; always in steps while it is open.

use time::Date;

use super::AppError;
use crate::config::DisclosureConfig;
use crate::domain::account::TenantScope;
use crate::domain::identifier::SurveyId;
use crate::domain::survey::{Survey, SurveyState};
use crate::storage::{Connection, Database, StorageError, invitations, maintenance, participation, surveys};

/// Use cases around participation.
#[derive(Clone)]
pub struct ParticipationCounts {
    database: Database,
    disclosure: DisclosureConfig,
}

/// How many take part, in steps too coarse to tell about one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Participation {
    /// People invited.
    pub invited: u64,
    /// People who have answered; while the survey is open, rounded down to a multiple of the step.
    pub answered: u64,
    /// Step in which `answered` moves while the survey is open.
    pub step: u64,
    /// The same by unit, for units that invitations carry.
    pub units: Vec<UnitParticipation>,
    /// Days on which `answered` had become another number, and which, in steps even after the survey has closed.
    pub days: Vec<(Date, u64)>,
    /// Day of the latest reminder.
    pub reminded_on: Option<Date>,
}

/// How many of a unit take part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitParticipation {
    /// Code of the unit.
    pub unit: String,
    /// People invited in it.
    pub invited: u64,
    /// People who have answered, always rounded down to a multiple of the step.
    pub answered: u64,
}

impl ParticipationCounts {
    pub(super) fn new(database: Database, disclosure: DisclosureConfig) -> Self {
        Self { database, disclosure }
    }

    /// How many take part.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn read(&self, scope: TenantScope, survey: SurveyId) -> Result<Participation, AppError> {
        let DisclosureConfig { minimum_count, coarse_class_minimum, .. } = self.disclosure;
        self.database
            .of(&scope)
            .read(move |conn| {
                let survey = surveys::find(conn, &scope, &survey).map_err(AppError::or_not_found("survey"))?;
                let step = step(&survey, minimum_count);
                let counts = invitations::counts(conn, &survey.id)?;
                let still_moving = matches!(survey.state, SurveyState::Draft | SurveyState::Open);
                let units = invitations::participation_by_class(conn, &survey.id)?
                    .into_iter()
                    .filter(|(_, counts)| counts.invited >= u64::from(coarse_class_minimum))
                    .filter_map(|(unit, counts)| {
                        let answered = in_steps(counts.used, step);
                        Some(UnitParticipation { unit: unit?, invited: counts.invited, answered })
                    })
                    .collect();
                Ok(Participation {
                    invited: counts.invited,
                    answered: if still_moving { in_steps(counts.used, step) } else { counts.used },
                    step,
                    units,
                    days: participation::by_day(conn, &survey.id)?,
                    reminded_on: surveys::reminders(conn, &survey.id)?.1,
                })
            })
            .await
    }

    /// Notes for `day` how many have answered each open survey, in steps. `candour serve` does so every hour; replicas
    /// that do it at once write the same.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn note(&self, day: Date) -> Result<(), AppError> {
        let lowest = self.disclosure.minimum_count;
        self.database
            .of_every_organisation()
            .write(move |conn| {
                let open = maintenance::surveys(conn)?.into_iter().filter(|line| line.state == SurveyState::Open);
                for line in open {
                    let survey = surveys::find_for_respondent(conn, &line.id)?;
                    note_survey(conn, &survey, lowest, day)?;
                }
                Ok(())
            })
            .await
    }
}

/// Notes for `day` how many have answered the survey, in steps.
pub(super) fn note_survey(conn: &mut Connection, survey: &Survey, lowest: u32, day: Date) -> Result<(), StorageError> {
    let answered = invitations::counts(conn, &survey.id)?.used;
    participation::note(conn, &survey.id, day, in_steps(answered, step(survey, lowest)))
}

/// In which step the numbers of a survey move, in an installation that shows groups from `lowest` people on.
pub(super) fn step(survey: &Survey, lowest: u32) -> u64 {
    u64::from(survey.minimum(lowest))
}

/// Rounded down to a multiple of the step.
pub(super) fn in_steps(people: u64, step: u64) -> u64 {
    people / step * step
}
