//! The WRES indicators: their inputs, and the report of a year with those before it.

use super::audit_log::AuditLog;
use super::{AppError, Precondition};
use crate::domain::account::TenantScope;
use crate::domain::audit_event::Event;
use crate::domain::identifier::SurveyId;
use crate::domain::indicator::{
    Computed, DataItem, EnteredFigures, Events, InputKey, Inputs, NationalFigures, ReleaseFigures, ReportingYear,
    SurveyFigures, Variant, compute_all, statutory_return,
};
use crate::domain::organisation::Organisation;
use crate::domain::statistics::Tally;
use crate::domain::workforce::MOST_PEOPLE;
use crate::storage::{
    Connection, Database, StorageError, indicator_inputs, national_figures, organisations, releases, survey_figures,
    surveys, workforces,
};

/// Use cases around indicators.
#[derive(Clone)]
pub struct Indicators {
    database: Database,
    audit_log: AuditLog,
}

/// Indicators of an organisation.
#[derive(Debug, Clone)]
pub struct WresReport {
    /// Whose.
    pub organisation: Organisation,
    /// Of which staff.
    pub variant: Variant,
    /// The year asked for, then those before it that have figures.
    pub years: Vec<WresYear>,
}

/// Where the indicators 5 to 8 come from when a year has both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SurveySource {
    /// The release of our own survey.
    #[default]
    Release,
    /// What another survey published.
    Entered,
}

/// Indicators of one year.
#[derive(Debug, Clone)]
pub struct WresYear {
    /// The year.
    pub year: ReportingYear,
    /// Day of the workforce snapshot: the latest of the year.
    pub snapshot: Option<String>,
    /// Survey of the indicators 5 to 8: the last one that was closed in the year and is published.
    pub survey: Option<SurveyId>,
    /// Other survey whose published figures were entered and stand for them instead.
    pub instrument: Option<String>,
    /// The indicators.
    pub indicators: Vec<Computed>,
    /// The lines of the statutory return.
    pub lines: Vec<DataItem>,
    /// Figures of the whole country, to read these against.
    pub national: NationalFigures,
}

impl Indicators {
    pub(super) fn new(database: Database, audit_log: AuditLog) -> Self {
        Self { database, audit_log }
    }

    /// Stores an input in place of an earlier one; with `dry_run`, only checks it.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for counts of another kind, none at all, or counts that contradict each other;
    /// [`AppError::ChangedMeanwhile`].
    pub async fn replace_input(
        &self,
        scope: TenantScope,
        key: InputKey,
        events: Events,
        dry_run: bool,
        precondition: Precondition<Events>,
    ) -> Result<(), AppError> {
        check(&key, &events)?;
        let log = self.audit_log.clone();
        self.database
            .of(&scope)
            .write(move |conn| {
                organisations::find(conn, &scope).map_err(AppError::or_not_found("organisation"))?;
                precondition.check(conn, &scope, |conn| indicator_inputs::find(conn, &scope, &key))?;
                if dry_run {
                    return Ok(());
                }
                indicator_inputs::upsert(conn, &scope, &key, &events)?;
                let subject = format!("{} {} {}", key.kind, key.year, key.variant);
                log.note(conn, &scope, &Event::Imported { what: "indicator_input", subject })
            })
            .await
    }

    /// One input.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn read_input(&self, scope: TenantScope, key: InputKey) -> Result<Events, AppError> {
        self.database
            .of(&scope)
            .read(move |conn| {
                indicator_inputs::find(conn, &scope, &key).map_err(AppError::or_not_found("indicator input"))
            })
            .await
    }

    /// Stores figures of the indicators 5 to 8 from another survey in place of earlier ones; with `dry_run`, only checks.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for none at all, or a survey without a name; [`AppError::NotFound`];
    /// [`AppError::ChangedMeanwhile`].
    pub async fn replace_survey_figures(
        &self,
        scope: TenantScope,
        (year, variant): (ReportingYear, Variant),
        entered: EnteredFigures,
        dry_run: bool,
        precondition: Precondition<EnteredFigures>,
    ) -> Result<(), AppError> {
        if entered.counts.0.is_empty() {
            return Err(AppError::invalid("there is no figure; nothing was stored"));
        }
        let largest = entered.counts.0.values().filter_map(|figure| figure.value()).map(Tally::people).max();
        if let Some(people) = largest.filter(|people| *people > MOST_PEOPLE) {
            return Err(AppError::invalid(format!("{people} is more people than any organisation asks")));
        }
        let letters = entered.instrument.chars().count();
        if entered.instrument.trim().is_empty() || letters > 100 || entered.instrument.chars().any(char::is_control) {
            return Err(AppError::invalid(
                "the name of the survey has 1 to 100 characters, such as “NHS Staff Survey 2025”",
            ));
        }
        let log = self.audit_log.clone();
        self.database
            .of(&scope)
            .write(move |conn| {
                organisations::find(conn, &scope).map_err(AppError::or_not_found("organisation"))?;
                precondition.check(conn, &scope, |conn| {
                    survey_figures::find(conn, &scope, (year, variant))?.ok_or(StorageError::NotFound)
                })?;
                if dry_run {
                    return Ok(());
                }
                survey_figures::upsert(conn, &scope, (year, variant), &entered)?;
                let subject = format!("{year} {variant}");
                log.note(conn, &scope, &Event::Imported { what: "survey_figures", subject })
            })
            .await
    }

    /// Figures of another survey.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn read_survey_figures(
        &self,
        scope: TenantScope,
        of: (ReportingYear, Variant),
    ) -> Result<EnteredFigures, AppError> {
        self.database
            .of(&scope)
            .read(move |conn| survey_figures::find(conn, &scope, of)?.ok_or(AppError::NotFound("survey figures")))
            .await
    }

    /// Stores the country's figures of a year in place of earlier ones; none where none is known.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::ChangedMeanwhile`].
    pub async fn replace_national_figures(
        &self,
        scope: TenantScope,
        year: ReportingYear,
        figures: NationalFigures,
        precondition: Precondition<NationalFigures>,
    ) -> Result<(), AppError> {
        let log = self.audit_log.clone();
        self.database
            .of(&scope)
            .write(move |conn| {
                organisations::find(conn, &scope).map_err(AppError::or_not_found("organisation"))?;
                precondition.check(conn, &scope, |conn| national_figures::find(conn, &scope, year))?;
                national_figures::replace(conn, &scope, year, &figures)?;
                log.note(conn, &scope, &Event::Imported { what: "national_figures", subject: year.to_string() })
            })
            .await
    }

    /// The country's figures of a year; none where none is known.
    pub async fn read_national_figures(
        &self,
        scope: TenantScope,
        year: ReportingYear,
    ) -> Result<NationalFigures, AppError> {
        self.database.of(&scope).read(move |conn| Ok(national_figures::find(conn, &scope, year)?)).await
    }

    /// The indicators of `year` and of up to `before` years before it.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when nothing is known about `year`.
    pub async fn report(
        &self,
        scope: TenantScope,
        year: ReportingYear,
        variant: Variant,
        before: u16,
        source: SurveySource,
    ) -> Result<WresReport, AppError> {
        self.database
            .of(&scope)
            .read(move |conn| {
                let organisation = organisations::find(conn, &scope).map_err(AppError::or_not_found("organisation"))?;
                let mut years = Vec::new();
                for each in year.backwards(before + 1) {
                    match of_year(conn, &scope, each, variant, source)? {
                        Some(found) => years.push(found),
                        None if each == year => {
                            return Err(AppError::NotFound("year with workforce, inputs or survey"));
                        }
                        None => {}
                    }
                }
                Ok(WresReport { organisation, variant, years })
            })
            .await
    }
}

/// What is known about one year; nothing when that is nothing.
fn of_year(
    conn: &mut Connection,
    scope: &TenantScope,
    year: ReportingYear,
    variant: Variant,
    source: SurveySource,
) -> Result<Option<WresYear>, AppError> {
    let (first, last) = (year.first_day(), year.last_day());
    let workforce = workforces::find_between(conn, scope, first, last)?;
    let events = indicator_inputs::of_year(conn, scope, year, variant)?;
    let survey = surveys::published_between(conn, scope, first, last)?.into_iter().next();
    let entered = survey_figures::find(conn, scope, (year, variant))?;
    // A survey of ours does not ask for the contract, so that bank staff have no figures of their own in it.
    let survey = survey.filter(|_| entered.is_none() || (source == SurveySource::Release && variant != Variant::Bank));
    let entered = entered.filter(|_| survey.is_none());
    let release = match &survey {
        Some(survey) => Some((releases::find(conn, &survey.id)?.1, surveys::content(conn, &survey.id)?)),
        None => None,
    };
    if workforce.is_none() && survey.is_none() && entered.is_none() && events.counts().next().is_none() {
        return Ok(None);
    }
    let figures = release.as_ref().map(|(table, content)| ReleaseFigures {
        table,
        questionnaire: &content.questionnaire,
        variant,
    });
    let inputs = Inputs {
        workforce: workforce.as_ref().map(|(_, workforce)| workforce),
        events: Some(&events),
        survey: match (&figures, &entered) {
            (Some(release), _) => Some(release as &dyn SurveyFigures),
            (None, Some(entered)) => Some(&entered.counts),
            (None, None) => None,
        },
        variant,
    };
    let (indicators, lines) = (compute_all(&inputs), statutory_return(&inputs));
    let snapshot = workforce.map(|(date, _)| date);
    let (survey, instrument) = (survey.map(|survey| survey.id), entered.map(|entered| entered.instrument));
    let national = national_figures::find(conn, scope, year)?;
    Ok(Some(WresYear { year, snapshot, survey, instrument, indicators, lines, national }))
}

fn check(key: &InputKey, events: &Events) -> Result<(), AppError> {
    if let Some(count) = events.counts().find(|count| !key.kind.measures().contains(&count.measure)) {
        return Err(AppError::invalid(format!("“{}” is not counted under {}", count.measure, key.kind)));
    }
    if events.counts().next().is_none() {
        return Err(AppError::invalid("there is no count; nothing was stored"));
    }
    if let Some(count) = events.counts().find(|count| count.count > MOST_PEOPLE) {
        return Err(AppError::invalid(format!("{} is more people than any organisation has to do with", count.count)));
    }
    match events.contradictions().first() {
        Some(contradiction) => Err(AppError::invalid(contradiction.clone())),
        None => Ok(()),
    }
}
