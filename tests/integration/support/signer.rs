//! Keys of API clients, and what they sign.

use std::process::Command;

use candour::security::random_bytes;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

/// A key pair of a client.
pub struct Signer {
    pub name: String,
    algorithm: Algorithm,
    key: EncodingKey,
}

impl Signer {
    /// A fresh key for `algorithm`: RS512, PS256, ES256 or EdDSA.
    pub fn new(name: &str, algorithm: Algorithm) -> Self {
        // RFC 8410 and RFC 5915: what stands before 32 private bytes in PKCS #8.
        const ED: &[u8] = b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20";
        const EC: &[u8] =
            b"\x30\x41\x02\x01\x00\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\
            \x01\x07\x04\x27\x30\x25\x02\x01\x01\x04\x20";
        let private = random_bytes::<32>();
        let key = match algorithm {
            Algorithm::EdDSA => EncodingKey::from_ed_der(&[ED, &private].concat()),
            Algorithm::ES256 => EncodingKey::from_ec_der(&[EC, &private].concat()),
            _ => EncodingKey::from_rsa_der(&rsa_key()),
        };
        Self { name: name.to_owned(), algorithm, key }
    }

    /// The public key, as JWK.
    pub fn public(&self) -> Value {
        let mut jwk = Jwk::from_encoding_key(&self.key, self.algorithm).expect("a key");
        jwk.common.key_id = Some(self.name.clone());
        serde_json::to_value(jwk).expect("JSON")
    }

    /// A JWT over `claims`, with this header's own members added.
    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        let mut head = json!({ "alg": self.algorithm, "kid": self.name });
        for (name, value) in header.as_object().expect("an object") {
            head[name] = value.clone();
        }
        let head: Header = serde_json::from_value(head).expect("a header");
        encode(&head, claims, &self.key).expect("signed")
    }
}

fn rsa_key() -> Vec<u8> {
    let made = Command::new("openssl").args(["genrsa", "-traditional", "2048"]).output().expect("openssl is there");
    let mut convert = Command::new("openssl")
        .args(["rsa", "-traditional", "-outform", "DER"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("openssl is there");
    std::io::Write::write_all(&mut convert.stdin.take().expect("piped"), &made.stdout).expect("it reads");
    convert.wait_with_output().expect("it ends").stdout
}
