//! All keys are derived from one secret, one per purpose, so that none can stand in for another.

use std::sync::{Arc, OnceLock};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::config::SecurityConfig;

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Tokens in invitation links.
    InvitationToken,
    /// Tokens behind the short codes of letters.
    LetterCode,
    /// Hash under which an address is found again.
    AddressIndex,
    /// Addresses at rest.
    AddressSeal,
    /// Answers of open surveys at rest.
    Response,
    /// Answers that travel with the respondent before submit.
    FormState,
    /// Private keys that sign access tokens, at rest.
    SigningKey,
    /// Codes of refresh tokens.
    RefreshToken,
    /// Secrets of webhooks at rest.
    WebhookSecret,
    /// Tokens against cross-site requests in the office.
    OfficeForm,
    /// Backups, each under a key of its own.
    Backup,
    /// Codes of the audit log's entries.
    AuditLog,
    /// Seeds of second factors that are being set up.
    SecondFactorSeed,
    /// Seeds of second factors at rest.
    SecondFactorSeal,
    /// Hashes of recovery codes.
    RecoveryCode,
    /// Tokens in links that are sent to owners of accounts.
    AccountLink,
    /// Hashes under which tries to sign in are counted.
    SignInAttempts,
    /// Hashes of requests that may be sent again.
    IdempotencyKey,
    /// Answers to such requests at rest.
    IdempotentAnswer,
    /// Hashes under which the requests of a caller are counted.
    RateLimit,
    /// Places in a list, as they are handed out.
    Cursor,
    /// Names of e-mails, by which a report about one is believed.
    MessageId,
    /// Secrets at identity providers, at rest.
    IdentityProviderSecret,
    /// Hashes of the names that identity providers have for people.
    IdentitySubject,
    /// What goes with a browser to an identity provider.
    SingleSignOn,
}

impl Purpose {
    fn label(self) -> &'static [u8] {
        match self {
            Self::InvitationToken => b"candour/1/invitation-token",
            Self::LetterCode => b"candour/1/letter-code",
            Self::AddressIndex => b"candour/1/address-index",
            Self::AddressSeal => b"candour/1/address-seal",
            Self::Response => b"candour/1/response",
            Self::FormState => b"candour/1/form-state",
            Self::SigningKey => b"candour/1/signing-key",
            Self::RefreshToken => b"candour/1/refresh-token",
            Self::WebhookSecret => b"candour/1/webhook-secret",
            Self::OfficeForm => b"candour/1/office-form",
            Self::Backup => b"candour/1/backup",
            Self::AuditLog => b"candour/1/audit-log",
            Self::SecondFactorSeed => b"candour/1/second-factor-seed",
            Self::SecondFactorSeal => b"candour/1/second-factor-seal",
            Self::RecoveryCode => b"candour/1/recovery-code",
            Self::AccountLink => b"candour/1/account-link",
            Self::SignInAttempts => b"candour/1/sign-in-attempts",
            Self::IdempotencyKey => b"candour/1/idempotency-key",
            Self::IdempotentAnswer => b"candour/1/idempotent-answer",
            Self::RateLimit => b"candour/1/rate-limit",
            Self::Cursor => b"candour/1/cursor",
            Self::MessageId => b"candour/1/message-id",
            Self::IdentityProviderSecret => b"candour/1/identity-provider-secret",
            Self::IdentitySubject => b"candour/1/identity-subject",
            Self::SingleSignOn => b"candour/1/single-sign-on",
        }
    }
}

/// How many purposes there are.
const PURPOSES: usize = Purpose::SingleSignOn as usize + 1;

/// The keys of this installation. Each is derived when it is needed first, and kept beside the secret.
#[derive(Clone)]
pub struct Keys {
    secret: Vec<u8>,
    derived: Arc<[OnceLock<[u8; 32]>; PURPOSES]>,
}

impl Keys {
    /// Keys derived from `security.secret`.
    pub fn new(config: &SecurityConfig) -> Self {
        Self { secret: config.secret.reveal().as_bytes().to_vec(), derived: Arc::default() }
    }

    /// The key for one purpose: HMAC-SHA-256 of its label under the secret.
    pub fn derive(&self, purpose: Purpose) -> [u8; 32] {
        *self.derived[purpose as usize].get_or_init(|| keyed_hash(&self.secret, purpose.label()))
    }

    /// HMAC-SHA-256 of `message` under the key for `purpose`.
    pub fn authenticate(&self, purpose: Purpose, message: &[u8]) -> [u8; 32] {
        keyed_hash(&self.derive(purpose), message)
    }
}

impl Keys {
    /// [`Keys::authenticate`] as text.
    pub fn authentication_code(&self, purpose: Purpose, message: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode(self.authenticate(purpose, message))
    }

    /// Whether `code` is the [`Keys::authentication_code`] of `message`, compared in constant time.
    pub fn verify(&self, purpose: Purpose, message: &[u8], code: &str) -> bool {
        let mac = mac(&self.derive(purpose)).chain_update(message);
        URL_SAFE_NO_PAD.decode(code).is_ok_and(|code| mac.verify_slice(&code).is_ok())
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(********)")
    }
}

fn keyed_hash(key: &[u8], message: &[u8]) -> [u8; 32] {
    mac(key).chain_update(message).finalize().into_bytes().into()
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of every length; the error type is the trait's, not HMAC's")]
fn mac(key: &[u8]) -> Hmac<Sha256> {
    <Hmac<Sha256> as Mac>::new_from_slice(key).expect("HMAC takes keys of every length")
}
