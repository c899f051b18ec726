//! Doing a write again that the database rolled back for the sake of another one.

use super::StoreError;

/// A failure that may come of a conflict between transactions.
pub trait MayConflict {
    /// Whether the same work, done again, is likely to succeed.
    fn is_conflict(&self) -> bool;
}

impl MayConflict for StoreError {
    fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict(_))
    }
}

/// Does a whole transaction, and once more if PostgreSQL took it for the victim of a deadlock or cannot
/// put it in order with others (40P01, 40001). SQLite has one writer, and no such conflicts.
///
/// # Errors
/// Of the work; a conflict if it met one twice.
pub async fn retry<T, E: MayConflict, F: Future<Output = Result<T, E>>>(
    work: impl Fn() -> F,
) -> Result<T, E> {
    match work().await {
        Err(error) if error.is_conflict() => {
            tracing::info!("a transaction was rolled back for another's sake, and is done again");
            work().await
        }
        done => done,
    }
}
