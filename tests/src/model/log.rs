//! The model's log, and cursors into it.

use minicbor::{Decode, Encode};
use roadbook_domain::document::canonical::Check;
use roadbook_domain::document::change::ChangeHash;
use roadbook_domain::document::{Origin, Signature};
use roadbook_domain::settings::SettingsRow;
use roadbook_domain::value::id::{DocumentId, UserId};
use roadbook_domain::value::time::Timestamp;
use roadbook_domain::wire::{Cursor, LogEntry};

/// One row; its sequence is its place, from 1 on.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub chain: [u8; 16],
    pub event: Event,
}

/// What happened.
#[derive(Debug, Clone)]
pub(super) enum Event {
    /// A change was accepted.
    Change(Accepted),
    /// A document became visible to a user, or invisible.
    Audience(DocumentId, UserId, bool),
    /// A setting was written.
    Settings(SettingsRow),
    /// A document was purged.
    Purge(DocumentId),
}

/// An accepted change with what the server knows of it.
#[derive(Debug, Clone)]
pub(super) struct Accepted {
    pub document: DocumentId,
    pub hash: ChangeHash,
    pub bytes: Vec<u8>,
    pub by: Signature,
    pub received_at: Timestamp,
    pub origin: Option<Origin>,
}

impl Accepted {
    /// The change as an entry; one that the reader has just sent comes without its bytes.
    pub fn entry(&self, seq: u64, just_sent: bool) -> LogEntry {
        LogEntry {
            seq,
            document: self.document,
            change: if just_sent { Vec::new() } else { self.bytes.clone() },
            check: check(self.hash),
            by: self.by.clone(),
            received_at: self.received_at,
            origin: self.origin,
        }
    }
}

impl Event {
    /// The document it is about.
    pub fn document(&self) -> Option<DocumentId> {
        match self {
            Self::Change(accepted) => Some(accepted.document),
            Self::Audience(document, ..) | Self::Purge(document) => Some(*document),
            Self::Settings(_) => None,
        }
    }
}

/// The log.
#[derive(Debug, Clone, Default)]
pub(super) struct Log {
    rows: Vec<Row>,
}

impl Log {
    /// Appends an event and returns its sequence.
    pub fn push(&mut self, event: Event) -> u64 {
        let before = self.chain_at(self.head()).unwrap_or_default();
        let seq = self.head().to_be_bytes();
        let what = match &event {
            Event::Change(accepted) => [accepted.document.as_bytes().as_slice(), &accepted.hash.0].concat(),
            Event::Audience(document, user, sees) => {
                [document.as_bytes().as_slice(), user.as_bytes(), &[u8::from(*sees)]].concat()
            }
            Event::Settings(row) => minicbor::to_vec(row).unwrap_or_default(),
            Event::Purge(document) => document.as_bytes().to_vec(),
        };
        self.rows.push(Row { chain: hash(&[&before, &seq, &what]), event });
        self.head()
    }

    /// The last sequence; 0 while the log is empty.
    pub fn head(&self) -> u64 {
        self.rows.len() as u64
    }

    /// The chain value of a sequence; `None` beyond the head.
    pub fn chain_at(&self, seq: u64) -> Option<[u8; 16]> {
        match usize::try_from(seq).ok()?.checked_sub(1) {
            None => Some([0; 16]),
            Some(place) => self.rows.get(place).map(|row| row.chain),
        }
    }

    /// The rows after a sequence, with theirs.
    pub fn after(&self, seq: u64) -> impl DoubleEndedIterator<Item = (u64, &Event)> {
        let skip = usize::try_from(seq).unwrap_or(usize::MAX).min(self.rows.len());
        let rows = self.rows.get(skip..).unwrap_or_default();
        (skip as u64 + 1..).zip(rows).map(|(seq, row)| (seq, &row.event)).collect::<Vec<_>>().into_iter()
    }
}

/// Where a device stands: in the log, and in a first sync.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(super) struct Position {
    #[n(0)]
    pub seq: u64,
    #[cbor(n(1), with = "minicbor::bytes")]
    pub chain: [u8; 16],
    /// The last document of the first sync's pages so far; `None` once it is over.
    #[n(2)]
    pub filled_to: Option<DocumentId>,
    #[n(3)]
    pub filled: u64,
}

impl Position {
    pub fn read(cursor: &Cursor) -> Option<Self> {
        minicbor::decode(&cursor.0).ok()
    }

    pub fn cursor(&self) -> Cursor {
        Cursor(minicbor::to_vec(self).unwrap_or_default())
    }
}

/// The first bytes of a hash.
pub(super) fn check(hash: ChangeHash) -> Check {
    Check::from(first::<8>(&hash.0))
}

/// 16 bytes that follow from these parts and nothing else.
pub(super) fn hash(parts: &[&[u8]]) -> [u8; 16] {
    *DocumentId::derived(parts).as_bytes()
}

/// The first `N` bytes.
pub(super) fn first<const N: usize>(bytes: &[u8]) -> [u8; N] {
    std::array::from_fn(|i| bytes.get(i).copied().unwrap_or_default())
}
