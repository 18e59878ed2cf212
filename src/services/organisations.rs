//! Organisations and their units.

use super::audit_log::AuditLog;
use super::{AppError, Precondition};
use crate::domain::account::TenantScope;
use crate::domain::audit_event::{Actor, Event};
use crate::domain::organisation::{OdsCode, Organisation, UnitTree};
use crate::storage::{Database, organisations};

/// Use cases around organisations.
#[derive(Clone)]
pub struct Organisations {
    database: Database,
    audit_log: AuditLog,
}

impl Organisations {
    pub(super) fn new(database: Database, audit_log: AuditLog) -> Self {
        Self { database, audit_log }
    }

    /// Adds an organisation.
    ///
    /// # Errors
    /// [`AppError::Conflict`] when the code is taken; [`AppError::Invalid`] for a name that cannot be one.
    pub async fn create(&self, by: Actor, organisation: Organisation) -> Result<Organisation, AppError> {
        check_name(&organisation.name)?;
        let log = self.audit_log.clone();
        self.database
            .of_every_organisation()
            .write(move |conn| {
                organisations::insert(conn, &organisation)?;
                let event = Event::OrganisationCreated { organisation: organisation.ods.to_string() };
                log.note_by(conn, &by, None, &event)?;
                Ok(organisation)
            })
            .await
    }

    /// Adds or renames many organisations, all or none.
    pub async fn import(&self, batch: Vec<Organisation>) -> Result<usize, AppError> {
        batch.iter().try_for_each(|organisation| check_name(&organisation.name))?;
        let log = self.audit_log.clone();
        self.database
            .of_every_organisation()
            .write(move |conn| {
                for organisation in &batch {
                    organisations::upsert(conn, organisation)?;
                }
                let event = Event::Imported { what: "organisations", subject: String::new() };
                log.note_by(conn, &Actor::Operator, None, &event)?;
                Ok(batch.len())
            })
            .await
    }

    /// The organisation in scope and its units.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn read(&self, scope: TenantScope) -> Result<(Organisation, UnitTree), AppError> {
        self.database
            .of(&scope)
            .read(move |conn| {
                let organisation = organisations::find(conn, &scope).map_err(AppError::or_not_found("organisation"))?;
                Ok((organisation, organisations::units(conn, &scope)?))
            })
            .await
    }

    /// All organisations with a code after `after`, at most `limit`: for platform administrators.
    pub async fn list(&self, after: Option<OdsCode>, limit: u16) -> Result<Vec<Organisation>, AppError> {
        let after = after.map_or_else(String::new, String::from);
        self.database
            .of_every_organisation()
            .read(move |conn| Ok(organisations::list(conn, &after, i64::from(limit))?))
            .await
    }

    /// Changes the name.
    ///
    /// # Errors
    /// [`AppError::NotFound`]; [`AppError::Invalid`] for a name that cannot be one; [`AppError::ChangedMeanwhile`].
    pub async fn rename(
        &self,
        scope: TenantScope,
        name: String,
        precondition: Precondition<(Organisation, UnitTree)>,
    ) -> Result<(), AppError> {
        check_name(&name)?;
        let log = self.audit_log.clone();
        self.database
            .of(&scope)
            .write(move |conn| {
                precondition.check(conn, &scope, |conn| {
                    Ok((organisations::find(conn, &scope)?, organisations::units(conn, &scope)?))
                })?;
                organisations::rename(conn, &scope, &name).map_err(AppError::or_not_found("organisation"))?;
                log.note(conn, &scope, &Event::OrganisationChanged)
            })
            .await
    }

    /// Replaces the whole unit tree. Surveys that exist keep the tree that they were made with.
    ///
    /// # Errors
    /// [`AppError::NotFound`]; [`AppError::ChangedMeanwhile`].
    pub async fn replace_units(
        &self,
        scope: TenantScope,
        units: UnitTree,
        precondition: Precondition<UnitTree>,
    ) -> Result<(), AppError> {
        let log = self.audit_log.clone();
        self.database
            .of(&scope)
            .write(move |conn| {
                precondition.check(conn, &scope, |conn| organisations::units(conn, &scope))?;
                organisations::replace_units(conn, &scope, &units).map_err(AppError::or_not_found("organisation"))?;
                log.note(conn, &scope, &Event::UnitsReplaced)
            })
            .await
    }
}

fn check_name(name: &str) -> Result<(), AppError> {
    if (1..=200).contains(&name.chars().count()) && !name.chars().any(char::is_control) {
        Ok(())
    } else {
        Err(AppError::invalid("a name has 1 to 200 characters and no line breaks"))
    }
}
