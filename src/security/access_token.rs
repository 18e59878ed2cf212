//! Access tokens for the API: JWT (RFC 9068), signed with EdDSA by a key of the installation.

use jsonwebtoken::{Algorithm, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::token_header::careful_header;
use super::{CheckingKey, SigningKey, random_identifier_bytes};
use crate::domain::identifier::{AccountId, ApiSessionId, ClientId, SigningKeyId, TokenId};
use crate::domain::scope::Scopes;

/// RFC 9068: an access token, and nothing else, carries this type.
const TYPE: &str = "at+jwt";
const AUDIENCE: &str = "candour-api";
/// Seconds by which clocks may differ.
const LEEWAY: u64 = 5;

/// Whose token it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// An account that has signed in.
    Account {
        /// Which.
        account: AccountId,
        /// The sign-in that the token hangs on.
        session: ApiSessionId,
    },
    /// An API client.
    Client {
        /// Which.
        client: ClientId,
        /// What the token lets it do, at most.
        scopes: Scopes,
    },
}

/// What a token of ours says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedToken {
    /// Which token.
    pub id: TokenId,
    /// Whose.
    pub holder: Holder,
    /// When it ends.
    pub ends_at: OffsetDateTime,
}

/// The claims as they are written. What is not listed is refused, and so is what stands twice. There is no `nbf`: a clock
/// that is set back must not end what is valid.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    iss: String,
    sub: String,
    aud: String,
    iat: i64,
    exp: i64,
    jti: TokenId,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<ApiSessionId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<ClientId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<Scopes>,
}

/// The token is not one of ours, or is no longer valid. Deliberately without a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("invalid token")]
pub struct InvalidToken;

/// Writes and checks access tokens.
#[derive(Clone)]
pub struct AccessTokens {
    issuer: String,
    life: time::Duration,
}

impl AccessTokens {
    /// Tokens issued as `issuer` (our public address), valid for `minutes`.
    pub fn new(issuer: &str, minutes: u32) -> Self {
        Self { issuer: issuer.to_owned(), life: time::Duration::minutes(i64::from(minutes)) }
    }

    /// How long a token lives.
    pub fn life(&self) -> time::Duration {
        self.life
    }

    /// A token for `holder`, valid from `now`.
    ///
    /// # Errors
    /// [`InvalidToken`] when it cannot be signed.
    pub fn issue(&self, key: &SigningKey, holder: &Holder, now: OffsetDateTime) -> Result<String, InvalidToken> {
        let header = Header {
            typ: Some(TYPE.to_owned()),
            alg: Algorithm::EdDSA,
            kid: Some(key.id().to_string()),
            ..Header::default()
        };
        let (sub, sid, client_id, scope) = match holder {
            Holder::Account { account, session } => (account.to_string(), Some(session.clone()), None, None),
            Holder::Client { client, scopes } => (client.to_string(), None, Some(client.clone()), Some(scopes.clone())),
        };
        let claims = Claims {
            iss: self.issuer.clone(),
            sub,
            aud: AUDIENCE.to_owned(),
            iat: now.unix_timestamp(),
            exp: (now + self.life).unix_timestamp(),
            jti: TokenId::from_random(random_identifier_bytes()),
            sid,
            client_id,
            scope,
        };
        encode(&header, &claims, &key.encoding()).map_err(|_| InvalidToken)
    }

    /// The name of the key that a token says it was signed with. Nothing about the token may be believed yet.
    ///
    /// # Errors
    /// [`InvalidToken`] for what cannot be a token of ours.
    pub fn key_of(&self, token: &str) -> Result<SigningKeyId, InvalidToken> {
        let header = careful_header(token, &[Algorithm::EdDSA])?;
        if header.typ.as_deref() != Some(TYPE) {
            return Err(InvalidToken);
        }
        header.kid.and_then(|kid| kid.parse().ok()).ok_or(InvalidToken)
    }

    /// What a token says, if `key` signed it and it is valid; [`AccessTokens::key_of`] has named the key.
    ///
    /// # Errors
    /// [`InvalidToken`] for every reason alike.
    pub fn check(&self, token: &str, key: &CheckingKey) -> Result<CheckedToken, InvalidToken> {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_audience(&[AUDIENCE]);
        validation.set_issuer(&[&self.issuer]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.leeway = LEEWAY;
        let claims = decode::<Claims>(token, key.decoding(), &validation).map_err(|_| InvalidToken)?.claims;
        let holder = match (claims.sid, claims.client_id, claims.scope) {
            (Some(session), None, None) => {
                Holder::Account { account: claims.sub.parse().map_err(|_| InvalidToken)?, session }
            }
            (None, Some(client), Some(scopes)) if client.as_str() == claims.sub => Holder::Client { client, scopes },
            _ => return Err(InvalidToken),
        };
        let ends_at = OffsetDateTime::from_unix_timestamp(claims.exp).map_err(|_| InvalidToken)?;
        Ok(CheckedToken { id: claims.jti, holder, ends_at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::security::{Keys, Sealer};

    fn holder() -> Holder {
        let account = AccountId::from_random([7; 16]);
        Holder::Account { account, session: ApiSessionId::from_random([8; 16]) }
    }

    fn check(tokens: &AccessTokens, key: &SigningKey, token: &str) -> Result<Holder, InvalidToken> {
        if tokens.key_of(token)? != *key.id() {
            return Err(InvalidToken);
        }
        let public = CheckingKey::parse(&key.public_key()?)?;
        tokens.check(token, &public).map(|checked| checked.holder)
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "whether a token lives is checked against the clock of the machine")]
    fn only_our_own_living_tokens_are_valid() {
        let (ours, key, now) = (AccessTokens::new("https://a", 15), SigningKey::random(), OffsetDateTime::now_utc());
        let token = ours.issue(&key, &holder(), now).expect("signed");
        assert_eq!(check(&ours, &key, &token), Ok(holder()));
        let client = Holder::Client {
            client: ClientId::from_random([1; 16]),
            scopes: "workforce:write".parse().expect("a scope"),
        };
        let of_client = ours.issue(&key, &client, now).expect("signed");
        assert_eq!(check(&ours, &key, &of_client), Ok(client));

        let old = ours.issue(&key, &holder(), now - time::Duration::hours(1)).expect("signed");
        let foreign = ours.issue(&SigningKey::random(), &holder(), now).expect("signed");
        let elsewhere = AccessTokens::new("https://b", 15).issue(&key, &holder(), now).expect("signed");
        let head = token.split('.').next().expect("a head").to_owned();
        for bad in [old, foreign, elsewhere, head, String::new()] {
            assert_eq!(check(&ours, &key, &bad), Err(InvalidToken), "{bad}");
        }
    }

    #[test]
    fn a_signing_key_opens_under_its_own_name_only() {
        let sealer = Sealer::new(Keys::new(&crate::config::SecurityConfig {
            secret: crate::config::Secret::new("a secret of more than thirty-two characters"),
            session_idle_minutes: 30,
            session_hours: 12,
            access_token_minutes: 15,
            second_factor: crate::config::SecondFactorRule::Required,
            contact: String::new(),
        }));
        let key = SigningKey::random();
        let sealed = key.seal(&sealer);
        let opened = SigningKey::open(&sealer, key.id(), &sealed).expect("the same key");
        assert_eq!(opened.public_key(), key.public_key());
        assert!(SigningKey::open(&sealer, SigningKey::random().id(), &sealed).is_none());
        assert!(!format!("{key:?} {}", key.public_key().expect("public")).contains("\"d\""));
    }
}
