//! Accounts of an organisation, run by its administrator; and the e-mails with one-time links.

use std::net::IpAddr;

use time::Duration;

use super::accounts::{Accounts, normalised};
use super::{AppError, Precondition, now, outbox};
use crate::domain::account::{Role, TenantScope};
use crate::domain::audit_event::{Actor, Event};
use crate::domain::identifier::{AccountId, JobId};
use crate::domain::invitation::EmailAddress;
use crate::domain::job::Job;
use crate::mail::{AccountLinkMail, AccountLinkReason};
use crate::security::{PlaintextToken, random_identifier_bytes};
use crate::storage::accounts::{self, Account};
use crate::storage::{Connection, StorageError, identity_providers, second_factors, sessions};

/// How long a link works that somebody asked for because they forgot their password.
const NEW_PASSWORD_LIFE: Duration = Duration::hours(1);

/// What an administrator changes about an account.
#[derive(Debug, Clone, Copy, Default)]
pub struct AccountChange {
    /// Another role.
    pub role: Option<Role>,
    /// Refused from now on, or let in again.
    pub disabled: Option<bool>,
}

impl Accounts {
    /// The organisation's accounts, by e-mail.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn of_organisation(&self, scope: TenantScope) -> Result<Vec<Account>, AppError> {
        self.database.of(&scope).read(move |conn| Ok(accounts::of_organisation(conn, &scope)?)).await
    }

    /// The organisation's accounts with an identifier after `after`, by identifier, at most `limit`.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn list_in(
        &self,
        scope: TenantScope,
        after: Option<AccountId>,
        limit: u16,
    ) -> Result<Vec<Account>, AppError> {
        let after = after.map_or_else(String::new, String::from);
        self.database
            .of(&scope)
            .read(move |conn| Ok(accounts::page_of_organisation(conn, &scope, &after, i64::from(limit))?))
            .await
    }

    /// One account of the organisation.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn read_in(&self, scope: TenantScope, id: AccountId) -> Result<Account, AppError> {
        self.database
            .of(&scope)
            .read(move |conn| accounts::find_in(conn, &scope, &id).map_err(AppError::or_not_found("account")))
            .await
    }

    /// Makes an account in the organisation and sends its one-time link by e-mail.
    ///
    /// # Errors
    /// [`AppError::Conflict`] when the e-mail is taken; [`AppError::Invalid`] for an address that is none, or a role
    /// that belongs to no organisation.
    pub async fn invite(&self, scope: TenantScope, email: &str, role: Role) -> Result<Account, AppError> {
        refuse_platform(role)?;
        let email = normalised(email);
        EmailAddress::parse(&email).map_err(|error| AppError::invalid(error.to_string()))?;
        let log = self.audit_log.clone();
        self.database
            .of(&scope)
            .write(move |conn| {
                let id = AccountId::from_random(random_identifier_bytes());
                accounts::insert(conn, &id, &email, role, Some(scope.organisation())).map_err(|error| match error {
                    StorageError::AlreadyExists(_) => AppError::Conflict {
                        code: "account-exists",
                        detail: "there is an account with this e-mail already".to_owned(),
                    },
                    other => other.into(),
                })?;
                outbox::enqueue(conn, &[Job::SendAccountInvitation { account: id.clone() }])?;
                log.note(conn, &scope, &Event::AccountCreated { account: id.clone(), role })?;
                Ok(accounts::find(conn, &id)?)
            })
            .await
    }

    /// Changes role or access of another account; its sessions end.
    ///
    /// # Errors
    /// [`AppError::NotFound`]; [`AppError::Conflict`] for one's own account, so that nobody locks themselves out;
    /// [`AppError::ChangedMeanwhile`].
    pub async fn change(
        &self,
        scope: TenantScope,
        id: AccountId,
        change: AccountChange,
        precondition: Precondition<Account>,
    ) -> Result<Account, AppError> {
        change.role.map_or(Ok(()), refuse_platform)?;
        let log = self.audit_log.clone();
        self.database
            .of(&scope)
            .write(move |conn| {
                let account = other_account(conn, &scope, &id)?;
                precondition.check(conn, &scope, |conn| accounts::find_in(conn, &scope, &id))?;
                if let Some(role) = change.role.filter(|role| *role != account.role) {
                    accounts::set_role(conn, &id, role)?;
                    let event = Event::AccountRoleChanged { account: id.clone(), from: account.role, to: role };
                    log.note(conn, &scope, &event)?;
                }
                if let Some(disabled) = change.disabled.filter(|disabled| *disabled != account.disabled) {
                    accounts::set_disabled(conn, &id, disabled)?;
                    let account = id.clone();
                    let event =
                        if disabled { Event::AccountDisabled { account } } else { Event::AccountEnabled { account } };
                    log.note(conn, &scope, &event)?;
                }
                Ok(accounts::find(conn, &id)?)
            })
            .await
    }

    /// Takes password and second factor of another account away, ends its sessions and sends it a new one-time link.
    ///
    /// # Errors
    /// [`AppError::NotFound`]; [`AppError::Conflict`] for one's own account.
    pub async fn reset_other(&self, scope: TenantScope, id: AccountId) -> Result<(), AppError> {
        let log = self.audit_log.clone();
        self.database
            .of(&scope)
            .write(move |conn| {
                other_account(conn, &scope, &id)?;
                second_factors::clear(conn, &id)?;
                identity_providers::unlink(conn, &id)?;
                sessions::end_all(conn, &id)?;
                outbox::enqueue(conn, &[Job::SendAccountInvitation { account: id.clone() }])?;
                log.note(conn, &scope, &Event::SecondFactorReset { account: id })
            })
            .await
    }

    /// Ends every session of an account.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn end_sessions(&self, scope: TenantScope, id: AccountId) -> Result<(), AppError> {
        let log = self.audit_log.clone();
        self.database
            .of(&scope)
            .write(move |conn| {
                accounts::find_in(conn, &scope, &id).map_err(AppError::or_not_found("account"))?;
                sessions::end_all(conn, &id)?;
                log.note(conn, &scope, &Event::SessionsEnded { account: id })
            })
            .await
    }

    /// Sends a one-time link for a new password, if the address has an account. The second factor stays.
    ///
    /// # Errors
    /// [`AppError::TooSoon`]; none that tells whether there is an account.
    pub async fn forgot_password(&self, email: &str, network: Option<IpAddr>) -> Result<(), AppError> {
        let email = normalised(email);
        self.count_link(&email, network).await?;
        let log = self.audit_log.clone();
        self.database
            .of_every_organisation()
            .write(move |conn| {
                let account = match accounts::find_by_email(conn, &email) {
                    Ok(account) if !account.disabled => account,
                    Ok(_) | Err(StorageError::NotFound) => return Ok(()),
                    Err(error) => return Err(error.into()),
                };
                outbox::enqueue(conn, &[Job::SendNewPasswordLink { account: account.id.clone() }])?;
                let event = Event::AccountLinkMade { account: account.id };
                log.note_by(conn, &Actor::Service, account.organisation.as_ref(), &event)
            })
            .await
    }

    /// Sends an account its one-time link. The link is made here, and is the same on each try of the same job: the
    /// outbox holds none.
    ///
    /// # Errors
    /// [`AppError::Busy`] when another try may help.
    pub async fn deliver_link(&self, id: AccountId, job: JobId, reason: AccountLinkReason) -> Result<(), AppError> {
        let token = PlaintextToken::of_job(&self.keys, &job);
        let (hash, (life, in_words)) = (
            token.hash(),
            match reason {
                AccountLinkReason::Invitation => (super::accounts::SETUP_LIFE, "three days"),
                AccountLinkReason::NewPassword => (NEW_PASSWORD_LIFE, "one hour"),
            },
        );
        let account = self
            .database
            .of_every_organisation()
            .write(move |conn| {
                let account = match accounts::find(conn, &id) {
                    Ok(account) if !account.disabled => account,
                    Ok(_) | Err(StorageError::NotFound) => return Ok(None),
                    Err(error) => return Err(AppError::from(error)),
                };
                accounts::set_setup_token(conn, &id, hash.as_str(), now() + life)?;
                Ok(Some(account))
            })
            .await?;
        let Some(account) = account else { return Ok(()) };
        let address = EmailAddress::parse(&account.email)
            .map_err(|_| AppError::Internal("an account's e-mail is no address".to_owned()))?;
        let link = format!("{}/office/setup/{}", self.public_url, token.reveal());
        let mail = AccountLinkMail { link, life: in_words, reason }.write()?;
        let mailer = self.mailer.clone();
        tokio::task::spawn_blocking(move || mailer.send(&address, job.as_str(), &mail))
            .await
            .map_err(|_| AppError::Internal("sending did not finish".to_owned()))??;
        Ok(())
    }
}

fn refuse_platform(role: Role) -> Result<(), AppError> {
    match role {
        Role::PlatformAdministrator => Err(AppError::invalid("a platform administrator belongs to no organisation")),
        _ => Ok(()),
    }
}

fn other_account(conn: &mut Connection, scope: &TenantScope, id: &AccountId) -> Result<Account, AppError> {
    let account = accounts::find_in(conn, scope, id).map_err(AppError::or_not_found("account"))?;
    if *scope.actor() == Actor::Account(account.id.clone()) {
        let detail = "this is your own account; another administrator has to change it".to_owned();
        return Err(AppError::Conflict { code: "own-account", detail });
    }
    Ok(account)
}
