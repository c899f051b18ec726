//! The engine: what all exchanges of a process share. Nothing in it matters after a restart.

use std::sync::Arc;

use roadbook_domain::document::change::Actor;
use roadbook_domain::value::id::{OrgId, UserId};
use roadbook_domain::value::time::Timestamp;
use tokio::sync::{Mutex, Semaphore, SemaphorePermit};

use super::error::SyncError;
use super::terms::Known;
use super::turns::{MOST_AT_ONCE, Turn, Turns};
use crate::live::{Live, Moved};
use crate::node::Node;
use crate::node::seats::{Seat, Seats};
use crate::node::secrets::Secrets;
use crate::store::{Db, notice};

/// The node, and what bounds and tells of its exchanges.
#[derive(Debug)]
pub struct Engine {
    node: Node,
    judging: Turns,
    reading: Turns,
    shares: Arc<Seats<UserId>>,
    reviewing: Mutex<()>,
    hashing: Semaphore,
    terms: Known,
    live: Arc<Live>,
}

impl Engine {
    /// A fresh one.
    pub fn new(node: Node) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            node,
            // More at once would only share the processors, and hold more documents in memory.
            judging: Turns::new(processors),
            reading: Turns::new(processors),
            shares: Arc::new(Seats::new(MOST_AT_ONCE)),
            reviewing: Mutex::default(),
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
        let turn = self.judging.take(user).await.map_err(|_| SyncError::Busy)?;
        // A span does not follow into another thread by itself.
        let span = tracing::Span::current();
        let judged = tokio::task::spawn_blocking(move || {
            let _held = turn;
            span.in_scope(judging)
        });
        judged.await.map_err(|error| SyncError::Failed(error.to_string()))
    }

    /// A share of this user in what is judged and waits for it, until it is dropped. To be taken before anything is
    /// loaded.
    ///
    /// # Errors
    /// [`SyncError::Busy`] if they have enough: a retry helps.
    pub fn share(&self, user: UserId) -> Result<Seat<UserId>, SyncError> {
        self.shares.take(user).ok_or(SyncError::Busy)
    }

    /// Held by who applies or discards a hand-in.
    pub fn reviewing(&self) -> &Mutex<()> {
        &self.reviewing
    }

    /// A turn to read much, until it is dropped: as many at once as there are processors, and one of each user.
    /// To be taken before a connection is: those who wait would keep the connections from all others.
    ///
    /// # Errors
    /// None: the turns never end.
    pub async fn turn_to_read(&self, user: UserId) -> Result<Reading, SyncError> {
        #[cfg(any(test, feature = "testing"))]
        crate::store::turn::wait(crate::store::turn::Point::Turn).await;
        let turn = self.reading.take(user).await.map_err(|_| SyncError::Busy)?;
        Ok(Reading {
            _turn: turn,
            #[cfg(any(test, feature = "testing"))]
            _marked: crate::store::turn::Marked::reading(),
        })
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

/// A turn to read much.
#[derive(Debug)]
pub struct Reading {
    // Dropped before the mark: others may read once the turn is over.
    _turn: Turn,
    #[cfg(any(test, feature = "testing"))]
    _marked: crate::store::turn::Marked,
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;
    use crate::testing;

    #[tokio::test]
    async fn judging_that_nobody_waits_for_any_more_counts_until_it_ends() {
        let server = testing::Server::new(testing::Engine::Sqlite).await.unwrap();
        let engine = server.state.engine();
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
        let mut next = Box::pin(engine.judge(user, || ()));
        assert!(next.as_mut().now_or_never().is_none(), "the user's turn is not over");
        end.send(()).unwrap();
        next.await.unwrap();
    }
}
