//! Arithmetic modulo the prime 2^61 − 1: exact where floating point would guess, and fast, because a product is
//! reduced by a shift and an addition.

/// The modulus, a Mersenne prime.
pub(super) const PRIME: u64 = (1 << 61) - 1;

/// `a` + `b`.
#[inline]
pub(super) fn add(a: u64, b: u64) -> u64 {
    let sum = a + b;
    if sum >= PRIME { sum - PRIME } else { sum }
}

/// `a` − `b`.
#[inline]
pub(super) fn subtract(a: u64, b: u64) -> u64 {
    if a >= b { a - b } else { a + PRIME - b }
}

/// `a` · `b`.
#[inline]
pub(super) fn multiply(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    let folded = (product as u64 & PRIME) + (product >> 61) as u64;
    if folded >= PRIME { folded - PRIME } else { folded }
}

/// 1 ÷ `a` for `a` ≠ 0: the power p − 2 (Fermat).
pub(super) fn inverse(a: u64) -> u64 {
    if a == 1 || a == PRIME - 1 {
        return a;
    }
    let (mut power, mut result, mut exponent) = (a, 1, PRIME - 2);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = multiply(result, power);
        }
        power = multiply(power, power);
        exponent >>= 1;
    }
    result
}

/// A sequence of numbers that look random and are the same in every run (SplitMix64, Steele and others 2014).
pub(super) struct Numbers(u64);

impl Numbers {
    /// The sequence of this seed.
    pub(super) fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// The next residue that is not 0.
    pub(super) fn residue(&mut self) -> u64 {
        loop {
            let residue = self.next() >> 3;
            if (1..PRIME).contains(&residue) {
                return residue;
            }
        }
    }

    /// The next number below `limit`, which is not 0.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_field_is_a_field(a in 0..PRIME, b in 1..PRIME) {
            prop_assert_eq!(multiply(multiply(a, b), inverse(b)), a);
            prop_assert_eq!(subtract(add(a, b), b), a);
            prop_assert_eq!(u128::from(multiply(a, b)), u128::from(a) * u128::from(b) % u128::from(PRIME));
        }
    }
}
