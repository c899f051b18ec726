//! Bundles: a whole document with the rows its lists need, never one without the other.

use minicbor::{Decode, Encode};

use crate::document::AuthorTable;
use crate::document::DocumentTypeId;
use crate::document::change::ChangeHash;
use crate::value::counted::{self, Counting};
use crate::value::id::DocumentId;

/// A document as the server holds it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array, context_bound = "Counting")]
pub struct Bundle {
    /// The document.
    #[n(0)]
    pub document: DocumentId,
    /// Its type; a phone keeps documents of types that it does not know.
    #[n(1)]
    pub kind: DocumentTypeId,
    /// The number of the log that this state is of. All entries for the document up to it are in the state.
    #[n(2)]
    pub as_of: u64,
    /// The saved document ([`crate::document::Document::save`]).
    #[cbor(n(3), with = "minicbor::bytes")]
    pub saved: Vec<u8>,
    /// Its heads, ascending.
    #[cbor(n(4), decode_with = "counted::list")]
    pub heads: Vec<ChangeHash>,
    /// Who made its changes, and when the server received them.
    #[n(5)]
    pub authors: AuthorTable,
    /// CBOR of the [`crate::crm::row::Rows`] of this state, made by a server of this projection version. It
    /// is empty if `saved` is a list of few changes, from which the reader makes the rows
    /// ([`crate::read::projection::rows_of_saved`]).
    #[cbor(n(6), with = "minicbor::bytes")]
    pub rows: Vec<u8>,
    /// [`crate::read::projection::VERSION`] of the server that made the rows.
    #[n(7)]
    pub projection_version: u32,
    /// The server's receipt for (document, heads, authors). With it any phone can re-upload the document to
    /// a server that lost it (N7).
    #[n(8)]
    pub receipt: minicbor::bytes::ByteArray<16>,
}
