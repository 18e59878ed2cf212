//! What organisations say in their own words in invitations and reminders.

use super::audit_log::AuditLog;
use super::{AppError, FieldProblem, Precondition};
use crate::domain::account::TenantScope;
use crate::domain::audit_event::Event;
use crate::domain::mail_template::MailTemplates;
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
        let problems: Vec<FieldProblem> = templates
            .problems()
            .into_iter()
            .map(|problem| FieldProblem { pointer: problem.pointer, detail: problem.detail })
            .collect();
        if !problems.is_empty() {
            return Err(AppError::Invalid {
                detail: "some words cannot be sent; nothing was changed".to_owned(),
                problems,
            });
        }
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
}
