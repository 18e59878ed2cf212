//! What somebody does with their own account once they are signed in.

use std::net::IpAddr;

use time::OffsetDateTime;

use super::accounts::{Accounts, or_unauthenticated, password_context};
use super::sign_in::{Enrolled, new_name};
use super::{AppError, now};
use crate::domain::audit_event::{Event, SignInMethod};
use crate::domain::identifier::{ApiSessionId, SessionId};
use crate::security::{HashedToken, PlaintextToken, RecoveryCode};
use crate::storage::accounts::{self, Account};
use crate::storage::sessions::{self, SessionLine};
use crate::storage::{api_sessions, second_factors};

/// An account as its owner sees it.
#[derive(Debug, Clone)]
pub struct OwnAccount {
    /// The account.
    pub account: Account,
    /// Its open sessions; the one that asks is marked.
    pub sessions: Vec<(SessionLine, bool)>,
    /// Its sign-ins to the API, and when each began.
    pub api_sign_ins: Vec<(ApiSessionId, OffsetDateTime)>,
    /// Recovery codes not used yet.
    pub recovery_codes_left: u64,
}

/// Which of one's own sign-ins to end.
#[derive(Debug, Clone)]
pub enum OwnSignIn {
    /// A session of the office.
    Session(SessionId),
    /// A sign-in to the API.
    Api(ApiSessionId),
    /// Every one but the session that asks.
    Others,
}

impl Accounts {
    /// The account of an open session.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`].
    pub async fn own(&self, session: &PlaintextToken) -> Result<OwnAccount, AppError> {
        let (hash, life) = (session.hash(), self.life);
        self.database
            .of_every_organisation()
            .read(move |conn| {
                let (account, _, awaits) =
                    sessions::find(conn, hash.as_str(), now(), life).map_err(or_unauthenticated)?;
                if awaits.is_some() {
                    return Err(AppError::Unauthenticated);
                }
                let lines = sessions::of_account(conn, &account.id, now(), life)?;
                let api_sign_ins = api_sessions::of_account(conn, &account.id, now() - life.absolute)?;
                let recovery_codes_left = second_factors::recovery_codes_left(conn, &account.id)?;
                let mark = |line: SessionLine| {
                    let asks = line.token_hash == hash.as_str();
                    (line, asks)
                };
                let sessions = lines.into_iter().map(mark).collect();
                Ok(OwnAccount { account, sessions, api_sign_ins, recovery_codes_left })
            })
            .await
    }

    /// Ends one of the account's sign-ins, or every one but this.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`].
    pub async fn end_own_session(&self, session: &PlaintextToken, which: OwnSignIn) -> Result<(), AppError> {
        let own = self.own(session).await?.account;
        let (hash, log) = (session.hash(), self.audit_log.clone());
        self.database
            .of_every_organisation()
            .write(move |conn| {
                match which {
                    OwnSignIn::Session(id) => sessions::end_one(conn, &own.id, &id)?,
                    OwnSignIn::Api(id) => api_sessions::end_one(conn, &own.id, &id)?,
                    OwnSignIn::Others => sessions::end_others(conn, &own.id, hash.as_str())?,
                }
                let event = Event::SessionsEnded { account: own.id.clone() };
                log.note_by(conn, &own.caller().actor(), own.organisation.as_ref(), &event)
            })
            .await
    }

    /// Changes the password; every session ends, and a new one begins.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`] when `present` is not the password; [`AppError::Invalid`] for the new one.
    pub async fn change_password(
        &self,
        session: &PlaintextToken,
        present: &str,
        new: &str,
        network: Option<IpAddr>,
    ) -> Result<PlaintextToken, AppError> {
        let account = self.confirmed(session, present, network).await?;
        let of = account.clone();
        let context = self.database.of_every_organisation().read(move |conn| password_context(conn, &of)).await?;
        let (password, log) = (self.passwords.hash(new, &context).await?, self.audit_log.clone());
        let token = PlaintextToken::random();
        let hash = token.hash();
        self.database
            .of_every_organisation()
            .write(move |conn| {
                accounts::set_password(conn, &account.id, &password)?;
                sessions::start(conn, hash.as_str(), &new_name(), &account.id, None, now())?;
                let event = Event::PasswordChanged { account: account.id.clone() };
                log.note_by(conn, &account.caller().actor(), account.organisation.as_ref(), &event)
            })
            .await?;
        Ok(token)
    }

    /// Makes new recovery codes; earlier ones are no longer good.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`] when `password` is not the password.
    pub async fn renew_recovery_codes(
        &self,
        session: &PlaintextToken,
        password: &str,
        network: Option<IpAddr>,
    ) -> Result<Vec<RecoveryCode>, AppError> {
        let account = self.confirmed(session, password, network).await?;
        if account.second_factor.is_none() {
            return Err(AppError::invalid("set up a second factor first"));
        }
        let ((codes, hashes), log) = (self.new_recovery_codes(&account.id), self.audit_log.clone());
        self.database
            .of_every_organisation()
            .write(move |conn| {
                second_factors::replace_recovery_codes(conn, &account.id, &hashes)?;
                let event = Event::RecoveryCodesMade { account: account.id.clone() };
                log.note_by(conn, &account.caller().actor(), account.organisation.as_ref(), &event)
            })
            .await?;
        Ok(codes)
    }

    /// Sets up a second factor in place of the present one, if any; every session ends, and a new one begins.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`] when `password` is not the password; [`AppError::Invalid`] for the code.
    pub async fn change_second_factor(
        &self,
        session: &PlaintextToken,
        password: &str,
        code: &str,
        network: Option<IpAddr>,
    ) -> Result<Enrolled, AppError> {
        let account = self.confirmed(session, password, network).await?;
        let seed = self.offered_seed(session, &account);
        let hash: HashedToken = session.hash();
        self.set_second_factor(account, hash, seed, code, SignInMethod::PasswordAndCode).await
    }

    /// The session's account, confirmed by its password: a session that was left open is not enough for this.
    async fn confirmed(
        &self,
        session: &PlaintextToken,
        password: &str,
        network: Option<IpAddr>,
    ) -> Result<Account, AppError> {
        let own = self.own(session).await?.account;
        self.check_password(&own.email, password, network).await
    }
}
