//! Everything that published sums leave open, in two random directions.
//!
//! Counts that fit everything published differ by vectors of the null space of the published rows. The sum of a set is
//! determined exactly when every such vector sums to 0 over the set; a random one then does so only by a chance of one
//! in 2^31. With two random vectors, the pair of sums also shows which sets move together: their ratio is the same, and
//! who knows one of them knows the other.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::evidence::Contradiction;
use super::field::{Dice, minus, reciprocal, times};
use super::peeling::Peeled;

/// Modulo the prime `P`, per count: a value that fits everything published, and how far it moves in two random
/// directions.
pub(super) struct NullSpace<const P: u64> {
    fitting: Vec<u64>,
    directions: Vec<[u64; 2]>,
}

/// Sums over a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Image {
    /// Of the fitting values.
    pub value: u64,
    /// Of the directions.
    pub moves: [u64; 2],
}

impl<const P: u64> NullSpace<P> {
    /// Of what is left after peeling.
    ///
    /// # Errors
    /// [`Contradiction`].
    pub fn find(peeled: &Peeled) -> Result<Self, Contradiction> {
        let echelon = Echelon::<P>::of(peeled)?;
        let mut dice = Dice::new(P ^ 0x005d_eece_66d1_ce5b);
        let mut fitting: Vec<u64> = peeled.known.iter().map(|value| value.unwrap_or(0) % P).collect();
        let mut directions: Vec<[u64; 2]> = peeled
            .known
            .iter()
            .map(|value| if value.is_some() { [0; 2] } else { [dice.roll::<P>(), dice.roll::<P>()] })
            .collect();
        for row in echelon.rows.iter().rev() {
            let (mut value, mut moves) = (row.value, [0; 2]);
            for (column, factor) in &row.others {
                let column = *column as usize;
                value = minus::<P>(value, times::<P>(*factor, fitting[column]));
                for (own, other) in moves.iter_mut().zip(directions[column]) {
                    *own = minus::<P>(*own, times::<P>(*factor, other));
                }
            }
            fitting[row.pivot as usize] = value;
            directions[row.pivot as usize] = moves;
        }
        Ok(Self { fitting, directions })
    }

    /// Sums over a set of counts.
    pub fn image(&self, members: &[u32]) -> Image {
        let sum = |of: &dyn Fn(usize) -> u64| members.iter().map(|column| of(*column as usize)).sum::<u64>() % P;
        Image {
            value: sum(&|column| self.fitting[column]),
            moves: [sum(&|column| self.directions[column][0]), sum(&|column| self.directions[column][1])],
        }
    }
}

/// A row whose pivot stands in no later row.
struct EchelonRow {
    pivot: u32,
    /// Counts other than the pivot, whose factor is 1.
    others: Vec<(u32, u64)>,
    value: u64,
}

struct Echelon<const P: u64> {
    rows: Vec<EchelonRow>,
}

impl<const P: u64> Echelon<P> {
    /// Shortest rows first, each with its rarest count as the pivot: both keep rows short.
    fn of(peeled: &Peeled) -> Result<Self, Contradiction> {
        let columns = peeled.known.len();
        let mut frequency = vec![0_u32; columns];
        for row in &peeled.rows {
            row.members.iter().for_each(|column| frequency[*column as usize] += 1);
        }
        let mut rows: Vec<EchelonRow> = Vec::new();
        let mut owner: Vec<Option<u32>> = vec![None; columns];
        let mut dense = vec![0_u64; columns];
        let mut is_touched = vec![false; columns];
        for row in &peeled.rows {
            let mut touched: Vec<u32> = row.members.clone();
            let mut owners: BinaryHeap<Reverse<u32>> = BinaryHeap::new();
            for column in &row.members {
                dense[*column as usize] = 1;
                is_touched[*column as usize] = true;
                owners.extend(owner[*column as usize].map(Reverse));
            }
            let mut value = row.value % P;
            while let Some(Reverse(index)) = owners.pop() {
                let pivot = &rows[index as usize];
                let factor = std::mem::take(&mut dense[pivot.pivot as usize]);
                if factor == 0 {
                    continue;
                }
                value = minus::<P>(value, times::<P>(factor, pivot.value));
                for (column, other) in &pivot.others {
                    let at = *column as usize;
                    dense[at] = minus::<P>(dense[at], times::<P>(factor, *other));
                    if !is_touched[at] {
                        is_touched[at] = true;
                        touched.push(*column);
                        owners.extend(owner[at].map(Reverse));
                    }
                }
            }
            touched.iter().for_each(|column| is_touched[*column as usize] = false);
            let mut left: Vec<(u32, u64)> = touched
                .into_iter()
                .map(|column| (column, std::mem::take(&mut dense[column as usize])))
                .filter(|(_, factor)| *factor != 0)
                .collect();
            let rarest = left.iter().enumerate().min_by_key(|(_, (column, _))| (frequency[*column as usize], *column));
            let Some(rarest) = rarest.map(|(position, _)| position) else {
                if value != 0 {
                    return Err(Contradiction);
                }
                continue;
            };
            let (pivot, factor) = left.swap_remove(rarest);
            let scale = reciprocal::<P>(factor);
            left.iter_mut().for_each(|(_, factor)| *factor = times::<P>(*factor, scale));
            owner[pivot as usize] = Some(rows.len() as u32);
            rows.push(EchelonRow { pivot, others: left, value: times::<P>(value, scale) });
        }
        Ok(Self { rows })
    }
}
