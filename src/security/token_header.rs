//! What stands before a token's signature is looked at: its size, its three parts, and a header that brings no key of
//! its own.

use jsonwebtoken::{Algorithm, Header, decode_header};

use super::InvalidToken;

/// Longest token; ours have about 600 bytes, assertions with an RSA signature about 1,200.
const MOST_BYTES: usize = 8 * 1024;

/// Reads the header of a token that may be checked at all.
///
/// # Errors
/// [`InvalidToken`] for tokens that are too long, not of three parts, or whose header names a key to be fetched, brings
/// one along, asks for something to be understood, or says what we do not know.
pub(super) fn careful_header(token: &str, allowed: &[Algorithm]) -> Result<Header, InvalidToken> {
    let parts: Vec<&str> = token.split('.').collect();
    if token.len() > MOST_BYTES || parts.len() != 3 || parts.iter().any(|part| part.is_empty()) {
        return Err(InvalidToken);
    }
    let header = decode_header(token).map_err(|_| InvalidToken)?;
    let brings_a_key = header.jku.is_some() || header.jwk.is_some() || header.x5u.is_some() || header.x5c.is_some();
    let asks_for_more = header.crit.is_some() || header.enc.is_some() || header.zip.is_some() || header.cty.is_some();
    let says_more = !header.extras.inner().is_empty() || header.url.is_some() || header.nonce.is_some();
    if brings_a_key || asks_for_more || says_more || !allowed.contains(&header.alg) {
        return Err(InvalidToken);
    }
    Ok(header)
}
