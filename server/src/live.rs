//! The live channel: hints that an exchange would bring something. Missing one never matters.
//!
//! The process in which a log grew tells the sockets that wait there. Other processes on the same
//! PostgreSQL hear of it by a notification, or when they look, every second. The same look finds the sessions
//! that ended since, so that their sockets are closed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use roadbook_domain::value::id::{DeviceId, OrgId, UserId};
use roadbook_domain::value::time::Timestamp;
use tokio::sync::watch;
use uuid::Uuid;

use crate::node::Node;
use crate::store::notice::Listener;
use crate::store::{StoreError, notice, organisation};

/// The most sockets of one user.
pub const MAX_SOCKETS: usize = 16;

/// How often a process looks for what other processes did, and for ended sessions.
const LOOK: Duration = Duration::from_millis(800);

/// How far back a look for ended sessions goes, in milliseconds: further than clocks of nodes differ.
const LOOK_BACK: i64 = 10_000;

/// That the log has grown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Moved {
    /// Its last number.
    pub head: u64,
    /// The device whose exchange made it grow: it was told by the answer.
    pub by: Option<DeviceId>,
}

/// The sockets that wait for news.
#[derive(Debug, Default)]
pub struct Live {
    heads: Mutex<BTreeMap<OrgId, watch::Sender<Moved>>>,
    sockets: Mutex<BTreeMap<UserId, usize>>,
    ended: watch::Sender<BTreeSet<Uuid>>,
}

impl Live {
    /// Tells everybody of an organisation that its log has grown; an older head says nothing.
    pub fn moved(&self, org: OrgId, moved: Moved) {
        self.with_sender(org, |sender| {
            sender.send_if_modified(|known| {
                // Word may come out of order: a look at the database may have begun before.
                let is_new = moved.head > known.head;
                if is_new {
                    *known = moved;
                }
                is_new
            });
        });
    }

    /// Word of every later growth of an organisation's log.
    pub fn watch(&self, org: OrgId) -> watch::Receiver<Moved> {
        self.with_sender(org, watch::Sender::subscribe)
    }

    /// The sessions that ended of late.
    pub fn ended(&self) -> watch::Receiver<BTreeSet<Uuid>> {
        self.ended.subscribe()
    }

    /// How many sockets are open.
    pub fn count(&self) -> usize {
        self.sockets().values().sum()
    }

    fn with_sender<T>(&self, org: OrgId, act: impl FnOnce(&watch::Sender<Moved>) -> T) -> T {
        let mut heads = self.heads.lock().unwrap_or_else(PoisonError::into_inner);
        act(heads.entry(org).or_default())
    }

    /// The organisations that somebody waits for.
    fn waited_for(&self) -> Vec<OrgId> {
        let heads = self.heads.lock().unwrap_or_else(PoisonError::into_inner);
        // The database is not asked about an organisation that nobody waits for.
        heads.iter().filter(|(_, sender)| sender.receiver_count() > 0).map(|(org, _)| *org).collect()
    }

    fn sockets(&self) -> MutexGuard<'_, BTreeMap<UserId, usize>> {
        self.sockets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A socket's place among those of its user; dropped, it is free again.
#[derive(Debug)]
pub struct Seat {
    live: Arc<Live>,
    user: UserId,
}

impl Seat {
    /// A place for one more socket of a user; `None` if they have too many.
    pub fn take(live: &Arc<Live>, user: UserId) -> Option<Self> {
        let mut sockets = live.sockets();
        let count = sockets.entry(user).or_default();
        if *count >= MAX_SOCKETS {
            return None;
        }
        *count += 1;
        Some(Self { live: Arc::clone(live), user })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut sockets = self.live.sockets();
        if let Some(count) = sockets.get_mut(&self.user) {
            *count -= 1;
            if *count == 0 {
                sockets.remove(&self.user);
            }
        }
    }
}

/// Looks once for what this process has not heard of: growth by other processes, and ended sessions.
///
/// # Errors
/// Of the database.
pub async fn look(node: &Node, live: &Live, now: Timestamp) -> Result<(), StoreError> {
    for org in live.waited_for() {
        let mut conn = node.db().read().await?;
        if let Some(head) = organisation::head(&mut conn, org).await? {
            live.moved(org, Moved { head: head.seq.unsigned_abs(), by: None });
        }
        let since = Timestamp::from_millis(now.millis().saturating_sub(LOOK_BACK));
        let ended = notice::ended_sessions(&mut conn, org, since).await?;
        let ended: BTreeSet<Uuid> = ended.into_iter().collect();
        live.ended.send_if_modified(|known| {
            let has_new = !ended.is_subset(known);
            // Replaced, not added to: sockets of sessions that ended long ago are gone.
            *known = ended;
            has_new
        });
    }
    Ok(())
}

/// Looks until `stopping` turns true. A failure is tried again: nobody is told less than the truth.
pub async fn run(node: Node, live: Arc<Live>, mut stopping: watch::Receiver<bool>) {
    let mut listener = Listener::open(node.db()).await;
    loop {
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = listener.heard() => {}
            _ = stopping.wait_for(|stopping| *stopping) => return,
        }
        if let Err(error) = look(&node, &live, node.now()).await {
            tracing::warn!(error.cause = %error, "cannot look for news");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(head: u64) -> Moved {
        Moved { head, by: None }
    }

    #[test]
    fn a_poke_tells_the_newest_head_and_never_goes_back() {
        let (live, org) = (Live::default(), OrgId::from_bytes([1; 16]));
        let mut watcher = live.watch(org);
        live.moved(org, at(7));
        live.moved(org, at(5));
        assert!(watcher.has_changed().unwrap());
        assert_eq!(*watcher.borrow_and_update(), at(7));
        live.moved(org, at(7));
        assert!(!watcher.has_changed().unwrap());
        assert_eq!(live.waited_for(), [org]);
    }

    #[test]
    fn a_user_has_so_many_sockets_and_a_closed_one_makes_room() {
        let live = Arc::new(Live::default());
        let user = UserId::from_bytes([1; 16]);
        let mut seats: Vec<_> = (0..MAX_SOCKETS).map(|_| Seat::take(&live, user).unwrap()).collect();
        assert!(Seat::take(&live, user).is_none());
        assert!(Seat::take(&live, UserId::from_bytes([2; 16])).is_some());
        seats.pop();
        assert!(Seat::take(&live, user).is_some());
    }
}
