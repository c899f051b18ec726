//! The live channel: hints that an exchange would bring something. Missing one never matters.
//!
//! `GET /v1/live`, a WebSocket. Who comes is judged before the upgrade; who loses his session is cut
//! off; a socket that waits costs a few kilobytes.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use roadbook_domain::id::{OrgId, UserId};
use tokio::sync::watch;

/// The most sockets of one user.
pub const MAX_SOCKETS: usize = 16;

/// Who waits for news, by organisation.
#[derive(Debug, Default)]
pub struct Live {
    heads: Mutex<BTreeMap<OrgId, watch::Sender<u64>>>,
    sockets: Mutex<BTreeMap<UserId, usize>>,
}

impl Live {
    /// Tells everybody of an organisation that its log has grown up to `head`; an older head says nothing.
    pub fn moved(&self, org: OrgId, head: u64) {
        self.with_sender(org, |sender| {
            sender.send_if_modified(|known| {
                let is_new = head > *known;
                *known = head.max(*known);
                is_new
            });
        });
    }

    /// The head of an organisation's log, as far as this process knows, and word of every later one.
    pub fn watch(&self, org: OrgId) -> watch::Receiver<u64> {
        self.with_sender(org, watch::Sender::subscribe)
    }

    /// Counts one more socket of a user; `None` if he has too many.
    pub fn admit(&self, user: UserId) -> Option<Seat<'_>> {
        let mut sockets = self.sockets.lock().unwrap_or_else(PoisonError::into_inner);
        let count = sockets.entry(user).or_default();
        if *count >= MAX_SOCKETS {
            return None;
        }
        *count += 1;
        Some(Seat { live: self, user })
    }

    fn with_sender<T>(&self, org: OrgId, act: impl FnOnce(&watch::Sender<u64>) -> T) -> T {
        let mut heads = self.heads.lock().unwrap_or_else(PoisonError::into_inner);
        act(heads.entry(org).or_insert_with(|| watch::Sender::new(0)))
    }
}

/// A socket's place among those of its user; dropped, it is free again.
#[derive(Debug)]
pub struct Seat<'a> {
    live: &'a Live,
    user: UserId,
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        let mut sockets = self.live.sockets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = sockets.get_mut(&self.user) {
            *count -= 1;
            if *count == 0 {
                sockets.remove(&self.user);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_poke_tells_the_newest_head_and_never_goes_back() {
        let (live, org) = (Live::default(), OrgId::from_bytes([1; 16]));
        let mut watcher = live.watch(org);
        live.moved(org, 7);
        live.moved(org, 5);
        assert!(watcher.has_changed().unwrap());
        assert_eq!(*watcher.borrow_and_update(), 7);
        live.moved(org, 7);
        assert!(!watcher.has_changed().unwrap());
        assert_eq!(*live.watch(OrgId::from_bytes([2; 16])).borrow(), 0);
    }

    #[test]
    fn a_user_has_so_many_sockets_and_a_closed_one_makes_room() {
        let (live, user) = (Live::default(), UserId::from_bytes([1; 16]));
        let mut seats: Vec<_> = (0..MAX_SOCKETS).map(|_| live.admit(user).unwrap()).collect();
        assert!(live.admit(user).is_none());
        assert!(live.admit(UserId::from_bytes([2; 16])).is_some());
        seats.pop();
        assert!(live.admit(user).is_some());
    }
}
