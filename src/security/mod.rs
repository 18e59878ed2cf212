//! Security: keys, sealing, tokens, passwords. The only room that names argon2, jsonwebtoken and the cipher.

mod access_token;
mod client_assertion;
mod client_key;
mod client_secret;
mod fingerprint;
mod keys;
mod letter_code;
mod one_time_code;
mod password;
mod random;
mod recovery_code;
mod refresh_token;
mod sealed_file;
mod sealing;
mod signing_key;
mod token;
mod token_header;
mod webhook_secret;

pub use access_token::{AccessTokens, CheckedToken, Holder, InvalidToken};
pub use client_assertion::{Assertion, issuer_of_assertion};
pub use client_key::{ClientKey, ClientKeyError};
pub use client_secret::ClientSecret;
pub use fingerprint::fingerprint;
pub use keys::{Keys, Purpose};
pub use letter_code::{LetterCode, MalformedCode};
pub use one_time_code::{Seed, Step};
pub use password::{PasswordError, PasswordHasher};
pub use random::{random_bytes, random_identifier_bytes};
pub use recovery_code::RecoveryCode;
pub use refresh_token::RefreshToken;
pub use sealed_file::{FileKey, SEALED_START, SealedFileError, is_sealed, open_file, seal_file};
pub use sealing::Sealer;
pub use signing_key::{CheckingKey, SigningKey};
pub use token::{HashedToken, MalformedToken, PlaintextToken};
pub use webhook_secret::WebhookSecret;
