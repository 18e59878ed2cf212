//! Recovery codes: what gets somebody in whose authenticator app is gone. Each is good once.

use super::{Keys, Purpose, random_bytes};
use crate::domain::identifier::AccountId;

/// Letters that are not mistaken for each other when they are copied by hand.
const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";
const LENGTH: usize = 24;

/// A recovery code as its owner holds it: 120 random bits, so many that a fast hash keeps it (ASVS 6.5.2). Never stored,
/// never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(String);

impl RecoveryCode {
    /// A fresh random code.
    pub fn random() -> Self {
        let letters: [u8; LENGTH] = random_bytes();
        Self(letters.iter().map(|byte| char::from(LETTERS[usize::from(byte & 31)])).collect())
    }

    /// What somebody typed, however they grouped it; `None` when it has not the form of a code.
    pub fn typed(text: &str) -> Option<Self> {
        let letters: String = text
            .chars()
            .filter(|letter| !matches!(letter, '-' | ' '))
            .map(|letter| letter.to_ascii_lowercase())
            .collect();
        let known = letters.bytes().all(|letter| LETTERS.contains(&letter));
        (letters.len() == LENGTH && known).then_some(Self(letters))
    }

    /// The code in groups of four, to be shown once.
    pub fn reveal(&self) -> String {
        let groups: Vec<&str> = (0..LENGTH).step_by(4).map(|start| &self.0[start..start + 4]).collect();
        groups.join("-")
    }

    /// What the database holds: a keyed hash that is of no use beside another account.
    pub fn hash(&self, keys: &Keys, account: &AccountId) -> String {
        keys.authentication_code(Purpose::RecoveryCode, format!("{account}/{}", self.0).as_bytes())
    }
}

impl std::fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoveryCode(********)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_grouped() {
        let code = RecoveryCode::random();
        assert_eq!(code.reveal().len(), 29);
        assert_eq!(RecoveryCode::typed(&code.reveal()), Some(code.clone()));
        assert_eq!(RecoveryCode::typed(&code.reveal().to_uppercase().replace('-', " ")), Some(code));
        for bad in ["", "123456", "abcd-efgh-jkmn-pqrs", "abcd-efgh-jkmn-pqrs-tuvw-xyzl"] {
            assert_eq!(RecoveryCode::typed(bad), None);
        }
    }
}
