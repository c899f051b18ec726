//! Places of which everybody has so many: sockets, connections, bodies that arrive.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Counts who has taken how many places.
#[derive(Debug)]
pub struct Seats<K> {
    most: usize,
    taken: Mutex<BTreeMap<K, usize>>,
}

/// A place; dropped, it is free again.
#[derive(Debug)]
pub struct Seat<K: Ord> {
    seats: Arc<Seats<K>>,
    of: K,
}

impl<K: Ord + Copy> Seats<K> {
    /// So many for each.
    pub fn new(most: usize) -> Self {
        Self { most, taken: Mutex::default() }
    }

    /// One more place; `None` if they have all that they may.
    pub fn take(self: &Arc<Self>, of: K) -> Option<Seat<K>> {
        let mut taken = self.lock();
        let count = taken.entry(of).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        drop(taken);
        Some(Seat { seats: Arc::clone(self), of })
    }

    /// How many are taken by all.
    pub fn count(&self) -> usize {
        self.lock().values().sum()
    }
}

impl<K> Seats<K> {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<K, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Ord> Drop for Seat<K> {
    fn drop(&mut self) {
        let mut taken = self.seats.lock();
        if let Some(count) = taken.get_mut(&self.of) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.of);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_has_so_many_places_and_one_that_is_given_back_is_free() {
        let seats = Arc::new(Seats::new(3));
        let mut taken: Vec<_> = (0..3).map(|_| seats.take('a').unwrap()).collect();
        assert!(seats.take('a').is_none());
        let other = seats.take('b');
        assert!(other.is_some());
        taken.pop();
        assert!(seats.take('a').is_some());
        assert_eq!(seats.count(), 3);
        drop((taken, other));
        assert_eq!((seats.count(), seats.lock().len()), (0, 0), "nothing is kept for who has gone");
    }
}
