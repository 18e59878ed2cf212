//! A1: which sets follow exactly, by adding and subtracting what is published.

use std::collections::HashMap;

use super::evidence::{Contradiction, Small, Suspect};
use super::field::{FIRST, SECOND, minus, reciprocal, times};
use super::null_space::{Image, NullSpace};
use super::peeling::Peeled;

/// How a set is disclosed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disclosure {
    /// To everybody.
    Determined(u64),
    /// To somebody who is alone in another set and knows that.
    ToLoneRespondent(u64),
}

impl Disclosure {
    /// The value that follows.
    pub fn value(self) -> u64 {
        let (Self::Determined(value) | Self::ToLoneRespondent(value)) = self;
        value
    }
}

/// Per suspect, how it is disclosed. Both primes must agree.
///
/// # Errors
/// [`Contradiction`].
pub(super) fn attack(peeled: &Peeled, suspects: &[Suspect]) -> Result<Vec<Option<Disclosure>>, Contradiction> {
    let mut first = one_prime::<FIRST>(peeled, suspects)?;
    if first.iter().any(Option::is_some) {
        let second = one_prime::<SECOND>(peeled, suspects)?;
        for (found, confirmed) in first.iter_mut().zip(second) {
            match (&found, confirmed) {
                (Some(found), Some(confirmed)) if found.value() == confirmed.value() => {}
                // No sum of people is as large as the primes; values that differ belong to negative or broken counts.
                (Some(_), Some(_)) => return Err(Contradiction),
                _ => *found = None,
            }
        }
    }
    Ok(first)
}

fn one_prime<const P: u64>(peeled: &Peeled, suspects: &[Suspect]) -> Result<Vec<Option<Disclosure>>, Contradiction> {
    let space = NullSpace::<P>::find(peeled)?;
    let images: Vec<Image> = suspects.iter().map(|suspect| space.image(&suspect.members)).collect();
    let mut found: Vec<Option<Disclosure>> =
        images.iter().map(|image| (image.moves == [0; 2]).then_some(Disclosure::Determined(image.value))).collect();
    let mut together: HashMap<u64, Vec<(usize, Small)>> = HashMap::new();
    for (index, (suspect, image)) in suspects.iter().zip(&images).enumerate() {
        if let Some(small) = suspect.small.filter(|_| found[index].is_none()) {
            together.entry(ratio::<P>(image.moves)).or_default().push((index, small));
        }
    }
    for sets in together.values().filter(|sets| sets.len() > 1) {
        for (own, alone) in sets.iter().filter(|(_, small)| small.alone) {
            for (other, _) in sets.iter().filter(|(_, small)| small.kin != alone.kin) {
                let value = from_own::<P>(images[*own], images[*other]);
                found[*other].get_or_insert(Disclosure::ToLoneRespondent(value));
            }
        }
    }
    Ok(found)
}

/// Per set, its kin: sets that move together in all that the sums leave open follow from each other.
///
/// # Errors
/// [`Contradiction`].
pub(super) fn kin<'a>(peeled: &Peeled, sets: impl Iterator<Item = &'a [u32]>) -> Result<Vec<u64>, Contradiction> {
    let space = NullSpace::<FIRST>::find(peeled)?;
    Ok(sets.map(|members| ratio::<FIRST>(space.image(members).moves)).collect())
}

/// The other set's sum, for who knows that her own is 1.
fn from_own<const P: u64>(own: Image, other: Image) -> u64 {
    let axis = usize::from(own.moves[0] == 0);
    let factor = times::<P>(other.moves[axis], reciprocal::<P>(own.moves[axis]));
    (other.value + times::<P>(factor, minus::<P>(1, own.value))) % P
}

/// The direction of two moves that are not both 0; `P` stands for infinity.
fn ratio<const P: u64>(moves: [u64; 2]) -> u64 {
    if moves[1] == 0 { P } else { times::<P>(moves[0], reciprocal::<P>(moves[1])) }
}
