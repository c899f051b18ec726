//! Committing what was judged: log, documents, audiences and digests in one transaction.

use std::collections::{BTreeMap, BTreeSet};

use roadbook_domain::access::rights::{Principal, Scope};
use roadbook_domain::document::DocumentTypeId;
use roadbook_domain::document::change::Actor;
use roadbook_domain::value::id::{DeviceId, DocumentId, OrgId, UserId};
use roadbook_domain::value::time::Timestamp;

use super::changed::{Changed, Other, is_linked, widening};
use super::plan::{self, CardVisibility, Filing, LinkMap};
use super::reach;
use super::scratch::Update;
use crate::auth::Caller;
use crate::live::Concern;
use crate::store::audience::{self, Filed, Links, Paths};
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
    if reaches_too_far(tx, org, &batch.updates).await? {
        return Ok(Committed::Stale(batch.updates.iter().map(|update| update.after.id).collect()));
    }
    if !bind(tx, org, &batch.bound).await? {
        return Ok(Committed::ActorTaken);
    }
    // Before the log: contacts that are seen by others than before get entries of their own.
    let others = file_contacts(tx, org, &mut changes).await?;
    let first = write_log(tx, org, &changes, &others, (head.seq, now)).await?;
    // After the log: each document notes the number of its last entry.
    write_documents(tx, org, &changes, &first).await?;
    let filings =
        changes.iter().map(|changed| &changed.filing).chain(others.iter().map(|other| &other.filing));
    write_filings(tx, org, filings).await?;
    // A judgement under way may rest on their old audience. With a new version it is made again.
    let touched: Vec<_> = others.iter().map(|other| other.brief.id).collect();
    documents::touch(tx, org, &touched).await?;
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

/// Finds the audiences of contacts: of those in the batch, and of those that others of it link to.
pub(super) async fn file_contacts(
    tx: &mut Tx,
    org: OrgId,
    changes: &mut [Changed<'_>],
) -> Result<Vec<Other>, StoreError> {
    let paths = new_paths(tx, org, changes).await?;
    let mut concerned: BTreeSet<DocumentId> = paths.keys().map(|(document, _)| *document).collect();
    let in_batch: BTreeSet<DocumentId> = changes.iter().map(|changed| changed.id).collect();
    let contacts = changes.iter().filter(|changed| changed.is_linked()).map(|changed| changed.id);
    concerned.extend(contacts);
    if concerned.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<_> = concerned.into_iter().collect();
    let audiences = audience::of(tx, org, &ids).await?;
    let after = |id: DocumentId, creator: Option<UserId>| {
        let of_it =
            paths.range((id, Principal::Everyone)..).take_while(move |((document, _), _)| *document == id);
        plan::of_contact(of_it.map(|((_, principal), count)| (*principal, *count)), creator)
    };
    // Contacts that no path of the batch concerns keep their audience.
    let concerned: BTreeSet<DocumentId> = paths.keys().map(|(document, _)| *document).collect();
    for changed in changes.iter_mut().filter(|changed| changed.is_linked()) {
        let (id, creator) = (changed.id, changed.creator);
        let known = audiences.get(&id).cloned().unwrap_or_default();
        let is_new = changed.filing.before.is_none();
        let sees = if is_new || concerned.contains(&id) { after(id, creator) } else { known.clone() };
        if let Some((_, principals)) = &mut changed.filing.before {
            *principals = known;
        }
        if let Some((_, principals)) = &mut changed.filing.after {
            *principals = sees;
        }
    }
    let elsewhere: Vec<_> = concerned.difference(&in_batch).copied().collect();
    let mut others = Vec::new();
    for brief in documents::brief(tx, org, &elsewhere).await? {
        let known = audiences.get(&brief.id).cloned().unwrap_or_default();
        let sees = after(brief.id, brief.creator);
        if is_linked(brief.kind) && known != sees {
            // Not those for whom nothing changes: a contact may be seen by hundreds, and a card may make two
            // thousand contacts visible to one more.
            let filing = Filing {
                document: brief.id,
                scope: Scope::Staff,
                before: Some((brief.term, known.difference(&sees).copied().collect())),
                after: Some((brief.term, sees.difference(&known).copied().collect())),
            };
            others.push(Other { brief, filing });
        }
    }
    Ok(others)
}

/// Changes the counts of paths by what the batch changes, and answers all paths to every document they
/// concern, and to every contact that is new.
async fn new_paths(tx: &mut Tx, org: OrgId, changes: &[Changed<'_>]) -> Result<Paths, StoreError> {
    let cards: Vec<CardVisibility> = changes.iter().filter_map(Changed::card_visibility).collect();
    let relinked: Vec<&Changed<'_>> =
        changes.iter().filter(|changed| changed.is_linked() && changed.relinks()).collect();
    let new = changes.iter().filter(|changed| changed.is_linked() && changed.filing.before.is_none());
    let new: BTreeSet<DocumentId> = new.map(|changed| changed.id).collect();
    if cards.is_empty() && relinked.is_empty() && new.is_empty() {
        return Ok(Paths::new());
    }
    let targets = cards.iter().flat_map(|card| card.before.1.iter().chain(&card.after.1));
    let targets: BTreeSet<DocumentId> = targets.copied().collect();
    let targets: Vec<_> = targets.into_iter().collect();
    let links: LinkMap = audience::links_of(tx, org, &targets, DocumentTypeId::CONTACT).await?;
    let ids: Vec<_> = relinked.iter().map(|changed| changed.id).collect();
    let known = audience::paths(tx, org, &ids).await?;
    let relinked = relinked.iter().map(|changed| (changed.id, changed.relinked(&known))).collect();
    let changed = plan::changed_paths(&cards, &links, relinked);
    let concerned: BTreeSet<DocumentId> = changed.keys().map(|(document, _)| *document).chain(new).collect();
    let concerned: Vec<_> = concerned.into_iter().collect();
    let mut all = audience::paths(tx, org, &concerned).await?;
    // Only what changed is written; `all` also holds paths that the batch does not touch.
    let mut written = Paths::new();
    for (path, difference) in changed {
        let count = all.entry(path).or_default();
        count.direct += difference.direct;
        count.all += difference.all;
        written.insert(path, *count);
    }
    audience::put_paths(tx, org, &written).await?;
    Ok(all)
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
