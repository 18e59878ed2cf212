//! Office accounts: one-time links, sign-in, sessions.

use time::Duration;

use super::audit_log::AuditLog;
use super::{AppError, now};
use crate::config::{Config, SecondFactorRule};
use crate::domain::account::{Caller, Role, TenantScope};
use crate::domain::audit_event::{Actor, Event};
use crate::domain::identifier::AccountId;
use crate::domain::organisation::OdsCode;
use crate::mail::Mailer;
use crate::security::{Keys, PasswordError, PasswordHasher, PlaintextToken, Purpose, Sealer, random_identifier_bytes};
use crate::storage::accounts;
pub use crate::storage::accounts::Account;
use crate::storage::sessions::{self, Life};
use crate::storage::{Connection, Database, StorageError, identity_providers, organisations, second_factors};

/// How long a one-time link works.
pub(super) const SETUP_LIFE: Duration = Duration::hours(72);
/// How exactly a session's last use is kept; finer would write to the database on every page.
const SESSION_PRECISION: Duration = Duration::minutes(1);

/// Use cases around accounts.
#[derive(Clone)]
pub struct Accounts {
    pub(super) database: Database,
    pub(super) passwords: PasswordHasher,
    pub(super) keys: Keys,
    pub(super) sealer: Sealer,
    pub(super) audit_log: AuditLog,
    pub(super) life: Life,
    pub(super) second_factor: SecondFactorRule,
    pub(super) mailer: Mailer,
    pub(super) public_url: String,
}

impl Accounts {
    pub(super) fn new(
        database: Database,
        passwords: PasswordHasher,
        keys: Keys,
        audit_log: AuditLog,
        mailer: Mailer,
        config: &Config,
    ) -> Self {
        Self {
            database,
            passwords,
            sealer: Sealer::new(keys.clone()),
            keys,
            audit_log,
            life: Life {
                idle: Duration::minutes(i64::from(config.security.session_idle_minutes)),
                absolute: Duration::hours(i64::from(config.security.session_hours)),
            },
            second_factor: config.security.second_factor,
            mailer,
            public_url: config.server.public_url.clone(),
        }
    }

    /// Creates an account; gives the token of its one-time link.
    ///
    /// # Errors
    /// [`AppError::Conflict`] when the e-mail is taken; [`AppError::Invalid`] when role and organisation do not fit.
    pub async fn create(
        &self,
        email: String,
        role: Role,
        organisation: Option<OdsCode>,
    ) -> Result<PlaintextToken, AppError> {
        match (role, &organisation) {
            (Role::PlatformAdministrator, Some(_)) => {
                return Err(AppError::invalid("a platform administrator belongs to no organisation"));
            }
            (Role::PlatformAdministrator, None) => {}
            (role, None) => return Err(AppError::invalid(format!("a {role} needs an organisation"))),
            (_, Some(_)) => {}
        }
        let (token, email) = (PlaintextToken::random(), normalised(&email));
        let (hash, log) = (token.hash(), self.audit_log.clone());
        self.database
            .of_every_organisation()
            .write(move |conn| {
                if let Some(ods) = &organisation {
                    let missing = |_| AppError::invalid(format!("there is no organisation {ods}; import it first"));
                    organisations::find(conn, &TenantScope::of_operator(ods.clone())).map_err(missing)?;
                }
                let id = AccountId::from_random(random_identifier_bytes());
                accounts::insert(conn, &id, &email, role, organisation.as_ref())?;
                accounts::set_setup_token(conn, &id, hash.as_str(), now() + SETUP_LIFE)?;
                let event = Event::AccountCreated { account: id, role };
                log.note_by(conn, &Actor::Operator, organisation.as_ref(), &event)
            })
            .await?;
        Ok(token)
    }

    /// Makes a new one-time link for an account that exists, and takes its password and second factor away: for
    /// somebody who has lost both.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn reset(&self, email: String) -> Result<PlaintextToken, AppError> {
        let token = PlaintextToken::random();
        let (hash, log) = (token.hash(), self.audit_log.clone());
        self.database
            .of_every_organisation()
            .write(move |conn| {
                let account =
                    accounts::find_by_email(conn, &normalised(&email)).map_err(AppError::or_not_found("account"))?;
                accounts::set_setup_token(conn, &account.id, hash.as_str(), now() + SETUP_LIFE)?;
                second_factors::clear(conn, &account.id)?;
                identity_providers::unlink(conn, &account.id)?;
                sessions::end_all(conn, &account.id)?;
                let event = Event::SecondFactorReset { account: account.id };
                log.note_by(conn, &Actor::Operator, account.organisation.as_ref(), &event)
            })
            .await?;
        Ok(token)
    }

    /// Refuses an account from now on.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn disable(&self, email: String) -> Result<(), AppError> {
        let log = self.audit_log.clone();
        self.database
            .of_every_organisation()
            .write(move |conn| {
                let account =
                    accounts::find_by_email(conn, &normalised(&email)).map_err(AppError::or_not_found("account"))?;
                accounts::set_disabled(conn, &account.id, true)?;
                let event = Event::AccountDisabled { account: account.id };
                log.note_by(conn, &Actor::Operator, account.organisation.as_ref(), &event)
            })
            .await
    }

    /// All accounts.
    pub async fn list(&self) -> Result<Vec<Account>, AppError> {
        self.database.of_every_organisation().read(|conn| Ok(accounts::list(conn)?)).await
    }

    /// Uses a one-time link: sets the password.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for a link that is unknown, used or expired; [`AppError::Invalid`] for the password.
    pub async fn set_password(&self, token: PlaintextToken, password: &str) -> Result<(), AppError> {
        let of = token.clone();
        let context = self
            .database
            .of_every_organisation()
            .read(move |conn| {
                let account = accounts::find_by_setup_token(conn, of.hash().as_str(), now())
                    .map_err(AppError::or_not_found("link"))?;
                password_context(conn, &account)
            })
            .await?;
        let (hash, log) = (self.passwords.hash(password, &context).await?, self.audit_log.clone());
        self.database
            .of_every_organisation()
            .write(move |conn| {
                let account = accounts::find_by_setup_token(conn, token.hash().as_str(), now())
                    .map_err(AppError::or_not_found("link"))?;
                accounts::set_password(conn, &account.id, &hash)?;
                let event = Event::PasswordChanged { account: account.id.clone() };
                log.note_by(conn, &account.caller().actor(), account.organisation.as_ref(), &event)
            })
            .await
    }

    /// Who holds this session.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`].
    pub async fn caller_of_session(&self, token: &PlaintextToken) -> Result<Caller, AppError> {
        let (hash, life) = (token.hash(), self.life);
        let read_hash = hash.clone();
        let (account, last_used, awaits) = self
            .database
            .of_every_organisation()
            .read(move |conn| sessions::find(conn, read_hash.as_str(), now(), life).map_err(or_unauthenticated))
            .await?;
        if awaits.is_some() {
            return Err(AppError::Unauthenticated);
        }
        if now() - last_used > SESSION_PRECISION {
            self.database
                .of_every_organisation()
                .write(move |conn| Ok::<_, AppError>(sessions::touch(conn, hash.as_str(), now())?))
                .await?;
        }
        Ok(account.caller())
    }

    /// Ends a session.
    pub async fn sign_out(&self, token: &PlaintextToken) -> Result<(), AppError> {
        let hash = token.hash();
        self.database.of_every_organisation().write(move |conn| Ok(sessions::end(conn, hash.as_str())?)).await
    }

    /// The token of forms on pages of this session.
    pub fn form_token(&self, session: &PlaintextToken) -> String {
        self.keys.authentication_code(Purpose::OfficeForm, session.reveal().as_bytes())
    }

    /// Whether a form carries the token of this session's pages.
    pub fn form_token_fits(&self, session: &PlaintextToken, given: &str) -> bool {
        self.keys.verify(Purpose::OfficeForm, session.reveal().as_bytes(), given)
    }
}

pub(super) fn normalised(email: &str) -> String {
    email.trim().to_lowercase()
}

/// What its owner's password may not be made of.
pub(super) fn password_context(conn: &mut Connection, account: &Account) -> Result<Vec<String>, AppError> {
    let mut context = vec![account.email.clone()];
    if let Some(ods) = &account.organisation {
        context.push(organisations::find(conn, &TenantScope::of_operator(ods.clone()))?.name);
    }
    Ok(context)
}

pub(super) fn or_unauthenticated(error: StorageError) -> AppError {
    match error {
        StorageError::NotFound => AppError::Unauthenticated,
        other => other.into(),
    }
}

impl From<PasswordError> for AppError {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Length | PasswordError::Common | PasswordError::OfContext => {
                Self::invalid(format!("{error}; choose another"))
            }
            PasswordError::Busy => Self::Busy(error.to_string()),
            PasswordError::Failed => Self::Internal(error.to_string()),
        }
    }
}
