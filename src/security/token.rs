//! Bearer tokens: 128 bits in a link or a cookie; the database holds only their hash.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::{Keys, LetterCode, Purpose, random_bytes};
use crate::domain::identifier::{InvitationId, JobId, hexadecimal};

/// A token as its owner holds it. Never stored, never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct PlaintextToken(String);

/// A token as the database holds it: SHA-256 in hexadecimal. Enough, because a token is 128 random bits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HashedToken(String);

/// The text is not a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a token")]
pub struct MalformedToken;

impl PlaintextToken {
    /// A fresh random token.
    pub fn random() -> Self {
        Self::from_bytes(random_bytes())
    }

    /// The token of an invitation.
    ///
    /// Derived from the invitation's random identifier under a key of the installation: a reminder can repeat the link
    /// although no token is stored.
    pub fn of_invitation(keys: &Keys, invitation: &InvitationId) -> Self {
        let [token @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] =
            keys.authenticate(Purpose::InvitationToken, invitation.as_str().as_bytes());
        Self::from_bytes(token)
    }

    /// The token behind the short code of a letter, derived under a key of the installation.
    pub fn of_letter(keys: &Keys, code: &LetterCode) -> Self {
        let [token @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] =
            keys.authenticate(Purpose::LetterCode, code.letters().as_bytes());
        Self::from_bytes(token)
    }

    /// The token of a link that a job sends: the same each time the job is tried, and not in the outbox.
    pub fn of_job(keys: &Keys, job: &JobId) -> Self {
        let [token @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] =
            keys.authenticate(Purpose::AccountLink, job.as_str().as_bytes());
        Self::from_bytes(token)
    }

    fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The token as text, for the link or cookie that carries it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What the database holds.
    pub fn hash(&self) -> HashedToken {
        HashedToken(hexadecimal(&Sha256::digest(self.0.as_bytes())))
    }
}

impl FromStr for PlaintextToken {
    type Err = MalformedToken;
    fn from_str(text: &str) -> Result<Self, MalformedToken> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if text.len() == 22 && text.bytes().all(allowed) { Ok(Self(text.to_owned())) } else { Err(MalformedToken) }
    }
}

impl fmt::Debug for PlaintextToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PlaintextToken(********)")
    }
}

impl HashedToken {
    /// The hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_back_and_not_shown() {
        let token = PlaintextToken::random();
        assert_eq!(token.reveal().parse(), Ok(token.clone()));
        assert!(!format!("{token:?}").contains(token.reveal()));
        assert_ne!(token.hash().as_str(), token.reveal());
        assert_eq!("../../etc".parse::<PlaintextToken>(), Err(MalformedToken));
    }
}
