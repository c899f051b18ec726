//! Waiting for a time to pass.

#[cfg(target_family = "wasm")]
use std::time::Duration;

/// Ends when so much time has passed.
#[cfg(not(target_family = "wasm"))]
pub(crate) use tokio::time::sleep;

/// Ends when so much time has passed, or after the longest wait, beyond which a browser's timer ends at once: who waits
/// for longer looks again then.
#[cfg(target_family = "wasm")]
pub(crate) async fn sleep(time: Duration) {
    gloo_timers::future::sleep(time.min(LONGEST)).await;
}

/// The longest wait of a browser's timer.
#[cfg(target_family = "wasm")]
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// Lets what else waits for this thread have its turn.
#[cfg(not(target_family = "wasm"))]
pub(crate) use tokio::task::yield_now;

/// Lets what else waits for this worker have its turn: a message, which only comes between two tasks.
#[cfg(target_family = "wasm")]
pub(crate) async fn yield_now() {
    gloo_timers::future::sleep(Duration::ZERO).await;
}
