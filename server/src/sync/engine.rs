//! The engine: what all exchanges of a process share. Nothing in it matters after a restart.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use roadbook_domain::document::change::Actor;
use roadbook_domain::value::id::{OrgId, UserId};
use roadbook_domain::value::time::Timestamp;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::error::SyncError;
use super::terms::Known;
use crate::live::{Live, Moved};
use crate::node::Node;
use crate::node::secrets::Secrets;
use crate::store::{Db, notice};

/// The node, and what bounds and tells of its exchanges.
#[derive(Debug)]
pub struct Engine {
    node: Node,
    judging: Arc<Semaphore>,
    /// Whose judgement is under way or waiting for a processor: one of each user.
    turns: Mutex<BTreeMap<UserId, Arc<Semaphore>>>,
    hashing: Semaphore,
    terms: Known,
    live: Arc<Live>,
}

impl Engine {
    /// A fresh one.
    pub fn new(node: Node) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        // More at once would only share the processors, and hold more documents in memory.
        let judging = Arc::new(Semaphore::new(processors));
        Self {
            node,
            judging,
            turns: Mutex::default(),
            hashing: Semaphore::new(1),
            terms: Known::default(),
            live: Arc::default(),
        }
    }

    /// Database, keys and clock.
    pub fn node(&self) -> &Node {
        &self.node
    }

    /// The database.
    pub fn db(&self) -> &Db {
        self.node.db()
    }

    /// The keys that are outside the database.
    pub fn secrets(&self) -> &Secrets {
        self.node.secrets()
    }

    /// The current instant.
    pub fn now(&self) -> Timestamp {
        self.node.now()
    }

    /// A fresh actor, for one act of the server itself.
    ///
    /// No two acts share one: two processes on one database, or one process after its database lost its last
    /// commits, would give one number of an actor to two changes.
    pub fn fresh_actor(&self) -> Actor {
        Actor::new(self.node.env())
    }

    /// Judges in the blocking pool, as many requests at once as there are processors, and one of each user:
    /// the requests of others never wait for more than one of theirs. A judgement that nobody waits for
    /// any more goes on, and counts until it ends.
    ///
    /// # Errors
    /// [`SyncError::Failed`] if judging panicked.
    pub async fn judge<T: Send + 'static>(
        &self,
        user: UserId,
        judging: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, SyncError> {
        let turn = self.turn(user).acquire_owned().await.map_err(|_| SyncError::Busy)?;
        let permit = Arc::clone(&self.judging).acquire_owned().await.map_err(|_| SyncError::Busy)?;
        // A span does not follow into another thread by itself.
        let span = tracing::Span::current();
        let judged = tokio::task::spawn_blocking(move || {
            let _held = (turn, permit);
            span.in_scope(judging)
        });
        judged.await.map_err(|error| SyncError::Failed(error.to_string()))
    }

    fn turn(&self, user: UserId) -> Arc<Semaphore> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        // Only the map holds those that nobody uses.
        turns.retain(|_, turn| Arc::strong_count(turn) > 1);
        Arc::clone(turns.entry(user).or_insert_with(|| Arc::new(Semaphore::new(1))))
    }

    /// The leave to compute a state hash, for as long as it is held: that reads every document of a
    /// user, so a process computes one at a time.
    ///
    /// # Errors
    /// [`SyncError::Busy`] while another is computed.
    pub fn hash(&self) -> Result<SemaphorePermit<'_>, SyncError> {
        // Not waited for: the caller can ask again, while a queue would keep requests open for long.
        self.hashing.try_acquire().map_err(|_| SyncError::Busy)
    }

    /// The digest terms that reconciliations read of late.
    pub fn terms(&self) -> &Known {
        &self.terms
    }

    /// Who waits for news.
    pub fn live(&self) -> &Arc<Live> {
        &self.live
    }

    /// Tells those who wait and whom it concerns, in this process and in others, that the log has grown.
    pub async fn tell(&self, org: OrgId, moved: &Moved) {
        // This process first: its own sockets need no database.
        self.live.moved(org, moved);
        if let Err(error) = notice::tell(self.db(), org).await {
            // Other processes look every second by themselves.
            tracing::debug!(error.cause = %error, "other processes were not told");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[tokio::test]
    async fn judging_that_nobody_waits_for_any_more_counts_until_it_ends() {
        let server = testing::Server::new(testing::Engine::Sqlite).await.unwrap();
        let engine = server.state.engine();
        let free = engine.judging.available_permits();
        let (begun, has_begun) = tokio::sync::oneshot::channel();
        let (end, may_end) = std::sync::mpsc::channel::<()>();
        let user = UserId::from_bytes([1; 16]);
        let mut judging = Box::pin(engine.judge(user, move || {
            begun.send(()).unwrap();
            may_end.recv().unwrap();
        }));
        tokio::select! {
            _ = &mut judging => panic!("it waits"),
            begun = has_begun => begun.unwrap(),
        }
        drop(judging);
        assert_eq!(engine.judging.available_permits(), free - 1);
        end.send(()).unwrap();
        let all = engine.judging.acquire_many(u32::try_from(free).unwrap()).await;
        assert!(all.is_ok(), "it is free again");
    }

    #[tokio::test]
    async fn the_queue_of_one_user_takes_one_place_and_others_are_judged_meanwhile() {
        let server = testing::Server::new(testing::Engine::Sqlite).await.unwrap();
        let engine = server.state.engine();
        let (one, other) = (UserId::from_bytes([1; 16]), UserId::from_bytes([2; 16]));
        let free = engine.judging.available_permits();
        let (end, may_end) = std::sync::mpsc::channel::<()>();
        let may_end = Arc::new(Mutex::new(may_end));
        let queue: Vec<_> = (0..10)
            .map(|_| {
                let (state, may_end) = (server.state.clone(), Arc::clone(&may_end));
                tokio::spawn(async move {
                    let waits = move || may_end.lock().unwrap().recv().unwrap();
                    state.engine().judge(one, waits).await.unwrap();
                })
            })
            .collect();
        // All of them have run as far as they can.
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert!(free < 2 || engine.judging.available_permits() == free - 1);
        if free > 1 {
            assert_eq!(engine.judge(other, || 7).await.unwrap(), 7);
        }
        (0..10).for_each(|_| end.send(()).unwrap());
        for judged in queue {
            judged.await.unwrap();
        }
        assert_eq!(engine.judge(other, || 7).await.unwrap(), 7);
        assert_eq!(engine.turns.lock().unwrap().len(), 1, "no turn is kept for ever");
    }
}
