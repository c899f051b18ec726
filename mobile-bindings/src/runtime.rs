//! The threads on which calls of the network run.
//!
//! Not the caller's: what arrives is written to the file, and a screen must not wait for that. An app's threads
//! also have stacks of whatever size.

use std::future::Future;
use std::sync::{Arc, OnceLock};

use roadbook_client::{ApiError, SyncError};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

use crate::CancelToken;

/// One answer is stored while another is waited for.
const THREADS: usize = 2;
/// Enough for the future of a sync also where nothing is optimised.
const STACK: usize = 4 << 20;

/// Runs a call on a thread of the core's. If the caller does not wait for it any more, it ends at its next wait.
pub(crate) async fn spawned<T: Send + 'static>(
    call: impl Future<Output = Result<T, SyncError>> + Send + 'static,
) -> Result<T, SyncError> {
    let mut running = AbortOnDrop(runtime()?.spawn(call));
    // A panic in it: SQLite has rolled back, and the next call finds everything as it was.
    (&mut running.0).await.unwrap_or_else(|error| Err(internal(error.to_string()).into()))
}

/// The same for a call that the app may cancel.
pub(crate) async fn cancellable<T: Send + 'static>(
    cancel: Option<Arc<CancelToken>>,
    call: impl Future<Output = Result<T, SyncError>> + Send + 'static,
) -> Result<T, SyncError> {
    match cancel {
        Some(cancel) => spawned(async move { cancel.cancel.or_done(call).await }).await,
        None => spawned(call).await,
    }
}

struct AbortOnDrop<T>(JoinHandle<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn runtime() -> Result<&'static Runtime, ApiError> {
    static RUNTIME: OnceLock<Result<Runtime, String>> = OnceLock::new();
    let runtime = RUNTIME.get_or_init(|| {
        let mut builder = Builder::new_multi_thread();
        builder.worker_threads(THREADS).thread_stack_size(STACK).thread_name("roadbook").enable_all();
        builder.build().map_err(|error| error.to_string())
    });
    runtime.as_ref().map_err(|error| internal(error.clone()))
}

fn internal(detail: String) -> ApiError {
    ApiError::Internal { detail }
}
