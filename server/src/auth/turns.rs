//! Taking turns: a few work at once, the others wait, and whoever asks most waits longest.
//!
//! Each peer has a queue of its own, and the queues are served one after the other. So sixty requests from
//! one address cost a request from another one the time of a single turn.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Bound::{Excluded, Unbounded};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::peer::Peer;

/// The most that wait at once, of all peers together. Beyond it the longest queue gives way.
pub const MOST_WAITING: usize = 1024;

/// The most that wait at once of one peer.
pub const MOST_OF_A_PEER: usize = 256;

/// Turns at something scarce.
#[derive(Debug, Clone)]
pub(super) struct Turns(Arc<Mutex<Line>>);

/// A turn; the next one begins when it is dropped.
#[derive(Debug)]
pub(super) struct Turn(Option<Turns>);

/// Too many wait already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Crowded;

#[derive(Debug)]
struct Line {
    free: usize,
    queues: BTreeMap<Peer, VecDeque<oneshot::Sender<Turn>>>,
    waiting: usize,
    /// Whose turn was last.
    last: Peer,
}

impl Turns {
    /// So many at once.
    pub(super) fn new(at_once: usize) -> Self {
        let line = Line { free: at_once.max(1), queues: BTreeMap::new(), waiting: 0, last: Peer::UNKNOWN };
        Self(Arc::new(Mutex::new(line)))
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// [`Crowded`], at once or when others push in whose peer has fewer waiting.
    pub(super) async fn take(&self, peer: Peer) -> Result<Turn, Crowded> {
        let called = {
            let mut line = self.lock();
            if line.free > 0 {
                line.free -= 1;
                line.last = peer;
                return Ok(Turn(Some(self.clone())));
            }
            line.enqueue(peer)?
        };
        called.await.map_err(|_| Crowded)
    }

    /// How many wait.
    #[cfg(test)]
    pub(super) fn waiting(&self) -> usize {
        self.lock().waiting
    }

    fn pass_on(self) {
        loop {
            let next = {
                let mut line = self.lock();
                let next = line.dequeue();
                if next.is_none() {
                    line.free += 1;
                }
                next
            };
            // Outside the lock: a turn that nobody takes any more comes back, and ends here.
            match next.map(|waiting| waiting.send(Turn(Some(self.clone())))) {
                None | Some(Ok(())) => return,
                Some(Err(mut turn)) => drop(turn.0.take()),
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Line> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Line {
    fn enqueue(&mut self, peer: Peer) -> Result<oneshot::Receiver<Turn>, Crowded> {
        let own = self.queues.get(&peer).map_or(0, VecDeque::len);
        if own >= MOST_OF_A_PEER || self.waiting >= MOST_WAITING {
            self.forget_who_left();
        }
        let own = self.queues.get(&peer).map_or(0, VecDeque::len);
        if own >= MOST_OF_A_PEER {
            return Err(Crowded);
        }
        if self.waiting >= MOST_WAITING {
            self.push_out_of_a_queue_longer_than(own + 1)?;
        }
        let (call, called) = oneshot::channel();
        self.queues.entry(peer).or_default().push_back(call);
        self.waiting += 1;
        Ok(called)
    }

    fn push_out_of_a_queue_longer_than(&mut self, length: usize) -> Result<(), Crowded> {
        let longest = self.queues.values_mut().max_by_key(|queue| queue.len());
        let longest = longest.filter(|queue| queue.len() > length).ok_or(Crowded)?;
        drop(longest.pop_back());
        self.waiting -= 1;
        Ok(())
    }

    /// Takes the next one out, of the peer after the one that was last.
    fn dequeue(&mut self) -> Option<oneshot::Sender<Turn>> {
        let after = self.queues.range((Excluded(self.last), Unbounded)).next();
        let peer = *after.or_else(|| self.queues.iter().next())?.0;
        let queue = self.queues.get_mut(&peer)?;
        let next = queue.pop_front();
        if queue.is_empty() {
            self.queues.remove(&peer);
        }
        self.last = peer;
        self.waiting -= usize::from(next.is_some());
        next
    }

    fn forget_who_left(&mut self) {
        self.queues.retain(|_, queue| {
            queue.retain(|waiting| !waiting.is_closed());
            !queue.is_empty()
        });
        self.waiting = self.queues.values().map(VecDeque::len).sum();
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(turns) = self.0.take() {
            turns.pass_on();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn sixty_of_one_peer_cost_another_peer_a_single_turn() {
        let turns = Turns::new(1);
        let running = turns.take(peer(1)).await.unwrap();
        let mut crowd: Vec<_> = (0..60).map(|_| Box::pin(turns.take(peer(1)))).collect();
        assert!(crowd.iter_mut().all(|waiting| waiting.as_mut().now_or_never().is_none()));
        let mut other = Box::pin(turns.take(peer(2)));
        assert!(other.as_mut().now_or_never().is_none());
        drop(running);
        let other = other.as_mut().now_or_never().expect("the next turn is the other peer's");
        drop(other);
        assert_eq!(turns.waiting(), 59);
    }

    #[tokio::test]
    async fn a_full_line_pushes_out_of_the_longest_queue_and_never_out_of_a_shorter_one() {
        let turns = Turns::new(1);
        let _running = turns.take(peer(0)).await.unwrap();
        let mut waiting = Vec::new();
        for number in 0..MOST_WAITING {
            let mut one = Box::pin(turns.take(peer(u8::try_from(number % 8).unwrap())));
            assert!(one.as_mut().now_or_never().is_none());
            waiting.push(one);
        }
        assert_eq!(turns.take(peer(3)).now_or_never().unwrap().unwrap_err(), Crowded);
        let mut newcomer = Box::pin(turns.take(peer(99)));
        assert!(newcomer.as_mut().now_or_never().is_none(), "has a place");
        assert_eq!(turns.waiting(), MOST_WAITING);
        let sent_away = waiting.iter_mut().filter_map(|one| one.as_mut().now_or_never());
        assert_eq!(sent_away.filter(Result::is_err).count(), 1);
    }

    #[tokio::test]
    async fn one_peer_has_its_share_of_places_and_no_more() {
        let turns = Turns::new(1);
        let _running = turns.take(peer(0)).await.unwrap();
        let mut waiting: Vec<_> = (0..MOST_OF_A_PEER).map(|_| Box::pin(turns.take(peer(1)))).collect();
        assert!(waiting.iter_mut().all(|one| one.as_mut().now_or_never().is_none()));
        assert_eq!(turns.take(peer(1)).now_or_never().unwrap().unwrap_err(), Crowded);
        // A client that left gives its place back.
        waiting.pop();
        assert!(Box::pin(turns.take(peer(1))).as_mut().now_or_never().is_none());
    }

    #[tokio::test]
    async fn a_turn_that_was_called_for_somebody_who_left_goes_to_the_next() {
        let turns = Turns::new(1);
        let running = turns.take(peer(1)).await.unwrap();
        let mut leaves = Box::pin(turns.take(peer(2)));
        let mut stays = Box::pin(turns.take(peer(3)));
        assert!(leaves.as_mut().now_or_never().is_none() && stays.as_mut().now_or_never().is_none());
        drop(running);
        // It holds its turn already, and never looks at it.
        drop(leaves);
        assert!(stays.as_mut().now_or_never().is_some());
        assert_eq!(turns.lock().free, 1);
    }

    fn peer(number: u8) -> Peer {
        Peer::of(Ipv4Addr::new(192, 0, 2, number).into())
    }
}
