//! Randomness, from the operating system.

/// `N` random bytes.
///
/// # Panics
/// When the operating system has no randomness to give: nothing safe can be done without it.
#[expect(
    clippy::expect_used,
    reason = "without randomness every token would be guessable: stopping is the safe answer"
)]
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// 128 random bits for an identifier.
pub fn random_identifier_bytes() -> [u8; 16] {
    random_bytes()
}
