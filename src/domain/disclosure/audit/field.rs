//! Arithmetic modulo a prime below 2^31, so that products fit into 64 bits.
//!
//! This is the audit's own: the engine calculates modulo another prime and in another way.

/// The first prime, 2^31 − 1.
pub(super) const FIRST: u64 = 2_147_483_647;
/// The second prime, which confirms what the first one finds.
pub(super) const SECOND: u64 = 2_147_483_629;

/// `a` · `b`.
#[inline]
pub(super) fn times<const P: u64>(a: u64, b: u64) -> u64 {
    a * b % P
}

/// `a` − `b`.
#[inline]
pub(super) fn minus<const P: u64>(a: u64, b: u64) -> u64 {
    (a + P - b) % P
}

/// 1 ÷ `a` for `a` ≠ 0, by Euclid's algorithm.
pub(super) fn reciprocal<const P: u64>(a: u64) -> u64 {
    let (mut old, mut new) = ((P as i64, 0_i64), (a as i64, 1_i64));
    while new.0 != 0 {
        let quotient = old.0 / new.0;
        (old, new) = (new, (old.0 - quotient * new.0, old.1 - quotient * new.1));
    }
    old.1.rem_euclid(P as i64) as u64
}

/// Numbers that look random and are the same in every run (xorshift64*, Vigna 2016).
pub(super) struct Dice(u64);

impl Dice {
    /// The sequence of a seed other than 0.
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number from 1 to `P` − 1.
    pub(super) fn roll<const P: u64>(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16) % (P - 1) + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn dividing_undoes_multiplying(a in 0..SECOND, b in 1..SECOND) {
            let product = times::<SECOND>(a, b);
            prop_assert_eq!(times::<SECOND>(product, reciprocal::<SECOND>(b)), a);
            prop_assert_eq!(times::<FIRST>(reciprocal::<FIRST>(b), b), 1);
            prop_assert_eq!((minus::<SECOND>(a, b) + b) % SECOND, a);
        }
    }
}
