//! What was read lately and never changes, kept in memory by a random identifier that belongs to nothing else in any database.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Values read lately, the latest first, as many as take `most_bytes` in the database.
pub(super) struct Lately<K, T> {
    most_bytes: usize,
    known: Mutex<VecDeque<Known<K, T>>>,
}

struct Known<K, T> {
    id: K,
    bytes: usize,
    value: Arc<T>,
}

impl<K: PartialEq, T> Lately<K, T> {
    pub(super) const fn new(most_bytes: usize) -> Self {
        Self { most_bytes, known: Mutex::new(VecDeque::new()) }
    }

    pub(super) fn find(&self, id: &K) -> Option<Arc<T>> {
        self.lock().iter().find(|known| known.id == *id).map(|known| Arc::clone(&known.value))
    }

    /// Keeps a value that takes so many bytes in the database, and gives it back.
    pub(super) fn remember(&self, id: K, bytes: usize, value: T) -> Arc<T> {
        let value = Arc::new(value);
        let mut known = self.lock();
        // Two may have read it at once.
        known.retain(|known| known.id != id);
        known.push_front(Known { id, bytes, value: Arc::clone(&value) });
        let mut sum = 0;
        known.retain(|known| {
            sum += known.bytes;
            sum <= self.most_bytes
        });
        value
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Known<K, T>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_ones_are_kept_and_no_more_than_memory_is_meant_for() {
        let lately = Lately::new(10);
        for id in 0..3 {
            lately.remember(id, 4, id * 100);
        }
        lately.remember(2, 4, 200);
        assert_eq!([0, 1, 2].map(|id| lately.find(&id).map(|value| *value)), [None, Some(100), Some(200)]);
        lately.remember(3, 11, 300);
        assert!(lately.find(&3).is_none() && lately.find(&2).is_none(), "one that is too long is not kept");
    }
}
