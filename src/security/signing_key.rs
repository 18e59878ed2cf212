//! Keys that sign access tokens: Ed25519, made here, kept sealed.

use jsonwebtoken::jwk::{Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};

use super::{InvalidToken, Purpose, Sealer, random_bytes, random_identifier_bytes};
use crate::domain::identifier::SigningKeyId;

/// Bytes of the seed that an Ed25519 key is made of.
const SEED_BYTES: usize = 32;

/// A private key with its name.
pub struct SigningKey {
    id: SigningKeyId,
    seed: [u8; SEED_BYTES],
}

/// A public key that a token of ours is checked with.
pub struct CheckingKey(DecodingKey);

impl SigningKey {
    /// A fresh random key.
    pub fn random() -> Self {
        Self { id: SigningKeyId::from_random(random_identifier_bytes()), seed: random_bytes() }
    }

    /// Its name: the `kid` of the tokens that it signs.
    pub fn id(&self) -> &SigningKeyId {
        &self.id
    }

    /// The private key as it may be stored.
    pub fn seal(&self, sealer: &Sealer) -> String {
        sealer.seal(Purpose::SigningKey, self.id.as_str().as_bytes(), &self.seed)
    }

    /// A stored private key; `None` when it was sealed under another secret, or is another's.
    pub fn open(sealer: &Sealer, id: &SigningKeyId, sealed: &str) -> Option<Self> {
        let seed = sealer.open(Purpose::SigningKey, id.as_str().as_bytes(), sealed)?;
        Some(Self { id: id.clone(), seed: seed.try_into().ok()? })
    }

    /// The public key as JWK (RFC 7517), as it is published.
    ///
    /// # Errors
    /// [`InvalidToken`] when the library refuses the key.
    pub fn public_key(&self) -> Result<String, InvalidToken> {
        let mut public = Jwk::from_encoding_key(&self.encoding(), Algorithm::EdDSA).map_err(|_| InvalidToken)?;
        public.common.key_id = Some(self.id.to_string());
        public.common.public_key_use = Some(PublicKeyUse::Signature);
        public.common.key_algorithm = Some(KeyAlgorithm::EdDSA);
        serde_json::to_string(&public).map_err(|_| InvalidToken)
    }

    pub(super) fn encoding(&self) -> EncodingKey {
        // RFC 8410: the fixed head of an Ed25519 private key in PKCS #8, followed by the seed.
        const PKCS8_HEAD: [u8; 16] =
            [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
        EncodingKey::from_ed_der(&[PKCS8_HEAD.as_slice(), &self.seed].concat())
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({})", self.id)
    }
}

impl CheckingKey {
    /// A public key as it is stored.
    ///
    /// # Errors
    /// [`InvalidToken`] when it is no JWK.
    pub fn parse(public_key: &str) -> Result<Self, InvalidToken> {
        let public: Jwk = serde_json::from_str(public_key).map_err(|_| InvalidToken)?;
        DecodingKey::from_jwk(&public).map(Self).map_err(|_| InvalidToken)
    }

    pub(super) fn decoding(&self) -> &DecodingKey {
        &self.0
    }
}
