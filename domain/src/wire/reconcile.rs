//! Reconciliation: finding the documents in which device and server differ, without listing them all.
//!
//! Both sides sum the digest terms of their documents by the last byte of the id (which is random),
//! 256 sums; where a sum differs, the server answers with finer sums or, where few documents are
//! left, with their terms. The device then fetches what it lacks and re-uploads what the server lacks.

use minicbor::bytes::{ByteSlice, ByteVec};
use minicbor::{Decode, Decoder, Encode, decode};

use crate::document::DocumentTypeId;
use crate::value::counted::{self, Counting};
use crate::value::id::DocumentId;

use crate::document::AuthorTable;
use crate::document::change::ChangeHash;
use crate::document::limits::MAX_DOCUMENT_OPS;

/// The most re-uploaded documents of one request.
pub const MAX_REUPLOADS: usize = 500;
/// The most changes of all re-uploaded documents of one request: as many as the largest document may have.
pub const MAX_REUPLOADED_CHANGES: usize = 50_000;
/// The most operations of all re-uploaded changes of one request: those of two of the largest documents.
// A change of 34 bytes can erase 10,000 characters, so neither bytes nor changes bound the work.
pub const MAX_REUPLOADED_OPS: u32 = 2 * MAX_DOCUMENT_OPS;
/// The most bytes of changes of one document that is re-uploaded in parts.
pub const MAX_PARTS_BYTES: usize = 16 << 20;
/// No change has fewer bytes: an actor of 16 bytes and the frame around it.
const MIN_CHANGE: usize = 24;

/// The device's side of one step.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array, context_bound = "Counting")]
pub struct Reconcile {
    /// The buckets to compare; the first step compares the one of all documents.
    #[cbor(n(0), decode_with = "counted::list")]
    pub buckets: Vec<Bucket>,
}

/// The documents whose ids end in these bytes, and the sums of their 256 subsets.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Bucket {
    /// The last byte of the id, then the one before it, and so on; empty for all documents.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub suffix: Vec<u8>,
    /// 256 digest sums of 16 bytes, one for each value of the next byte.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub sums: Vec<u8>,
}

/// The server's side of one step.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array, context_bound = "Counting")]
pub struct ReconcileAnswer {
    /// Suffixes under which too many documents differ to list: send their buckets next.
    #[cbor(n(0), decode_with = "counted::list")]
    pub deeper: Vec<ByteVec>,
    /// Suffixes whose documents are all listed in `documents`.
    #[cbor(n(1), decode_with = "counted::list")]
    pub listed: Vec<ByteVec>,
    /// Every document that the server has, and this user may see, under the listed suffixes.
    #[cbor(n(2), decode_with = "counted::list")]
    pub documents: Vec<HeadsRow>,
}

/// A document and the digest term of its heads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(array)]
pub struct HeadsRow {
    /// The document.
    #[n(0)]
    pub document: DocumentId,
    /// Its term ([`crate::document::digest::term`]).
    #[cbor(n(1), with = "minicbor::bytes")]
    pub term: [u8; 16],
}

/// A document re-uploaded to a server that lost it or a part of it; or one part of such a re-upload.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array, context_bound = "Counting")]
pub struct Reupload {
    /// The document.
    #[n(0)]
    pub document: DocumentId,
    /// Its type.
    #[n(1)]
    pub kind: DocumentTypeId,
    /// All its acknowledged changes, in causal order, each as its one byte string; at most
    /// [`MAX_REUPLOADED_CHANGES`]. Of a part: those of the part.
    #[cbor(n(2), decode_with = "offered_changes")]
    pub changes: Vec<ByteVec>,
    /// Their authors, as the server gave them. Empty in every part but the last.
    #[n(3)]
    pub authors: AuthorTable,
    /// The server's own receipt for exactly this state.
    #[n(4)]
    pub receipt: minicbor::bytes::ByteArray<16>,
    /// The heads of the document, ascending: what the receipt was given for, so that a server compares it
    /// before it looks at the changes.
    #[cbor(n(5), decode_with = "counted::list")]
    pub heads: Vec<ChangeHash>,
    /// Which part of the document these changes are; `None`: the whole document.
    #[n(6)]
    pub part: Option<ReuploadPart>,
}

/// A part of a document whose changes do not fit into one request (`docs/decisions/0005`).
///
/// The server keeps parts until the last one comes, and judges all of them then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ReuploadPart {
    /// How many of the document's changes stand before this part.
    #[n(0)]
    pub first: u32,
    /// How many changes the document has; the part that reaches this number is the last one.
    #[n(1)]
    pub total: u32,
}

/// Reads the changes of a re-upload, up to the first string that is too short for a change.
fn offered_changes<C: Counting>(
    d: &mut Decoder<'_>,
    counting: &mut C,
) -> Result<Vec<ByteVec>, decode::Error> {
    let length = counted::length_of::<ByteVec, C>(d, counting)?;
    if length > MAX_REUPLOADED_CHANGES {
        return Err(decode::Error::message("not the changes of a re-upload"));
    }
    let mut changes = Vec::with_capacity(length);
    for _ in 0..length {
        let change: &ByteSlice = d.decode()?;
        if change.len() < MIN_CHANGE {
            return Err(decode::Error::message("not a change of a re-upload"));
        }
        changes.push(ByteVec::from(change.to_vec()));
    }
    Ok(changes)
}
