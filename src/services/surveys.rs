//! Surveys: creating, opening, closing, publishing.

use std::sync::Arc;
use std::time::Instant;

use time::Date;

use super::audit_log::AuditLog;
use super::invitations::jobs_for;
use super::open_forms::OpenForms;
use super::participation::note_survey;
use super::{AppError, Precondition, closing, comments, outbox, policies, today};
use crate::config::DisclosureConfig;
use crate::domain::account::TenantScope;
use crate::domain::audit_event::Event;
use crate::domain::comment::reviewable;
use crate::domain::disclosure::{self, Ledger, Policy, ProtectedTable};
use crate::domain::identifier::{ReleaseId, SurveyId};
use crate::domain::questionnaire::{BUILT_IN, Questionnaire};
use crate::domain::response::Response;
use crate::domain::survey::{Step, Survey, SurveyContent, SurveyState, Title};
use crate::domain::tabulation::{self, TabulationError};
use crate::mail::Greeting;
use crate::security::{Sealer, random_identifier_bytes};
use crate::storage::surveys::Hold;
use crate::storage::{
    Connection, Database, StorageError, invitations, maintenance, organisations, releases, responses, surveys,
};

/// Use cases around surveys.
#[derive(Clone)]
pub struct Surveys {
    pub(super) database: Database,
    sealer: Sealer,
    audit_log: AuditLog,
    pub(super) disclosure: DisclosureConfig,
    open_forms: OpenForms,
}

/// What somebody who sets up a survey decides.
#[derive(Debug, Clone)]
pub struct NewSurvey {
    /// Title, as staff read it.
    pub title: Title,
    /// Definition as TOML; `None` for the built-in questionnaire.
    pub questionnaire: Option<String>,
    /// Last day for answers, as told to staff.
    pub closes_on: Option<Date>,
}

impl Surveys {
    pub(super) fn new(
        database: Database,
        sealer: Sealer,
        audit_log: AuditLog,
        disclosure: DisclosureConfig,
        open_forms: OpenForms,
    ) -> Self {
        Self { database, sealer, audit_log, disclosure, open_forms }
    }

    /// Creates a draft with the organisation's units as they are now.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for a questionnaire that is not one; [`AppError::Conflict`] when there are no units yet.
    pub async fn create(&self, scope: TenantScope, new: NewSurvey) -> Result<Survey, AppError> {
        let questionnaire = new.questionnaire.unwrap_or_else(|| BUILT_IN.to_owned());
        Questionnaire::parse(&questionnaire)
            .map_err(|errors| AppError::invalid(format!("the questionnaire cannot be used: {errors}")))?;
        refuse_past(new.closes_on)?;
        let log = self.audit_log.clone();
        self.database
            .of(&scope)
            .write(move |conn| {
                let units = organisations::units(conn, &scope).map_err(AppError::or_not_found("organisation"))?;
                let survey = Survey {
                    id: SurveyId::from_random(random_identifier_bytes()),
                    organisation: scope.organisation().clone(),
                    title: new.title,
                    state: SurveyState::Draft,
                    closes_on: new.closes_on,
                    minimum_count: None,
                };
                surveys::insert(conn, &survey, &questionnaire, &units)?;
                log.note(conn, &scope, &Event::SurveyCreated { survey: survey.id.clone() })?;
                Ok(survey)
            })
            .await
    }

    /// The survey.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn read(&self, scope: TenantScope, id: SurveyId) -> Result<Survey, AppError> {
        self.database
            .of(&scope)
            .read(move |conn| surveys::find(conn, &scope, &id).map_err(AppError::or_not_found("survey")))
            .await
    }

    /// Whose survey it is: for the access layer, which decides whether the caller may know.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn organisation_of(&self, id: SurveyId) -> Result<crate::domain::organisation::OdsCode, AppError> {
        self.database
            .of_every_organisation()
            .read(move |conn| surveys::organisation_of(conn, &id).map_err(AppError::or_not_found("survey")))
            .await
    }

    /// What the survey asks and of whom.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn content(&self, scope: TenantScope, id: SurveyId) -> Result<Arc<SurveyContent>, AppError> {
        self.database
            .of(&scope)
            .read(move |conn| {
                surveys::find(conn, &scope, &id).map_err(AppError::or_not_found("survey"))?;
                Ok(surveys::content(conn, &id)?)
            })
            .await
    }

    /// The organisation's surveys with an identifier after `after`, at most `limit`.
    pub async fn list(&self, scope: TenantScope, after: Option<SurveyId>, limit: u16) -> Result<Vec<Survey>, AppError> {
        let after = after.map_or_else(String::new, String::from);
        self.database.of(&scope).read(move |conn| Ok(surveys::list(conn, &scope, &after, i64::from(limit))?)).await
    }

    /// The one survey that people can be invited to: a draft or an open one.
    ///
    /// # Errors
    /// [`AppError::Conflict`] when there is none, or more than one.
    pub async fn only_one_to_invite_to(&self, scope: TenantScope) -> Result<Survey, AppError> {
        let mut surveys = self.list(scope, None, u16::MAX).await?;
        surveys.retain(|survey| matches!(survey.state, SurveyState::Draft | SurveyState::Open));
        match (surveys.pop(), surveys.len()) {
            (Some(survey), 0) => Ok(survey),
            (None, _) => {
                let detail = "the organisation has no survey that is a draft or open; create one first".to_owned();
                Err(AppError::Conflict { code: "no-survey", detail })
            }
            (Some(_), others) => {
                let detail =
                    format!("the organisation has {} surveys that people can be invited to; say which", others + 1);
                Err(AppError::Conflict { code: "several-surveys", detail })
            }
        }
    }

    /// Changes title or closing day of a survey that is not closed.
    ///
    /// # Errors
    /// [`AppError::Conflict`] when it is closed; [`AppError::ChangedMeanwhile`].
    pub async fn change(
        &self,
        scope: TenantScope,
        id: SurveyId,
        title: Option<Title>,
        closes_on: Option<Date>,
        precondition: Precondition<Survey>,
    ) -> Result<Survey, AppError> {
        refuse_past(closes_on)?;
        let log = self.audit_log.clone();
        let changed = self
            .database
            .of(&scope)
            .write(move |conn| {
                precondition.check(conn, &scope, |conn| surveys::find(conn, &scope, &id))?;
                let mut survey = surveys::find(conn, &scope, &id).map_err(AppError::or_not_found("survey"))?;
                if !matches!(survey.state, SurveyState::Draft | SurveyState::Open) {
                    let detail =
                        format!("the survey is {}; it can be changed while it is a draft or open", survey.state);
                    return Err(AppError::Conflict { code: "survey-not-open", detail });
                }
                survey.title = title.unwrap_or(survey.title);
                survey.closes_on = closes_on.or(survey.closes_on);
                surveys::update(conn, &survey)?;
                log.note(conn, &scope, &Event::SurveyChanged { survey: id })?;
                Ok::<_, AppError>(survey)
            })
            .await?;
        self.open_forms.forget_all();
        Ok(changed)
    }

    /// Opens the survey, with the threshold that the organisation has now, and queues the e-mails of everybody invited so
    /// far.
    ///
    /// # Errors
    /// [`AppError::Conflict`] when it is not a draft.
    pub async fn open(&self, scope: TenantScope, id: SurveyId) -> Result<Survey, AppError> {
        let (log, lowest) = (self.audit_log.clone(), self.disclosure.minimum_count);
        self.database
            .of(&scope)
            .write(move |conn| {
                let mut survey = advance(conn, &scope, &id, Step::Open)?;
                let minimum_count = policies::find(conn, &scope, lowest)?.minimum_count;
                surveys::fix_minimum(conn, &id, minimum_count)?;
                survey.minimum_count = Some(minimum_count);
                let everybody = invitations::unused(conn, &id)?;
                outbox::enqueue(conn, &jobs_for(everybody.into_iter(), Greeting::Invitation))?;
                log.note(conn, &scope, &Event::SurveyOpened { survey: id })?;
                Ok(survey)
            })
            .await
    }

    /// Closes the survey: no further answers. The stored answers are opened and written anew in random order.
    ///
    /// # Errors
    /// [`AppError::Conflict`] when it is not open.
    pub async fn close(&self, scope: TenantScope, id: SurveyId) -> Result<Survey, AppError> {
        let (sealer, log, lowest) = (self.sealer.clone(), self.audit_log.clone(), self.disclosure.minimum_count);
        let closed = self
            .database
            .of(&scope)
            .write(move |conn| {
                surveys::hold(conn, &id, Hold::Alone)?;
                let survey = advance(conn, &scope, &id, Step::Close)?;
                note_survey(conn, &survey, lowest, today())?;
                maintenance::note_closing(conn, &id, today())?;
                closing::settle(conn, &sealer, &id)?;
                log.note(conn, &scope, &Event::SurveyClosed { survey: id })?;
                Ok::<_, AppError>(survey)
            })
            .await?;
        self.open_forms.forget_all();
        // The survey is closed whether or not this works: the database does the same by itself, only later.
        if let Err(error) = self.tidy().await {
            tracing::warn!(%error, "space of a closed survey was not given back yet");
        }
        Ok(closed)
    }

    /// Lets go of what close deleted: it is sealed, but need not lie about.
    async fn tidy(&self) -> Result<(), StorageError> {
        let database = self.database.clone();
        let tidied = tokio::task::spawn_blocking(move || {
            database.dedicated_connection().and_then(|mut conn| maintenance::vacuum(&mut conn))
        });
        tidied.await.unwrap_or_else(|_| Err(StorageError::Database("a vacuum did not finish".to_owned())))
    }

    /// Makes the release: tabulates, protects the whole family jointly, audits, and stores what may be seen.
    ///
    /// # Errors
    /// [`AppError::Conflict`] when the survey is not closed, or when the audit refuses the release.
    pub async fn publish(&self, scope: TenantScope, id: SurveyId) -> Result<Arc<ProtectedTable>, AppError> {
        let (content, answered, minimum_count) = {
            let lowest = self.disclosure.minimum_count;
            let (scope, id) = (scope.clone(), id.clone());
            self.database
                .of(&scope)
                .read(move |conn| {
                    let survey = surveys::find(conn, &scope, &id).map_err(AppError::or_not_found("survey"))?;
                    survey.state.after(Step::Publish)?;
                    Ok::<_, AppError>((
                        surveys::content(conn, &id)?,
                        responses::all(conn, &id)?,
                        survey.minimum(lowest),
                    ))
                })
                .await?
        };
        let policy = Policy::for_survey(minimum_count, self.disclosure.minimum_interval);
        // Between the transactions: closed surveys do not change, and protection takes longer than a lock should last.
        let (table, reviewable) = tokio::task::spawn_blocking(move || protect(&content, &answered, &policy))
            .await
            .map_err(|_| AppError::Internal("protection did not finish".to_owned()))??;
        let table = Arc::new(table);
        let (stored, log) = (Arc::clone(&table), self.audit_log.clone());
        self.database
            .of(&scope)
            .write(move |conn| {
                advance(conn, &scope, &id, Step::Publish)?;
                releases::insert(conn, &ReleaseId::from_random(random_identifier_bytes()), &id, &stored)?;
                comments::draw(conn, &scope, &id, reviewable)?;
                log.note(conn, &scope, &Event::SurveyPublished { survey: id })
            })
            .await?;
        Ok(table)
    }
}

fn advance(conn: &mut Connection, scope: &TenantScope, id: &SurveyId, step: Step) -> Result<Survey, AppError> {
    let mut survey = surveys::find(conn, scope, id).map_err(AppError::or_not_found("survey"))?;
    let next = survey.state.after(step)?;
    if !surveys::change_state(conn, id, survey.state, next)? {
        return Err(AppError::Conflict {
            code: "survey-changed",
            detail: "somebody else has just changed the survey; look again".to_owned(),
        });
    }
    survey.state = next;
    Ok(survey)
}

/// What may be seen, and the comments that somebody may review.
fn protect(
    content: &SurveyContent,
    answered: &[responses::StoredResponse],
    policy: &Policy,
) -> Result<(ProtectedTable, Vec<(String, String)>), AppError> {
    let responses: Vec<(Option<&str>, Response)> = answered
        .iter()
        .map(|stored| Ok((stored.coarse_class.as_deref(), stored.response()?)))
        .collect::<Result<_, StorageError>>()?;
    let raw = tabulation::of_survey(content, &responses).map_err(|error| match error {
        TabulationError::Empty => AppError::Conflict { code: "nobody-answered", detail: error.to_string() },
        TabulationError::Misfit => AppError::Internal(error.to_string()),
    })?;
    let started = Instant::now();
    let table = disclosure::protect(raw, policy, &Ledger::default(), &|| started.elapsed())
        .map_err(|refusal| AppError::Conflict { code: "release-refused", detail: refusal.to_string() })?;
    Ok((table, reviewable(&content.questionnaire, &responses, policy.minimum_count)))
}

fn refuse_past(closes_on: Option<Date>) -> Result<(), AppError> {
    match closes_on {
        Some(date) if date < today() => Err(AppError::invalid("the closing day lies in the past")),
        _ => Ok(()),
    }
}
