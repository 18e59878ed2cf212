//! Public keys of API clients, as JWK (RFC 7517): what `private_key_jwt` is checked against.
//!
//! The algorithm is fixed when a key is registered. What an assertion says about itself decides nothing.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::{Map, Value, json};

/// Keys of one client, at most: two in use and some to come.
const MOST_KEYS: usize = 10;
/// Longest `kid`.
const LONGEST_NAME: usize = 128;
/// Members of a JWK that hold something private (RFC 7518, section 6).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// A key that a client may sign with.
#[derive(Clone)]
pub struct ClientKey {
    name: String,
    algorithm: Algorithm,
    public: DecodingKey,
    /// What is stored and shown: no member but those that make the key.
    plain: Value,
}

/// Why a key cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientKeyError {
    /// Not a key set.
    #[error("send a JWK Set: {{\"keys\": […]}} with at most {MOST_KEYS} keys")]
    NotASet,
    /// A private key was sent.
    #[error("key {0} holds its private part; make a new key, and send the public part only")]
    Private(usize),
    /// No name, or the name of another.
    #[error("key {0} needs a “kid” of its own, with 1 to {LONGEST_NAME} visible ASCII characters")]
    Name(usize),
    /// A kind that we do not take.
    #[error(
        "key {0} is of no kind that can be used here: RSA of 2048 to 4096 bits (RS512 or PS256), EC P-256 (ES256) or OKP \
         Ed25519 (EdDSA), with “alg” naming one of them or left out"
    )]
    Kind(usize),
}

impl ClientKey {
    /// Reads a JWK Set; an empty one is fine.
    ///
    /// # Errors
    /// [`ClientKeyError`], with the place of the key, counted from 1.
    pub fn parse_set(set: &Value) -> Result<Vec<Self>, ClientKeyError> {
        let given = set.get("keys").and_then(Value::as_array).ok_or(ClientKeyError::NotASet)?;
        if given.len() > MOST_KEYS {
            return Err(ClientKeyError::NotASet);
        }
        let mut keys: Vec<Self> = Vec::new();
        for (index, key) in given.iter().enumerate() {
            let key = Self::parse(key, index + 1)?;
            if keys.iter().any(|earlier| earlier.name == key.name) {
                return Err(ClientKeyError::Name(index + 1));
            }
            keys.push(key);
        }
        Ok(keys)
    }

    fn parse(key: &Value, place: usize) -> Result<Self, ClientKeyError> {
        let members = key.as_object().ok_or(ClientKeyError::NotASet)?;
        if PRIVATE.iter().any(|name| members.contains_key(*name)) {
            return Err(ClientKeyError::Private(place));
        }
        let name = members.get("kid").and_then(Value::as_str).unwrap_or_default();
        if name.is_empty() || name.len() > LONGEST_NAME || !name.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(ClientKeyError::Name(place));
        }
        let jwk: Jwk = serde_json::from_value(key.clone()).map_err(|_| ClientKeyError::Kind(place))?;
        let (algorithm, mut plain) = kind(&jwk).ok_or(ClientKeyError::Kind(place))?;
        plain.insert("kid".to_owned(), json!(name));
        plain.insert("alg".to_owned(), json!(algorithm));
        let public = DecodingKey::from_jwk(&jwk).map_err(|_| ClientKeyError::Kind(place))?;
        Ok(Self { name: name.to_owned(), algorithm, public, plain: plain.into() })
    }

    /// Keys as they are stored: a JSON array, each with its algorithm.
    pub fn to_stored(keys: &[Self]) -> Value {
        keys.iter().map(|key| key.plain.clone()).collect()
    }

    /// The key that an assertion names, among stored ones.
    pub(super) fn find(stored: &str, name: &str) -> Option<Self> {
        let keys: Value = serde_json::from_str(stored).ok()?;
        Self::parse_set(&json!({ "keys": keys })).ok()?.into_iter().find(|key| key.name == name)
    }

    pub(super) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    pub(super) fn public(&self) -> &DecodingKey {
        &self.public
    }
}

/// The one algorithm that a key is for, and the members that make it; `None` for kinds that we do not take.
fn kind(jwk: &Jwk) -> Option<(Algorithm, Map<String, Value>)> {
    let (algorithms, plain): (&[(KeyAlgorithm, Algorithm)], Value) = match &jwk.algorithm {
        AlgorithmParameters::RSA(key) => {
            let bits = bytes(&key.n)?.iter().skip_while(|byte| **byte == 0).count() * 8;
            let exponent = bytes(&key.e)?.iter().fold(0_u64, |sum, byte| sum.wrapping_mul(256) + u64::from(*byte));
            if !(2048..=4096).contains(&bits) || exponent < 65_537 || exponent.is_multiple_of(2) || key.e.len() > 8 {
                return None;
            }
            // RS512 first: what NHS England's platform asks for is taken when nothing is said.
            let both = &[(KeyAlgorithm::RS512, Algorithm::RS512), (KeyAlgorithm::PS256, Algorithm::PS256)];
            (both, json!({ "kty": "RSA", "n": key.n, "e": key.e }))
        }
        AlgorithmParameters::EllipticCurve(key) => {
            let is_point = bytes(&key.x)?.len() == 32 && bytes(&key.y)?.len() == 32;
            if key.curve != EllipticCurve::P256 || !is_point {
                return None;
            }
            let plain = json!({ "kty": "EC", "crv": "P-256", "x": key.x, "y": key.y });
            (&[(KeyAlgorithm::ES256, Algorithm::ES256)], plain)
        }
        AlgorithmParameters::OctetKeyPair(key) => {
            if key.curve != EllipticCurve::Ed25519 || bytes(&key.x)?.len() != 32 {
                return None;
            }
            (&[(KeyAlgorithm::EdDSA, Algorithm::EdDSA)], json!({ "kty": "OKP", "crv": "Ed25519", "x": key.x }))
        }
        _ => return None,
    };
    let algorithm = match jwk.common.key_algorithm {
        None => algorithms.first()?.1,
        Some(said) => algorithms.iter().find(|(name, _)| *name == said)?.1,
    };
    Some((algorithm, plain.as_object()?.clone()))
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(key: &Value) -> Result<Vec<ClientKey>, ClientKeyError> {
        ClientKey::parse_set(&json!({ "keys": [key] }))
    }

    #[test]
    fn only_public_keys_of_four_algorithms_are_taken() {
        let (long, short) = (URL_SAFE_NO_PAD.encode([0xc1; 256]), URL_SAFE_NO_PAD.encode([0xc1; 128]));
        let x = URL_SAFE_NO_PAD.encode([7; 32]);
        let rsa = json!({ "kty": "RSA", "kid": "a", "n": long, "e": "AQAB" });
        let taken = |key: &Value| set(key).map(|keys| keys.first().map(ClientKey::algorithm));
        assert_eq!(taken(&rsa), Ok(Some(Algorithm::RS512)));
        let with = |name: &str, value: &str| {
            let mut key = rsa.clone();
            key[name] = json!(value);
            key
        };
        assert_eq!(taken(&with("alg", "PS256")), Ok(Some(Algorithm::PS256)));
        let ed = json!({ "kty": "OKP", "crv": "Ed25519", "kid": "a", "x": x });
        assert_eq!(taken(&ed), Ok(Some(Algorithm::EdDSA)));
        let ec = json!({ "kty": "EC", "crv": "P-256", "kid": "a", "x": x, "y": x });
        assert_eq!(taken(&ec), Ok(Some(Algorithm::ES256)));

        for (name, value) in
            [("alg", "RS256"), ("alg", "HS256"), ("alg", "none"), ("n", &short), ("e", "Aw"), ("n", "!")]
        {
            assert_eq!(taken(&with(name, value)), Err(ClientKeyError::Kind(1)), "{name} {value}");
        }
        assert_eq!(taken(&with("d", "x")), Err(ClientKeyError::Private(1)));
        assert_eq!(taken(&json!({ "kty": "oct", "kid": "a", "k": "AAAA" })), Err(ClientKeyError::Private(1)));
        assert_eq!(taken(&with("kid", "")), Err(ClientKeyError::Name(1)));
        assert_eq!(taken(&with("kid", "a b")), Err(ClientKeyError::Name(1)));
        let twice = ClientKey::parse_set(&json!({ "keys": [rsa, ed] }));
        assert_eq!(twice.map(drop), Err(ClientKeyError::Name(2)));
        for bad in [json!([]), json!({}), json!({ "keys": ["a"] })] {
            assert_eq!(ClientKey::parse_set(&bad).map(drop), Err(ClientKeyError::NotASet));
        }
    }

    #[test]
    fn what_is_stored_finds_its_key_again() {
        let x = URL_SAFE_NO_PAD.encode([7; 32]);
        let keys = set(&json!({ "kty": "OKP", "crv": "Ed25519", "kid": "a", "x": x, "x5u": "https://example.org" }));
        let stored = ClientKey::to_stored(&keys.expect("a key")).to_string();
        assert!(!stored.contains("x5u"), "{stored}");
        assert_eq!(ClientKey::find(&stored, "a").map(|key| key.algorithm()), Some(Algorithm::EdDSA));
        assert!(ClientKey::find(&stored, "b").is_none());
    }
}
