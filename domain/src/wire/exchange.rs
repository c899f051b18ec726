//! The exchange: one round trip that carries unsent changes up and news down.

use minicbor::{Decode, Encode};

use crate::document::canonical::Check;
use crate::document::change::ChangeHash;
use crate::document::{DocumentTypeId, Origin};
use crate::value::counted::{self, Counting};
use crate::value::id::DocumentId;
use crate::value::open_code::open_code;
use crate::value::time::Timestamp;

use super::entry::Envelope;
use super::{Cursor, GroupVerdict, ReceiptedRow, Reconcile, ReconcileAnswer, Reupload, Tombstone, Verdict};

/// The most changes of one request.
pub const MAX_PUSH_CHANGES: usize = 500;
/// The most change bytes of one request; a change may be 256 KiB, so a request always fits one.
pub const MAX_PUSH_BYTES: usize = 512 << 10;

/// The request of `POST /v1/sync`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map, context_bound = "Counting")]
pub struct SyncRequest {
    /// Where the device stands; `None` asks for a first sync.
    #[n(0)]
    pub cursor: Option<Cursor>,
    /// What the device can do beyond the first version of the protocol.
    #[cbor(n(1), decode_with = "counted::list")]
    pub capabilities: Vec<Capability>,
    /// Unsent changes, grouped by document, each group in causal order.
    #[cbor(n(2), decode_with = "counted::list")]
    pub push: Vec<Pushed>,
    /// How many bytes of entries the device wants at most; the server has its own limit.
    #[n(3)]
    pub budget: Option<u32>,
    /// One step of a reconciliation, after a rollback or if the digests differ.
    #[n(4)]
    pub reconcile: Option<Reconcile>,
    /// Documents re-uploaded to a server that lost them, found by the reconciliation.
    #[cbor(n(5), decode_with = "counted::list")]
    pub reuploads: Vec<Reupload>,
    /// Documents that the device lacks, found by the reconciliation. The server sends them whole.
    #[cbor(n(6), decode_with = "counted::list")]
    pub fetch: Vec<DocumentId>,
    /// Purges that the server may have lost. They are re-uploaded first, so that no purged document
    /// returns.
    #[cbor(n(7), default, skip_if = "Vec::is_empty", decode_with = "counted::list")]
    pub tombstones: Vec<Tombstone>,
    /// Settings rows re-uploaded to a server that lost them; before documents.
    #[cbor(n(8), default, skip_if = "Vec::is_empty", decode_with = "counted::list")]
    pub settings: Vec<ReceiptedRow>,
}

impl SyncRequest {
    /// Whether it re-uploads anything beside documents.
    pub fn reuploads_rows(&self) -> bool {
        !self.tombstones.is_empty() || !self.settings.is_empty()
    }
}

/// Something that a device or server can do. Old and new versions agree by these, never by version
/// numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(transparent)]
pub struct Capability(#[n(0)] pub u16);

/// Unsent changes of one document.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array, context_bound = "Counting")]
pub struct Pushed {
    /// The document.
    #[n(0)]
    pub document: DocumentId,
    /// Its type.
    #[n(1)]
    pub kind: DocumentTypeId,
    /// The changes, in causal order.
    #[cbor(n(2), decode_with = "counted::list")]
    pub changes: Vec<PushedChange>,
}

impl Pushed {
    /// Adds a change to the group of its document, the last one if there is none yet; answers the place of the
    /// group.
    pub fn add(
        groups: &mut Vec<Self>,
        document: DocumentId,
        kind: DocumentTypeId,
        change: PushedChange,
    ) -> usize {
        let place = groups.iter().position(|group| group.document == document);
        match place.and_then(|place| groups.get_mut(place)) {
            Some(group) => group.changes.push(change),
            None => groups.push(Self { document, kind, changes: vec![change] }),
        }
        place.unwrap_or(groups.len() - 1)
    }

    /// Whether it is more than one request may hold.
    pub fn are_too_large(groups: &[Self]) -> bool {
        let changes = groups.iter().flat_map(|group| &group.changes);
        let (count, bytes) = changes.fold((0, 0), |(count, bytes), c| (count + 1, bytes + c.change.len()));
        count > MAX_PUSH_CHANGES || bytes > MAX_PUSH_BYTES || groups.len() > MAX_PUSH_CHANGES
    }
}

/// One unsent change.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct PushedChange {
    /// Its one byte string ([`crate::document::codec`]).
    #[cbor(n(0), with = "minicbor::bytes")]
    pub change: Vec<u8>,
    /// The first bytes of its hash, as its author computed it.
    #[n(1)]
    pub check: Check,
    /// The act that it was part of.
    #[n(2)]
    pub origin: Option<Origin>,
}

impl PushedChange {
    /// A change of this hash.
    pub fn new(change: Vec<u8>, hash: ChangeHash, origin: Option<Origin>) -> Self {
        let check = Check::from(std::array::from_fn(|place| hash.0.get(place).copied().unwrap_or_default()));
        Self { change, check, origin }
    }
}

/// The answer of `POST /v1/sync`.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map, context_bound = "Counting")]
pub struct SyncResponse {
    /// Whether the cursor could be followed.
    #[n(0)]
    pub status: SyncStatus,
    /// One for each group that was pushed or re-uploaded, in order.
    #[cbor(n(1), decode_with = "counted::list")]
    pub verdicts: Vec<GroupVerdict>,
    /// What happened after the cursor and is visible to this user, in the order of the log. The device's
    /// own changes are among it: only here the device learns their place, time and author, like all
    /// others. The entry of a change that this request pushed leaves out the bytes
    /// ([`super::LogEntry::change`]).
    #[cbor(n(2), decode_with = "counted::list")]
    pub entries: Vec<Envelope>,
    /// Where the device stands once it has stored the entries; `None`: where it stood.
    #[n(3)]
    pub cursor: Option<Cursor>,
    /// Whether there is more after the new cursor: ask again at once.
    #[n(4)]
    pub more: bool,
    /// The server's clock: the device shows a warning where its own is far off (T10).
    #[n(5)]
    pub now: Timestamp,
    /// The digest of everything this user may see at the new cursor ([`crate::document::digest`]); only when
    /// there is no more.
    #[cbor(n(6), with = "minicbor::bytes")]
    pub digest: Option<[u8; 16]>,
    /// How far a first sync has come.
    #[n(7)]
    pub progress: Option<Progress>,
    /// The server's side of the reconciliation.
    #[n(8)]
    pub reconcile: Option<ReconcileAnswer>,
    /// The receipts of documents whose newest changes are among the entries. With them the device can
    /// re-upload the state that it now has (N7). Bundles bring their own.
    #[cbor(n(9), default, skip_if = "Vec::is_empty", decode_with = "counted::list")]
    pub receipts: Vec<DocumentReceipt>,
    /// One for each tombstone that was re-uploaded, then one for each settings row, in order.
    #[cbor(n(10), default, skip_if = "Vec::is_empty", decode_with = "counted::list")]
    pub row_verdicts: Vec<Verdict>,
}

/// The server's receipt for the present state of a document: its heads and its author table.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct DocumentReceipt {
    /// The document.
    #[n(0)]
    pub document: DocumentId,
    /// As in [`super::Bundle::receipt`].
    #[n(1)]
    pub receipt: minicbor::bytes::ByteArray<16>,
}

open_code! {
    /// Whether a cursor could be followed.
    SyncStatus {
        /// It could.
        Ok = 0, "ok";
        /// The server's log is not the one the cursor was cut from: it was restored from an older copy.
        /// Nothing was pulled. Reconcile, re-upload what it lost, then go on from the new cursor (N7).
        RolledBack = 1, "rolled_back";
        /// The log no longer reaches back to the cursor, or another server made the cursor. Reconcile.
        Expired = 2, "expired";
    }
}

/// How far a first sync has come, in documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
#[cbor(array)]
pub struct Progress {
    /// Sent so far, this answer included.
    #[n(0)]
    pub done: u64,
    /// In all, as of the beginning.
    #[n(1)]
    pub total: u64,
}
