//! Receiving: what one answer of the server does to this device, in one transaction (R03).
//!
//! Entries come before verdicts: the entry of an own change says more than its verdict, namely its
//! place, time and author, in the order in which everybody else learns them. Documents are
//! independent of one another, so each is brought up to date on its own; a bad entry costs its own
//! document a fetch and nobody else anything.

mod replica;
mod settle;

use std::collections::{BTreeMap, BTreeSet};

use roadbook_domain::document::change::ChangeHash;
use roadbook_domain::document::digest::Digest;
use roadbook_domain::value::env::Env;
use roadbook_domain::value::id::DocumentId;
use roadbook_domain::value::time::Timestamp;
use roadbook_domain::wire::{
    Bundle, Cursor, Entry, Envelope, Forgotten, GroupVerdict, LogEntry, ReceiptedRow, SyncResponse,
    SyncStatus, Verdict,
};
use rusqlite::Transaction;

use crate::change_set::{ChangeSet, List};
use crate::error::Error;
use crate::store::meta::{self, Key};
use crate::store::owed::{self, Owed};
use crate::store::workspace::{self, Workspace};
use crate::store::{Store, documents, keep_unknown, projections};

/// Where this device stands in the log.
pub(crate) const CURSOR: Key<Cursor> = Key::new("cursor");
/// Whether device and server are to be compared document by document: until they were, and the server
/// has taken back what it lacks.
pub(crate) const WALK: Key<bool> = Key::new("walk");

/// What a request carried, as far as its answer refers to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sent {
    /// The pushed groups, in order.
    pub groups: Vec<(DocumentId, Vec<ChangeHash>)>,
    /// The offered documents, in order, with their changes.
    pub offers: Vec<(DocumentId, Vec<ChangeHash>)>,
    /// The documents to be sent whole.
    pub fetch: BTreeSet<DocumentId>,
    /// Whether it is known what the server lacks.
    pub walked: bool,
    /// Documents that are still to be offered.
    pub to_offer: BTreeSet<DocumentId>,
    /// Documents that were offered before, in this conversation.
    pub offered: BTreeSet<DocumentId>,
    /// The tombstones and settings rows that were given back.
    pub owed: Owed,
    /// The part after the one that was offered, if that was not the last.
    pub next_part: Option<NextPart>,
}

/// How far a document that is offered in parts has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NextPart {
    /// The document.
    pub document: DocumentId,
    /// How many of its changes the server keeps.
    pub first: usize,
}

/// What an answer did, and what it asks for next.
#[derive(Debug, Default)]
pub(crate) struct Received {
    /// What changed for those who look at it.
    pub changes: ChangeSet,
    /// How much was done.
    pub counts: Counts,
    /// Documents to be sent whole.
    pub fetch: BTreeSet<DocumentId>,
    /// Documents of which the server lacks changes that it once acknowledged.
    pub offer: BTreeSet<DocumentId>,
    /// Documents that were offered and not judged.
    pub offer_again: BTreeSet<DocumentId>,
    /// Documents that were offered and are too large for this server.
    pub too_large: BTreeSet<DocumentId>,
    /// Fetched documents that the answer brought, or said to be out of sight.
    pub fetched: BTreeSet<DocumentId>,
    /// Changes that the server has, whose entries follow on a later page.
    pub awaiting_entry: BTreeSet<(DocumentId, ChangeHash)>,
    /// An actor of this device turned out to be another's too: take a fresh one.
    pub renew_actor: bool,
    /// Device and server, both at rest, do not hold the same.
    pub differs: bool,
    /// Tombstones or settings rows that were given back are owed no more.
    pub settled: bool,
}

/// How much an answer, or a whole sync, did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Counts {
    /// Entries that changed something on this device.
    pub applied: u64,
    /// Own changes that the server acknowledged.
    pub acknowledged: u64,
    /// Edits that went to the quarantine.
    pub quarantined: u64,
    /// Changes that were authored again.
    pub reauthored: u64,
    /// Entries that could not be used; their documents are fetched.
    pub unusable: u64,
}

impl Counts {
    /// Adds what another answer did.
    pub fn add(&mut self, other: Self) {
        self.applied += other.applied;
        self.acknowledged += other.acknowledged;
        self.quarantined += other.quarantined;
        self.reauthored += other.reauthored;
        self.unusable += other.unusable;
    }
}

/// Applies one answer. All of it is stored when the transaction commits, none of it otherwise.
pub(crate) fn receive(
    tx: &Transaction<'_>,
    store: &Store,
    env: &dyn Env,
    sent: &Sent,
    response: &SyncResponse,
) -> Result<Received, Error> {
    let mut received = Received::default();
    if response.status != SyncStatus::Ok {
        // Sequences of another log say nothing about this one.
        documents::reset_as_of(tx)?;
        owed::set_aside(tx)?;
        meta::set(tx, &WALK, &true)?;
        workspace::follow_another_log(tx)?;
        // The answer, or those that follow it, have all that outlive sight by the server's log.
        projections::forget_outlived(tx)?;
    }
    // If there is more, the cursor may not stand behind what was taken: then it is given back again.
    received.settled = !response.more && owed::settle(tx, &sent.owed, &response.given_back)?;
    let sorted = Sorted::of(tx, sent, response, &mut received)?;
    let rows: Vec<_> = sorted.settings.iter().map(|receipted| receipted.row.clone()).collect();
    // After a loss the answer has all of them. Some may be older than those here, which are given back:
    // the server is their judge.
    let changed = match response.status {
        _ if rows.is_empty() => false,
        SyncStatus::Ok => workspace::put_settings(tx, &rows)?,
        _ => workspace::replace_settings(tx, &rows)?,
    };
    if changed {
        received.changes.list(List::Settings);
        received.changes.list(List::Today);
    }
    owed::received(tx, &sorted.settings)?;
    let context = Context {
        tx,
        env,
        workspace: &*store.workspace(tx)?,
        now: env.now(),
        server_now: response.now,
        more: response.more || response.status != SyncStatus::Ok,
        sent,
    };
    for (document, news) in &sorted.documents {
        replica::receive(&context, *document, news, &mut received)?;
    }
    if let Some(cursor) = &response.cursor {
        meta::set(tx, &CURSOR, cursor)?;
    }
    if let (Some(digest), false) = (response.digest, response.more) {
        received.differs = meta::digest(tx)? != Digest::from_bytes(digest);
    }
    Ok(received)
}

/// Makes the acknowledged changes of a document unsent ones again: the server has lost them, and the
/// device has no receipt to give them back with.
pub(crate) fn unacknowledge(
    tx: &Transaction<'_>,
    store: &Store,
    env: &dyn Env,
    document: DocumentId,
    received: &mut Received,
) -> Result<(), Error> {
    let now = env.now();
    let workspace = &*store.workspace(tx)?;
    let context = Context { tx, env, workspace, now, server_now: now, more: false, sent: &Sent::default() };
    replica::unacknowledge(&context, document, received)
}

/// What all documents of one answer are received with.
struct Context<'a> {
    tx: &'a Transaction<'a>,
    env: &'a dyn Env,
    workspace: &'a Workspace,
    now: Timestamp,
    server_now: Timestamp,
    /// Whether entries may follow that this answer's verdicts are about.
    more: bool,
    sent: &'a Sent,
}

/// What an answer says about one document.
#[derive(Debug, Default)]
struct News {
    entries: Vec<DocumentEntry>,
    verdicts: Vec<(ChangeHash, Verdict)>,
    offered: Vec<Verdict>,
    receipt: Option<[u8; 16]>,
}

/// An entry about a document.
#[derive(Debug)]
enum DocumentEntry {
    Change(LogEntry),
    Bundle(Bundle),
    Forget(Forgotten),
    Purge,
}

/// An answer, sorted by document.
#[derive(Debug, Default)]
struct Sorted {
    settings: Vec<ReceiptedRow>,
    documents: BTreeMap<DocumentId, News>,
}

impl Sorted {
    fn of(
        tx: &Transaction<'_>,
        sent: &Sent,
        response: &SyncResponse,
        received: &mut Received,
    ) -> Result<Self, Error> {
        let mut sorted = Self::default();
        for envelope in &response.entries {
            sorted.entry(tx, envelope, received)?;
        }
        let (groups, offers) = response.verdicts.split_at(sent.groups.len().min(response.verdicts.len()));
        for ((document, hashes), group) in about(&sent.groups, groups) {
            let verdicts = hashes.iter().copied().zip(group.verdicts.iter().cloned());
            sorted.news(*document).verdicts.extend(verdicts);
        }
        for ((document, _), group) in about(&sent.offers, offers) {
            sorted.news(*document).offered.extend(group.verdicts.iter().cloned());
        }
        for receipt in &response.receipts {
            sorted.news(receipt.document).receipt = Some(*receipt.receipt);
        }
        Ok(sorted)
    }

    fn entry(
        &mut self,
        tx: &Transaction<'_>,
        envelope: &Envelope,
        received: &mut Received,
    ) -> Result<(), Error> {
        let (document, entry) = match Entry::from_envelope(envelope) {
            Ok(Some(Entry::Settings(row))) => {
                self.settings.push(row);
                received.counts.applied += 1;
                return Ok(());
            }
            Ok(Some(Entry::Change(entry))) => (entry.document, DocumentEntry::Change(entry)),
            Ok(Some(Entry::Bundle(bundle))) => (bundle.document, DocumentEntry::Bundle(bundle)),
            Ok(Some(Entry::Forget(forgotten))) => (forgotten.document, DocumentEntry::Forget(forgotten)),
            Ok(Some(Entry::Purge(tombstone))) => {
                owed::bury(tx, &tombstone)?;
                (tombstone.document, DocumentEntry::Purge)
            }
            Ok(None) => return keep_unknown(tx, envelope),
            Err(_) => {
                // Which document it is about cannot be told; the digest will tell that one differs.
                tracing::warn!(entry.kind = envelope.kind, "an entry of the log cannot be read");
                received.counts.unusable += 1;
                return Ok(());
            }
        };
        self.news(document).entries.push(entry);
        Ok(())
    }

    fn news(&mut self, document: DocumentId) -> &mut News {
        self.documents.entry(document).or_default()
    }
}

/// Each group that was sent with the verdicts over it; a server that names another one is not heard.
fn about<'a>(
    sent: &'a [(DocumentId, Vec<ChangeHash>)],
    verdicts: &'a [GroupVerdict],
) -> impl Iterator<Item = (&'a (DocumentId, Vec<ChangeHash>), &'a GroupVerdict)> {
    sent.iter().zip(verdicts).filter(|((document, _), group)| *document == group.document)
}
