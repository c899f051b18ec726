//! Visibility of documents to one caller.

use std::collections::BTreeSet;

use roadbook_domain::access::rights::Scope;
use roadbook_domain::value::id::DocumentId;

use crate::auth::Caller;
use crate::store::{Conn, StoreError, audience, documents};

/// Those of these documents that the caller sees, whatever their role.
///
/// # Errors
/// Of the database.
pub async fn visible(
    conn: &mut Conn,
    caller: &Caller,
    documents: &[DocumentId],
) -> Result<BTreeSet<DocumentId>, StoreError> {
    let viewer = caller.viewer();
    let scopes = documents::scopes(conn, caller.org, documents).await?;
    let audiences = audience::of(conn, caller.org, documents).await?;
    let sees = |(id, scope): &(DocumentId, Scope)| {
        viewer.can_see(*scope, audiences.get(id).unwrap_or(&BTreeSet::new()))
    };
    Ok(scopes.iter().filter(|document| sees(document)).map(|(id, _)| *id).collect())
}
