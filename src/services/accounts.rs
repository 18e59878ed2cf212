//! Office accounts: one-time links, sign-in, sessions, access tokens.

use time::Duration;

use super::{AppError, now};
use crate::config::SecurityConfig;
use crate::domain::account::{Caller, Role};
use crate::domain::identifier::AccountId;
use crate::domain::organisation::OdsCode;
use crate::security::{
    AccessTokens, Keys, PasswordError, PasswordHasher, PlaintextToken, Purpose, random_identifier_bytes,
};
use crate::storage::accounts::{self, Account};
use crate::storage::{Database, StorageError};

/// How long a one-time link works.
const SETUP_LIFE: Duration = Duration::hours(72);
/// How exactly a session's last use is kept; finer would write to the database on every page.
const SESSION_PRECISION: Duration = Duration::minutes(1);

/// Use cases around accounts.
#[derive(Clone)]
pub struct Accounts {
    database: Database,
    passwords: PasswordHasher,
    tokens: AccessTokens,
    keys: Keys,
    idle: Duration,
    absolute: Duration,
}

/// An access token as it is handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedToken {
    /// The token.
    pub access_token: String,
    /// Seconds until it ends.
    pub expires_in: i64,
}

impl Accounts {
    pub(super) fn new(
        database: Database,
        passwords: PasswordHasher,
        tokens: AccessTokens,
        keys: Keys,
        config: &SecurityConfig,
    ) -> Self {
        Self {
            database,
            passwords,
            tokens,
            keys,
            idle: Duration::minutes(i64::from(config.session_idle_minutes)),
            absolute: Duration::hours(i64::from(config.session_hours)),
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
        let hash = token.hash();
        self.database
            .write(move |conn| {
                let id = AccountId::from_random(random_identifier_bytes());
                accounts::insert(conn, &id, &email, role, organisation.as_ref())?;
                Ok::<_, AppError>(accounts::set_setup_token(conn, &id, hash.as_str(), now() + SETUP_LIFE)?)
            })
            .await?;
        Ok(token)
    }

    /// Makes a new one-time link for an account that exists.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn reset(&self, email: String) -> Result<PlaintextToken, AppError> {
        let token = PlaintextToken::random();
        let hash = token.hash();
        self.database
            .write(move |conn| {
                let account =
                    accounts::find_by_email(conn, &normalised(&email)).map_err(AppError::or_not_found("account"))?;
                Ok::<_, AppError>(accounts::set_setup_token(conn, &account.id, hash.as_str(), now() + SETUP_LIFE)?)
            })
            .await?;
        Ok(token)
    }

    /// Refuses an account from now on.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn disable(&self, email: String) -> Result<(), AppError> {
        self.database
            .write(move |conn| {
                let account =
                    accounts::find_by_email(conn, &normalised(&email)).map_err(AppError::or_not_found("account"))?;
                Ok(accounts::set_disabled(conn, &account.id, true)?)
            })
            .await
    }

    /// All accounts.
    pub async fn list(&self) -> Result<Vec<Account>, AppError> {
        self.database.read(|conn| Ok(accounts::list(conn)?)).await
    }

    /// Uses a one-time link: sets the password.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for a link that is unknown, used or expired; [`AppError::Invalid`] for the password.
    pub async fn set_password(&self, token: PlaintextToken, password: &str) -> Result<(), AppError> {
        let hash = self.passwords.hash(password).await?;
        self.database
            .write(move |conn| {
                let account = accounts::find_by_setup_token(conn, token.hash().as_str(), now())
                    .map_err(AppError::or_not_found("link"))?;
                Ok(accounts::set_password(conn, &account.id, &hash)?)
            })
            .await
    }

    /// Signs in; gives the token of a new session.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`] for every wrong combination alike.
    pub async fn sign_in(&self, email: &str, password: &str) -> Result<PlaintextToken, AppError> {
        let account = self.check_password(email, password).await?;
        let token = PlaintextToken::random();
        let hash = token.hash();
        self.database
            .write(move |conn| Ok::<_, AppError>(accounts::start_session(conn, hash.as_str(), &account.id, now())?))
            .await?;
        Ok(token)
    }

    /// Signs in to the API; gives an access token.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`] for every wrong combination alike.
    pub async fn issue_token(&self, email: &str, password: &str) -> Result<IssuedToken, AppError> {
        let account = self.check_password(email, password).await?;
        let access_token =
            self.tokens.issue(&account.id, now()).map_err(|error| AppError::Internal(error.to_string()))?;
        Ok(IssuedToken { access_token, expires_in: self.tokens.life().whole_seconds() })
    }

    /// Who holds this session.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`].
    pub async fn caller_of_session(&self, token: &PlaintextToken) -> Result<Caller, AppError> {
        let (hash, idle, absolute) = (token.hash(), self.idle, self.absolute);
        let read_hash = hash.clone();
        let (account, last_used) = self
            .database
            .read(move |conn| {
                accounts::find_session(conn, read_hash.as_str(), now(), idle, absolute).map_err(or_unauthenticated)
            })
            .await?;
        if now() - last_used > SESSION_PRECISION {
            self.database
                .write(move |conn| Ok::<_, AppError>(accounts::touch_session(conn, hash.as_str(), now())?))
                .await?;
        }
        Ok(account.caller())
    }

    /// Who holds this access token. The account is looked up each time, so that disabling it takes effect at once.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`].
    pub async fn caller_of_access_token(&self, token: &str) -> Result<Caller, AppError> {
        let claims = self.tokens.check(token).map_err(|_| AppError::Unauthenticated)?;
        let account =
            self.database.read(move |conn| accounts::find(conn, &claims.sub).map_err(or_unauthenticated)).await?;
        if account.disabled { Err(AppError::Unauthenticated) } else { Ok(account.caller()) }
    }

    /// Ends a session.
    pub async fn sign_out(&self, token: &PlaintextToken) -> Result<(), AppError> {
        let hash = token.hash();
        self.database.write(move |conn| Ok(accounts::end_session(conn, hash.as_str())?)).await
    }

    /// The token of forms on pages of this session.
    pub fn form_token(&self, session: &PlaintextToken) -> String {
        self.keys.authentication_code(Purpose::OfficeForm, session.reveal().as_bytes())
    }

    /// Whether a form carries the token of this session's pages.
    pub fn form_token_fits(&self, session: &PlaintextToken, given: &str) -> bool {
        self.keys.verify(Purpose::OfficeForm, session.reveal().as_bytes(), given)
    }

    async fn check_password(&self, email: &str, password: &str) -> Result<Account, AppError> {
        let email = normalised(email);
        let found = self
            .database
            .read(move |conn| match accounts::find_by_email(conn, &email) {
                Ok(account) => Ok(Some(account)),
                Err(StorageError::NotFound) => Ok(None),
                Err(error) => Err(AppError::from(error)),
            })
            .await?;
        let hash = found.as_ref().and_then(|account| account.password_hash.as_deref());
        let fits = self.passwords.verify(password, hash).await?;
        found.filter(|account| fits && !account.disabled).ok_or(AppError::Unauthenticated)
    }
}

fn normalised(email: &str) -> String {
    email.trim().to_lowercase()
}

fn or_unauthenticated(error: StorageError) -> AppError {
    match error {
        StorageError::NotFound => AppError::Unauthenticated,
        other => other.into(),
    }
}

impl From<PasswordError> for AppError {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Length => Self::invalid(format!("{error}; choose another")),
            PasswordError::Busy => Self::Busy(error.to_string()),
            PasswordError::Failed => Self::Internal(error.to_string()),
        }
    }
}
