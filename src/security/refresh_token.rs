//! Refresh tokens: the name of a sign-in, a generation, and a code over both. None is stored.
//!
//! The code tells a token that was once ours from one that never was. Only the former ends its sign-in when it comes back
//! after its successor was given out: whoever merely knows the name of a sign-in cannot end it.

use std::fmt;

use super::{Keys, Purpose};
use crate::domain::identifier::ApiSessionId;

/// A refresh token that is ours.
#[derive(Clone, PartialEq, Eq)]
pub struct RefreshToken {
    /// The sign-in that it belongs to.
    pub session: ApiSessionId,
    /// How many tokens of this sign-in came before it.
    pub generation: i32,
}

impl RefreshToken {
    /// The token as its owner holds it.
    pub fn reveal(&self, keys: &Keys) -> String {
        let named = self.named();
        format!("{named}.{}", keys.authentication_code(Purpose::RefreshToken, named.as_bytes()))
    }

    /// Reads a token; `None` when it never was one of ours.
    pub fn open(keys: &Keys, text: &str) -> Option<Self> {
        let (named, code) = text.rsplit_once('.')?;
        if !keys.verify(Purpose::RefreshToken, named.as_bytes(), code) {
            return None;
        }
        let (session, generation) = named.split_once('.')?;
        Some(Self { session: session.parse().ok()?, generation: generation.parse().ok()? })
    }

    fn named(&self) -> String {
        format!("{}.{}", self.session, self.generation)
    }
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RefreshToken(********)")
    }
}
