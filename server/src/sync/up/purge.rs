//! Purges: removing a document for good (C5).

use roadbook_domain::document::Signature;
use roadbook_domain::settings::role::Act;
use roadbook_domain::value::id::DocumentId;

use super::commit;
use crate::auth::Caller;
use crate::live::Moved;
use crate::sync::engine::Engine;
use crate::sync::error::SyncError;

/// Removes a document, its entries' bytes and everything derived from it; every device is told to.
///
/// # Errors
/// [`SyncError::Caller`] if the role does not allow it, [`SyncError::NotFound`].
pub async fn purge(engine: &Engine, caller: &Caller, document: DocumentId) -> Result<(), SyncError> {
    caller.require(Act::Purge)?;
    let by = Signature { user: Some(caller.user), device: Some(caller.device) };
    let head = commit::purge(engine.db(), caller.org, document, by, engine.now()).await?;
    let head = head.ok_or(SyncError::NotFound)?;
    engine.tell(caller.org, Moved { head: head.unsigned_abs(), by: None }).await;
    tracing::info!(document.id = %document, "document purged");
    Ok(())
}
