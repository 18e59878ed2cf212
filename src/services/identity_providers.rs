//! Organisations' own identity providers: set up by the organisation's administrator.

use super::audit_log::AuditLog;
use super::{AppError, FieldProblem, Precondition};
use crate::config::WebhooksConfig;
use crate::domain::account::TenantScope;
use crate::domain::audit_event::{Change, Event};
use crate::outbound::Destination;
use crate::security::{Purpose, Sealer};
use crate::storage::identity_providers;
pub use crate::storage::identity_providers::IdentityProvider;
use crate::storage::{Database, organisations};

/// Longest name or secret at a provider.
const LONGEST: usize = 1_000;

/// A provider as it is set up.
#[derive(Clone)]
pub struct NewIdentityProvider {
    /// Its address.
    pub issuer: String,
    /// What we are called there.
    pub client_id: String,
    /// The secret that proves it; `None` keeps the one that is stored.
    pub client_secret: Option<String>,
}

/// Use cases around the set-up of identity providers.
#[derive(Clone)]
pub struct IdentityProviders {
    database: Database,
    sealer: Sealer,
    audit_log: AuditLog,
    config: WebhooksConfig,
}

impl IdentityProviders {
    pub(super) fn new(database: Database, sealer: Sealer, audit_log: AuditLog, config: WebhooksConfig) -> Self {
        Self { database, sealer, audit_log, config }
    }

    /// The organisation's provider.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when it has none.
    pub async fn read(&self, scope: TenantScope) -> Result<IdentityProvider, AppError> {
        self.database
            .of(&scope)
            .read(move |conn| {
                identity_providers::find(conn, &scope).map_err(AppError::or_not_found("identity provider"))
            })
            .await
    }

    /// Sets the organisation's provider. Another issuer knows people under other names: they are matched by address
    /// once more.
    ///
    /// # Errors
    /// [`AppError::Invalid`] with a pointer; [`AppError::ChangedMeanwhile`].
    pub async fn replace(
        &self,
        scope: TenantScope,
        new: NewIdentityProvider,
        precondition: Precondition<IdentityProvider>,
    ) -> Result<IdentityProvider, AppError> {
        self.check(&new)?;
        let sealed = new.client_secret.as_ref().map(|secret| {
            self.sealer.seal(
                Purpose::IdentityProviderSecret,
                scope.organisation().as_str().as_bytes(),
                secret.as_bytes(),
            )
        });
        let log = self.audit_log.clone();
        self.database
            .of(&scope)
            .write(move |conn| {
                organisations::find(conn, &scope).map_err(AppError::or_not_found("organisation"))?;
                precondition.check(conn, &scope, |conn| identity_providers::find(conn, &scope))?;
                let stored = identity_providers::find(conn, &scope).ok();
                let change = if stored.is_some() { Change::Changed } else { Change::Created };
                // A stored secret goes to nobody but the provider that it was given for.
                let kept = stored.filter(|stored| stored.issuer == new.issuer).map(|stored| stored.client_secret);
                let client_secret = sealed.or(kept).ok_or_else(|| {
                    invalid("/client_secret", "give the secret, too: there is none yet for this issuer")
                })?;
                let provider = IdentityProvider { issuer: new.issuer, client_id: new.client_id, client_secret };
                identity_providers::upsert(conn, &scope, &provider)?;
                log.note(conn, &scope, &Event::IdentityProvider { change })?;
                Ok(provider)
            })
            .await
    }

    /// Removes the organisation's provider: people sign in with their passwords again.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when it has none.
    pub async fn remove(&self, scope: TenantScope) -> Result<(), AppError> {
        let log = self.audit_log.clone();
        self.database
            .of(&scope)
            .write(move |conn| {
                identity_providers::delete(conn, &scope).map_err(AppError::or_not_found("identity provider"))?;
                log.note(conn, &scope, &Event::IdentityProvider { change: Change::Removed })
            })
            .await
    }

    fn check(&self, new: &NewIdentityProvider) -> Result<(), AppError> {
        Destination::parse(&new.issuer, &self.config).map_err(|error| {
            invalid("/issuer", &error.to_string().replace("hooks.example.nhs.uk/candour", "login.example.nhs.uk"))
        })?;
        if new.issuer.contains('?') {
            return Err(invalid("/issuer", "an issuer has no query (?)"));
        }
        let visible = |text: &str| (1..=LONGEST).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        if !visible(&new.client_id) {
            return Err(invalid("/client_id", "give 1 to 1,000 visible ASCII characters, as the provider shows them"));
        }
        match &new.client_secret {
            Some(secret) if !visible(secret) => {
                Err(invalid("/client_secret", "give 1 to 1,000 visible ASCII characters, as the provider shows them"))
            }
            _ => Ok(()),
        }
    }
}

fn invalid(pointer: &str, detail: &str) -> AppError {
    let problem = FieldProblem { pointer: pointer.to_owned(), detail: detail.to_owned() };
    AppError::Invalid { detail: detail.to_owned(), problems: vec![problem] }
}
