//! ID tokens of OpenID Connect: what an organisation's identity provider says of somebody who has signed in there.
//!
//! OpenID Connect Core 1.0, section 3.1.3.7. The provider's published keys decide under which algorithm a token is
//! looked at; what the token says of itself has to fit.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use time::{Duration, OffsetDateTime};

use super::token_header::careful_header;

/// Algorithms that providers may sign with. Neither `none` nor one with a shared secret.
const ALGORITHMS: [Algorithm; 5] =
    [Algorithm::RS256, Algorithm::RS512, Algorithm::PS256, Algorithm::ES256, Algorithm::EdDSA];
/// By which clocks may differ.
const LEEWAY: Duration = Duration::seconds(60);
/// A token is made while somebody waits for it.
const OLDEST: Duration = Duration::minutes(10);
/// Longest `sub` (OpenID Connect Core, section 2).
const LONGEST_SUBJECT: usize = 255;

/// What an ID token must say.
#[derive(Debug, Clone, Copy)]
pub struct ExpectedIdentity<'a> {
    /// The provider, as the organisation's administrator wrote it.
    pub issuer: &'a str,
    /// What we are called there.
    pub client_id: &'a str,
    /// What was sent along when this browser went there.
    pub nonce: &'a str,
}

/// Who has signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvenIdentity {
    /// The provider's name for the person; never given to another.
    pub subject: String,
    /// Their address, when the provider says that it is really theirs.
    pub verified_email: Option<String>,
}

/// The token cannot be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentityTokenError {
    /// It names a key that is not among the keys given: they may have changed.
    #[error("the key is not known")]
    UnknownKey,
    /// Anything else. Deliberately without a reason.
    #[error("invalid token")]
    Invalid,
}

#[derive(Deserialize)]
struct Claims {
    #[expect(dead_code, reason = "read so that a claim that stands twice is refused; the library checks it")]
    iss: String,
    sub: String,
    aud: Audience,
    azp: Option<String>,
    #[expect(dead_code, reason = "read so that a claim that stands twice is refused; the library checks it")]
    exp: i64,
    iat: i64,
    nonce: String,
    email: Option<String>,
    email_verified: Option<Value>,
    /// Microsoft's word for the same: the owner of the domain has verified the address.
    xms_edov: Option<Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl ProvenIdentity {
    /// Checks a token against the provider's keys (a JWK Set): signature, issuer, audience, authorised party, times and
    /// nonce.
    ///
    /// # Errors
    /// [`IdentityTokenError`].
    pub fn check(
        token: &str,
        keys: &Value,
        expected: ExpectedIdentity<'_>,
        now: OffsetDateTime,
    ) -> Result<Self, IdentityTokenError> {
        let invalid = IdentityTokenError::Invalid;
        let header = careful_header(token, &ALGORITHMS).map_err(|_| invalid)?;
        if !matches!(header.typ.as_deref(), None | Some("JWT" | "jwt")) {
            return Err(invalid);
        }
        let key = find(keys, header.kid.as_deref(), header.alg)?;
        let mut validation = Validation::new(header.alg);
        validation.set_audience(&[expected.client_id]);
        validation.set_issuer(&[expected.issuer]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.validate_nbf = true;
        validation.leeway = LEEWAY.whole_seconds().unsigned_abs();
        let claims = decode::<Claims>(token, &key, &validation).map_err(|_| invalid)?.claims;
        let for_others = match &claims.aud {
            Audience::One(audience) => audience != expected.client_id,
            Audience::Several(audiences) => audiences.len() != 1 && claims.azp.is_none(),
        };
        let by_another = claims.azp.as_ref().is_some_and(|party| party != expected.client_id);
        let made = OffsetDateTime::from_unix_timestamp(claims.iat).map_err(|_| invalid)?;
        let out_of_time = made > now + LEEWAY || made < now - OLDEST;
        let nobody = claims.sub.is_empty() || claims.sub.len() > LONGEST_SUBJECT;
        if for_others || by_another || out_of_time || nobody || claims.nonce != expected.nonce {
            return Err(invalid);
        }
        let verified = is_true(claims.email_verified.as_ref()) || is_true(claims.xms_edov.as_ref());
        Ok(Self { subject: claims.sub, verified_email: claims.email.filter(|_| verified) })
    }
}

/// What is sent ahead of a PKCE verifier (RFC 7636, S256).
pub fn code_challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

/// Some providers write truth as text.
fn is_true(claim: Option<&Value>) -> bool {
    claim.is_some_and(|value| value == &Value::Bool(true) || value == "true" || value == "1" || value == 1)
}

/// The one key of the set that the token names, if it is of the kind that the algorithm needs. A set may hold keys for
/// other purposes, and of kinds that we do not know.
fn find(keys: &Value, name: Option<&str>, algorithm: Algorithm) -> Result<DecodingKey, IdentityTokenError> {
    let set = keys.get("keys").and_then(Value::as_array).ok_or(IdentityTokenError::Invalid)?;
    let mut fitting = set
        .iter()
        .filter_map(|key| serde_json::from_value::<Jwk>(key.clone()).ok())
        .filter(|key| name.is_none() || key.common.key_id.as_deref() == name)
        .filter(|key| fits(key, algorithm));
    match (fitting.next(), fitting.next()) {
        (Some(key), None) => DecodingKey::from_jwk(&key).map_err(|_| IdentityTokenError::Invalid),
        (None, _) => Err(IdentityTokenError::UnknownKey),
        _ => Err(IdentityTokenError::Invalid),
    }
}

fn fits(key: &Jwk, algorithm: Algorithm) -> bool {
    let for_signing = matches!(key.common.public_key_use, None | Some(PublicKeyUse::Signature));
    let said = key.common.key_algorithm.is_none_or(|said| said.to_string() == format!("{algorithm:?}"));
    let of_kind = match &key.algorithm {
        // 2,048 bits are 342 characters.
        AlgorithmParameters::RSA(rsa) => {
            matches!(algorithm, Algorithm::RS256 | Algorithm::RS512 | Algorithm::PS256) && rsa.n.len() >= 342
        }
        AlgorithmParameters::EllipticCurve(point) => {
            algorithm == Algorithm::ES256 && point.curve == EllipticCurve::P256
        }
        // jsonwebtoken takes the first 32 bytes without looking whether there are as many.
        AlgorithmParameters::OctetKeyPair(point) => {
            algorithm == Algorithm::EdDSA
                && point.curve == EllipticCurve::Ed25519
                && URL_SAFE_NO_PAD.decode(&point.x).is_ok_and(|x| x.len() == 32)
        }
        _ => false,
    };
    for_signing && said && of_kind
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    // Found by fuzzing. The provider that misbehaves as a whole is in `tests/integration/single_sign_on.rs`.
    #[test]
    fn a_key_of_another_length_than_its_curves_is_no_key() {
        let expected = ExpectedIdentity { issuer: "https://login.example", client_id: "candour", nonce: "n" };
        for length in [0, 18, 31, 33] {
            let keys =
                json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(vec![7; length]) }] });
            let token = "eyJhbGciOiJFZERTQSJ9.e30.AA";
            let checked = ProvenIdentity::check(token, &keys, expected, OffsetDateTime::UNIX_EPOCH);
            assert!(matches!(checked, Err(IdentityTokenError::UnknownKey)), "{length}");
        }
    }
}
