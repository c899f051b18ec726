//! What a device re-uploads beside documents to a server that lost it: settings rows and tombstones.
//!
//! They came with the server's own receipt, and are re-uploaded with it, unchanged.

use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};

use crate::settings::SettingsRow;
use crate::value::id::DocumentId;

/// The most settings rows and tombstones, together, of one request.
pub const MAX_REUPLOADED_ROWS: usize = 1_000;

/// A settings row in one version.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ReceiptedRow {
    /// The row.
    #[n(0)]
    pub row: SettingsRow,
    /// The server's receipt for exactly this row in this version.
    #[n(1)]
    pub receipt: ByteArray<16>,
}

/// A document that was purged for good (C5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(array)]
pub struct Tombstone {
    /// The document, whose id is never used again.
    #[n(0)]
    pub document: DocumentId,
    /// The server's receipt for its purge.
    #[n(1)]
    pub receipt: ByteArray<16>,
}
