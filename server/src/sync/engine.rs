//! What the exchange keeps in memory: nothing that matters after a restart.

use roadbook_domain::change::Actor;
use roadbook_domain::env::Env;
use tokio::sync::Semaphore;

use crate::api::ApiError;
use crate::live::Live;

/// What all exchanges of a process share.
#[derive(Debug)]
pub struct Engine {
    actor: Actor,
    judging: Semaphore,
    live: Live,
}

impl Engine {
    /// A fresh one, with a fresh actor for the server's own changes.
    pub fn new(env: &dyn Env) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self { actor: Actor::new(env), judging: Semaphore::new(processors), live: Live::default() }
    }

    /// The actor of this process's own changes.
    pub fn actor(&self) -> Actor {
        self.actor
    }

    /// Judges in the blocking pool, as many requests at once as there are processors.
    ///
    /// # Errors
    /// [`ApiError::Internal`] if judging panicked.
    pub async fn judge<T: Send + 'static>(
        &self,
        judging: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, ApiError> {
        let _permit = self.judging.acquire().await.map_err(|_| ApiError::Unavailable)?;
        let span = tracing::Span::current();
        let judged = tokio::task::spawn_blocking(move || span.in_scope(judging));
        judged.await.map_err(|error| ApiError::Internal(error.to_string()))
    }

    /// Who waits for news.
    pub fn live(&self) -> &Live {
        &self.live
    }
}
