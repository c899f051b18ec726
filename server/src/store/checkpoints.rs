//! Checkpoints: moving what was committed from SQLite's log into its file, beside the writer.
//!
//! By itself SQLite does that within the commit by which the log has become long, while everybody else waits.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sqlx::SqlitePool;

/// How long commits are collected for one checkpoint.
const PAUSE: Duration = Duration::from_secs(1);

/// From how many pages of the log on a commit moves them all the same: 31 MiB. So the log is bounded also where more
/// than that is written within [`PAUSE`], or no connection is free to move it.
pub const MOST_PAGES: u32 = 8_000;

/// What moves the log of one SQLite file.
#[derive(Debug, Clone)]
pub struct Checkpoints {
    reader: SqlitePool,
    is_due: Arc<AtomicBool>,
}

impl Checkpoints {
    /// Checkpoints by a connection of these, which are not the writer's.
    pub fn by(reader: SqlitePool) -> Self {
        Self { reader, is_due: Arc::default() }
    }

    /// Notes that something was committed: the log is moved a little later.
    pub fn committed(self) {
        if self.is_due.swap(true, Ordering::Relaxed) {
            return;
        }
        // Not awaited: it must not hold up who has committed, and the next one does what it leaves.
        drop(tokio::spawn(async move {
            tokio::time::sleep(PAUSE).await;
            self.is_due.store(false, Ordering::Relaxed);
            // Passive: it waits for nobody, and nobody waits for it.
            let moved = sqlx::query("pragma wal_checkpoint(passive)").execute(&self.reader).await;
            match moved {
                Ok(_) | Err(sqlx::Error::PoolClosed) => {}
                Err(error) => {
                    tracing::warn!(error.cause = %error, "the database's log was not moved into its file")
                }
            }
        }));
    }
}
