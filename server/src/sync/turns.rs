//! Turns: as much at once as there are processors, and one thing of each user. Who asks a hundred times at once
//! costs the others the time of one turn.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use roadbook_domain::value::id::UserId;
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};

/// Who has a turn, and who waits for one.
#[derive(Debug)]
pub struct Turns {
    places: Arc<Semaphore>,
    /// Whose turn it is, or who waits for a place: one of each user.
    users: Users,
}

/// A turn. The next one begins when it is dropped.
#[derive(Debug)]
pub struct Turn {
    _user: OwnedSemaphorePermit,
    _place: OwnedSemaphorePermit,
}

impl Turns {
    /// So many at once.
    pub fn new(places: usize) -> Self {
        Self { places: Arc::new(Semaphore::new(places)), users: Users::default() }
    }

    /// Waits for a turn of this user.
    ///
    /// # Errors
    /// None: the turns never end.
    pub async fn take(&self, user: UserId) -> Result<Turn, AcquireError> {
        let user = self.users.of(user).acquire_owned().await?;
        // Only now: a user's second request must not wait in the others' line.
        let place = Arc::clone(&self.places).acquire_owned().await?;
        Ok(Turn { _user: user, _place: place })
    }
}

/// The most requests of one user that are judged or wait for it. Each holds the documents that it loaded.
pub const MOST_AT_ONCE: usize = 4;

/// One permit for each user, for as long as somebody has or wants it.
#[derive(Debug, Default)]
struct Users(Mutex<BTreeMap<UserId, Arc<Semaphore>>>);

impl Users {
    fn of(&self, user: UserId) -> Arc<Semaphore> {
        let mut users = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Only the map holds those that nobody uses.
        users.retain(|_, permits| Arc::strong_count(permits) > 1);
        Arc::clone(users.entry(user).or_insert_with(|| Arc::new(Semaphore::new(1))))
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn the_queue_of_one_user_takes_one_place_and_others_have_their_turns_meanwhile() {
        let (one, other) = (UserId::from_bytes([1; 16]), UserId::from_bytes([2; 16]));
        let turns = Turns::new(2);
        let take = |user| Box::pin(turns.take(user));
        let first = take(one).now_or_never().unwrap().unwrap();
        let mut queue: Vec<_> = (0..10).map(|_| take(one)).collect();
        assert!(queue.iter_mut().all(|waiting| waiting.as_mut().now_or_never().is_none()));
        for _ in 0..3 {
            assert!(take(other).now_or_never().is_some());
        }
        drop(first);
        assert!(queue[0].as_mut().now_or_never().is_some());
        assert!(queue[1].as_mut().now_or_never().is_some(), "the turn before it is over");
        drop(queue);
        drop(take(other).now_or_never());
        assert_eq!(turns.users.0.lock().unwrap().len(), 1, "no turn is kept for ever");
    }

    #[test]
    fn users_have_their_turns_in_the_order_in_which_they_came() {
        let turns = Turns::new(1);
        let take = |user| Box::pin(turns.take(UserId::from_bytes([user; 16])));
        let first = take(1).now_or_never().unwrap().unwrap();
        let mut again = take(1);
        let mut other = take(2);
        assert!(again.as_mut().now_or_never().is_none() && other.as_mut().now_or_never().is_none());
        drop(first);
        assert!(again.as_mut().now_or_never().is_none(), "they waited for their own turn, not for a place");
        assert!(other.as_mut().now_or_never().is_some());
        assert!(again.as_mut().now_or_never().is_some());
    }
}
