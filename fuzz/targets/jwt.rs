//! Access tokens, assertions of clients, and tokens of a trust's provider: nothing that we did not sign is taken.
#![no_main]

use std::sync::LazyLock;

use candour::domain::identifier::ClientId;
use candour::security::{
    AccessTokens, Assertion, CheckingKey, ClientKey, ExpectedIdentity, ProvenIdentity, SigningKey, issuer_of_assertion,
};
use libfuzzer_sys::fuzz_target;
use time::OffsetDateTime;

static KEY: LazyLock<CheckingKey> = LazyLock::new(|| {
    let public = SigningKey::random().public_key().expect("a public key");
    CheckingKey::parse(&public).expect("a key")
});

fuzz_target!(|text: &str| {
    let now = OffsetDateTime::UNIX_EPOCH + time::Duration::days(20_000);
    let tokens = AccessTokens::new("https://candour.example", 10);
    let _ = tokens.key_of(text);
    assert!(tokens.check(text, &KEY).is_err());
    let _ = issuer_of_assertion(text);
    let client = ClientId::from_random([7; 16]);
    assert!(Assertion::check(text, &client, "[]", "https://candour.example", now).is_err());
    if let Ok(keys) = serde_json::from_str(text) {
        let _ = ClientKey::parse_set(&keys);
        let expected = ExpectedIdentity { issuer: "https://login.example", client_id: "candour", nonce: "n" };
        assert!(ProvenIdentity::check("eyJhbGciOiJFZERTQSJ9.e30.AA", &keys, expected, now).is_err());
    }
});
