//! Signing in: password, second factor, and the waits after what went wrong.

use std::net::IpAddr;

use time::Duration;

use super::accounts::Accounts;
use super::{AppError, now};
use crate::config::SecondFactorRule;
use crate::domain::account::Caller;
use crate::domain::audit_event::{Actor, Event, Refusal, SignInMethod};
use crate::domain::identifier::{AccountId, SessionId};
use crate::domain::sign_in_delay::{LONGEST_MEMORY, OF_ACCOUNT, OF_NETWORK, Patience};
use crate::security::{HashedToken, PlaintextToken, Purpose, RecoveryCode, Seed, random_identifier_bytes};
use crate::storage::accounts::{self, Account};
use crate::storage::sessions::{self, Awaits, Life};
use crate::storage::{Connection, StorageError, second_factors, sign_in_attempts};

/// How long somebody may take for the second factor.
const PENDING_LIFE: Life = Life { idle: Duration::minutes(10), absolute: Duration::minutes(10) };
/// Recovery codes made at once.
const RECOVERY_CODES: usize = 10;

/// A password fitted; what comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignedIn {
    /// Nothing: the session is open.
    Wholly(PlaintextToken),
    /// A code of the second factor.
    NeedsCode(PlaintextToken),
    /// A second factor has to be set up.
    NeedsSecondFactor(PlaintextToken),
}

/// A session that waits for its second factor.
#[derive(Debug, Clone)]
pub struct Pending {
    /// Whose.
    pub account: Account,
    awaits: Awaits,
    session: HashedToken,
}

impl Pending {
    /// Whether it waits for a code; otherwise a second factor has to be set up first.
    pub fn has_second_factor(&self) -> bool {
        self.awaits == Awaits::Code
    }
}

/// A second factor that is set up: the open session, and the recovery codes, which are shown once.
#[derive(Debug)]
pub struct Enrolled {
    /// Token of the session.
    pub session: PlaintextToken,
    /// The codes.
    pub recovery_codes: Vec<RecoveryCode>,
}

/// What was tried, as it is counted.
#[derive(Debug, Clone, Copy)]
enum Tried<'a> {
    Account(&'a str),
    Network(IpAddr),
    SecondFactor(&'a AccountId),
    Link(&'a str),
}

impl Tried<'_> {
    fn patience(self) -> Patience {
        if matches!(self, Self::Network(_)) { OF_NETWORK } else { OF_ACCOUNT }
    }
}

impl Accounts {
    /// Signs in with a password; gives the token of a new session, and whether it is open yet.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`] for every wrong combination alike; [`AppError::TooSoon`].
    pub async fn sign_in(&self, email: &str, password: &str, network: Option<IpAddr>) -> Result<SignedIn, AppError> {
        let account = self.check_password(email, password, network).await?;
        let awaits = match (&account.second_factor, self.second_factor) {
            (Some(_), _) => Some(Awaits::Code),
            (None, SecondFactorRule::Required) => Some(Awaits::Enrolment),
            (None, SecondFactorRule::Optional) => None,
        };
        let token = self.open_session(account, awaits, None, SignInMethod::Password).await?;
        Ok(match awaits {
            None => SignedIn::Wholly(token),
            Some(Awaits::Code) => SignedIn::NeedsCode(token),
            Some(Awaits::Enrolment) => SignedIn::NeedsSecondFactor(token),
        })
    }

    /// Who somebody is by password and, where there is a second factor or there has to be one, by its code: for the
    /// API, which asks for both at once.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`] for every wrong combination alike; [`AppError::TooSoon`].
    pub async fn authenticate(
        &self,
        email: &str,
        password: &str,
        code: Option<&str>,
        network: Option<IpAddr>,
    ) -> Result<Account, AppError> {
        let account = self.check_password(email, password, network).await?;
        let method = match (&account.second_factor, self.second_factor) {
            (None, SecondFactorRule::Optional) => SignInMethod::Password,
            _ => self.check_code(&account, code.unwrap_or_default()).await?,
        };
        let (log, signed_in) = (self.audit_log.clone(), account.clone());
        self.database.of_every_organisation().write(move |conn| note_sign_in(conn, &log, &signed_in, method)).await?;
        Ok(account)
    }

    /// The session that waits for its second factor.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`] when there is none, or it waits for nothing.
    pub async fn pending(&self, token: &PlaintextToken) -> Result<Pending, AppError> {
        let session = token.hash();
        let (account, _, awaits) = self
            .database
            .of_every_organisation()
            .read({
                let session = session.clone();
                move |conn| {
                    sessions::find(conn, session.as_str(), now(), PENDING_LIFE)
                        .map_err(super::accounts::or_unauthenticated)
                }
            })
            .await?;
        Ok(Pending { account, awaits: awaits.ok_or(AppError::Unauthenticated)?, session })
    }

    /// Opens a waiting session with a code of its second factor, or a recovery code; gives a new token.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`] for a code that is wrong or was used; [`AppError::TooSoon`].
    pub async fn confirm(&self, pending: Pending, code: &str) -> Result<PlaintextToken, AppError> {
        if pending.awaits != Awaits::Code {
            return Err(AppError::Unauthenticated);
        }
        let method = self.check_code(&pending.account, code).await?;
        self.open_session(pending.account, None, Some(pending.session), method).await
    }

    /// The seed that is offered to a session for its second factor.
    pub fn offered_seed(&self, session: &PlaintextToken, account: &Account) -> Seed {
        // With the present factor in it: the next one set up in the same session is another.
        let context = format!("{}/{}", session.hash().as_str(), account.second_factor.as_deref().unwrap_or_default());
        Seed::offered(&self.keys, context.as_bytes())
    }

    /// Sets up the second factor of a session that waits for it.
    ///
    /// # Errors
    /// [`AppError::Invalid`] when the code is not the seed's; [`AppError::TooSoon`].
    pub async fn enrol(&self, token: &PlaintextToken, pending: Pending, code: &str) -> Result<Enrolled, AppError> {
        if pending.awaits != Awaits::Enrolment {
            return Err(AppError::Unauthenticated);
        }
        let seed = self.offered_seed(token, &pending.account);
        self.set_second_factor(pending.account, pending.session, seed, code, SignInMethod::PasswordAndCode).await
    }

    pub(super) async fn set_second_factor(
        &self,
        account: Account,
        session: HashedToken,
        seed: Seed,
        code: &str,
        method: SignInMethod,
    ) -> Result<Enrolled, AppError> {
        let step = seed.step_of(code, now()).ok_or_else(|| {
            AppError::invalid("this is not the code that belongs to the key; wait for the next one and enter it")
        })?;
        let sealed = self.sealer.seal(Purpose::SecondFactorSeal, account.id.as_str().as_bytes(), seed.as_bytes());
        let (codes, hashes) = self.new_recovery_codes(&account.id);
        let (token, log) = (PlaintextToken::random(), self.audit_log.clone());
        let new_session = token.hash();
        self.database
            .of_every_organisation()
            .write(move |conn| {
                if !second_factors::enrol(conn, &account.id, account.second_factor.as_deref(), &sealed, step)? {
                    return Err(AppError::Unauthenticated);
                }
                second_factors::replace_recovery_codes(conn, &account.id, &hashes)?;
                sessions::end_all(conn, &account.id)?;
                sessions::end(conn, session.as_str())?;
                sessions::start(conn, new_session.as_str(), &new_name(), &account.id, None, now())?;
                let event = Event::SecondFactorEnrolled { account: account.id.clone() };
                log.note_by(conn, &account.caller().actor(), account.organisation.as_ref(), &event)?;
                note_sign_in(conn, &log, &account, method)
            })
            .await?;
        Ok(Enrolled { session: token, recovery_codes: codes })
    }

    pub(super) fn new_recovery_codes(&self, account: &AccountId) -> (Vec<RecoveryCode>, Vec<String>) {
        let codes: Vec<RecoveryCode> = (0..RECOVERY_CODES).map(|_| RecoveryCode::random()).collect();
        let hashes = codes.iter().map(|code| code.hash(&self.keys, account)).collect();
        (codes, hashes)
    }

    /// Ends `waiting` and starts a session in its place.
    async fn open_session(
        &self,
        account: Account,
        awaits: Option<Awaits>,
        waiting: Option<HashedToken>,
        method: SignInMethod,
    ) -> Result<PlaintextToken, AppError> {
        let (token, log) = (PlaintextToken::random(), self.audit_log.clone());
        let hash = token.hash();
        self.database
            .of_every_organisation()
            .write(move |conn| {
                if let Some(waiting) = waiting {
                    sessions::end(conn, waiting.as_str())?;
                }
                sessions::start(conn, hash.as_str(), &new_name(), &account.id, awaits, now())?;
                if awaits.is_none() {
                    note_sign_in(conn, &log, &account, method)?;
                }
                Ok::<_, AppError>(())
            })
            .await?;
        Ok(token)
    }

    /// Whose password it is. Every try is counted before it is looked at, so that many at once do not slip through.
    pub(super) async fn check_password(
        &self,
        email: &str,
        password: &str,
        network: Option<IpAddr>,
    ) -> Result<Account, AppError> {
        let email = super::accounts::normalised(email);
        let mut subjects = vec![self.subject(Tried::Account(&email))];
        subjects.extend(network.map(|network| self.subject(Tried::Network(network))));
        self.count_try(subjects.clone()).await?;
        let found = self
            .database
            .of_every_organisation()
            .read(move |conn| match accounts::find_by_email(conn, &email) {
                Ok(account) => Ok(Some(account)),
                Err(StorageError::NotFound) => Ok(None),
                Err(error) => Err(AppError::from(error)),
            })
            .await?;
        let hash = found.as_ref().and_then(|account| account.password_hash.as_deref());
        let fits = match self.passwords.verify(password, hash).await {
            Ok(fits) => fits,
            // It was not looked at: it does not count.
            Err(error) => {
                self.take_back(subjects).await?;
                return Err(error.into());
            }
        };
        match found {
            Some(account) if fits && !account.disabled => {
                self.take_back(subjects).await?;
                Ok(account)
            }
            other => {
                let reason = if fits && other.is_some() { Refusal::Disabled } else { Refusal::Password };
                Err(self.refused(other.as_ref(), reason).await?)
            }
        }
    }

    /// Whether `code` is good: the app's, later than every one before, or a recovery code, which is then used up.
    pub(super) async fn check_code(&self, account: &Account, code: &str) -> Result<SignInMethod, AppError> {
        let subject = self.subject(Tried::SecondFactor(&account.id));
        self.count_try(vec![subject.clone()]).await?;
        let step = account
            .second_factor
            .as_deref()
            .and_then(|sealed| self.open_seed(&account.id, sealed)?.step_of(code, now()));
        let recovery = RecoveryCode::typed(code).map(|code| code.hash(&self.keys, &account.id));
        let id = account.id.clone();
        let method = self
            .database
            .of_every_organisation()
            .write(move |conn| {
                Ok::<_, AppError>(match (step, recovery) {
                    (Some(step), _) => {
                        second_factors::spend_step(conn, &id, step)?.then_some(SignInMethod::PasswordAndCode)
                    }
                    (None, Some(hash)) => second_factors::spend_recovery_code(conn, &id, &hash)?
                        .then_some(SignInMethod::PasswordAndRecoveryCode),
                    (None, None) => None,
                })
            })
            .await?;
        match method {
            Some(method) => {
                self.take_back(vec![subject]).await?;
                Ok(method)
            }
            None => Err(self.refused(Some(account), Refusal::SecondFactor).await?),
        }
    }

    fn open_seed(&self, account: &AccountId, sealed: &str) -> Option<Seed> {
        let seed = self.sealer.open(Purpose::SecondFactorSeal, account.as_str().as_bytes(), sealed);
        if seed.is_none() {
            tracing::error!(%account, "a second factor does not open: was security.secret changed?");
        }
        Seed::from_bytes(&seed?)
    }

    async fn refused(&self, account: Option<&Account>, reason: Refusal) -> Result<AppError, AppError> {
        let organisation = account.and_then(|account| account.organisation.clone());
        let event = Event::SignInRefused { account: account.map(|account| account.id.clone()), reason };
        self.audit_log.record_by(Actor::Service, organisation, event).await?;
        Ok(AppError::Unauthenticated)
    }

    /// Counts a request for a link by e-mail, so that nobody's mailbox is flooded.
    pub(super) async fn count_link(&self, email: &str, network: Option<IpAddr>) -> Result<(), AppError> {
        let mut subjects = vec![self.subject(Tried::Link(email))];
        subjects.extend(network.map(|network| self.subject(Tried::Network(network))));
        self.count_try(subjects).await
    }

    /// Counts a departure to an identity provider, which costs us a request to it.
    pub(super) async fn count_departure(&self, network: Option<IpAddr>) -> Result<(), AppError> {
        self.count_try(network.map(|network| self.subject(Tried::Network(network))).into_iter().collect()).await
    }

    /// The one who departed has come back as somebody.
    pub(super) async fn take_back_departure(&self, network: Option<IpAddr>) -> Result<(), AppError> {
        self.take_back(network.map(|network| self.subject(Tried::Network(network))).into_iter().collect()).await
    }

    /// Counts a try at each subject, or says how long to wait.
    async fn count_try(&self, subjects: Vec<(String, Patience)>) -> Result<(), AppError> {
        let now = now();
        self.database
            .of_no_organisation()
            .write(move |conn| {
                let mut counted = Vec::with_capacity(subjects.len());
                for (subject, patience) in subjects {
                    let mut tries = sign_in_attempts::hold(conn, &subject)?;
                    if let Some(wait) = patience.wait(tries.failures, tries.last_at, now) {
                        let seconds = u64::try_from(wait.whole_seconds()).unwrap_or(0) + 1;
                        return Err(AppError::TooSoon { seconds });
                    }
                    tries.failures = patience.remembered(tries.failures, tries.last_at, now).saturating_add(1);
                    tries.last_at = now;
                    counted.push((subject, tries));
                }
                for (subject, tries) in counted {
                    sign_in_attempts::note(conn, &subject, tries)?;
                }
                Ok(())
            })
            .await
    }

    /// The try succeeded: an account starts afresh, a network has one failure less.
    async fn take_back(&self, subjects: Vec<(String, Patience)>) -> Result<(), AppError> {
        self.database
            .of_no_organisation()
            .write(move |conn| {
                for (subject, patience) in subjects {
                    match patience == OF_NETWORK {
                        true => sign_in_attempts::take_back(conn, &subject)?,
                        false => sign_in_attempts::forget(conn, &subject)?,
                    }
                }
                Ok::<_, AppError>(())
            })
            .await
    }

    /// Forgets tries that no longer count, and sessions that are over; gives how many of both.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn tidy(&self) -> Result<u64, AppError> {
        let over = now() - self.life.absolute;
        self.database
            .of_every_organisation()
            .write(move |conn| {
                let forgotten = sign_in_attempts::forget_before(conn, now() - LONGEST_MEMORY)?;
                Ok(forgotten + sessions::forget(conn, over)?)
            })
            .await
    }

    /// Under which keyed hash a try is counted.
    fn subject(&self, tried: Tried<'_>) -> (String, Patience) {
        let text = match tried {
            Tried::Account(email) => format!("account/{email}"),
            Tried::SecondFactor(account) => format!("second-factor/{account}"),
            Tried::Link(email) => format!("link/{email}"),
            Tried::Network(IpAddr::V4(address)) => {
                let [a, b, c, _] = address.octets();
                format!("network/{a}.{b}.{c}")
            }
            Tried::Network(IpAddr::V6(address)) => match address.to_ipv4_mapped() {
                Some(mapped) => return self.subject(Tried::Network(IpAddr::V4(mapped))),
                // One subscriber's network: they choose the other bits themselves.
                None => format!("network/{:x?}", &address.octets()[..7]),
            },
        };
        (self.keys.authentication_code(Purpose::SignInAttempts, text.as_bytes()), tried.patience())
    }
}

pub(super) fn note_sign_in(
    conn: &mut Connection,
    log: &super::audit_log::AuditLog,
    account: &Account,
    method: SignInMethod,
) -> Result<(), AppError> {
    let caller: Caller = account.caller();
    let event = Event::SignedIn { account: account.id.clone(), method };
    log.note_by(conn, &caller.actor(), account.organisation.as_ref(), &event)
}

pub(super) fn new_name() -> SessionId {
    SessionId::from_random(random_identifier_bytes())
}
