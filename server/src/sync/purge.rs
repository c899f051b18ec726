//! Purges: removing a document for good (C5).

use roadbook_domain::document::Signature;
use roadbook_domain::settings::role::Act;
use roadbook_domain::value::id::DocumentId;

use super::commit;
use crate::api::ApiError;
use crate::auth::Caller;
use crate::live::Moved;
use crate::state::State;

/// Removes a document, its entries' bytes and everything derived from it; every device is told to.
///
/// # Errors
/// [`ApiError::Forbidden`], [`ApiError::NotFound`].
pub async fn purge(state: &State, caller: &Caller, document: DocumentId) -> Result<(), ApiError> {
    caller.require(Act::Purge)?;
    let by = Signature { user: Some(caller.user), device: Some(caller.device) };
    let head = commit::purge(state.db(), caller.org, document, by, state.now()).await?;
    let head = head.ok_or(ApiError::NotFound)?;
    state.engine().live().moved(caller.org, Moved { head: head.unsigned_abs(), by: None });
    tracing::info!(document.id = %document, "document purged");
    Ok(())
}
