//! Inviting staff, reminding them, and sending both.

use std::collections::{BTreeMap, HashMap};

use time::{Date, Duration};

use super::audit_log::AuditLog;
use super::invitation_mail::{self, Ingredients};
use super::participation::{in_steps, step};
use super::{AppError, FieldProblem, outbox, suppressions, today};
use crate::config::{Config, InvitationsConfig};
use crate::domain::account::TenantScope;
use crate::domain::audit_event::Event;
use crate::domain::identifier::{InvitationId, JobId, SurveyId};
use crate::domain::invitation::{CoarseClass, EmailAddress, Invitee, coarse_classes};
use crate::domain::job::Job;
use crate::domain::organisation::UnitTree;
use crate::domain::survey::{Survey, SurveyState};
use crate::mail::{Greeting, MailError, Mailer};
use crate::security::{Keys, PlaintextToken, Purpose, Sealer, random_identifier_bytes};
use crate::storage::invitations::{self, StoredInvitation};
use crate::storage::{
    Connection, Database, StorageError, mail_templates, organisations, responses, sealed_responses, surveys,
};

/// Use cases around invitations.
#[derive(Clone)]
pub struct Invitations {
    pub(super) database: Database,
    pub(super) keys: Keys,
    sealer: Sealer,
    pub(super) mailer: Mailer,
    pub(super) audit_log: AuditLog,
    suppressions: suppressions::Suppressions,
    pub(super) public_url: String,
    coarse_class_minimum: usize,
    participation_minimum: u32,
    limits: InvitationsConfig,
}

/// What inviting did, or would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct InvitationSummary {
    /// People who were not invited before.
    pub added: usize,
    /// People who were.
    pub already_invited: usize,
    /// People whose invitation carries a wider unit than their own, because too few are invited in it.
    pub widened: usize,
}

/// How sending ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// It has been handed over.
    Sent,
    /// There is nothing to send any more: answered, closed, deleted, or not wanted.
    NotNeeded,
}

impl Invitations {
    pub(super) fn new(
        database: Database,
        keys: Keys,
        sealer: Sealer,
        mailer: Mailer,
        audit_log: AuditLog,
        config: &Config,
    ) -> Self {
        Self {
            suppressions: suppressions::Suppressions::new(database.clone(), keys.clone(), sealer.clone(), None),
            database,
            keys,
            sealer,
            mailer,
            audit_log,
            public_url: config.server.public_url.clone(),
            coarse_class_minimum: config.disclosure.coarse_class_minimum as usize,
            participation_minimum: config.disclosure.minimum_count,
            limits: config.invitations,
        }
    }

    /// Invites people to a survey that is a draft or open, and queues their e-mails, in one transaction. With
    /// `dry_run`, says what it would do and does nothing.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for people in units that the survey does not have; [`AppError::Conflict`] when closed.
    pub async fn invite(
        &self,
        scope: TenantScope,
        survey: SurveyId,
        people: Vec<Invitee>,
        dry_run: bool,
    ) -> Result<InvitationSummary, AppError> {
        let this = self.clone();
        let result = self
            .database
            .of(&scope)
            .write(move |conn| {
                let survey = surveys::find(conn, &scope, &survey).map_err(AppError::or_not_found("survey"))?;
                let summary = this.invite_within(conn, &survey, &people)?;
                // Leaving with an error is how a transaction is taken back.
                if dry_run {
                    return Err(Undone::DryRun(summary));
                }
                this.audit_log.note(conn, &scope, &Event::InvitationsAdded { survey: survey.id })?;
                Ok(summary)
            })
            .await;
        match result {
            Ok(summary) | Err(Undone::DryRun(summary)) => Ok(summary),
            Err(Undone::Failed(error)) => Err(error),
        }
    }

    fn invite_within(
        &self,
        conn: &mut Connection,
        survey: &Survey,
        people: &[Invitee],
    ) -> Result<InvitationSummary, AppError> {
        if !matches!(survey.state, SurveyState::Draft | SurveyState::Open) {
            let detail = format!("the survey is {}; people can be invited while it is a draft or open", survey.state);
            return Err(AppError::Conflict { code: "survey-not-open", detail });
        }
        let content = surveys::content(conn, &survey.id)?;
        let units = &content.units;
        refuse_unknown_units(units, people)?;
        // Who is invited already does not count again towards the size of a class.
        let mut known = invitations::address_indexes(conn, &survey.id)?;
        let newcomers: Vec<(&Invitee, String)> = people
            .iter()
            .map(|person| (person, self.address_index(survey, person)))
            .filter(|(_, index)| known.insert(index.clone()))
            .collect();
        let classes =
            self.widen_classes(conn, survey, units, newcomers.iter().map(|(person, _)| person.unit.as_str()))?;
        let batch: Vec<StoredInvitation> = newcomers
            .iter()
            .map(|(person, index)| {
                self.prepare(survey, person, index, classes.get(&Some(person.unit.clone())).cloned().flatten())
            })
            .collect();
        let widened = newcomers
            .iter()
            .zip(&batch)
            .filter(|((person, _), stored)| stored.coarse_class.as_ref() != Some(&person.unit))
            .count();
        invitations::insert(conn, &batch)?;
        if survey.state == SurveyState::Open {
            outbox::enqueue(conn, &jobs_for(batch.iter().map(|stored| stored.id.clone()), Greeting::Invitation))?;
        }
        Ok(InvitationSummary { added: batch.len(), already_invited: people.len() - batch.len(), widened })
    }

    /// The class of each unit, over those invited before and now. A class that has become too small to stand beside the
    /// new ones is widened for those who have it, and for answers that carry it: as a class, not one by one.
    pub(super) fn widen_classes<'a>(
        &self,
        conn: &mut Connection,
        survey: &Survey,
        units: &UnitTree,
        newcomers: impl Iterator<Item = &'a str>,
    ) -> Result<HashMap<CoarseClass, CoarseClass>, AppError> {
        let before = invitations::counts_by_class(conn, &survey.id)?;
        let mut invited: HashMap<CoarseClass, usize> = before.iter().cloned().collect();
        for unit in newcomers {
            *invited.entry(Some(unit.to_owned())).or_default() += 1;
        }
        let classes = coarse_classes(units, &invited, self.coarse_class_minimum);
        for (class, _) in &before {
            let wider = classes.get(class).cloned().flatten();
            if let Some(narrow) = class.as_deref().filter(|_| wider != *class) {
                invitations::widen_class(conn, &survey.id, narrow, wider.as_deref())?;
                sealed_responses::widen_class(conn, &survey.id, narrow, wider.as_deref())?;
                responses::widen_class(conn, &survey.id, narrow, wider.as_deref())?;
            }
        }
        Ok(classes)
    }

    fn prepare(
        &self,
        survey: &Survey,
        person: &Invitee,
        address_index: &str,
        coarse_class: CoarseClass,
    ) -> StoredInvitation {
        let id = InvitationId::from_random(random_identifier_bytes());
        StoredInvitation {
            token_hash: PlaintextToken::of_invitation(&self.keys, &id).hash().as_str().to_owned(),
            address: self.sealer.seal(Purpose::AddressSeal, id.as_str().as_bytes(), person.email.reveal().as_bytes()),
            address_index: address_index.to_owned(),
            survey: survey.id.clone(),
            language: person.language,
            coarse_class,
            used: false,
            id,
        }
    }

    /// Under which a person is found again in one survey, and in no other.
    fn address_index(&self, survey: &Survey, person: &Invitee) -> String {
        let text = format!("{}\n{}", survey.id, person.email.reveal().to_lowercase());
        self.keys.authentication_code(Purpose::AddressIndex, text.as_bytes())
    }

    /// Queues a reminder to everybody who has not answered; gives the most that it can be, never who or exactly how
    /// many: that would be how many have answered.
    ///
    /// # Errors
    /// [`AppError::Conflict`] when the survey is not open, was reminded of lately, or has had all its reminders.
    pub async fn remind(&self, scope: TenantScope, survey: SurveyId) -> Result<u64, AppError> {
        let (limits, lowest, log) = (self.limits, self.participation_minimum, self.audit_log.clone());
        self.database
            .of(&scope)
            .write(move |conn| {
                let survey = surveys::find(conn, &scope, &survey).map_err(AppError::or_not_found("survey"))?;
                if survey.state != SurveyState::Open {
                    let detail = format!("the survey is {}; reminders go out while it is open", survey.state);
                    return Err(AppError::Conflict { code: "survey-not-open", detail });
                }
                let (sent, latest) = surveys::reminders(conn, &survey.id)?;
                refuse_nagging(&limits, sent, latest, today())?;
                let unused = invitations::unused(conn, &survey.id)?;
                outbox::enqueue(conn, &jobs_for(unused.into_iter(), Greeting::Reminder))?;
                surveys::note_reminder(conn, &survey.id, today())?;
                let counts = invitations::counts(conn, &survey.id)?;
                let step = step(&survey, lowest);
                log.note(conn, &scope, &Event::RemindersSent { survey: survey.id })?;
                Ok(counts.invited - in_steps(counts.used, step))
            })
            .await
    }

    /// Sends the e-mail of one invitation, if it is still wanted. `job` makes the Message-ID, the same on each try.
    ///
    /// # Errors
    /// [`AppError::Busy`] when another try may help, [`AppError::Internal`] when none will.
    pub async fn deliver(
        &self,
        invitation: InvitationId,
        job: JobId,
        greeting: Greeting,
    ) -> Result<Delivery, AppError> {
        let loaded = self
            .database
            .of_every_organisation()
            .read(move |conn| {
                let invitation = match invitations::find(conn, &invitation) {
                    Err(StorageError::NotFound) => return Ok(None),
                    other => other?,
                };
                let survey = surveys::find_for_respondent(conn, &invitation.survey)?;
                let organisation = organisations::find(conn, &TenantScope::of_operator(survey.organisation.clone()))?;
                let templates = mail_templates::find(conn, &survey.organisation)?;
                Ok::<_, AppError>(Some((
                    invitation,
                    Ingredients { organisation: organisation.name, survey, templates },
                )))
            })
            .await?;
        let Some((invitation, ingredients)) = loaded else { return Ok(Delivery::NotNeeded) };
        if invitation.used || ingredients.survey.state != SurveyState::Open {
            return Ok(Delivery::NotNeeded);
        }
        let address = self
            .sealer
            .open(Purpose::AddressSeal, invitation.id.as_str().as_bytes(), &invitation.address)
            .and_then(|bytes| EmailAddress::parse(&String::from_utf8(bytes).ok()?).ok())
            .ok_or_else(|| {
                AppError::Internal("an address cannot be opened: was security.secret changed?".to_owned())
            })?;
        if self.suppressions.contains(ingredients.survey.organisation.clone(), &address).await? {
            return Ok(Delivery::NotNeeded);
        }
        let link = self.link(&invitation.id);
        let mail = invitation_mail::write(&self.public_url, ingredients, &link, greeting, invitation.language)?;
        let (mailer, id) = (self.mailer.clone(), message_id(&self.keys, &job));
        tokio::task::spawn_blocking(move || mailer.send(&address, &id, &mail))
            .await
            .map_err(|_| AppError::Internal("sending did not finish".to_owned()))??;
        Ok(Delivery::Sent)
    }

    /// The personal link of an invitation: for its e-mail, and for the demo that prints one.
    pub fn link(&self, invitation: &InvitationId) -> String {
        format!("{}/s/{}", self.public_url, PlaintextToken::of_invitation(&self.keys, invitation).reveal())
    }
}

/// What a message is called: the same on each try, and signed, so that a report about it can be told from a forged one.
pub(super) fn message_id(keys: &Keys, job: &JobId) -> String {
    format!("{job}.{}", keys.authentication_code(Purpose::MessageId, job.as_str().as_bytes()))
}

/// Whether an e-mail of ours is called so; the part after `@`, which the mailer adds, does not matter.
pub(super) fn is_message_id(keys: &Keys, id: &str) -> bool {
    let (name, _) = id.split_once('@').unwrap_or((id, ""));
    name.split_once('.').is_some_and(|(job, code)| keys.verify(Purpose::MessageId, job.as_bytes(), code))
}

/// Jobs that send `invitations` their e-mails.
pub(super) fn jobs_for(invitations: impl Iterator<Item = InvitationId>, greeting: Greeting) -> Vec<Job> {
    invitations
        .map(|invitation| match greeting {
            Greeting::Invitation => Job::SendInvitation { invitation },
            Greeting::Reminder => Job::SendReminder { invitation },
        })
        .collect()
}

/// Reminders keep their distance.
fn refuse_nagging(limits: &InvitationsConfig, sent: u32, latest: Option<Date>, today: Date) -> Result<(), AppError> {
    if sent >= limits.reminder_maximum {
        let detail = format!("{sent} reminders have been sent, which is all that the settings allow");
        return Err(AppError::Conflict { code: "reminded-enough", detail });
    }
    let next = latest.and_then(|day| day.checked_add(Duration::days(i64::from(limits.reminder_minimum_days))));
    match next {
        Some(next) if today < next => {
            let detail = format!("a reminder was sent a few days ago; the next can go out on {next}");
            Err(AppError::Conflict { code: "reminded-lately", detail })
        }
        _ => Ok(()),
    }
}

fn refuse_unknown_units(units: &UnitTree, people: &[Invitee]) -> Result<(), AppError> {
    let mut unknown: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, person) in people.iter().enumerate() {
        if units.find(&person.unit).is_none() {
            unknown.entry(&person.unit).or_insert(index);
        }
    }
    if unknown.is_empty() {
        return Ok(());
    }
    let problems = unknown
        .iter()
        .map(|(unit, index)| FieldProblem {
            pointer: format!("/{index}/unit"),
            detail: format!("“{unit}” is not a unit of this survey"),
        })
        .collect();
    Err(AppError::Invalid {
        detail: "some people are in units that the survey does not have; nobody was invited".to_owned(),
        problems,
    })
}

/// Why the transaction of an invitation was taken back.
enum Undone {
    DryRun(InvitationSummary),
    Failed(AppError),
}

impl From<AppError> for Undone {
    fn from(error: AppError) -> Self {
        Self::Failed(error)
    }
}

impl From<StorageError> for Undone {
    fn from(error: StorageError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<MailError> for AppError {
    fn from(error: MailError) -> Self {
        match error {
            MailError::Temporary(reason) => Self::Busy(reason),
            other => Self::Internal(other.to_string()),
        }
    }
}
