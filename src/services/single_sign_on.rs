//! Signing in at the organisation's own identity provider: OpenID Connect, authorization code with PKCE (S256).
//!
//! The browser holds one random token in a cookie while it is away. State, nonce and the PKCE verifier are derived from
//! it, so that nothing but its hash is stored; the row with that hash is taken once. Only accounts of the organisation
//! whose provider it is can be signed in to, and none is ever made.

use std::net::IpAddr;

use serde_json::Value;
use time::Duration;

use super::accounts::Accounts;
use super::identity_directory::{Directory, ProviderTrouble};
use super::sign_in::{new_name, note_sign_in};
use super::{AppError, now};
use crate::domain::account::TenantScope;
use crate::domain::audit_event::{Actor, Event, Refusal, SignInMethod};
use crate::domain::organisation::OdsCode;
use crate::security::{
    ExpectedIdentity, IdentityTokenError, PlaintextToken, ProvenIdentity, Purpose, Sealer, code_challenge,
};
use crate::storage::accounts::{self, Account};
use crate::storage::identity_providers::{self, IdentityProvider};
use crate::storage::{Connection, StorageError, sessions};

/// How long somebody may take at the provider.
const LONGEST_ABSENCE: Duration = Duration::minutes(10);

/// Use cases around signing in at an organisation's own provider.
#[derive(Clone)]
pub struct SingleSignOn {
    accounts: Accounts,
    sealer: Sealer,
    directory: Directory,
}

/// Where the browser goes next.
pub struct Departure {
    /// Address at the provider.
    pub address: String,
    /// What the browser keeps while it is away.
    pub token: PlaintextToken,
}

/// What the provider sent the browser back with.
#[derive(Debug, Clone, Default)]
pub struct Return {
    /// Good once, for a token.
    pub code: Option<String>,
    /// What we sent along.
    pub state: Option<String>,
    /// Who says so (RFC 9207).
    pub issuer: Option<String>,
}

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum SingleSignOnError {
    /// No organisation with this code has a provider.
    #[error("no organisation with this code signs in this way")]
    NoProvider,
    /// The provider cannot be reached, or is not set up as OpenID Connect wants it.
    #[error(transparent)]
    Provider(#[from] ProviderTrouble),
    /// What came back cannot be believed. Deliberately without a reason.
    #[error("what came back cannot be believed")]
    Refused,
    /// The provider knows the person; there is no account for them here.
    #[error("there is no account for this person")]
    NoAccount,
    /// Anything else.
    #[error(transparent)]
    Other(#[from] AppError),
}

impl From<StorageError> for SingleSignOnError {
    fn from(error: StorageError) -> Self {
        Self::Other(error.into())
    }
}

impl SingleSignOn {
    pub(super) fn new(accounts: Accounts, directory: Directory) -> Self {
        Self { sealer: accounts.sealer.clone(), accounts, directory }
    }

    /// Sends a browser to the provider of `organisation`.
    ///
    /// # Errors
    /// [`SingleSignOnError`]; too many tries from one network are [`AppError::TooSoon`].
    pub async fn depart(&self, organisation: OdsCode, network: Option<IpAddr>) -> Result<Departure, SingleSignOnError> {
        self.accounts.count_departure(network).await?;
        let scope = TenantScope::of_operator(organisation);
        let provider = self.provider(&scope).await?;
        let metadata = self.directory.metadata(&provider.issuer).await?;
        let token = PlaintextToken::random();
        let (hash, begun) = (token.hash(), scope.clone());
        self.accounts
            .database
            .of(&scope)
            .write(move |conn| Ok::<_, AppError>(identity_providers::begin(conn, &begun, hash.as_str(), now())?))
            .await?;
        let parameters = [
            ("response_type", "code".to_owned()),
            ("scope", "openid email".to_owned()),
            ("client_id", provider.client_id),
            ("redirect_uri", self.redirect_address(scope.organisation())),
            ("state", self.derived("state", &token)),
            ("nonce", self.derived("nonce", &token)),
            ("code_challenge", code_challenge(&self.derived("verifier", &token))),
            ("code_challenge_method", "S256".to_owned()),
        ];
        Ok(Departure { address: metadata.authorization_address(&parameters), token })
    }

    /// Where the provider of `organisation` sends browsers back to: an address of its own for each organisation, so that
    /// one provider's answer is never taken for another's.
    pub fn redirect_address(&self, organisation: &OdsCode) -> String {
        format!("{}/office/sign-in/trust/{organisation}", self.accounts.public_url)
    }

    /// Signs in who comes back to the address of `organisation`; gives the token of the session.
    ///
    /// # Errors
    /// [`SingleSignOnError`].
    pub async fn arrive(
        &self,
        organisation: OdsCode,
        token: PlaintextToken,
        back: Return,
        network: Option<IpAddr>,
    ) -> Result<PlaintextToken, SingleSignOnError> {
        let scope = TenantScope::of_operator(organisation);
        self.take(&scope, &token).await?;
        let outcome = self.prove(&scope, &token, back).await;
        let outcome = match outcome {
            Ok(identity) => self.open(&scope, identity).await,
            Err(error) => Err(error),
        };
        match &outcome {
            Ok(_) => self.accounts.take_back_departure(network).await?,
            Err(SingleSignOnError::Refused | SingleSignOnError::NoAccount) => {
                let event = Event::SignInRefused { account: None, reason: Refusal::SingleSignOn };
                let organisation = Some(scope.organisation().clone());
                self.accounts.audit_log.record_by(Actor::Service, organisation, event).await?;
            }
            Err(_) => {}
        }
        outcome
    }

    /// Forgets sign-ins that never came back; gives how many.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn tidy(&self) -> Result<u64, AppError> {
        let over = now() - LONGEST_ABSENCE;
        self.accounts
            .database
            .of_every_organisation()
            .write(move |conn| Ok(identity_providers::forget_requests(conn, over)?))
            .await
    }

    async fn provider(&self, scope: &TenantScope) -> Result<IdentityProvider, SingleSignOnError> {
        let of = scope.clone();
        self.accounts
            .database
            .of(scope)
            .read(move |conn| match identity_providers::find(conn, &of) {
                Ok(provider) => Ok(provider),
                Err(StorageError::NotFound) => Err(SingleSignOnError::NoProvider),
                Err(error) => Err(error.into()),
            })
            .await
    }

    /// The one time that this browser may come back.
    async fn take(&self, scope: &TenantScope, token: &PlaintextToken) -> Result<(), SingleSignOnError> {
        let hash = token.hash();
        let begun = self
            .accounts
            .database
            .of(scope)
            .write(move |conn| match identity_providers::take(conn, hash.as_str(), now() - LONGEST_ABSENCE) {
                Ok(organisation) => Ok(Some(organisation)),
                Err(StorageError::NotFound) => Ok(None),
                Err(error) => Err(SingleSignOnError::from(error)),
            })
            .await?;
        match begun {
            Some(organisation) if organisation == *scope.organisation() => Ok(()),
            _ => Err(SingleSignOnError::Refused),
        }
    }

    /// Changes the code for an ID token and looks at it.
    async fn prove(
        &self,
        scope: &TenantScope,
        token: &PlaintextToken,
        back: Return,
    ) -> Result<ProvenIdentity, SingleSignOnError> {
        let refused = || SingleSignOnError::Refused;
        let provider = self.provider(scope).await?;
        let metadata = self.directory.metadata(&provider.issuer).await?;
        let state = back.state.as_deref().unwrap_or_default();
        let of_state = [b"state/".as_slice(), token.reveal().as_bytes()].concat();
        if !self.accounts.keys.verify(Purpose::SingleSignOn, &of_state, state) {
            return Err(refused());
        }
        match &back.issuer {
            Some(issuer) if *issuer != provider.issuer => return Err(refused()),
            None if metadata.names_itself => return Err(refused()),
            _ => {}
        }
        let code = back.code.ok_or_else(refused)?;
        let secret = self
            .sealer
            .open(Purpose::IdentityProviderSecret, scope.organisation().as_str().as_bytes(), &provider.client_secret)
            .and_then(|secret| String::from_utf8(secret).ok())
            .ok_or_else(|| AppError::Internal("the secret of an identity provider does not open".to_owned()))?;
        let form = [
            ("grant_type", "authorization_code".to_owned()),
            ("code", code),
            ("redirect_uri", self.redirect_address(scope.organisation())),
            ("code_verifier", self.derived("verifier", token)),
        ];
        let answer = self.directory.change(&metadata, &provider.client_id, &secret, &form).await?;
        let id_token = answer.get("id_token").and_then(Value::as_str).ok_or_else(refused)?;
        let nonce = self.derived("nonce", token);
        let expected = ExpectedIdentity { issuer: &provider.issuer, client_id: &provider.client_id, nonce: &nonce };
        let keys = self.directory.keys(&metadata, false).await?;
        let proven = match ProvenIdentity::check(id_token, &keys, expected, now()) {
            Err(IdentityTokenError::UnknownKey) => {
                let keys = self.directory.keys(&metadata, true).await?;
                ProvenIdentity::check(id_token, &keys, expected, now())
            }
            other => other,
        };
        proven.map_err(|_| refused())
    }

    /// Opens a session of the account that belongs to somebody.
    async fn open(&self, scope: &TenantScope, who: ProvenIdentity) -> Result<PlaintextToken, SingleSignOnError> {
        let provider = self.provider(scope).await?;
        let name = format!("{}/{}/{}", scope.organisation(), provider.issuer, who.subject);
        let subject = self.accounts.keys.authentication_code(Purpose::IdentitySubject, name.as_bytes());
        let (token, log, of) = (PlaintextToken::random(), self.accounts.audit_log.clone(), scope.clone());
        let hash = token.hash();
        self.accounts
            .database
            .of(scope)
            .write(move |conn| {
                let account = account_of(conn, &of, &subject, who.verified_email.as_deref())?;
                sessions::start(conn, hash.as_str(), &new_name(), &account.id, None, now())?;
                note_sign_in(conn, &log, &account, SignInMethod::SingleSignOn)?;
                Ok::<_, SingleSignOnError>(())
            })
            .await?;
        Ok(token)
    }

    /// What is derived from the browser's token for one use.
    fn derived(&self, what: &str, token: &PlaintextToken) -> String {
        let message = format!("{what}/{}", token.reveal());
        self.accounts.keys.authentication_code(Purpose::SingleSignOn, message.as_bytes())
    }
}

/// The account that signed in under this name before; else the one with this address, which keeps the name from now on.
fn account_of(
    conn: &mut Connection,
    scope: &TenantScope,
    subject: &str,
    verified_email: Option<&str>,
) -> Result<Account, SingleSignOnError> {
    let nobody = |error: StorageError| match error {
        StorageError::NotFound => SingleSignOnError::NoAccount,
        other => other.into(),
    };
    let account = match identity_providers::account_of(conn, subject) {
        Ok(known) => accounts::find_in(conn, scope, &known).map_err(nobody)?,
        Err(StorageError::NotFound) => {
            let email = super::accounts::normalised(verified_email.ok_or(SingleSignOnError::NoAccount)?);
            let account = accounts::find_by_email(conn, &email).map_err(nobody)?;
            if account.organisation.as_ref() != Some(scope.organisation()) {
                return Err(SingleSignOnError::NoAccount);
            }
            identity_providers::link(conn, subject, &account.id).map_err(|error| match error {
                // The address belonged to somebody else before: an administrator has to say that it is the same person.
                StorageError::AlreadyExists(_) => SingleSignOnError::NoAccount,
                other => other.into(),
            })?;
            account
        }
        Err(error) => return Err(error.into()),
    };
    if account.disabled { Err(SingleSignOnError::NoAccount) } else { Ok(account) }
}
