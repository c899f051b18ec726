//! Taking back what was just done.

use data_encoding::HEXLOWER;
use roadbook_domain::document::change::ChangeHash;
use roadbook_domain::value::id::DocumentId;

use crate::change_set::ChangeSet;
use crate::client::Client;
use crate::edit::batch::Batch;
use crate::error::{ApiError, Reason};

/// Takes back a line of a document's history, as a change of its own. What the line wrote must still stand.
///
/// # Errors
/// [`ApiError::NotFound`]; [`Reason::ChangedSince`]; [`Reason::NotAllowed`] for what stays for good, such as a long
/// text or a note.
pub fn undo(client: &Client, id: DocumentId, change: &str) -> Result<ChangeSet, ApiError> {
    let hash = HEXLOWER.decode(change.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
    let hash = hash.ok_or(ApiError::Invalid { reason: Reason::Malformed })?;
    client.undo(id, ChangeHash(hash))
}

/// The last change of a batch, as history names it.
pub(crate) fn change_of(batch: &Batch<'_>) -> Option<String> {
    batch.last_change().map(|hash| HEXLOWER.encode(&hash.0))
}

#[cfg(test)]
mod tests;
