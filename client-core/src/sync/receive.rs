//! Receiving: what one answer of the server does to this device, in one transaction (R03).
//!
//! Entries come before verdicts: the entry of an own change says more than its verdict, namely its
//! place, time and author, in the order in which everybody else learns them. Documents are
//! independent of one another, so each is brought up to date on its own; a bad entry costs its own
//! document a fetch and nobody else anything.

mod document;
mod rebase;

use std::collections::{BTreeMap, BTreeSet};

use roadbook_domain::document::change::ChangeHash;
use roadbook_domain::document::digest::Digest;
use roadbook_domain::value::env::Env;
use roadbook_domain::value::id::DocumentId;
use roadbook_domain::value::time::Timestamp;
use roadbook_domain::wire::{
    Bundle, Entry, Envelope, Forgotten, GroupVerdict, LogEntry, ReceiptedRow, SyncResponse, SyncStatus,
    Verdict,
};
use rusqlite::Transaction;

use crate::change_set::{ChangeSet, List};
use crate::error::Error;
use crate::store::meta::{self, CURSOR, RECONCILE};
use crate::store::reupload::{self, ReuploadRows};
use crate::store::workspace::{self, Workspace};
use crate::store::{Store, documents, retained, settings, unknown};

/// What a request carried, as far as its answer refers to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sent {
    /// The pushed groups, in order.
    pub groups: Vec<(DocumentId, Vec<ChangeHash>)>,
    /// The re-uploaded documents, in order, with their changes.
    pub reuploads: Vec<(DocumentId, Vec<ChangeHash>)>,
    /// The documents to be sent whole.
    pub fetch: BTreeSet<DocumentId>,
    /// Whether it is known what the server lacks.
    pub reconciled: bool,
    /// Documents that are still to be re-uploaded.
    pub to_reupload: BTreeSet<DocumentId>,
    /// Documents that were re-uploaded before, in this conversation.
    pub reuploaded: BTreeSet<DocumentId>,
    /// The tombstones and settings rows that were re-uploaded.
    pub rows: ReuploadRows,
    /// The part after the one that was sent, if that was not the last.
    pub next_part: Option<NextPart>,
    /// Whether the request carried all it might, and more is to come.
    pub is_full: bool,
}

/// How far a document that is re-uploaded in parts has come.
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
    /// What changed on screens.
    pub changes: ChangeSet,
    /// How much was done.
    pub counts: Counts,
    /// Documents to be sent whole.
    pub fetch: BTreeSet<DocumentId>,
    /// Documents of which the server lacks changes that it once acknowledged.
    pub reupload: BTreeSet<DocumentId>,
    /// Documents that were re-uploaded and not judged.
    pub reupload_again: BTreeSet<DocumentId>,
    /// Documents that were re-uploaded and are too large for this server.
    pub too_large: BTreeSet<DocumentId>,
    /// Fetched documents that the answer brought, or said to be invisible to the user.
    pub fetched: BTreeSet<DocumentId>,
    /// Changes that the server has, whose entries follow on a later page.
    pub awaiting_entry: BTreeSet<(DocumentId, ChangeHash)>,
    /// An actor of this device turned out to be another's too: take a fresh one.
    pub renew_actor: bool,
    /// Device and server, both at rest, do not hold the same.
    pub differs: bool,
    /// Some pending re-uploads of tombstones or settings rows have been judged.
    pub rows_judged: bool,
}

/// How much an answer, or a whole sync, did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
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
        reupload::set_aside(tx)?;
        meta::set(tx, &RECONCILE, &true)?;
        workspace::follow_another_log(tx)?;
        // This answer and those that follow it bring all closings to retain, as the server's log has them.
        retained::forget_all(tx)?;
    }
    // If there is more, the cursor may be before the rows that the server took: they are re-uploaded again.
    received.rows_judged = !response.more && reupload::judged(tx, &sent.rows, &response.row_verdicts)?;
    let sorted = Sorted::of(tx, sent, response, &mut received)?;
    let rows: Vec<_> = sorted.settings.iter().map(|receipted| receipted.row.clone()).collect();
    // After a loss the answer has all of them. Some may be older than those here, which are re-uploaded:
    // the server is their judge.
    let changed = match response.status {
        _ if rows.is_empty() => false,
        SyncStatus::Ok => settings::put(tx, &rows)?,
        _ => settings::replace(tx, &rows)?,
    };
    if changed {
        received.changes.list(List::Settings);
        received.changes.list(List::Today);
    }
    // After the rows are stored: a receipt is written into the row that it belongs to.
    reupload::received(tx, &sorted.settings)?;
    let is_comparing = meta::get(tx, &RECONCILE)?.unwrap_or_default();
    // After the settings: rows of documents depend on zones and statuses that this answer may have brought.
    let context = Context {
        tx,
        env,
        workspace: &*store.workspace(tx)?,
        now: env.now(),
        server_now: response.now,
        more: response.more || response.status != SyncStatus::Ok,
        sent,
        is_comparing,
        is_known: response.status == SyncStatus::Ok && (sent.reconciled || !is_comparing),
    };
    // Each document is opened once, however many entries of the page are about it.
    for (document, news) in &sorted.documents {
        document::receive(&context, *document, news, &mut received)?;
    }
    // In the transaction of the entries: a cursor that is ahead of them would skip them for ever (R03).
    if let Some(cursor) = &response.cursor {
        meta::set(tx, &CURSOR, cursor)?;
    }
    // Only on the last page: before it the device lacks what is still to come.
    if let (Some(digest), false) = (response.digest, response.more) {
        received.differs = documents::digest(tx)? != Digest::from_bytes(digest);
    }
    Ok(received)
}

/// Receives what an older version of the app kept because it did not know the kinds of these entries, as far
/// as this version knows them.
pub(crate) fn receive_kept(tx: &Transaction<'_>, store: &Store, env: &dyn Env) -> Result<Received, Error> {
    let mut entries = Vec::new();
    for kind in unknown::kinds(tx)? {
        let is_known = !matches!(Entry::from_envelope(&Envelope { kind, body: Vec::new() }), Ok(None));
        if is_known {
            entries.extend(unknown::take(tx, kind)?);
        }
    }
    if entries.is_empty() {
        return Ok(Received::default());
    }
    // An answer that says nothing else. What is older than the documents here is passed over as always.
    let kept = SyncResponse {
        status: SyncStatus::Ok,
        verdicts: Vec::new(),
        entries,
        cursor: None,
        more: false,
        now: env.now(),
        digest: None,
        progress: None,
        reconcile: None,
        receipts: Vec::new(),
        row_verdicts: Vec::new(),
    };
    receive(tx, store, env, &Sent::default(), &kept)
}

/// Makes the acknowledged changes of a document unsent ones again: the server has lost them, and the
/// device has no receipt to re-upload them with.
pub(crate) fn unacknowledge(
    tx: &Transaction<'_>,
    store: &Store,
    env: &dyn Env,
    document: DocumentId,
    received: &mut Received,
) -> Result<(), Error> {
    let now = env.now();
    let workspace = &*store.workspace(tx)?;
    let context = Context {
        tx,
        env,
        workspace,
        now,
        server_now: now,
        more: false,
        sent: &Sent::default(),
        is_comparing: true,
        is_known: true,
    };
    document::unacknowledge(&context, document, received)
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
    /// Device and server are being compared: the server may have lost something.
    is_comparing: bool,
    /// Whether it is known what the server lacks. It is not if this very answer says that the log is another.
    is_known: bool,
}

/// What an answer says about one document.
#[derive(Debug, Default)]
struct News {
    entries: Vec<DocumentEntry>,
    verdicts: Vec<(ChangeHash, Verdict)>,
    reuploaded: Vec<Verdict>,
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
        // A server may send fewer verdicts than there were groups, and `split_at` must not panic on that.
        let (groups, reuploads) = response.verdicts.split_at(sent.groups.len().min(response.verdicts.len()));
        for ((document, hashes), group) in about(&sent.groups, groups) {
            let verdicts = hashes.iter().copied().zip(group.verdicts.iter().cloned());
            sorted.news(*document).verdicts.extend(verdicts);
        }
        for ((document, _), group) in about(&sent.reuploads, reuploads) {
            sorted.news(*document).reuploaded.extend(group.verdicts.iter().cloned());
        }
        for (document, _) in &sent.reuploads {
            let is_kept = sent.next_part.is_some_and(|next| next.document == *document);
            let verdicts = &mut sorted.news(*document).reuploaded;
            // Silence is no verdict.
            if verdicts.is_empty() && !is_kept {
                verdicts.push(Verdict::NotReached);
            }
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
                reupload::bury(tx, &tombstone)?;
                (tombstone.document, DocumentEntry::Purge)
            }
            Ok(None) => return unknown::keep(tx, envelope),
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
