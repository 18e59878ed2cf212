//! Sealing: encrypted and authenticated text for what must not be read or changed by whoever holds it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

use super::{Keys, Purpose, random_bytes};

const NONCE_BYTES: usize = 24;

/// Seals and opens with XChaCha20-Poly1305; its 24-byte nonces may be drawn at random without counting.
#[derive(Clone)]
pub struct Sealer {
    keys: Keys,
}

impl Sealer {
    /// A sealer with the installation's keys.
    pub fn new(keys: Keys) -> Self {
        Self { keys }
    }

    /// Seals `plaintext` for `purpose`; `context` (a survey, a link) must be the same to open it again.
    pub fn seal(&self, purpose: Purpose, context: &[u8], plaintext: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode(self.seal_bytes(purpose, context, plaintext))
    }

    /// [`Sealer::seal`] as bytes.
    pub fn seal_bytes(&self, purpose: Purpose, context: &[u8], plaintext: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE_BYTES] = random_bytes();
        let payload = Payload { msg: plaintext, aad: context };
        // Encryption fails only for messages of hundreds of gigabytes; an empty seal opens as nothing.
        let ciphertext = self.cipher(purpose).encrypt(&XNonce::from(nonce), payload).unwrap_or_default();
        [nonce.as_slice(), &ciphertext].concat()
    }

    /// What was sealed; `None` when the text was changed, or sealed for another purpose or context.
    pub fn open(&self, purpose: Purpose, context: &[u8], sealed: &str) -> Option<Vec<u8>> {
        self.open_bytes(purpose, context, &URL_SAFE_NO_PAD.decode(sealed).ok()?)
    }

    /// [`Sealer::open`] of bytes.
    pub fn open_bytes(&self, purpose: Purpose, context: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE_BYTES>()?;
        let payload = Payload { msg: ciphertext, aad: context };
        self.cipher(purpose).decrypt(&XNonce::from(*nonce), payload).ok()
    }

    fn cipher(&self, purpose: Purpose) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&self.keys.derive(purpose).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{SecondFactorRule, Secret, SecurityConfig};

    fn sealer() -> Sealer {
        let secret = Secret::new("a secret of more than thirty-two characters");
        let config = SecurityConfig {
            secret,
            session_idle_minutes: 30,
            session_hours: 12,
            access_token_minutes: 15,
            second_factor: SecondFactorRule::Required,
            contact: String::new(),
        };
        Sealer::new(Keys::new(&config))
    }

    #[test]
    fn what_is_sealed_opens_only_where_it_belongs() {
        let sealer = sealer();
        let sealed = sealer.seal(Purpose::FormState, b"link 1", b"answers");
        assert_eq!(sealer.open(Purpose::FormState, b"link 1", &sealed).as_deref(), Some(b"answers".as_slice()));
        assert_eq!(sealer.open(Purpose::FormState, b"link 2", &sealed), None);
        assert_eq!(sealer.open(Purpose::AddressSeal, b"link 1", &sealed), None);
    }

    #[test]
    fn changed_text_does_not_open() {
        let sealer = sealer();
        let mut sealed = sealer.seal(Purpose::FormState, b"", b"answers").into_bytes();
        let last = sealed.len() - 2;
        sealed[last] = if sealed[last] == b'A' { b'B' } else { b'A' };
        assert_eq!(sealer.open(Purpose::FormState, b"", &String::from_utf8_lossy(&sealed)), None);
        for bad in ["", "A", "not base64!", &"A".repeat(31)] {
            assert_eq!(sealer.open(Purpose::FormState, b"", bad), None);
        }
    }
}
