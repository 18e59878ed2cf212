//! Secrets of API clients: 256 random bits, shown once; the database holds only their hash.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::random_bytes;
use crate::domain::identifier::hexadecimal;

/// What every secret begins with, so that one that was published by mistake is found by those who look for them.
const PREFIX: &str = "candour_secret_";

/// A secret as its owner holds it. Never stored, never logged.
pub struct ClientSecret(String);

impl ClientSecret {
    /// A fresh random secret.
    pub fn random() -> Self {
        Self(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(random_bytes::<32>())))
    }

    /// What somebody sent as a secret.
    pub fn given(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The secret as text, to be shown once.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What the database holds: SHA-256 in hexadecimal. Enough, because a secret is 256 random bits; comparing two
    /// hashes tells nothing about a secret, however long it takes.
    pub fn hash(&self) -> String {
        hexadecimal(&Sha256::digest(self.0.as_bytes()))
    }
}

impl std::fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ClientSecret(********)")
    }
}
