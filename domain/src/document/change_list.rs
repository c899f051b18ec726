//! The saved form of a document with few changes: the list of those changes.
//!
//! Most cards are written once and edited little. For them the list is smaller than automerge's form,
//! even in a compressed page, and rows are read from it without automerge (`crate::document::OpIndex`).

use minicbor::{Decoder, Encoder};

use crate::document::DocumentType;
use crate::document::change::{Change, ChangeHash, OpId};
use crate::document::codec::Malformed;
use crate::document::index::OpIndex;

/// The most changes of a list.
const MAX_FEW: usize = 8;
/// The most operations of a list, in all its changes: above that, automerge's form is smaller.
const MAX_FEW_OPS: u32 = 400;
/// The first byte of a list; automerge's form begins with 0x85.
const LIST: u8 = 1;

/// Few changes in the order in which they were added, and their index.
#[derive(Debug, Clone)]
pub(crate) struct ChangeList {
    changes: Vec<(ChangeHash, Change)>,
    index: OpIndex,
}

impl ChangeList {
    /// An empty list. The genesis change is never in the list: it is constant, so nobody has to store it.
    pub fn new(kind: &'static DocumentType) -> Self {
        Self { changes: Vec::new(), index: OpIndex::new(kind) }
    }

    /// Adds a change that was judged.
    pub fn push(&mut self, hash: ChangeHash, change: Change) {
        self.index.push(hash, &change);
        self.changes.push((hash, change));
    }

    /// Whether they still are few.
    pub fn are_few(&self) -> bool {
        are_few(self.changes.iter().map(|(_, change)| change))
    }

    /// The saved form.
    pub fn save(&self) -> Vec<u8> {
        write_few(self.changes.iter().map(|(_, change)| change))
    }

    /// All their operations.
    pub fn index(&self) -> &OpIndex {
        &self.index
    }

    /// The changes.
    pub fn changes(&self) -> &[(ChangeHash, Change)] {
        &self.changes
    }

    /// The changes that are neither among `heads` nor their ancestors.
    pub fn since(&self, heads: &[ChangeHash]) -> Vec<(ChangeHash, Change)> {
        let is_new = self.index.unseen_from(heads);
        self.changes.iter().filter(|(hash, _)| is_new(*hash)).cloned().collect()
    }

    /// The change that holds an operation.
    pub fn holder(&self, op: OpId) -> Option<&(ChangeHash, Change)> {
        self.changes.iter().find(|(_, change)| {
            change.actor == op.actor && (change.start_op..=change.max_op()).contains(&op.counter)
        })
    }
}

/// Whether a document's changes are few enough to be saved as a list.
pub(crate) fn are_few<'a>(changes: impl ExactSizeIterator<Item = &'a Change>) -> bool {
    changes.len() <= MAX_FEW
        && changes.fold(0, |sum: u32, change| sum.saturating_add(change.op_count())) <= MAX_FEW_OPS
}

/// The saved form of a list of few changes.
pub(crate) fn write_few<'a>(changes: impl ExactSizeIterator<Item = &'a Change>) -> Vec<u8> {
    let mut e = Encoder::new(vec![LIST]);
    let written = e.array(changes.len() as u64).and_then(|e| {
        for change in changes {
            e.bytes(&change.to_bytes())?;
        }
        Ok(())
    });
    debug_assert!(written.is_ok(), "a vector takes every byte");
    e.into_writer()
}

/// Whether this is the saved form of a list.
pub(crate) fn is_list(bytes: &[u8]) -> bool {
    bytes.first() == Some(&LIST)
}

/// Reads the saved form of a list; `None` if the bytes are not one but automerge's own form.
pub(crate) fn read_few(bytes: &[u8]) -> Option<Result<Vec<Change>, Malformed>> {
    let (tag, list) = bytes.split_first()?;
    (*tag == LIST).then(|| read(list, Change::from_bytes))
}

/// As [`read_few`], but does not encode each change again to compare its bytes. The caller must compare
/// the hashes instead.
pub(crate) fn read_stored(bytes: &[u8]) -> Option<Result<Vec<Change>, Malformed>> {
    let (tag, list) = bytes.split_first()?;
    (*tag == LIST).then(|| read(list, Change::from_stored))
}

fn read(list: &[u8], change: impl Fn(&[u8]) -> Result<Change, Malformed>) -> Result<Vec<Change>, Malformed> {
    let mut d = Decoder::new(list);
    let length = d.array()?.ok_or(Malformed::Form)?;
    // A hostile list may claim any length: refuse it before anything is allocated for it.
    if length > MAX_FEW as u64 {
        return Err(Malformed::Limit);
    }
    let changes = (0..length).map(|_| change(d.bytes()?)).collect::<Result<Vec<_>, _>>()?;
    if d.position() == list.len() { Ok(changes) } else { Err(Malformed::Form) }
}
