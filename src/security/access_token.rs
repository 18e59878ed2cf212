//! Access tokens for the API: JWT, signed with EdDSA by a key of the installation.

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{Keys, Purpose};
use crate::domain::identifier::AccountId;

/// RFC 9068: an access token, and nothing else, carries this type.
const TYPE: &str = "at+jwt";
const AUDIENCE: &str = "candour-api";

/// What an access token says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Claims {
    /// The account.
    pub sub: AccountId,
    /// Our public address.
    pub iss: String,
    /// Always the API.
    pub aud: String,
    /// When it was made, seconds since 1970.
    pub iat: i64,
    /// When it ends.
    pub exp: i64,
}

/// The token is not one of ours, or is no longer valid. Deliberately without a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("invalid token")]
pub struct InvalidToken;

/// Signs and checks access tokens.
#[derive(Clone)]
pub struct AccessTokens {
    signing: EncodingKey,
    checking: DecodingKey,
    issuer: String,
    life: time::Duration,
}

impl AccessTokens {
    /// Tokens issued as `issuer` (our public address), valid for `minutes`.
    ///
    /// # Errors
    /// [`InvalidToken`] when the derived key cannot be used.
    pub fn new(keys: &Keys, issuer: &str, minutes: u32) -> Result<Self, InvalidToken> {
        // RFC 8410: the fixed head of an Ed25519 private key in PKCS #8, followed by the 32-byte seed.
        const PKCS8_HEAD: [u8; 16] =
            [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
        let signing = EncodingKey::from_ed_der(&[PKCS8_HEAD.as_slice(), &keys.derive(Purpose::AccessToken)].concat());
        let public = Jwk::from_encoding_key(&signing, Algorithm::EdDSA).map_err(|_| InvalidToken)?;
        let checking = DecodingKey::from_jwk(&public).map_err(|_| InvalidToken)?;
        Ok(Self { signing, checking, issuer: issuer.to_owned(), life: time::Duration::minutes(i64::from(minutes)) })
    }

    /// How long a token lives.
    pub fn life(&self) -> time::Duration {
        self.life
    }

    /// A token for `account`, valid from `now`.
    ///
    /// # Errors
    /// [`InvalidToken`] when it cannot be signed.
    pub fn issue(&self, account: &AccountId, now: OffsetDateTime) -> Result<String, InvalidToken> {
        let header = Header { typ: Some(TYPE.to_owned()), alg: Algorithm::EdDSA, ..Header::default() };
        let claims = Claims {
            sub: account.clone(),
            iss: self.issuer.clone(),
            aud: AUDIENCE.to_owned(),
            iat: now.unix_timestamp(),
            exp: (now + self.life).unix_timestamp(),
        };
        encode(&header, &claims, &self.signing).map_err(|_| InvalidToken)
    }

    /// What a token says, if it is ours and valid.
    ///
    /// # Errors
    /// [`InvalidToken`] for every reason alike.
    pub fn check(&self, token: &str) -> Result<Claims, InvalidToken> {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_audience(&[AUDIENCE]);
        validation.set_issuer(&[&self.issuer]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.leeway = 5;
        let token = decode::<Claims>(token, &self.checking, &validation).map_err(|_| InvalidToken)?;
        if token.header.typ.as_deref() == Some(TYPE) { Ok(token.claims) } else { Err(InvalidToken) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{SecondFactorRule, Secret, SecurityConfig};

    fn tokens(secret: &str, issuer: &str) -> AccessTokens {
        let config = SecurityConfig {
            secret: Secret::new(secret),
            session_idle_minutes: 30,
            session_hours: 12,
            access_token_minutes: 15,
            second_factor: SecondFactorRule::Required,
            contact: String::new(),
        };
        AccessTokens::new(&Keys::new(&config), issuer, 15).expect("key")
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "whether a token lives is checked against the clock of the machine")]
    fn only_our_own_living_tokens_are_valid() {
        let ours = tokens("a secret of more than thirty-two characters", "https://a");
        let account = AccountId::from_random([7; 16]);
        let token = ours.issue(&account, OffsetDateTime::now_utc()).expect("signed");
        assert_eq!(ours.check(&token).map(|claims| claims.sub), Ok(account.clone()));

        let old = ours.issue(&account, OffsetDateTime::now_utc() - time::Duration::hours(1)).expect("signed");
        let foreign = tokens("another secret of more than thirty-two chars", "https://a")
            .issue(&account, OffsetDateTime::now_utc())
            .expect("signed");
        let elsewhere = tokens("a secret of more than thirty-two characters", "https://b")
            .issue(&account, OffsetDateTime::now_utc())
            .expect("signed");
        let (head, rest) = token.split_once('.').expect("three parts");
        let unsigned =
            format!("{}.{}.", "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0", rest.split_once('.').expect("body").0);
        for bad in [old, foreign, elsewhere, unsigned, head.to_owned(), String::new()] {
            assert_eq!(ours.check(&bad).map(|claims| claims.sub), Err(InvalidToken));
        }
    }
}
