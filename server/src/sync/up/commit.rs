//! Committing what was judged: log, documents, audiences and digests in one transaction.

use std::collections::{BTreeMap, BTreeSet};

use roadbook_domain::access::rights::Scope;
use roadbook_domain::document::change::Actor;
use roadbook_domain::value::id::{DeviceId, DocumentId, OrgId};
use roadbook_domain::value::time::Timestamp;

use super::changed::{Changed, Other, widening};
use super::contacts;
use super::grounds::Grounds;
use super::plan::{self, Filing};
use super::reach;
use super::scratch::Update;
use crate::auth::Caller;
use crate::live::Concern;
use crate::store::audience::{self, Filed, Links};
use crate::store::documents::{self, Stored};
use crate::store::log::{self, NewEntry};
use crate::store::retained_closings;
use crate::store::todos::{self, Todos};
use crate::store::{Db, StoreError, Tx, actors, digests, organisation, retry};
use crate::sync::error::SyncError;

/// What a batch writes.
#[derive(Debug, Default)]
pub struct Batch {
    /// The updates, of as many documents.
    pub updates: Vec<Update>,
    /// Actors to bind, and to which devices; `None` is the server.
    pub bound: BTreeMap<Actor, Option<DeviceId>>,
    /// What a Restricted author's changes were judged by.
    pub grounds: Option<Grounds>,
}

/// What became of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Committed {
    /// Everything is durable: by document, the number of its first change; the others follow it.
    Done {
        /// The first numbers.
        first: BTreeMap<DocumentId, i64>,
        /// The last number given.
        head: i64,
        /// What it is about.
        concerns: BTreeSet<Concern>,
    },
    /// Nothing was written: these documents are not as they were when they were judged.
    Stale(BTreeSet<DocumentId>),
    /// Nothing was written: another device was faster to show one of the actors.
    ActorTaken,
}

/// Writes a batch, all or nothing.
///
/// # Errors
/// [`SyncError::Caller`] if the caller's rights are not those by which it was judged any more. Of the database;
/// nothing was written, or nobody was told so and a retry finds out.
pub async fn commit(db: &Db, caller: &Caller, batch: &Batch, now: Timestamp) -> Result<Committed, SyncError> {
    retry(|| async {
        let mut tx = caller.write(db).await?;
        let committed = write(&mut tx, caller.org, batch, now).await?;
        // Otherwise the transaction is dropped, which rolls it back.
        if matches!(committed, Committed::Done { .. }) {
            tx.commit().await?;
        }
        Ok(committed)
    })
    .await
}

/// Writes a batch as part of a transaction, all or nothing; what it answers holds once that commits.
///
/// # Errors
/// Of the database; the transaction is then to be rolled back.
pub async fn write(tx: &mut Tx, org: OrgId, batch: &Batch, now: Timestamp) -> Result<Committed, StoreError> {
    // Before the versions are read: nobody can change a document between that check and the commit.
    let head = organisation::lock(tx, org).await?;
    let stale = stale(tx, org, &batch.updates).await?;
    if !stale.is_empty() {
        return Ok(Committed::Stale(stale));
    }
    let mut changes: Vec<Changed> = batch.updates.iter().map(Changed::of).collect();
    if !grounds_hold(tx, org, batch).await? || reaches_too_far(tx, org, &batch.updates).await? {
        return Ok(Committed::Stale(batch.updates.iter().map(|update| update.after.id).collect()));
    }
    if !bind(tx, org, &batch.bound).await? {
        return Ok(Committed::ActorTaken);
    }
    // Before the log: contacts that are seen by others than before get entries of their own.
    let others = contacts::file(tx, org, &mut changes).await?;
    let first = write_log(tx, org, &changes, &others, (head.seq, now)).await?;
    // After the log: each document notes the number of its last entry.
    write_documents(tx, org, &changes, &first).await?;
    let filings =
        changes.iter().map(|changed| &changed.filing).chain(others.iter().map(|other| &other.filing));
    write_filings(tx, org, filings).await?;
    let head = organisation::head(tx, org).await?.ok_or(StoreError::Missing)?.seq;
    let concerns = concerns(&changes, &others);
    Ok(Committed::Done { first, head, concerns })
}

/// What a batch is about: whoever it is filed for, before or after.
fn concerns(changes: &[Changed<'_>], others: &[Other]) -> BTreeSet<Concern> {
    let filings = changes.iter().map(|changed| &changed.filing);
    let mut concerns = BTreeSet::new();
    for filing in filings.chain(others.iter().map(|other| &other.filing)) {
        if filing.scope == Scope::Staff {
            concerns.insert(Concern::Staff);
        }
        concerns.extend(filing.saw().chain(filing.sees()).map(Concern::Principal));
    }
    concerns.extend(changes.iter().flat_map(Changed::late_authors).map(Concern::Principal));
    concerns
}

/// The documents that are not as they were when they were judged.
async fn stale(tx: &mut Tx, org: OrgId, updates: &[Update]) -> Result<BTreeSet<DocumentId>, StoreError> {
    let ids: Vec<_> = updates.iter().map(|update| update.after.id).collect();
    let versions: BTreeMap<_, _> = documents::versions(tx, org, &ids).await?.into_iter().collect();
    // A new document was judged as version 0, and one that is not there counts as that.
    let mut stale: BTreeSet<DocumentId> = updates
        .iter()
        .filter(|update| versions.get(&update.after.id).copied().unwrap_or(0) != update.after.version)
        .map(|update| update.after.id)
        .collect();
    // An id that was purged after the judgement looks like a new one; only its tombstone tells.
    let new: Vec<_> = ids.into_iter().filter(|id| !versions.contains_key(id)).collect();
    stale.extend(documents::purged(tx, org, &new).await?);
    Ok(stale)
}

/// Whether a Restricted author still sees and may link what they did when they were judged.
async fn grounds_hold(tx: &mut Tx, org: OrgId, batch: &Batch) -> Result<bool, StoreError> {
    match &batch.grounds {
        Some(grounds) => grounds.hold(tx, org).await,
        None => Ok(true),
    }
}

/// Whether contacts have come to link so much since the batch was judged that it would hold up the others. What
/// is written by itself has nothing to give way to.
async fn reaches_too_far(tx: &mut Tx, org: OrgId, updates: &[Update]) -> Result<bool, StoreError> {
    // Twice what a request was judged to change: what one contact more links to is no reason to judge anew.
    const MOST: usize = 2 * plan::MAX_CHANGED_PATHS;
    let widenings: Vec<_> = updates.iter().map(widening).collect();
    if updates.len() < 2 || reach::is_near(&widenings, MOST) {
        return Ok(false);
    }
    let reach = reach::load(tx, org, &widenings).await?;
    let changed = widenings.iter().map(|widening| widening.paths(&reach).changed);
    Ok(changed.fold(0, usize::saturating_add) > MOST)
}

/// Binds actors; `false` if one of them is bound to another device.
async fn bind(
    tx: &mut Tx,
    org: OrgId,
    bound: &BTreeMap<Actor, Option<DeviceId>>,
) -> Result<bool, StoreError> {
    let wanted: Vec<_> = bound.iter().map(|(actor, device)| (*actor, *device)).collect();
    if actors::bind(tx, org, &wanted).await? == wanted.len() as u64 {
        return Ok(true);
    }
    // Some were bound before: after a retry, or an earlier push, to this very device.
    let actors: Vec<_> = bound.keys().copied().collect();
    let known = actors::devices(tx, org, &actors).await?;
    Ok(known.iter().all(|(actor, device)| bound.get(actor) == Some(device)))
}

/// Writes the entries of the batch, and files them; answers the first number of each document.
pub(super) async fn write_log(
    tx: &mut Tx,
    org: OrgId,
    changes: &[Changed<'_>],
    others: &[Other],
    (head, now): (i64, Timestamp),
) -> Result<BTreeMap<DocumentId, i64>, StoreError> {
    // The loops below give out numbers in the order of these entries.
    let entries: Vec<NewEntry> = changes
        .iter()
        .flat_map(|changed| changed.entries(now))
        .chain(others.iter().map(|other| other.entry(head, now)))
        .collect();
    let mut seq = log::append(tx, org, &entries).await?;
    let mut first = BTreeMap::new();
    let mut filed = Vec::new();
    for changed in changes {
        first.insert(changed.id, seq);
        let count = changed.entry_count();
        file(&mut filed, changed.id, &changed.filing, seq..seq + count);
        let late = changed.late_authors().into_iter();
        let document = changed.id;
        filed.extend(late.map(|principal| Filed { principal, seq, document, saw: false, sees: false }));
        seq += count;
    }
    for other in others {
        file(&mut filed, other.brief.id, &other.filing, seq..seq + 1);
        seq += 1;
    }
    audience::file(tx, org, &filed).await?;
    Ok(first)
}

/// Files a document's entries: the first of them is the one by which principals enter and leave.
fn file(filed: &mut Vec<Filed>, document: DocumentId, filing: &Filing, seqs: std::ops::Range<i64>) {
    // Private documents are read by their own feed, never by principals.
    if filing.scope != Scope::Staff {
        return;
    }
    let (saw, sees): (BTreeSet<_>, BTreeSet<_>) = (filing.saw().collect(), filing.sees().collect());
    for principal in saw.union(&sees).copied() {
        let sees = sees.contains(&principal);
        for seq in seqs.clone() {
            let saw = if seq == seqs.start { saw.contains(&principal) } else { sees };
            if saw || sees {
                filed.push(Filed { principal, seq, document, saw, sees });
            }
        }
    }
}

async fn write_documents(
    tx: &mut Tx,
    org: OrgId,
    changes: &[Changed<'_>],
    first: &BTreeMap<DocumentId, i64>,
) -> Result<(), StoreError> {
    let rows: Vec<Stored> = changes
        .iter()
        .filter_map(|changed| {
            let after = changed.update()?.after.clone();
            let first = first.get(&after.id).copied();
            let as_of = first.map_or(after.as_of, |first| first + changed.entry_count() - 1);
            let since = if changed.filing.before.is_none() { first.unwrap_or_default() } else { after.since };
            Some(Stored { version: after.version + 1, as_of, since, ..after })
        })
        .collect();
    documents::put(tx, org, &rows).await?;
    let relinked: Vec<Links> =
        changes.iter().filter(|changed| changed.relinks()).map(Changed::links).collect();
    audience::put_links(tx, org, &relinked).await?;
    let retained: Vec<_> = changes.iter().filter_map(Changed::retained_closings).collect();
    retained_closings::apply(tx, org, &retained).await?;
    let todos: Vec<Todos> = changes.iter().filter_map(Changed::new_todos).collect();
    todos::put(tx, org, &todos).await
}

/// Brings audiences and digests to what the filings say.
pub(super) async fn write_filings<'a>(
    tx: &mut Tx,
    org: OrgId,
    filings: impl Iterator<Item = &'a Filing>,
) -> Result<(), StoreError> {
    let filings: Vec<&Filing> = filings.collect();
    let (mut removed, mut added) = (Vec::new(), Vec::new());
    for filing in &filings {
        let (saw, sees): (BTreeSet<_>, BTreeSet<_>) = (filing.saw().collect(), filing.sees().collect());
        removed.extend(saw.difference(&sees).map(|principal| (*principal, filing.document)));
        added.extend(sees.difference(&saw).map(|principal| (*principal, filing.document)));
    }
    audience::change(tx, org, &removed, &added).await?;
    let concerned: BTreeSet<_> = filings.iter().flat_map(|filing| plan::concerned(filing)).collect();
    // Under the organisation's lock: between reading and writing no other commit can change a sum.
    let mut sums = digests::get(tx, org, concerned).await?;
    for filing in filings {
        plan::add_to_digests(&mut sums, filing);
    }
    digests::put(tx, org, &sums).await
}
