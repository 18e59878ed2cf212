//! Identifiers: 128 random bits each, written as 32 lower-case hexadecimal digits.
//!
//! Random, so that neither order nor time of creation can be read from one (see `docs/anonymity.md`, part 2).
//! A new noun gets its own type from the `identifier!` macro here; nothing else belongs here.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The text is not 32 lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an identifier is 32 lower-case hexadecimal digits")]
pub struct MalformedIdentifier;

/// Two lower-case hexadecimal digits for each byte.
pub fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| char::from(DIGITS[usize::from(value & 15)]);
    let mut digits = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        digits.extend([digit(byte >> 4), digit(*byte)]);
    }
    digits
}

macro_rules! identifier {
    ($(#[$doc:meta] $name:ident),+ $(,)?) => {$(
        #[$doc]
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Writes 128 random bits, drawn by the caller, as an identifier.
            pub fn from_random(bytes: [u8; 16]) -> Self {
                Self(hexadecimal(&bytes))
            }

            /// The 32 hexadecimal digits.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = MalformedIdentifier;
            fn from_str(text: &str) -> Result<Self, MalformedIdentifier> {
                let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
                if text.len() == 32 && text.bytes().all(digit) { Ok(Self(text.to_owned())) } else { Err(MalformedIdentifier) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = MalformedIdentifier;
            fn try_from(text: String) -> Result<Self, MalformedIdentifier> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(identifier: $name) -> String {
                identifier.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

identifier! {
    /// An office account.
    AccountId,
    /// An action of the action plan.
    ActionId,
    /// A survey.
    SurveyId,
    /// An invitation: one person, one survey. Never stored beside a response.
    InvitationId,
    /// A response. Shares nothing with the invitation that it was given under.
    ResponseId,
    /// A release: the published, protected results of a survey.
    ReleaseId,
    /// A comment of a release; drawn by lot.
    CommentId,
    /// A job in the outbox.
    JobId,
    /// A server-side office session.
    SessionId,
    /// A program that uses the API in the name of an organisation.
    ClientId,
    /// A key that signs access tokens: the `kid` of their headers.
    SigningKeyId,
    /// A sign-in to the API, which lives on through refresh tokens: the `sid` of its access tokens.
    ApiSessionId,
    /// An access token: its `jti`.
    TokenId,
    /// An address of an organisation that hears of events.
    WebhookId,
    /// One message to one webhook.
    DeliveryId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_read_back_as_written() {
        let id = SurveyId::from_random([0xab; 16]);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!("AB".repeat(16).parse::<SurveyId>(), Err(MalformedIdentifier));
        assert_eq!("ab".parse::<SurveyId>(), Err(MalformedIdentifier));
    }
}
