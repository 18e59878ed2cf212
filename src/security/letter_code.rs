//! Short codes on letters: what somebody types who has no link to follow.
//!
//! Twelve characters of Crockford's base 32, 60 random bits. That is too few to be stored hashed, so a code is not stored
//! at all: the token of its link is derived from it under a key of the installation, and the token's hash is stored.

use std::fmt;
use std::str::FromStr;

use super::random_bytes;

/// Digits and letters that are not mistaken for each other.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 12;

/// The short code of one letter. Never stored, never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct LetterCode(String);

/// The text is not a short code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a code has 12 letters and digits")]
pub struct MalformedCode;

impl LetterCode {
    /// A fresh random code.
    pub fn random() -> Self {
        let letters =
            random_bytes::<LENGTH>().iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect();
        Self(letters)
    }

    /// The code as it is printed: `7K3M-0QXV-94TB`.
    pub fn reveal(&self) -> String {
        let (first, rest) = self.0.split_at(4);
        let (second, third) = rest.split_at(4);
        format!("{first}-{second}-{third}")
    }

    pub(super) fn letters(&self) -> &str {
        &self.0
    }
}

impl FromStr for LetterCode {
    type Err = MalformedCode;
    /// Small letters, spaces and hyphens do not matter, nor O for 0, I and L for 1.
    fn from_str(text: &str) -> Result<Self, MalformedCode> {
        let letters: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '–' | '‑'))
            .map(|c| match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            })
            .collect();
        let known = letters.chars().all(|c| u8::try_from(c).is_ok_and(|byte| ALPHABET.contains(&byte)));
        if known && letters.len() == LENGTH { Ok(Self(letters)) } else { Err(MalformedCode) }
    }
}

impl fmt::Debug for LetterCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LetterCode(********)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code = LetterCode::random();
        assert_eq!(code.reveal().parse(), Ok(code.clone()));
        assert_eq!(code.reveal().to_lowercase().replace('-', " ").parse(), Ok(code.clone()));
        assert_eq!("7k3m-oqxv-94ti".parse(), "7K3M 0QXV 94T1".parse::<LetterCode>());
        for bad in ["", "7K3M-0QXV-94T", "7K3M-0QXV-94T11", "7K3M-0QXV-94TU", "ŵŵŵŵŵŵŵŵŵŵŵŵ"] {
            assert_eq!(bad.parse::<LetterCode>(), Err(MalformedCode), "{bad}");
        }
        assert!(!format!("{code:?}").contains(code.letters()));
    }
}
