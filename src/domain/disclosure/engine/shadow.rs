//! Shadows of sets: their sums over two random vectors, which tell what lies in a span and what follows from what.

use super::modular::{self, PRIME};

/// A sum over each of the two vectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Shadow(pub(super) u64, pub(super) u64);

/// How many targets share a ratio, and how many of them are one person.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sharing {
    pub(super) targets: u32,
    pub(super) lone: u32,
}

impl Shadow {
    pub(super) fn plus(self, factor: u64, other: Self) -> Self {
        let plus = |a, b| modular::add(a, modular::multiply(factor, b));
        Self(plus(self.0, other.0), plus(self.1, other.1))
    }

    pub(super) fn minus(self, factor: u64, other: Self) -> Self {
        let minus = |a, b| modular::subtract(a, modular::multiply(factor, b));
        Self(minus(self.0, other.0), minus(self.1, other.1))
    }
}

impl Sharing {
    pub(super) fn add(&mut self, other: Self) {
        self.targets += other.targets;
        self.lone += other.lone;
    }

    pub(super) fn without(self, other: Self) -> Self {
        Self { targets: self.targets - other.targets, lone: self.lone - other.lone }
    }
}

/// First ÷ second of each shadow, with one inversion for all of them (Montgomery's trick); [`PRIME`] stands for ∞.
pub(super) fn ratios(shadows: &[Shadow]) -> Vec<u64> {
    let mut products = Vec::with_capacity(shadows.len());
    let mut product = 1;
    for shadow in shadows {
        products.push(product);
        if shadow.1 != 0 {
            product = modular::multiply(product, shadow.1);
        }
    }
    let mut inverse = modular::inverse(product);
    let mut ratios = vec![PRIME; shadows.len()];
    for (index, shadow) in shadows.iter().enumerate().rev().filter(|(_, shadow)| shadow.1 != 0) {
        ratios[index] = modular::multiply(shadow.0, modular::multiply(inverse, products[index]));
        inverse = modular::multiply(inverse, shadow.1);
    }
    ratios
}
