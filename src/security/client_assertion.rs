//! `private_key_jwt` (RFC 7523): a short-lived statement that an API client signs with its own key.

use jsonwebtoken::dangerous::insecure_decode_claims;
use jsonwebtoken::{Algorithm, Validation, decode};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use time::{Duration, OffsetDateTime};

use super::token_header::careful_header;
use super::{ClientKey, InvalidToken};
use crate::domain::identifier::{ClientId, hexadecimal};

/// Algorithms that clients may sign with.
const ALGORITHMS: [Algorithm; 4] = [Algorithm::RS512, Algorithm::PS256, Algorithm::ES256, Algorithm::EdDSA];
/// An assertion that is to live longer is refused.
const LONGEST_LIFE: Duration = Duration::minutes(5);
/// By which clocks may differ.
const LEEWAY: Duration = Duration::seconds(5);
/// Longest `jti`.
const LONGEST_IDENTIFIER: usize = 128;

/// An assertion that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    /// SHA-256 of its `jti`, in hexadecimal: good once.
    pub identifier_hash: String,
    /// When it ends.
    pub ends_at: OffsetDateTime,
}

#[derive(Deserialize)]
struct Claims {
    iss: ClientId,
    sub: ClientId,
    jti: String,
    exp: i64,
    iat: Option<i64>,
    #[expect(dead_code, reason = "read so that a claim that stands twice is refused; the library checks it")]
    aud: serde_json::Value,
}

/// Who an assertion says it is from. Nothing about it may be believed yet.
///
/// # Errors
/// [`InvalidToken`] for what cannot be an assertion.
pub fn issuer_of_assertion(assertion: &str) -> Result<ClientId, InvalidToken> {
    careful_header(assertion, &ALGORITHMS)?;
    let claims: Claims = insecure_decode_claims(assertion).map_err(|_| InvalidToken)?;
    Ok(claims.iss)
}

impl Assertion {
    /// Checks an assertion of `client` against its stored keys: signature under the algorithm of the key that it names,
    /// issuer and subject, audience, and a life of at most five minutes.
    ///
    /// # Errors
    /// [`InvalidToken`] for every reason alike.
    pub fn check(
        assertion: &str,
        client: &ClientId,
        stored_keys: &str,
        audience: &str,
        now: OffsetDateTime,
    ) -> Result<Self, InvalidToken> {
        let header = careful_header(assertion, &ALGORITHMS)?;
        if !matches!(header.typ.as_deref(), None | Some("JWT" | "jwt" | "client-authentication+jwt")) {
            return Err(InvalidToken);
        }
        let key = header.kid.and_then(|kid| ClientKey::find(stored_keys, &kid)).ok_or(InvalidToken)?;
        let mut validation = Validation::new(key.algorithm());
        validation.set_audience(&[audience]);
        validation.set_issuer(&[client.as_str()]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.sub = Some(client.to_string());
        validation.validate_nbf = true;
        validation.leeway = LEEWAY.whole_seconds().unsigned_abs();
        let claims = decode::<Claims>(assertion, key.public(), &validation).map_err(|_| InvalidToken)?.claims;
        let ends_at = OffsetDateTime::from_unix_timestamp(claims.exp).map_err(|_| InvalidToken)?;
        let too_long = ends_at > now + LONGEST_LIFE + LEEWAY;
        let from_the_future = claims.iat.is_some_and(|iat| iat > (now + LEEWAY).unix_timestamp());
        let no_name = claims.jti.is_empty() || claims.jti.len() > LONGEST_IDENTIFIER;
        if too_long || from_the_future || no_name || claims.sub != *client {
            return Err(InvalidToken);
        }
        let identifier_hash = hexadecimal(&Sha256::digest(claims.jti.as_bytes()));
        Ok(Self { identifier_hash, ends_at: ends_at + LEEWAY })
    }
}
