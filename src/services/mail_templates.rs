//! What organisations say in their own words in invitations and reminders.

use super::audit_log::AuditLog;
use super::{AppError, FieldProblem, Precondition};
use crate::domain::account::TenantScope;
use crate::domain::audit_event::Event;
use crate::domain::mail_template::{MailTemplate, MailTemplates};
use crate::domain::questionnaire::Language;
use crate::storage::{Database, mail_templates, organisations};

/// Use cases around the words of e-mails.
#[derive(Clone)]
pub struct MailWords {
    database: Database,
    audit_log: AuditLog,
}

impl MailWords {
    pub(super) fn new(database: Database, audit_log: AuditLog) -> Self {
        Self { database, audit_log }
    }

    /// The organisation's words; nothing where it says what we say.
    ///
    /// # Errors
    /// [`AppError::Busy`] when the database is.
    pub async fn read(&self, scope: TenantScope) -> Result<MailTemplates, AppError> {
        self.database.of(&scope).read(move |conn| Ok(mail_templates::find(conn, scope.organisation())?)).await
    }

    /// Replaces all of the organisation's words. E-mails that wait are sent with the new ones.
    ///
    /// # Errors
    /// [`AppError::Invalid`] with a pointer to each fault; [`AppError::NotFound`] for an organisation that is not known;
    /// [`AppError::ChangedMeanwhile`].
    pub async fn replace(
        &self,
        scope: TenantScope,
        templates: MailTemplates,
        precondition: Precondition<MailTemplates>,
    ) -> Result<(), AppError> {
        refuse_what_cannot_be_sent(&templates)?;
        let log = self.audit_log.clone();
        self.database
            .of(&scope)
            .write(move |conn| {
                organisations::find(conn, &scope).map_err(AppError::or_not_found("organisation"))?;
                precondition.check(conn, &scope, |conn| mail_templates::find(conn, scope.organisation()))?;
                mail_templates::upsert(conn, scope.organisation(), &templates)?;
                log.note(conn, &scope, &Event::OrganisationChanged)
            })
            .await
    }
    /// Replaces the words of one e-mail in one language; `None` goes back to ours. The others stay as they are.
    ///
    /// # Errors
    /// [`AppError::Invalid`] with a pointer to each fault; [`AppError::NotFound`] for an organisation that is not known.
    pub async fn replace_one(
        &self,
        scope: TenantScope,
        reminder: bool,
        language: Language,
        words: Option<MailTemplate>,
    ) -> Result<(), AppError> {
        let log = self.audit_log.clone();
        self.database
            .of(&scope)
            .write(move |conn| {
                // Held, so that of two who change different e-mails neither takes back what the other did.
                organisations::hold(conn, &scope).map_err(AppError::or_not_found("organisation"))?;
                let mut templates = mail_templates::find(conn, scope.organisation())?;
                templates.set(reminder, language, words);
                refuse_what_cannot_be_sent(&templates)?;
                mail_templates::upsert(conn, scope.organisation(), &templates)?;
                log.note(conn, &scope, &Event::OrganisationChanged)
            })
            .await
    }
}

pub(super) fn refuse_what_cannot_be_sent(templates: &MailTemplates) -> Result<(), AppError> {
    let problems: Vec<FieldProblem> = templates
        .problems()
        .into_iter()
        .map(|problem| FieldProblem { pointer: problem.pointer, detail: problem.detail })
        .collect();
    if problems.is_empty() {
        return Ok(());
    }
    Err(AppError::Invalid { detail: "some words cannot be sent; nothing was changed".to_owned(), problems })
}
