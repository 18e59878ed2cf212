//! Secrets of webhooks and the signatures made with them, as Standard Webhooks has them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::{Purpose, Sealer, random_bytes};
use crate::domain::identifier::WebhookId;

/// What a secret begins with.
const PREFIX: &str = "whsec_";

/// A secret that messages are signed with. Shown once, stored sealed.
pub struct WebhookSecret([u8; 32]);

impl WebhookSecret {
    /// A fresh random secret.
    pub fn random() -> Self {
        Self(random_bytes())
    }

    /// The secret as text, to be shown once.
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(self.0))
    }

    /// As it may be stored.
    pub fn seal(&self, sealer: &Sealer, webhook: &WebhookId) -> String {
        sealer.seal(Purpose::WebhookSecret, webhook.as_str().as_bytes(), &self.0)
    }

    /// A stored secret; `None` when it was sealed under another key, or is another's.
    pub fn open(sealer: &Sealer, webhook: &WebhookId, sealed: &str) -> Option<Self> {
        let bytes = sealer.open(Purpose::WebhookSecret, webhook.as_str().as_bytes(), sealed)?;
        Some(Self(bytes.try_into().ok()?))
    }

    /// The signature of a message: `v1,` and HMAC-SHA-256 over its identifier, moment and body, in base64.
    #[expect(
        clippy::expect_used,
        reason = "HMAC takes keys of every length; the error type is the trait's, not HMAC's"
    )]
    pub fn sign(&self, message: &str, timestamp: i64, body: &str) -> String {
        let mac = <Hmac<Sha256> as Mac>::new_from_slice(&self.0).expect("HMAC takes keys of every length");
        let signed = mac.chain_update(format!("{message}.{timestamp}.{body}")).finalize().into_bytes();
        format!("v1,{}", STANDARD.encode(signed))
    }
}

impl std::fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WebhookSecret(********)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector of the Standard Webhooks libraries has a key of 24 bytes, which is padded here as HMAC pads it.
    #[test]
    fn signatures_are_those_of_standard_webhooks() {
        let key = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("base64");
        let mut padded = [0; 32];
        padded[..key.len()].copy_from_slice(&key);
        let signature =
            WebhookSecret(padded).sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }
}
