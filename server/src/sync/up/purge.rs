//! Purges: removing a document for good (C5).

use std::collections::BTreeMap;

use roadbook_domain::access::rights::Scope;
use roadbook_domain::crm::row::Rows;
use roadbook_domain::document::Signature;
use roadbook_domain::settings::role::Act;
use roadbook_domain::value::id::{DocumentId, OrgId};
use roadbook_domain::value::time::Timestamp;

use super::changed::Changed;
use super::commit::{write_filings, write_log};
use super::contacts;
use crate::auth::{Caller, Claim};
use crate::store::documents::{self, Stored};
use crate::store::log::{self, NewEntry};
use crate::store::{Db, StoreError, Tx, audience, organisation, retained_closings, todos};
use crate::sync::engine::Engine;
use crate::sync::error::SyncError;

/// Removes a card or contact, its entries' bytes and everything derived from it; every device is told to.
///
/// # Errors
/// [`SyncError::Caller`] if the role does not allow it, [`SyncError::NotFound`]: also for a user's own documents,
/// which nobody else sees, whatever the role, and which nobody can be without.
pub async fn purge(engine: &Engine, claim: &Claim, document: DocumentId) -> Result<(), SyncError> {
    // Under the lock before the document is read: a push in between would write it again after its purge.
    let mut tx = claim.write(engine.db()).await?;
    let caller = tx.caller;
    caller.require(Act::Purge)?;
    let by = Signature { user: Some(caller.user), device: Some(caller.device) };
    let stored = documents::get(&mut tx, caller.org, &[document]).await?.pop();
    let stored = stored.filter(|stored| stored.scope == Scope::Staff).ok_or(SyncError::NotFound)?;
    remove(&mut tx, caller.org, &stored, by, engine.now()).await?;
    tx.commit().await?;
    tracing::info!(document.id = %document, "document purged");
    Ok(())
}

/// Makes sure that a document is purged and its id never used, whether it is there or not, by nobody's
/// act. Answers the head of the log then, `None` if it was purged already.
///
/// # Errors
/// [`SyncError::Caller`] if the caller who brings it has no access; those of the database.
pub async fn bury(
    db: &Db,
    caller: &Caller,
    id: DocumentId,
    now: Timestamp,
) -> Result<Option<i64>, SyncError> {
    let (org, nobody) = (caller.org, Signature { user: None, device: None });
    let mut tx = caller.write(db).await?;
    if !documents::purged(&mut tx, org, &[id]).await?.is_empty() {
        return Ok(None);
    }
    match documents::get(&mut tx, org, &[id]).await?.pop() {
        Some(stored) => remove(&mut tx, org, &stored, nobody, now).await?,
        None => {
            let seq = log::append(&mut tx, org, &[NewEntry::purge(id, nobody, now)]).await?;
            documents::bury(&mut tx, org, id, seq).await?;
        }
    }
    let head = organisation::head(&mut tx, org).await?.ok_or(StoreError::Missing)?.seq;
    tx.commit().await?;
    Ok(Some(head))
}

/// Removes a document with everything derived from it, and leaves its tombstone.
async fn remove(
    tx: &mut Tx,
    org: OrgId,
    stored: &Stored,
    by: Signature,
    now: Timestamp,
) -> Result<(), StoreError> {
    let id = stored.id;
    let seq = take_away(tx, org, Changed::purged(stored, &rows_of(stored)?, by), now).await?;
    documents::bury(tx, org, id, seq).await?;
    log::empty(tx, org, id).await
}

/// Takes away what stands at an id, with everything derived from it; the id may be used again.
///
/// # Errors
/// Of the database; the transaction is then to be rolled back.
pub(super) async fn clear(
    tx: &mut Tx,
    org: OrgId,
    stored: &Stored,
    now: Timestamp,
) -> Result<(), StoreError> {
    take_away(tx, org, Changed::moved(stored, &rows_of(stored)?), now).await.map(drop)
}

fn rows_of(stored: &Stored) -> Result<Rows, StoreError> {
    minicbor::decode(&stored.rows).map_err(|_| StoreError::Unreadable("a document's rows"))
}

/// Answers the entry of the log that says so.
async fn take_away(tx: &mut Tx, org: OrgId, changed: Changed<'_>, now: Timestamp) -> Result<i64, StoreError> {
    let head = organisation::lock(tx, org).await?.seq;
    let mut changes = [changed];
    let others = contacts::file(tx, org, &mut changes).await?;
    let first = write_log(tx, org, &changes, &others, (head, now)).await?;
    let [changed] = &changes;
    let id = changed.filing.document;
    documents::remove(tx, org, id).await?;
    audience::put_links(tx, org, &changes.each_ref().map(Changed::links)).await?;
    todos::remove(tx, org, id).await?;
    // Nobody retains a closing of what was purged, not even users who had lost the card before.
    let nobody = retained_closings::Change { document: id, sees: None, left: BTreeMap::new() };
    retained_closings::apply(tx, org, &[nobody]).await?;
    let filings =
        changes.iter().map(|changed| &changed.filing).chain(others.iter().map(|other| &other.filing));
    write_filings(tx, org, filings).await?;
    Ok(first.get(&id).copied().unwrap_or_default())
}
