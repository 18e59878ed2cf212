//! Which groups are offered together.
//!
//! Of the coarse groups, which come first, nearly all are published, and each upsets most counts. So they are offered
//! together, and what they upset is looked at once. When a batch leaves a count narrow, its first half is offered, and so
//! on, until the one that does so is found. What is published is what offering them one by one would publish, but for the
//! luck of searches.

use std::ops::Range;

/// Goes through groups in order.
pub(super) struct Batches {
    /// Where the next batch begins.
    next: usize,
    /// Groups.
    count: usize,
    /// How many are offered together at most.
    together: usize,
    /// Where a batch ended that could not be published, though all of it before `next` could.
    failed: Option<usize>,
    /// How many could be published since the last one that could not.
    streak: usize,
}

/// As if so many groups had been published before the first one.
const STREAK: usize = 40;

impl Batches {
    /// Of so many groups, never more than `together`.
    pub fn of(count: usize, together: usize) -> Self {
        Self { next: 0, count, together, failed: None, streak: STREAK }
    }

    /// The groups to offer next.
    pub fn next(&mut self) -> Option<Range<usize>> {
        if self.failed == Some(self.next + 1) {
            self.refuse();
        }
        let size = match self.failed {
            Some(end) => (end - self.next) / 2,
            None => (1 + self.streak / 2).min(self.count - self.next).min(self.together),
        };
        (size > 0).then(|| self.next..self.next + size)
    }

    /// What became of them.
    pub fn came_out(&mut self, batch: Range<usize>, published: bool) {
        if published {
            self.next = batch.end;
            self.streak += batch.len();
        } else {
            self.failed = Some(batch.end);
        }
    }

    /// The next one cannot be published.
    fn refuse(&mut self) {
        self.next += 1;
        self.failed = None;
        self.streak = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_published_is_what_one_by_one_would_be(good in proptest::collection::vec(proptest::bool::weighted(0.8), 0..200), together in 1_usize..40) {
            let mut batches = Batches::of(good.len(), together);
            let mut published = vec![false; good.len()];
            while let Some(batch) = batches.next() {
                let all_good = good[batch.clone()].iter().all(|good| *good);
                published[batch.clone()].fill(all_good);
                batches.came_out(batch, all_good);
            }
            prop_assert_eq!(published, good);
        }
    }
}
