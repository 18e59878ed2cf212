//! Security: keys, sealing, tokens, passwords. The only room that names argon2, jsonwebtoken and the cipher.

mod access_token;
mod fingerprint;
mod keys;
mod letter_code;
mod one_time_code;
mod password;
mod random;
mod recovery_code;
mod sealed_file;
mod sealing;
mod token;

pub use access_token::{AccessTokens, Claims, InvalidToken};
pub use fingerprint::fingerprint;
pub use keys::{Keys, Purpose};
pub use letter_code::{LetterCode, MalformedCode};
pub use one_time_code::{Seed, Step};
pub use password::{PasswordError, PasswordHasher};
pub use random::{random_bytes, random_identifier_bytes};
pub use recovery_code::RecoveryCode;
pub use sealed_file::{FileKey, SEALED_START, SealedFileError, is_sealed, open_file, seal_file};
pub use sealing::Sealer;
pub use token::{HashedToken, MalformedToken, PlaintextToken};
