//! What the exchange keeps in memory: nothing that matters after a restart.

use std::sync::Arc;

use roadbook_domain::document::change::Actor;
use roadbook_domain::value::env::Env;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::api::ApiError;
use crate::live::Live;

/// What all exchanges of a process share.
#[derive(Debug)]
pub struct Engine {
    actor: Actor,
    judging: Arc<Semaphore>,
    hashing: Semaphore,
    live: Live,
}

impl Engine {
    /// A fresh one, with a fresh actor for the server's own changes.
    pub fn new(env: &dyn Env) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let judging = Arc::new(Semaphore::new(processors));
        Self { actor: Actor::new(env), judging, hashing: Semaphore::new(1), live: Live::default() }
    }

    /// The actor of this process's own changes.
    pub fn actor(&self) -> Actor {
        self.actor
    }

    /// Judges in the blocking pool, as many requests at once as there are processors. A judgement that
    /// nobody waits for any more goes on, and counts until it ends.
    ///
    /// # Errors
    /// [`ApiError::Internal`] if judging panicked.
    pub async fn judge<T: Send + 'static>(
        &self,
        judging: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, ApiError> {
        let permit = Arc::clone(&self.judging).acquire_owned().await.map_err(|_| ApiError::Unavailable)?;
        let span = tracing::Span::current();
        let judged = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            span.in_scope(judging)
        });
        judged.await.map_err(|error| ApiError::Internal(error.to_string()))
    }

    /// The leave to compute a state hash, for as long as it is held: that reads every document of a
    /// user, so a process computes one at a time.
    ///
    /// # Errors
    /// [`ApiError::Unavailable`] while another is computed.
    pub fn hash(&self) -> Result<SemaphorePermit<'_>, ApiError> {
        self.hashing.try_acquire().map_err(|_| ApiError::Unavailable)
    }

    /// Who waits for news.
    pub fn live(&self) -> &Live {
        &self.live
    }
}

#[cfg(test)]
mod tests {
    use roadbook_domain::value::env::SeededEnv;
    use roadbook_domain::value::time::Timestamp;

    use super::*;

    #[tokio::test]
    async fn judging_that_nobody_waits_for_any_more_counts_until_it_ends() {
        let engine = Engine::new(&SeededEnv::new(1, Timestamp::default()));
        let free = engine.judging.available_permits();
        let (begun, has_begun) = tokio::sync::oneshot::channel();
        let (end, may_end) = std::sync::mpsc::channel::<()>();
        let mut judging = Box::pin(engine.judge(move || {
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
}
